package worker_test

import (
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// TestAWeekendRunsOnce: out of hours the customer is told so, after their silence the
// conversation is resolved, and they are asked how it was and answer; each of it once for
// the team, with two workers of which the one that leads goes away in between.
func TestAWeekendRunsOnce(t *testing.T) {
	w := newTeam(t, false)
	ana, one := w.sit("ana", seat{}), w.sit("one", seat{works: true})
	two := w.sit("two", seat{works: true})
	one.leads("one")
	day := w.now().UTC().Add(96 * time.Hour).Weekday().String()[:3]
	ana.sets(event.SettingHours, "office", `{"zone":"UTC","week":{"`+map[string]string{
		"Mon": "mon", "Tue": "tue", "Wed": "wed", "Thu": "thu", "Fri": "fri", "Sat": "sat", "Sun": "sun",
	}[day]+`":["09:00-17:00"]}}`)
	ana.sets(event.SettingRule, "closed", `{"do":"auto-reply","hours":"office","text":"Abrimos a las nueve."}`)
	ana.sets(event.SettingRule, "silence", `{"do":"auto-resolve","after":"2h"}`)
	ana.sets(event.SettingRule, "how", `{"do":"csat","text":"¿Cómo le atendimos?"}`)
	w.later(time.Minute)
	w.writes("¿Están?")
	ana.stands("Abrimos a las nueve.", event.JobSent)
	one.stop()
	two.leads("two")
	w.later(3 * time.Hour)
	two.worker.Wake()
	ana.until("that it is resolved", func() bool { c, _ := ana.conversation(); return c.Status == store.StatusResolved })
	w.later(5 * time.Minute)
	two.worker.Wake()
	asked := ana.stands("¿Cómo le atendimos?", event.JobSent)
	five := asked.Content.Menu.Options[0]
	_, err := w.sim.Say(maria, provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: five.ID, Title: five.Title}})
	w.must(err)
	ana.until("the stars", func() bool { c, _ := ana.conversation(); return c.Resolution.CSAT == 5 })
	w.later(5 * time.Minute)
	two.worker.Wake()
	two.leads("two")
	if took := w.took(); !slices.Equal(took, []string{"Abrimos a las nueve.", "¿Cómo le atendimos?"}) {
		t.Errorf("the network took %q", took)
	}
	n := map[string]int{}
	for _, m := range ana.thread() {
		if m.Activity != nil {
			n[m.Activity.Kind()]++
		}
	}
	if n[event.KindResolved] != 1 || n[event.KindRated] != 1 || n[event.KindReopened] != 0 {
		t.Errorf("the thread tells %v", n)
	}
}
