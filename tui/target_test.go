package tui

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// targeted is the known people and a target of the team's.
func targeted(t *testing.T, value string) *store.Store {
	t.Helper()
	st, log := storetest.NewWithLog(t)
	if err := st.Apply(t.Context(), []event.Event{
		log.Event("target", "", event.Set{What: event.SettingTarget, Name: "all", Value: json.RawMessage(value)}),
	}); err != nil {
		t.Fatal(err)
	}
	return st
}

// TestATargetIsMissedAtItsInstant: in the row and in the header, by the one clock that
// waits for what comes next, and read without colour.
func TestATargetIsMissedAtItsInstant(t *testing.T) {
	d := newDesk(t, targeted(t, `{"first":"12m30s"}`), storetest.Now) // Omar has waited for twelve
	drain(d.App, d.show(storetest.ID(storetest.Omar), 0))
	if row := d.rowOf(t, "عمر"); !strings.Contains(row, "due <1m") {
		t.Fatalf("before:\n%s", row)
	}
	if screen := d.shows(); !strings.Contains(screen, "first reply due <1m (12:05)") {
		t.Errorf("the header of before:\n%s", screen)
	}
	al := d.waiting(t)
	if al.after != 30*time.Second {
		t.Errorf("the clock is set to %v, want 30s", al.after)
	}
	d.now = storetest.Now.Add(30 * time.Second)
	d.send(al.ring(d.now))
	if row := d.rowOf(t, "عمر"); !strings.Contains(row, "late −<1m") {
		t.Errorf("at the instant:\n%s", row)
	}
	d.now = storetest.Now.Add(5 * time.Minute)
	d.send(minuteMsg{d.timers.minute})
	if row := d.rowOf(t, "عمر"); !strings.Contains(row, "late −4m") || !strings.Contains(d.shows(), "first reply late −4m (12:05)") {
		t.Errorf("some minutes later:\n%s", d.shows())
	}
}

// TestViewsOfTargetsOnScreen: late and due each by a key and with their number in the
// top line, the order by target, and no word of either where nothing is.
func TestViewsOfTargetsOnScreen(t *testing.T) {
	s := start(t, options(targeted(t, `{"first":"20m","next":"30m"}`)), 160, 48)
	s.WaitText("Late 4")
	s.WaitText("Due 1")
	s.Press("g", "l")
	s.WaitText("late −")
	if screen := s.Text(); strings.Contains(screen, "due 8m") {
		t.Errorf("what is due stands among the late:\n%s", screen)
	}
	s.Press("g", "t")
	s.WaitText("due 8m")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "late −") })
	s.Press("g", "a", "s", "t")
	s.WaitText("by target")
	s.WaitFor(func(screen string) bool {
		late, due := strings.LastIndex(screen, "late −"), strings.Index(screen, "due 8m")
		return late >= 0 && due > late && strings.Index(screen, "佐藤ゆき") < strings.Index(screen, "प्रिया")
	})
	s.Press("S")
	s.WaitText("[Volume]")
	s.Press("tab", "tab")
	s.WaitText("all: first reply in 20m")
	s.WaitText("all: next reply in 30m")

	none := start(t, options(storetest.New(t)), 160, 48)
	everything(none)
	if screen := none.Text(); strings.Contains(screen, "Late") || strings.Contains(screen, "Due") {
		t.Errorf("without a target:\n%s", screen)
	}
}
