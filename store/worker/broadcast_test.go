package worker_test

import (
	"fmt"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// invites tells the team of a broadcast to n new customers, and returns it.
func (d *terminal) invites(n, perMinute int) event.BroadcastID {
	d.t.Helper()
	const id event.BroadcastID = "b1"
	_, err := d.store.DefineBroadcast(d.t.Context(), inbox, event.Broadcast{ID: id, Name: "news", Recipients: n, PerMinute: perMinute})
	d.must(err)
	var list []store.Planned
	for i := range n {
		phone := fmt.Sprintf("502551300%02d", i)
		d.sim.Add(simulator.Customer{Phone: phone, Name: fmt.Sprint("Guest ", i), Language: "es", Temper: simulator.Silent, Still: true})
		m := provider.TemplateMessage{Name: "visit_reminder", Language: "es", Values: []provider.Value{
			{Part: provider.PartBody, Name: "1", Text: "Ana"}, {Part: provider.PartBody, Name: "2", Text: "hoy"}, {Part: provider.PartBody, Name: "3", Text: "las 3"},
		}}
		list = append(list, store.Planned{Due: d.now(), Send: provider.Outgoing{
			To: provider.ChatKey{Account: inbox, Chat: provider.ChatID(phone)}, Content: provider.Content{Kind: provider.Templated, Text: "invited", Template: &m},
		}})
	}
	d.must(d.store.ScheduleAll(d.t.Context(), id, list))
	return id
}

func (d *terminal) tally(id event.BroadcastID) store.Tally {
	d.t.Helper()
	got, err := d.store.BroadcastTally(d.t.Context(), id)
	d.must(err)
	return got
}

// TestBroadcastOnceByTwoWorkers: every recipient gets it once, though two workers look.
func TestBroadcastOnceByTwoWorkers(t *testing.T) {
	w := newTeam(t, false)
	ana, one := w.sit("ana", seat{}), w.sit("one", seat{works: true})
	two := w.sit("two", seat{works: true})
	const n = 40
	id := ana.invites(n, 0)
	for _, d := range []*terminal{ana, one, two} {
		d.until("that all of it went", func() bool { got := d.tally(id); return got.Went() == n })
	}
	got := map[provider.ChatID]int{}
	for _, a := range w.sim.Accepted() {
		if got[a.To]++; got[a.To] > 1 {
			t.Errorf("%s got it %d times", a.To, got[a.To])
		}
	}
	if len(got) != n {
		t.Errorf("%d of %d got it", len(got), n)
	}
}

// TestBroadcastKeepsItsPace: no more go in a minute than the team asked for, and a
// colleague who cancels it ends it for whoever sends.
func TestBroadcastKeepsItsPace(t *testing.T) {
	w := newTeam(t, false)
	ana, one := w.sit("ana", seat{}), w.sit("one", seat{works: true})
	id := ana.invites(5, 6)
	for n := 1; n <= 3; n++ {
		one.until(fmt.Sprint("number ", n), func() bool { got := one.tally(id); return got.Went() == n })
		w.later(11 * time.Second)
		if n < 3 {
			one.worker.Wake()
		}
	}
	list := w.sim.Accepted()
	for i := range list[1:] {
		if apart := list[i+1].At.Sub(list[i].At); apart < 10*time.Second {
			t.Errorf("two went %v apart", apart)
		}
	}
	_, err := ana.store.StageBroadcast(t.Context(), inbox, event.BroadcastState{ID: id, State: event.BroadcastCancelled})
	w.must(err)
	for _, d := range []*terminal{ana, one} {
		d.until("that it is over", func() bool { got := d.tally(id); return got.Left() == 0 })
	}
	if got := len(w.sim.Accepted()); got > 4 { // one may have left as it was cancelled
		t.Errorf("%d went", got)
	}
}
