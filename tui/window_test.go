package tui

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// lateLucia has Lucía write once more, so that her window closes in the middle
// of a minute: at a whole one everything is drawn anew in any case.
func lateLucia(t *testing.T) (st *store.Store, closes time.Time) {
	t.Helper()
	st, log := storetest.NewWithLog(t)
	sent := storetest.Now.Add(-23*time.Hour - 36*time.Minute + 20*time.Second)
	ev := log.Inbound(storetest.Lucia, "Lucía Fernández", "¿Siguen ahí?", sent)
	if err := st.Apply(t.Context(), []event.Event{ev}); err != nil {
		t.Fatal(err)
	}
	return st, sent.Add(24 * time.Hour)
}

// desk is the app on a clock that a test moves.
type desk struct {
	*App
	now    time.Time
	alarms []setAlarm
}

type setAlarm struct {
	ctx   context.Context
	after time.Duration
	ring  func(time.Time) tea.Msg
}

// newDesk shows All at an instant on a wide terminal.
func newDesk(t *testing.T, st *store.Store, now time.Time) *desk {
	t.Helper()
	return newDeskOf(t, options(st), now)
}

// newDeskOf is newDesk with options of the test's own.
func newDeskOf(t *testing.T, o Options, now time.Time) *desk {
	t.Helper()
	d := &desk{now: now}
	o.Now = func() time.Time { return d.now }
	d.App = New(t.Context(), o)
	d.tick = func(ctx context.Context, after time.Duration, f func(time.Time) tea.Msg) tea.Cmd {
		d.alarms = append(d.alarms, setAlarm{ctx, after, f})
		return nil
	}
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	drain(d.App, d.showView(store.ViewAll))
	return d
}

// send gives the app a message and what comes of it.
func (d *desk) send(msg tea.Msg) {
	_, cmd := d.Update(msg)
	drain(d.App, cmd)
}

