package store_test

import (
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// tries has the paused account tried, by a person or not.
func (w *world) tries(asked bool) {
	w.t.Helper()
	if n, err := w.s.TryPaused(w.ctx, nil, asked); err != nil || n != 1 {
		w.t.Fatalf("%d accounts are tried, %v", n, err)
	}
}

// paused fails unless the account is paused, and tried, as it is wanted.
func (w *world) paused(want, trying bool) store.PausedAccount {
	w.t.Helper()
	c, err := w.s.Counts(w.ctx)
	if err != nil || len(c.Outbox.Paused) == 1 != want || want && c.Outbox.Paused[0].Trying != trying {
		w.t.Fatalf("paused are %+v, %v; want %v, tried %v", c.Outbox.Paused, err, want, trying)
	}
	if !want {
		return store.PausedAccount{}
	}
	return c.Outbox.Paused[0]
}

var deadToken = store.Outcome{State: event.JobQueued, NextAt: storetest.Now, Pause: true, Error: &provider.Error{
	Op: "send", Reason: provider.Token, Text: "The token is no longer valid.",
}}

// TestOneMessageTriesAPausedAccount: until its network has answered an account
// stays paused, for as long as it has been, and one message at a time finds out.
// A person is told once, and again where they asked.
func TestOneMessageTriesAPausedAccount(t *testing.T) {
	now := storetest.Now
	w := newWorldWith(t, func(o *store.Options) { o.Now = func() time.Time { return now } })
	m, other := w.send("1", "hi"), w.send("2", "ho")
	watch := w.s.Watch()
	defer watch.Close()
	w.claim(m.Op)
	w.finish(m.Op, deadToken)
	told := func(want int) {
		t.Helper()
		if got := watch.Take().Notices; len(got) != want {
			t.Errorf("%d notices, want %d: %+v", len(got), want, got)
		}
	}
	told(1)
	since := w.paused(true, false).Since
	w.idle()
	for _, asked := range []bool{false, true, false} {
		now = now.Add(time.Hour)
		w.tries(asked)
		w.paused(true, true)
		w.claim(m.Op)
		w.idle() // the other waits for what the first finds out
		w.finish(m.Op, deadToken)
		if got := w.paused(true, false); !got.Since.Equal(since) || got.Error.Reason != provider.Token {
			t.Errorf("it is paused since %v for %v, and was since %v", got.Since, got.Error, since)
		}
		w.idle()
		told(map[bool]int{true: 1, false: 0}[asked])
	}
	// What says nothing of the account leaves it as it is, and the next one tries.
	w.tries(false)
	w.claim(m.Op)
	w.finish(m.Op, noAnswer)
	w.paused(true, true)
	w.claim(other.Op)
	w.finish(other.Op, store.Outcome{State: event.JobFailed, Answered: true, Error: &provider.Error{Reason: provider.Undeliverable}})
	w.paused(false, false)
	w.claim(w.send("3", "next").Op)
}

// TestOnlyWhoIsPausedIsTried: nothing is tried where nothing is paused, nor
// twice, nor what was not meant.
func TestOnlyWhoIsPausedIsTried(t *testing.T) {
	w := newWorld(t)
	m := w.send("1", "hi")
	count := func(want int, which func(provider.AccountID) bool) {
		t.Helper()
		if n, err := w.s.TryPaused(w.ctx, which, false); err != nil || n != want {
			t.Errorf("%d are tried, %v; want %d", n, err, want)
		}
	}
	count(0, nil)
	w.claim(m.Op)
	w.finish(m.Op, deadToken)
	count(0, func(provider.AccountID) bool { return false })
	w.paused(true, false)
	count(1, func(id provider.AccountID) bool { return id == storetest.Account })
	count(0, nil) // it is at it
	w.paused(true, true)
}
