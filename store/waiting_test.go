package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// tells is what is to be published of sends, as "text state".
func (w *world) tells(want ...string) []store.Publication {
	w.t.Helper()
	if err := w.s.TellWaiting(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	list, err := w.s.Unpublished(w.ctx, 99)
	if err != nil {
		w.t.Fatal(err)
	}
	got := []string{}
	for _, p := range list {
		s := p.Body.(event.SendState)
		if s.Error != nil || s.Chat == "" || !strings.HasPrefix(string(p.ID), string(s.Op)+":") {
			w.t.Errorf("%s tells %+v", p.ID, s)
		}
		got = append(got, s.Content.Text+" "+string(s.State))
	}
	if !slices.Equal(got, append([]string{}, want...)) {
		w.t.Fatalf("to be published are %q, want %q", got, want)
	}
	return list
}

// published records that the relay took all of it.
func (w *world) published(list []store.Publication) {
	w.t.Helper()
	for i, p := range list {
		if err := w.s.Published(w.ctx, p.ID, event.Seq(900+i)); err != nil {
			w.t.Fatal(err)
		}
	}
}

// TestTheTeamIsToldWhatWaits: of a reply that the relay is to send the team is
// told while it stays here, as often as that changes and no more; what leaves at
// once is told by the relay alone.
func TestTheTeamIsToldWhatWaits(t *testing.T) {
	w := newWorld(t)
	quick := w.send("9", "quick")
	w.claim(quick.Op)
	w.finish(quick.Op, store.Outcome{State: event.JobSent, Message: "wamid.q"})
	w.tells()

	lost, next := w.send("1", "lost"), w.send("1", "next")
	w.claim(lost.Op)
	first := w.tells("next queued")
	w.finish(lost.Op, noAnswer)
	held := w.tells("next held") // the relay was away: one fact stands for both
	if first[0].ID == held[0].ID {
		t.Error("two facts have one id")
	}
	w.published(held)
	w.tells()
	if err := w.s.MarkSent(w.ctx, lost.Key); err != nil {
		t.Fatal(err)
	}
	list, err := w.s.Unpublished(w.ctx, 9)
	if err != nil || len(list) != 1 { // what was decided of the one before it
		t.Fatalf("%+v, %v", list, err)
	}
	w.published(list)
	again := w.tells("next queued")
	w.claim(next.Op) // and it leaves before that could be told
	w.tells()
	// The relay took it all the same, or has the reply by now: neither is told to
	// anybody.
	watch := w.s.Watch()
	defer watch.Close()
	w.published(again)
	if err := w.s.RefusePublication(w.ctx, again[0].ID, "", "The relay has it already."); err != nil {
		t.Fatal(err)
	}
	if c := watch.Take(); len(c.Notices) != 0 {
		t.Errorf("notices %+v", c.Notices)
	}
}

// TestARefusedWordIsNoNotice: that a reply waits is all the same to whoever wrote
// it, and a relay that does not want to know is not asked again.
func TestARefusedWordIsNoNotice(t *testing.T) {
	w := newWorld(t)
	m := w.send("1", "waits")
	list := w.tells("waits queued")
	watch := w.s.Watch()
	defer watch.Close()
	if err := w.s.RefusePublication(w.ctx, list[0].ID, "", "Update the relay."); err != nil {
		t.Fatal(err)
	}
	if c := watch.Take(); len(c.Notices) != 0 {
		t.Errorf("notices %+v", c.Notices)
	}
	w.tells()
	if got := w.message(m.Key); got.Job != event.JobQueued {
		t.Errorf("the reply is %s", got.Job)
	}
}

// TestWhatWasHeardIsTakenBack: of a reply that is given up the team is told where
// it has heard of it, and only there.
func TestWhatWasHeardIsTakenBack(t *testing.T) {
	w := newWorld(t)
	discard := func(m store.Message) {
		t.Helper()
		if err := w.s.Discard(w.ctx, m.Key); err != nil {
			t.Fatal(err)
		}
	}
	discard(w.send("1", "unheard"))
	w.tells()
	m := w.send("1", "heard")
	w.published(w.tells("heard queued"))
	discard(m)
	w.published(w.tells("heard discarded"))
	// It may be under way while it is given up.
	m = w.send("1", "perhaps")
	w.tells("perhaps queued")
	discard(m)
	w.published(w.tells("perhaps discarded"))
	// What this store was told by the log alone, as after a rebuild.
	m = w.send("1", "in the log")
	rawWrite(t, w.path, "update message set seq = 77 where text = 'in the log'")
	discard(m)
	w.tells("in the log discarded")
}

// TestWhatTheRelayTellsIsNotToldTwice: of what was tried and is in the log the
// relay tells; of what was tried and never came there this store does.
func TestWhatTheRelayTellsIsNotToldTwice(t *testing.T) {
	busy := store.Outcome{State: event.JobQueued, NextAt: storetest.Now.Add(time.Hour), Error: &provider.Error{Reason: provider.Unreachable}}
	for _, known := range []bool{false, true} {
		w := newWorld(t)
		m := w.send("1", "tried")
		w.claim(m.Op)
		if known {
			w.apply(w.log.SendState(storetest.Ana, "1", m.Op, event.JobSending, "", "tried"))
		}
		w.finish(m.Op, busy)
		if known {
			w.tells()
			continue
		}
		w.tells("tried queued")
	}
}

// TestTellingSurvivesAnErasure (P25): of who was erased nothing is to be told.
func TestTellingSurvivesAnErasure(t *testing.T) {
	w := newWorld(t)
	w.send("1", "waits")
	w.tells("waits queued")
	w.apply(w.log.By(storetest.Ben, "1", event.Erased{}))
	w.tells()
	for _, table := range []string{"intent_told", "intent_publication", "intent_job"} {
		if rows := rawQuery(t, w.path, "select * from "+table); len(rows) != 0 {
			t.Errorf("%s holds %v", table, rows)
		}
	}
}

// TestWhatWaitsIsKnownByEveryTerminal: a teammate's store shows what is told, and
// what becomes of it.
func TestWhatWaitsIsKnownByEveryTerminal(t *testing.T) {
	for _, end := range []event.JobState{event.JobSent, event.JobDiscarded} {
		w := newWorld(t)
		for i, state := range []event.JobState{event.JobQueued, event.JobHeld, event.JobQueued, end} {
			e := w.log.SendState(storetest.Ben, "1", "op-b", state, "", "hi")
			e.ID = fmt.Sprintf("op-b:%s:0:%d", state, i)
			w.apply(e)
			thread := w.thread("1")
			if len(thread) != 1 || thread[0].Job != state || thread[0].By != storetest.Ben || thread[0].Mine {
				t.Fatalf("after %s the thread is %+v", state, thread)
			}
		}
	}
}
