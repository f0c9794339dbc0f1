package store_test

import (
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestSetBack: with a clock that was set back, what was told to wait a minute
// waits a minute from now, and what a right clock told to wait is left alone.
func TestWaitIsAsLongHoweverLateItIsStored(t *testing.T) {
	w := newWorld(t)
	a := w.send("1", "a")
	w.claim(a.Op)
	at, next := storetest.Now.Add(-10*time.Second), storetest.Now.Add(20*time.Second)
	w.finish(a.Op, store.Outcome{State: event.JobQueued, At: at, NextAt: next, Error: &provider.Error{Reason: provider.RateLimited}})
	if due, ok, err := w.s.NextDue(w.ctx, storetest.Now); err != nil || !ok || !due.Equal(next) {
		t.Errorf("next due %v %v %v, want %v", due, ok, err, next)
	}
}

func TestSetBack(t *testing.T) {
	w := newWorld(t)
	a, b := w.send("1", "a"), w.send("2", "b")
	w.claim(a.Op)
	w.claim(b.Op)
	limited := &provider.Error{Reason: provider.RateLimited}
	w.finish(a.Op, store.Outcome{State: event.JobQueued, NextAt: storetest.Now.Add(time.Minute), Error: limited})
	dueAt := func(now, want time.Time) {
		t.Helper()
		if err := w.s.SetBack(w.ctx, now); err != nil {
			t.Fatal(err)
		}
		if next, ok, err := w.s.NextDue(w.ctx, now); err != nil || !ok || !next.Equal(want) {
			t.Errorf("next due %v %v %v, want %v", next, ok, err, want)
		}
	}
	dueAt(storetest.Now, storetest.Now.Add(time.Minute))
	dueAt(storetest.Now.Add(30*time.Second), storetest.Now.Add(time.Minute))
	back := storetest.Now.Add(-3 * time.Hour)
	dueAt(back, back.Add(time.Minute))
	dueAt(back.Add(time.Second), back.Add(time.Minute)) // once, and not again
	if row, err := w.s.Message(w.ctx, a.Key); err != nil || !row.JobSince.Equal(back) || row.Job != event.JobQueued {
		t.Errorf("it is %s since %v, %v", row.Job, row.JobSince, err)
	}
	if row, err := w.s.Message(w.ctx, b.Key); err != nil || row.Job != event.JobSending {
		t.Errorf("what is on the wire is %s, %v", row.Job, err)
	}
	// The clock was set back between the answer and its being stored.
	ahead := storetest.Now.Add(3 * time.Hour)
	w.finish(b.Op, store.Outcome{State: event.JobQueued, At: ahead, NextAt: ahead.Add(time.Second), Error: limited})
	dueAt(storetest.Now, storetest.Now.Add(time.Second))
}
