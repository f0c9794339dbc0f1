package line

import (
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// The instants at which a window that closes changes its colour.
const (
	warnBelow = 2 * time.Hour
	badBelow  = 15 * time.Minute
)

// gaugeSteps is below how much time left one, two and three cells of the gauge
// are filled. The gauge is not a share of the window but an answer to "until
// when?": four cells last beyond this shift, three for the rest of it, two for
// a while, and the last one is where the colour warns. Rules of a day and of a
// week so read the same.
var gaugeSteps = [...]time.Duration{warnBelow, 4 * time.Hour, 12 * time.Hour}

// gauge returns how many cells show the time left: never none while there is
// any, since nearly nothing is not nothing.
func gauge(left time.Duration) int {
	n := 1
	for _, below := range gaugeSteps {
		if left >= below {
			n++
		}
	}
	return n
}

// PriorityInk is the ink of a priority's word.
func PriorityInk(p event.Priority) theme.Ink {
	switch p {
	case event.UrgentPriority:
		return theme.Bad
	case event.HighPriority:
		return theme.Warn
	}
	return theme.Dim
}

// Window is what the screen says of the time in which free text may go.
type Window struct {
	State  provider.WindowState
	Closes time.Time
	Left   time.Duration
	// Cells of the gauge that are filled; 0 where the window is not open.
	Cells int
	Ink   theme.Ink
}

// Judge asks the rule at now. caps is nil while the account is not known, and
// the window is then unknown.
func Judge(caps *provider.Capabilities, lastInbound, now time.Time) Window {
	if caps == nil {
		return Window{State: provider.WindowUnknown, Ink: theme.Faint}
	}
	state, closes := caps.Window.State(lastInbound, now)
	w := Window{State: state, Closes: closes, Ink: theme.Faint}
	if state != provider.WindowOpen {
		return w
	}
	w.Left = closes.Sub(now)
	w.Cells = gauge(w.Left)
	switch {
	case w.Left < badBelow:
		w.Ink = theme.Bad
	case w.Left < warnBelow:
		w.Ink = theme.Warn
	default:
		w.Ink = theme.OK
	}
	return w
}

// Size writes a file's size: "850 B", "1.2 MB".
func Size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	case n < 1000*1000*1000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
