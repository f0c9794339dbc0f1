package worker_test

import (
	"testing"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// TestARuleGivesConversationsOut: whoever waits and belongs to nobody is given to who
// said that they take conversations, once, with two workers; the line names the rule.
func TestARuleGivesConversationsOut(t *testing.T) {
	w := newTeam(t, false)
	ana, one := w.sit("ana", seat{}), w.sit("one", seat{works: true})
	two := w.sit("two", seat{works: true})
	one.leads("one")
	ana.sets(event.SettingRule, "turns", `{"do":"assign","by":"load","most":5}`)
	w.writes("Hola")
	ana.greeted()
	one.until("the customer's message", func() bool { _, ok := one.conversation(); return ok })
	one.worker.Wake()
	if c, _ := ana.conversation(); c.Assignee != "" {
		t.Fatalf("%s has it, and takes none", c.Assignee)
	}
	_, err := ana.store.Available(t.Context(), event.AvailableNow)
	w.must(err)
	ana.outbox.Wake()
	for _, d := range []*terminal{ana, two} {
		d.until("that ana has it", func() bool { c, _ := d.conversation(); return c.Assignee == "ana" })
	}
	n := 0
	for _, m := range ana.thread() {
		if a, ok := m.Activity.(event.Assigned); ok {
			n++
			if a.Rule != "turns" || m.Kind != store.KindActivity {
				t.Errorf("given by %+v", a)
			}
		}
	}
	if n != 1 {
		t.Errorf("given %d times", n)
	}
}