// waiting is the clock that is set for the next change of what is in sight.
func (d *desk) waiting(t *testing.T) setAlarm {
	t.Helper()
	var found []setAlarm
	for _, al := range d.alarms {
		if _, ok := al.ring(d.now).(turnMsg); ok && al.ctx.Err() == nil {
			found = append(found, al)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d clocks wait, want 1", len(found))
	}
	return found[0]
}

// shows is the frame as text.
func (d *desk) shows() string {
	d.View()
	return ansi.Strip(d.frame)
}

// rowOf is the three lines of a row of the list.
func (d *desk) rowOf(t *testing.T, name string) string {
	t.Helper()
	lines := strings.Split(d.shows(), "\n")
	for i := range lines {
		if left, _, _ := strings.Cut(lines[i], "│"); strings.Contains(left, name) && i+2 < len(lines) {
			var out []string
			for _, l := range lines[i : i+3] {
				left, _, _ = strings.Cut(l, "│")
				out = append(out, strings.TrimSpace(left))
			}
			return strings.Join(out, "\n")
		}
	}
	t.Fatalf("no row of %s:\n%s", name, d.shows())
	return ""
}

// TestARowClosesAtItsInstant: the window of a conversation that is in sight and
// not open closes in its row at its second, by one clock that is set once.
func TestARowClosesAtItsInstant(t *testing.T) {
	st, closes := lateLucia(t)
	d := newDesk(t, st, closes.Add(-15*time.Second))
	drain(d.App, d.show(storetest.ID(storetest.Grace), 0))
	if row := d.rowOf(t, "Lucía"); !strings.Contains(row, "<1m") {
		t.Fatalf("before:\n%s", row)
	}
	al := d.waiting(t)
	if al.after != 15*time.Second {
		t.Errorf("the clock is set to %v, want 15s", al.after)
	}
	set := len(d.alarms)
	for range 20 { // what happens elsewhere sets no other
		d.send(tea.FocusMsg{})
		drain(d.App, d.reloadThread())
		drain(d.App, d.reloadList())
	}
	if len(d.alarms) != set {
		t.Errorf("%d clocks more were set, and nothing had changed", len(d.alarms)-set)
	}
	d.now = closes
	d.send(al.ring(closes))
	if row := d.rowOf(t, "Lucía"); !strings.Contains(row, "closed 12:29") {
		t.Errorf("at the instant:\n%s", row)
	}
}

// TestAClosedWindowIsNotShownOpen: whatever is read or pressed after the instant
// and before the clock goes off shows it closed, everywhere at once.
func TestAClosedWindowIsNotShownOpen(t *testing.T) {
	for name, change := range map[string]func(*desk){
		"the thread is read": func(d *desk) { drain(d.App, d.reloadThread()) },
		"the list is read":   func(d *desk) { drain(d.App, d.reloadList()) },
		"a key":              func(d *desk) { d.send(tea.KeyPressMsg{Code: 'x', Text: "x"}) },
		"the wheel":          func(d *desk) { d.send(tea.MouseWheelMsg{X: 5, Y: 5, Button: tea.MouseWheelDown}) },
	} {
		t.Run(name, func(t *testing.T) {
			st, closes := lateLucia(t)
			d := newDesk(t, st, closes.Add(-15*time.Second))
			drain(d.App, d.show(storetest.ID(storetest.Lucia), 0))
			d.send(tea.KeyPressMsg{Code: 'r', Text: "r"})
			d.shows()
			d.now = closes
			change(d)
			screen := d.shows()
			if n := strings.Count(screen, "closed since 12:29"); n != 2 {
				t.Errorf("header and contact: %d say so:\n%s", n, screen)
			}
			if row := d.rowOf(t, "Lucía"); !strings.Contains(row, "closed 12:29") || !strings.Contains(screen, "Free text ended") {
				t.Errorf("row or composer:\n%s", screen)
			}
		})
	}
}

// TestOneTimeIsLeft: header, contact, row and composer say the same, whenever
// the thread was read.
func TestOneTimeIsLeft(t *testing.T) {
	st := storetest.New(t)
	d := newDesk(t, st, storetest.Now)
	drain(d.App, d.show(storetest.ID(storetest.Grace), 0))
	d.now = d.now.Add(40 * time.Second)
	drain(d.App, d.reloadThread())
	if screen := d.shows(); strings.Count(screen, "22h00") != 4 || strings.Contains(screen, "21h59") {
		t.Errorf("not one time:\n%s", screen)
	}
	d.send(tea.KeyPressMsg{Code: 'r', Text: "r"})
	d.send(tea.KeyPressMsg{Code: 'H', Text: "H"})
	if screen := d.shows(); strings.Count(screen, "22h00") != 4 || strings.Contains(screen, "21h59") {
		t.Errorf("not one time while writing:\n%s", screen)
	}
}

// TestTheRelaysClockSetsTheClocksAnew: a correction that comes with the link
// moves what is waited for, and back over a closing it opens the window again.
func TestTheRelaysClockSetsTheClocksAnew(t *testing.T) {
	st, closes := lateLucia(t)
	d := newDesk(t, st, closes.Add(-50*time.Second))
	before := d.waiting(t)
	d.now = d.now.Add(30 * time.Second) // no time has gone by: the clock was slow
	d.Update(LinkMsg{Live: true})
	if before.ctx.Err() == nil {
		t.Error("the clock of before still waits")
	}
	if al := d.waiting(t); al.after != 20*time.Second {
		t.Errorf("it waits %v, want 20s", al.after)
	}
	d.now = closes
	d.Update(LinkMsg{Live: true})
	if row := d.rowOf(t, "Lucía"); !strings.Contains(row, "closed 12:29") {
		t.Errorf("a clock set forward over the instant:\n%s", row)
	}
	d.now = closes.Add(-5 * time.Second)
	d.Update(LinkMsg{Live: true})
	if row := d.rowOf(t, "Lucía"); !strings.Contains(row, "<1m") {
		t.Errorf("a clock set back before the instant:\n%s", row)
	}
}

// TestTheViewOfClosingWindowsFollowsTheClock: time alone brings rows into it and
// takes them out.
func TestTheViewOfClosingWindowsFollowsTheClock(t *testing.T) {
	now := storetest.Now
	opt := storetest.Options(filepath.Join(t.TempDir(), "store.db"), 0)
	opt.Now = func() time.Time { return now }
	st := storetest.OpenWith(t, opt)
	if err := st.Apply(t.Context(), storetest.NewLog().People()); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, st, now)
	drain(d.App, d.showView(store.ViewClosing))
	at := func(of time.Time) {
		now, d.now = of, of
		d.send(minuteMsg{d.timers.minute})
	}
	if screen := d.shows(); !strings.Contains(screen, "Lucía") || strings.Contains(screen, "Grace") {
		t.Fatalf("at first:\n%s", screen)
	}
	now, d.now = now.Add(23*time.Minute), now.Add(23*time.Minute)
	d.send(d.waiting(t).ring(now))
	if screen := d.shows(); !strings.Contains(screen, "no longer in Closing") || !strings.Contains(screen, "Closing 0") {
		t.Errorf("once it has closed:\n%s", screen)
	}
	at(storetest.Now.Add(21*time.Hour + 30*time.Minute))
	if screen := d.shows(); !strings.Contains(screen, "Grace") {
		t.Errorf("when another one comes into its last hour:\n%s", screen)
	}
}
