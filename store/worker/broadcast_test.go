package worker_test

import (
	"fmt"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
	"frontdesk/store"
	"frontdesk/webhookrelay/client"
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

// stages waits for where a broadcast stands, and returns it.
func (d *terminal) stages(id event.BroadcastID, stage event.BroadcastStage, why string) {
	d.t.Helper()
	d.until(fmt.Sprintf("%s is %s (%s)", id, stage, why), func() bool {
		b, err := d.store.Broadcast(d.t.Context(), id)
		return err == nil && b.Stage == stage && b.Why == why
	})
}

// resumes lets a broadcast go on.
func (d *terminal) resumes(id event.BroadcastID) {
	d.t.Helper()
	_, err := d.store.StageBroadcast(d.t.Context(), inbox, event.BroadcastState{ID: id, State: event.BroadcastRunning})
	d.must(err)
	d.outbox.Wake()
}

// connected waits for the relay's greeting.
func (d *terminal) connected() {
	d.t.Helper()
	d.until("the inbox", func() bool { list, err := d.store.Accounts(d.t.Context()); return err == nil && len(list) > 1 })
}

// lists tells the team what the network lists.
func (d *terminal) lists(all ...provider.Template) {
	d.t.Helper()
	c, err := client.New(client.Options{URL: d.relay.URL, Token: provider.Hide(d.relay.Token("lister")), HTTP: d.http})
	d.must(err)
	body := event.TemplatesListed{Templates: all}
	_, err = c.Publish(d.t.Context(), []client.Entry{{ID: "listed", Account: inbox, Kind: body.Kind(), Body: body}})
	d.must(err)
	d.until("the templates", func() bool {
		l, err := d.store.Templates(d.t.Context(), inbox)
		return err == nil && len(l.Templates) == len(all)
	})
}

// TestAFailingBroadcastPausesItself: one in four refused is too many; the rest waits,
// everybody sees why, and who resumes it has nobody get it twice. The one who resumes
// after the other is told.
func TestAFailingBroadcastPausesItself(t *testing.T) {
	w := newTeam(t, false)
	ana, ben := w.sit("ana", seat{}), w.sit("ben", seat{})
	w.sim.RefuseWith(nil, 131026, 30)
	const n = 80
	id := ana.invites(n, 0)
	w.sit("one", seat{works: true})
	for _, d := range []*terminal{ana, ben} {
		d.stages(id, event.BroadcastPaused, event.PausedFailing)
	}
	// What was given to the outbox before goes; then it stands still.
	ana.until("that it stands still", func() bool { got := ana.tally(id); return got.Queued == 0 })
	before := ana.tally(id)
	if before.Failed == 0 || before.Scheduled == 0 {
		t.Errorf("%+v", before)
	}
	w.sim.ClearFaults()
	ana.resumes(id)
	ana.stages(id, event.BroadcastRunning, "")
	ana.until("the rest", func() bool { got := ana.tally(id); return got.Left() == 0 })
	got := map[provider.ChatID]int{}
	for _, a := range w.sim.Accepted() {
		if got[a.To]++; got[a.To] > 1 {
			t.Errorf("%s got it %d times", a.To, got[a.To])
		}
	}
	if now := ana.tally(id); now.Failed+now.Went() != n || len(got) != now.Went() || now.Failed < before.Failed {
		t.Errorf("%+v, %d got it", now, len(got))
	}
	b, err := ben.store.Broadcast(t.Context(), id)
	if err != nil || len(b.History) != 2 || b.History[0].Why != event.PausedFailing || b.History[1].By != "ana" {
		t.Errorf("%+v, %v", b.History, err)
	}
}

// TestABroadcastWhoseTemplateMayNotGoPausesItself: the network pauses the template, or
// lists it no more; nothing leaves, and a single scheduled one says so for itself.
func TestABroadcastWhoseTemplateMayNotGoPausesItself(t *testing.T) {
	w := newTeam(t, true)
	ana := w.sit("ana", seat{works: true})
	ana.connected()
	ana.lists(provider.Template{Name: "visit_reminder", Language: "es", Status: provider.Approved})
	_, err := ana.store.DefineBroadcast(t.Context(), inbox, event.Broadcast{ID: "b1", Name: "news", Recipients: 1, Template: provider.TemplateMessage{Name: "withdrawn", Language: "es"}})
	w.must(err)
	m := provider.TemplateMessage{Name: "withdrawn", Language: "es"}
	send := provider.Outgoing{To: provider.ChatKey{Account: inbox, Chat: "50255130000"}, Content: provider.Content{Kind: provider.Templated, Text: "x", Template: &m}}
	w.must(ana.store.ScheduleAll(t.Context(), "b1", []store.Planned{{Due: w.now(), Send: send}}))
	send.To.Chat = "50255130001"
	_, err = ana.store.Schedule(t.Context(), send, w.now(), "")
	w.must(err)
	ana.stages("b1", event.BroadcastPaused, event.PausedTemplateGone)
	ana.until("that the one alone has failed", func() bool {
		c, err := ana.store.FindConversation(t.Context(), inbox, "50255130001")
		if err != nil {
			return false
		}
		rows, err := ana.store.Messages(t.Context(), c.ID, store.MessageCursor{}, 10)
		return err == nil && len(rows) == 1 && rows[0].Job == event.JobFailed && rows[0].Error.Reason == provider.TemplateMissing
	})
	if got := ana.tally("b1"); got.Scheduled != 1 || len(w.sim.Accepted()) != 0 {
		t.Errorf("%+v, the network took %v", got, w.took())
	}
}

// TestADeadTokenPausesABroadcast: nothing more is tried, nothing has failed, and after the
// administrator's mending and a person's word it goes on.
func TestADeadTokenPausesABroadcast(t *testing.T) {
	w := newTeam(t, false)
	ana := w.sit("ana", seat{})
	w.sim.RefuseWith(nil, 190, 40)
	ana.connected()
	const n = 40
	id := ana.invites(n, 0)
	one := w.sit("one", seat{works: true})
	ana.stages(id, event.BroadcastPaused, event.PausedAccount)
	w.sim.ClearFaults()
	_, err := one.store.TryPaused(t.Context(), nil, true)
	w.must(err)
	ana.resumes(id)
	one.outbox.Wake()
	one.until("that the account works", func() bool { p, err := one.store.PausedBy(t.Context(), inbox); return err == nil && p == nil })
	ana.until("all of it", func() bool { got := ana.tally(id); return got.Went() == n })
	if took := w.sim.Accepted(); len(took) != n {
		t.Errorf("the network took %d", len(took))
	}
}

// TestABroadcastOutlivesACutAndAClock: the relay is away in the middle, and then all
// clocks jump by an hour; everybody gets it, once.
func TestABroadcastOutlivesACutAndAClock(t *testing.T) {
	w := newTeam(t, false)
	ana := w.sit("ana", seat{})
	ana.connected()
	const n = 24
	w.sit("one", seat{works: true})
	two := w.sit("two", seat{works: true})
	id := ana.invites(n, 1200)
	two.until("some of it", func() bool { return len(w.sim.Accepted()) >= n/4 })
	w.relay.Stop()
	w.later(time.Hour)
	w.relay.Start()
	for _, d := range []*terminal{ana, two} {
		d.until("that all of it went", func() bool { got := d.tally(id); return got.Went() == n })
	}
	if took := w.sim.Accepted(); len(took) != n {
		t.Errorf("the network took %d of %d", len(took), n)
	}
}
