package tui

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/store/storetest"
)

// Of two reads under way at once the later one stands, in whatever order they end.
func TestAnOlderReadOverwritesNothing(t *testing.T) {
	st := lists(t, nil)
	a := New(t.Context(), options(st))
	before := a.readCanned()()
	op, err := st.SetCanned(t.Context(), store.Canned{Code: "hi", Owner: storetest.Ana, Text: "Hello"})
	if err != nil || op == "" {
		t.Fatal(err)
	}
	after := a.readCanned()()
	for _, m := range []tea.Msg{after, before} {
		a.Update(m)
	}
	if len(a.canned) != 1 {
		t.Errorf("the read before the change was shown over the one after it: %v", a.canned)
	}
}
