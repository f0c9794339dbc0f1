package tui

import (
	"strings"
	"testing"

	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestHitsAreWalkedInPlace: after a search } and { go from hit to hit, each where
// it stands in its thread, and say which of how many it is.
func TestHitsAreWalkedInPlace(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	if err := st.Apply(t.Context(), []event.Event{
		log.Inbound("34611000111", "Nuria Soler", "the kettle is broken", storetest.Now), log.Inbound("34611000222", "Pau Vidal", "a new kettle, please", storetest.Now),
	}); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 160, 48)
	goAllOf(s, "All 9")
	s.Press("}")
	s.WaitText("No search has found anything yet")
	s.Press("/")
	s.WaitText("Narrow it: from:")
	s.Type("kettle")
	s.WaitText("2 hits")
	s.Press("enter")
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "Pau Vidal") })
	s.Press("}")
	s.WaitText("hit 2 of 2")
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "Nuria Soler") })
	s.Press("}")
	s.WaitText("This is the last hit")
	s.Press("{")
	s.WaitText("hit 1 of 2")
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "Pau Vidal") })
	s.Press("{")
	s.WaitText("This is the first hit")
}

// TestAFilterIsSaidWhereItWasTyped: what a filter takes stands in the search, and
// what follows is found as soon as it is right.
func TestAFilterIsSaidWhereItWasTyped(t *testing.T) {
	s := start(t, options(storetest.New(t)), 80, 24)
	goAll(s)
	s.Press("/")
	s.Type("is:resolvd")
	s.WaitText("is:resolvd is not understood. Write open, resolved")
	s.Press("backspace")
	s.Type("ed")
	s.WaitFor(func(screen string) bool {
		return !strings.Contains(screen, "not understood") && strings.Contains(screen, "hit")
	})
}
