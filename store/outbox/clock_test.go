package outbox_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// TestClockSetBack: this machine's clock is hours ahead, and the relay says so
// while messages wait. What was put back for seconds leaves in seconds, and not
// when the right clock is where the wrong one was; that is so for the message
// that met the limit, for others of its account, and after a restart.
func TestClockSetBack(t *testing.T) {
	const wrong, asked = 3 * time.Hour, 7 * time.Second
	for name, c := range map[string]struct {
		reason  provider.Reason
		restart bool
	}{
		"account's limit":               {provider.RateLimited, false},
		"customer's limit":              {provider.PairLimited, false},
		"no way to the network":         {provider.Unreachable, false},
		"busy":                          {provider.Unavailable, false},
		"account's limit, restarted":    {provider.RateLimited, true},
		"busy, restarted":               {provider.Unavailable, true},
		"customer's limit, and restart": {provider.PairLimited, true},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.told(wrong)
				first, second := key("sales", "1"), key("sales", "2")
				w.writes(first)
				w.writes(second)
				w.lines["sales"].does(refuse(provider.Error{Op: "send", Reason: c.reason, After: asked}))
				o, stop := w.run()
				m := w.reply(first, "waits")
				pass(time.Second)
				w.is(m, event.JobQueued)
				n := w.reply(second, "waits, too")
				pass(time.Millisecond)
				w.lines["sales"].does(nil)
				w.told(0)
				if c.restart {
					stop()
					w.restart()
					o, stop = w.run()
				}
				defer func() { stop() }()
				o.Wake() // as a link that is live does
				pass(asked - 2*time.Second)
				w.is(m, event.JobQueued) // the network's time is kept all the same
				pass(2 * asked)
				w.is(m, event.JobSent)
				w.is(n, event.JobSent)
			})
		})
	}
}

// told is the relay's word of how far its clock is ahead of this machine's.
func (w *world) told(ahead time.Duration) {
	w.t.Helper()
	if err := w.store.Hello(w.t.Context(), store.Hello{Epoch: "one", Key: teamKey, Offset: ahead}); err != nil {
		w.t.Fatal(err)
	}
}

// TestLimitCountsFromItsAnswer: an account rests for as long as its network
// asked, however long it takes to store that it did.
func TestLimitCountsFromItsAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c, other := key("sales", "1"), key("sales", "2")
		w.writes(c)
		w.writes(other)
		raw, err := sql.Open("sqlite", "file:"+w.path)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		rename := func(change string) {
			if _, err := raw.ExecContext(t.Context(), "alter table "+change); err != nil {
				t.Error(err)
			}
		}
		line := w.lines["sales"]
		line.does(func(_ context.Context, n int, m provider.Outgoing) (provider.MessageID, error) {
			if n == 0 {
				rename("intent_job rename to away")
				return "", &provider.Error{Op: "send", Reason: provider.RateLimited, After: time.Hour}
			}
			return provider.MessageID("wamid." + string(m.Op)), nil
		})
		_, stop := w.run()
		defer stop()
		m := w.reply(c, "limited")
		pass(50 * time.Minute)
		rename("away rename to intent_job")
		pass(2 * time.Minute)
		w.is(m, event.JobQueued)
		n := w.reply(other, "waits, too")
		pass(7 * time.Minute)
		w.is(n, event.JobQueued)
		pass(2 * time.Minute)
		w.is(m, event.JobSent)
		w.is(n, event.JobSent)
	})
}
