package worker_test

import (
	"slices"
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

// TestAnInboxsConversationsComeToItsTeam: whoever writes there is put in the team's
// queue and given out among its members alone, once, with two workers; a rule of no team
// leaves it alone, and what a person took out of the queue stays out.
func TestAnInboxsConversationsComeToItsTeam(t *testing.T) {
	w := newTeam(t, false)
	ana, one := w.sit("ana", seat{}), w.sit("one", seat{works: true})
	two := w.sit("two", seat{works: true})
	one.leads("one")
	_, err := ana.store.Available(t.Context(), event.AvailableNow)
	w.must(err)
	ana.sets(event.SettingTeam, "support", `{"members":["two"],"inboxes":["`+string(inbox)+`"]}`)
	ana.sets(event.SettingRule, "rest", `{"do":"assign","by":"round-robin"}`)
	ana.sets(event.SettingRule, "turns", `{"do":"assign","by":"round-robin","team":"support"}`)
	w.writes("Hola")
	ana.until("the team has it", func() bool { c, _ := ana.conversation(); return c.Team == "support" })
	one.worker.Wake()
	if c, _ := one.conversation(); c.Assignee != "" {
		t.Fatalf("%s has it, and is no member who takes any", c.Assignee)
	}
	_, err = two.store.Available(t.Context(), event.AvailableNow)
	w.must(err)
	two.outbox.Wake()
	for _, d := range []*terminal{ana, two} {
		d.until("that a member has it", func() bool { c, _ := d.conversation(); return c.Assignee == "two" && c.Team == "support" })
	}
	c, _ := ana.conversation()
	ana.do(c, event.Assigned{})
	ana.outbox.Wake()
	one.until("that a person took it out", func() bool {
		c, _ := one.conversation()
		return c.Team == "" && c.Assignee == "" || c.Assignee == "ana"
	})
	two.until("that the rule of no team gave it", func() bool { c, _ := two.conversation(); return c.Assignee == "ana" && c.Team == "" })
	var by []string
	for _, m := range two.thread() {
		if a, ok := m.Activity.(event.Assigned); ok {
			by = append(by, string(a.To)+"/"+a.Team+"/"+a.Rule)
		}
	}
	if want := []string{"/support/support", "two/support/turns", "//", "ana//rest"}; !slices.Equal(by, want) {
		t.Errorf("given as %q, want %q", by, want)
	}
}
