package worker_test

import (
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// TestSilenceResolves: after the customer's silence a rule resolves, once, whoever
// runs it; the line says which rule; where somebody waits it does not.
func TestSilenceResolves(t *testing.T) {
	w := newTeam(t, false)
	ana, one := w.sit("ana", seat{}), w.sit("one", seat{works: true})
	two := w.sit("two", seat{works: true})
	w.writes("Hola")
	c := ana.greeted()
	ana.sets(event.SettingRule, "silence", `{"do":"auto-resolve","after":"24h"}`)
	w.later(30 * time.Hour)
	one.worker.Wake()
	one.leads("one")
	if got, _ := ana.conversation(); got.Status != store.StatusOpen {
		t.Fatalf("it is %s while the customer waits", got.Status)
	}
	w.writes("¿Hola?")
	ana.until("the question", func() bool { _, ok := ana.says("¿Hola?"); return ok })
	_, err := ana.store.Send(t.Context(), provider.Outgoing{To: provider.ChatKey{Account: c.Account, Chat: c.Chat}, Content: provider.TextContent("Aquí")})
	w.must(err)
	one.stands("Aquí", event.JobSent)
	w.later(25 * time.Hour)
	one.worker.Wake()
	two.worker.Wake()
	ana.until("that it is resolved", func() bool { got, _ := ana.conversation(); return got.Status == store.StatusResolved })
	two.until("that it is resolved", func() bool { got, _ := two.conversation(); return got.Status == store.StatusResolved })
	n := 0
	for _, m := range ana.thread() {
		if r, ok := m.Activity.(event.Resolved); ok {
			n++
			if r.Rule != "silence" {
				t.Errorf("resolved by %+v", r)
			}
		}
	}
	if n != 1 {
		t.Errorf("resolved %d times", n)
	}
}

// TestOutOfHoursReply: whoever writes out of hours is told so once a run, with two
// workers and two messages.
func TestOutOfHoursReply(t *testing.T) {
	w := newTeam(t, false)
	ana, one := w.sit("ana", seat{}), w.sit("one", seat{works: true})
	two := w.sit("two", seat{works: true})
	one.leads("one")
	day := w.now().UTC().Add(72 * time.Hour).Weekday().String()
	ana.sets(event.SettingHours, "office", `{"zone":"UTC","week":{"`+map[string]string{
		"Monday": "mon", "Tuesday": "tue", "Wednesday": "wed", "Thursday": "thu", "Friday": "fri", "Saturday": "sat", "Sunday": "sun",
	}[day]+`":["09:00-17:00"]}}`)
	ana.sets(event.SettingRule, "closed", `{"do":"auto-reply","hours":"office","text":"Abrimos a las nueve."}`)
	w.later(time.Minute)
	w.writes("¿Están?")
	ana.stands("Abrimos a las nueve.", event.JobSent)
	w.writes("¿Hola?")
	two.until("the second message", func() bool { _, ok := two.says("¿Hola?"); return ok })
	one.stop()
	two.leads("two")
	if took := w.took(); !slices.Equal(took, []string{"Abrimos a las nueve."}) {
		t.Errorf("the network took %v", took)
	}
	if m, _ := ana.says("Abrimos a las nueve."); m.Plan.Rule != "closed" {
		t.Errorf("it is not said which rule wrote it: %+v", m)
	}
}

// TestAskedHowItWas: after a resolution the customer is asked, taps the stars, and the
// answer is a fact of the team's; it does not open the conversation again.
func TestAskedHowItWas(t *testing.T) {
	w := newTeam(t, false)
	ana, one := w.sit("ana", seat{}), w.sit("one", seat{works: true})
	one.leads("one")
	ana.sets(event.SettingRule, "how", `{"do":"csat","text":"¿Cómo le atendimos?"}`)
	w.writes("Hola")
	c := ana.greeted()
	ana.do(c, event.Resolved{})
	one.until("the resolution", func() bool { got, ok := one.conversation(); return ok && got.Status == store.StatusResolved })
	if took := w.took(); len(took) != 0 {
		t.Fatalf("asked at once: %v", took)
	}
	w.later(3 * time.Minute)
	one.worker.Wake()
	asked := ana.stands("¿Cómo le atendimos?", event.JobSent)
	if asked.Content.Menu == nil || len(asked.Content.Menu.Options) != 5 {
		t.Fatalf("asked with %+v", asked.Content)
	}
	four := asked.Content.Menu.Options[1]
	_, err := w.sim.Say(maria, provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: four.ID, Title: four.Title}})
	w.must(err)
	ana.until("the stars", func() bool { got, _ := ana.conversation(); return got.Resolution.CSAT == 4 })
	if got, _ := ana.conversation(); got.Status != store.StatusResolved || got.Unread != 0 {
		t.Errorf("the conversation is %+v", got)
	}
	one.worker.Wake()
	w.later(10 * time.Minute)
	one.worker.Wake()
	one.leads("one")
	if took := w.took(); len(took) != 1 {
		t.Errorf("the network took %v", took)
	}
	stars := 0
	for _, m := range ana.thread() {
		if _, ok := m.Activity.(event.Rated); ok {
			stars++
		}
	}
	if stars != 1 {
		t.Errorf("rated %d times", stars)
	}
}

// TestTheSameRuleTwice: that a rule's work is done once does not depend on the lease: two
// workers that come to the same while they cannot hear of each other do it once, and
// nobody is told of a conflict.
func TestTheSameRuleTwice(t *testing.T) {
	w := newTeam(t, false)
	one, two := w.sit("one", seat{helps: true}), w.sit("two", seat{helps: true})
	w.writes("Hola")
	c := one.greeted()
	two.greeted()
	w.relay.Stop()
	for _, d := range []*terminal{one, two} {
		out := provider.Outgoing{Op: "rule-same", To: provider.ChatKey{Account: c.Account, Chat: c.Chat}, Content: provider.TextContent("Abrimos a las nueve.")}
		_, err := d.store.ScheduleByRule(t.Context(), out, w.now(), "closed")
		w.must(err)
		_, err = d.store.Do(t.Context(), store.Action{Conversation: c.ID, Body: event.Resolved{Rule: "silence"}, Expect: event.AspectStatus, Op: "rule-resolve"})
		w.must(err)
	}
	w.later(5 * time.Minute)
	w.relay.Start()
	for _, d := range []*terminal{one, two} {
		d.worker.Wake()
	}
	by := map[event.AgentID]bool{}
	for _, d := range []*terminal{one, two} {
		m := d.stands("Abrimos a las nueve.", event.JobSent)
		by[m.By] = true
		d.until("that everything is shared", func() bool {
			counts, err := d.store.Counts(t.Context())
			return err == nil && counts.Unpublished == 0
		})
		n := 0
		for _, m := range d.thread() {
			if _, ok := m.Activity.(event.Resolved); ok {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s shows %d resolutions", d.name, n)
		}
	}
	if took := w.took(); !slices.Equal(took, []string{"Abrimos a las nueve."}) || len(by) != 1 {
		t.Errorf("the network took %v, written by %v", took, by)
	}
}
