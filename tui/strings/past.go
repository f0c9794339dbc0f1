package strings

import (
	"fmt"
	"time"

	"frontdesk/provider"
)

// Past is the words of what a network is asked about one conversation: its history, its
// word on the window, its figures.
type Past struct {
	// Read says what came of reading back: messages found, of them new here, parts that
	// could not be placed, and whether there is more.
	Read func(found, fresh, odd int, more bool) string
	// Window is the network's own word on the window, with the time it was said.
	Window func(w *provider.WindowWord, now time.Time) string
	// Figures is the title of the network's own figures and when they were read, or why
	// there are none.
	Figures func(at, now time.Time) string
	None    func(err error) string
	// Header is the network's word on the window as short as the header has room.
	Header func(w *provider.WindowWord, now time.Time) string
	// Reading is said while the network is asked; Cannot where it cannot be.
	Reading, Cannot, FailedF string
}

func englishPast() Past {
	t := englishTime()
	return Past{
		Read: func(found, fresh, odd int, more bool) string {
			s := fmt.Sprintf("%d messages read back, %d of them new here", found, fresh)
			if found == 1 {
				s = fmt.Sprintf("1 message read back, %d new here", fresh)
			}
			if odd > 0 {
				s += fmt.Sprintf("; %d parts without a place", odd)
			}
			if more {
				return s + ". The network has more."
			}
			return s + ". The network has no more."
		},
		Window: func(w *provider.WindowWord, now time.Time) string {
			s := "The network says the window is closed"
			switch {
			case w.Open && !w.Closes.IsZero():
				s = "The network says the window is open until " + t.Moment(w.Closes.In(now.Location()), now)
			case w.Open && w.Remaining > 0:
				s = "The network says the window stays open for " + t.Span(w.Remaining)
			case w.Open:
				s = "The network says the window is open, and not until when"
			case !w.Closes.IsZero():
				s = "The network says the window closed at " + t.Moment(w.Closes.In(now.Location()), now)
			}
			return s + " (asked " + t.Ago(now.Sub(w.At)) + ")."
		},
		Figures: func(at, now time.Time) string {
			return "The network's own, as it names them (read " + t.Ago(now.Sub(at)) + ")"
		},
		None: func(err error) string {
			if err == nil {
				return "The network gave no figures."
			}
			return "The network gave no figures: " + err.Error()
		},
		Header: func(w *provider.WindowWord, now time.Time) string {
			s := "closed"
			if w.Open {
				s = "open"
			}
			if w.Open && !w.Closes.IsZero() {
				s += " until " + t.Moment(w.Closes.In(now.Location()), now)
			}
			return "network: " + s + ", asked " + t.Ago(now.Sub(w.At))
		},
		Reading: "asking the network …",
		Cannot:  "This network's API cannot be asked for that.",
		FailedF: "The network was not asked, or did not say: %s",
	}
}
