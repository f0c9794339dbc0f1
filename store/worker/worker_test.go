package worker_test

import (
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// TestScheduledOnceByTwoWorkers: what ana scheduled goes at its time, once, although
// two workers and a teammate's terminal run what is due; everybody sees it as hers.
func TestScheduledOnceByTwoWorkers(t *testing.T) {
	w := newTeam(t, false)
	ana, ben := w.sit("ana", seat{}), w.sit("ben", seat{helps: true})
	one, two := w.sit("one", seat{works: true}), w.sit("two", seat{works: true})
	w.writes("Hola")
	c := ana.greeted()
	m := ana.schedule(c, "Mañana a las 9", w.now().Add(time.Hour))
	for _, d := range []*terminal{ben, one, two} {
		if got := d.stands("Mañana a las 9", event.JobScheduled); !got.Due.Equal(m.Due.Truncate(time.Millisecond)) || got.By != "ana" || got.Op != m.Op {
			t.Errorf("%s sees %+v", d.name, got)
		}
	}
	if took := w.took(); len(took) != 0 {
		t.Fatalf("the network took %v before its time", took)
	}
	w.later(time.Hour + 2*time.Minute)
	for _, d := range []*terminal{ben, one, two} {
		d.worker.Wake()
	}
	for _, d := range []*terminal{ana, ben, one, two} {
		if got := d.stands("Mañana a las 9", event.JobSent); got.Op != m.Op || got.By != "ana" {
			t.Errorf("%s sees %+v", d.name, got)
		}
	}
	if took := w.took(); !slices.Equal(took, []string{"Mañana a las 9"}) {
		t.Errorf("the network took %v", took)
	}
}

// TestScheduledWhileTheNetworkIsCut: the relay is away when its time comes; what a
// colleague changed before that is what leaves, once, when it is back.
func TestScheduledWhileTheNetworkIsCut(t *testing.T) {
	w := newTeam(t, false)
	ana, ben, bot := w.sit("ana", seat{}), w.sit("ben", seat{}), w.sit("bot", seat{works: true})
	w.writes("Hola")
	c := ana.greeted()
	ana.schedule(c, "a las 9", w.now().Add(time.Hour))
	theirs := ben.stands("a las 9", event.JobScheduled)
	bot.stands("a las 9", event.JobScheduled)
	w.relay.Stop()
	words := provider.TextContent("a las 10")
	w.must(ben.store.Replan(t.Context(), theirs.Key, store.Replan{Content: &words}))
	w.later(2 * time.Hour)
	bot.worker.Wake()
	w.relay.Start()
	for _, d := range []*terminal{ana, ben, bot} {
		d.until("one message, sent", func() bool {
			rows := d.thread()
			return len(rows) == 2 && rows[1].Job == event.JobSent
		})
	}
	took := w.took()
	if len(took) != 1 {
		t.Fatalf("the network took %v", took)
	}
	for _, d := range []*terminal{ana, ben, bot} { // whichever was first: what was sent is what is shown
		if _, ok := d.says(took[0]); !ok {
			t.Errorf("%s does not show what was sent, %q: %+v", d.name, took[0], d.thread()[1])
		}
	}
}

// TestCrashBetweenClaimAndSend: a worker dies after it made the send its own and
// before it left; another one sends it. When the first comes back it finds it sent.
func TestCrashBetweenClaimAndSend(t *testing.T) {
	w := newTeam(t, false)
	ana, bot := w.sit("ana", seat{}), w.sit("bot", seat{})
	w.writes("Hola")
	c := ana.greeted()
	ana.schedule(c, "a las 9", w.now().Add(time.Minute))
	bot.stands("a las 9", event.JobScheduled)
	bot.stop()
	w.later(5 * time.Minute)
	bot.open() // the process that dies: no outbox carries what it does
	list, err := bot.store.DueSends(t.Context(), w.now(), 10)
	w.must(err)
	ran, err := bot.store.RunDue(t.Context(), list[0], func(*provider.Outgoing, time.Time) *provider.Error { return nil })
	w.must(err)
	if _, ok, err := bot.store.Claim(t.Context(), w.now(), nil); ran != store.RanQueued || !ok || err != nil {
		t.Fatalf("ran %q, claimed %v, %v", ran, ok, err)
	}
	bot.watch.Close()
	w.must(bot.store.Close())
	next := w.sit("next", seat{works: true})
	next.stands("a las 9", event.JobSent)
	back := w.sit("bot", seat{works: true, path: bot.path})
	back.stands("a las 9", event.JobSent)
	ana.stands("a las 9", event.JobSent)
	if took := w.took(); !slices.Equal(took, []string{"a las 9"}) {
		t.Errorf("the network took %v", took)
	}
}

// TestHeldByWhoWrote: the customer writes before its time; it does not go, everybody
// sees why, and a teammate lets it go.
func TestHeldByWhoWrote(t *testing.T) {
	w := newTeam(t, false)
	ana, ben := w.sit("ana", seat{}), w.sit("ben", seat{})
	bot := w.sit("bot", seat{works: true})
	w.writes("Hola")
	c := ana.greeted()
	ana.schedule(c, "¿Sigue en pie?", w.now().Add(time.Hour))
	bot.stands("¿Sigue en pie?", event.JobScheduled)
	w.writes("Ya no, gracias")
	bot.until("the answer", func() bool { _, ok := bot.says("Ya no, gracias"); return ok })
	w.later(2 * time.Hour)
	bot.worker.Wake()
	for _, d := range []*terminal{ana, ben} {
		d.until("why it did not go", func() bool { m, _ := d.says("¿Sigue en pie?"); return m.Plan.Hold == event.HeldWrote })
	}
	if took := w.took(); len(took) != 0 {
		t.Fatalf("the network took %v", took)
	}
	m, _ := ben.says("¿Sigue en pie?")
	w.must(ben.store.Replan(t.Context(), m.Key, store.Replan{Anyway: true}))
	ana.stands("¿Sigue en pie?", event.JobSent)
}

// TestWindowClosedAtItsTime: free text whose window has closed by then has failed for
// everybody, with what to do, and its text is kept.
func TestWindowClosedAtItsTime(t *testing.T) {
	w := newTeam(t, false)
	ana, bot := w.sit("ana", seat{}), w.sit("bot", seat{works: true})
	w.writes("Hola")
	c := ana.greeted()
	ana.schedule(c, "¿Sigue ahí?", w.now().Add(30*time.Hour))
	bot.stands("¿Sigue ahí?", event.JobScheduled)
	w.later(31 * time.Hour)
	bot.worker.Wake()
	m := ana.stands("¿Sigue ahí?", event.JobFailed)
	if m.Error == nil || m.Error.Reason != provider.WindowClosed || m.Content.Text != "¿Sigue ahí?" || len(w.took()) != 0 {
		t.Errorf("ana sees %+v", m)
	}
	if got, _ := ana.conversation(); got.Failed != 1 {
		t.Errorf("the list says %+v", got)
	}
}

// TestScheduledWithoutAWorker: nobody runs a worker; ana's own terminal sends what she
// wrote, and another terminal what was left for a minute.
func TestScheduledWithoutAWorker(t *testing.T) {
	for name, ofAna := range map[string]bool{"her own terminal": true, "a teammate's": false} {
		t.Run(name, func(t *testing.T) {
			w := newTeam(t, false)
			ana, ben := w.sit("ana", seat{helps: ofAna}), w.sit("ben", seat{helps: true})
			w.writes("Hola")
			c := ana.greeted()
			ana.schedule(c, "a las 9", w.now().Add(time.Hour))
			ben.stands("a las 9", event.JobScheduled)
			if !ofAna {
				ana.stop()
			}
			w.later(time.Hour + 30*time.Second)
			ana.worker.Wake()
			if !ofAna {
				w.later(time.Minute)
				ben.worker.Wake()
			}
			ben.stands("a las 9", event.JobSent)
			if took := w.took(); !slices.Equal(took, []string{"a las 9"}) {
				t.Errorf("the network took %v", took)
			}
		})
	}
}

// TestDirectIsSentByItsTerminal: where no relay sends, the terminal that scheduled it
// does, and nobody else, however many could.
func TestDirectIsSentByItsTerminal(t *testing.T) {
	w := newTeam(t, true)
	ana, bot := w.sit("ana", seat{}), w.sit("bot", seat{works: true})
	w.writes("Hola")
	c := ana.greeted()
	ana.schedule(c, "a las 9", w.now().Add(time.Hour))
	bot.stands("a las 9", event.JobScheduled)
	ana.until("that the log has it", func() bool { m, _ := ana.says("a las 9"); return m.Seq > 0 })
	ana.stop()
	w.later(3 * time.Hour)
	bot.worker.Wake()
	bot.leads("bot") // it has looked
	if took := w.took(); len(took) != 0 {
		t.Fatalf("the network took %v of a terminal that is away", took)
	}
	back := w.sit("ana", seat{helps: true, path: ana.path})
	back.stands("a las 9", event.JobSent)
	bot.stands("a las 9", event.JobSent)
	if took := w.took(); !slices.Equal(took, []string{"a las 9"}) {
		t.Errorf("the network took %v", took)
	}
}

// TestRebuiltTerminalKeepsWhatIsScheduled: a store that was fetched anew shows what is
// scheduled as the others do, and what was sent where they show it.
func TestRebuiltTerminalKeepsWhatIsScheduled(t *testing.T) {
	w := newTeam(t, false)
	ana, bot := w.sit("ana", seat{}), w.sit("bot", seat{works: true})
	w.writes("Hola")
	c := ana.greeted()
	ana.schedule(c, "primero", w.now().Add(time.Hour))
	ana.schedule(c, "segundo", w.now().Add(4*time.Hour))
	bot.stands("segundo", event.JobScheduled)
	w.later(2 * time.Hour)
	bot.worker.Wake()
	ana.stands("primero", event.JobSent)
	anew := w.sit("ben", seat{})
	anew.stands("primero", event.JobSent)
	anew.stands("segundo", event.JobScheduled)
	at, err := ana.store.Cursor(t.Context())
	w.must(err)
	anew.until("all of it", func() bool { now, err := anew.store.Cursor(t.Context()); return err == nil && now.Seq >= at.Seq })
	if len(anew.thread()) != len(ana.thread()) {
		t.Errorf("anew:\n%+v\nana:\n%+v", anew.thread(), ana.thread())
	}
}

// TestOneLeads: of two workers one does the work; when it ends the other does, at once,
// and after it was lost, when its lease is over.
func TestOneLeads(t *testing.T) {
	w := newTeam(t, false)
	one := w.sit("one", seat{works: true})
	one.leads("one")
	two := w.sit("two", seat{works: true})
	two.leads("one")
	w.later(6 * time.Minute)
	one.worker.Wake()
	one.until("that it is renewed", func() bool {
		list, err := one.store.Settings(t.Context(), event.SettingWorker)
		return err == nil && len(list) == 1 && !list[0].Pending && list[0].At.After(w.now().Add(-time.Minute))
	})
	w.relay.Stop() // one cannot give it back
	one.stop()
	w.later(12 * time.Minute)
	w.relay.Start()
	two.worker.Wake()
	two.leads("two")
}

// TestTheRelaysClockDecides: a worker whose machine is hours ahead sends nothing before
// its time, because it goes by the relay's clock.
func TestTheRelaysClockDecides(t *testing.T) {
	w := newTeam(t, false)
	ana, bot := w.sit("ana", seat{}), w.sit("bot", seat{works: true, skew: 5 * time.Hour})
	w.writes("Hola")
	c := ana.greeted()
	ana.schedule(c, "a las 9", w.now().Add(2*time.Hour))
	bot.stands("a las 9", event.JobScheduled)
	bot.worker.Wake()
	bot.leads("bot") // it has looked
	list, err := bot.store.DueSends(t.Context(), bot.store.Now(), 5)
	w.must(err)
	if took := w.took(); len(took) != 0 || len(list) != 0 {
		t.Fatalf("the network took %v, due %+v", took, list)
	}
	w.later(2*time.Hour + time.Minute)
	bot.worker.Wake()
	ana.stands("a las 9", event.JobSent)
}
