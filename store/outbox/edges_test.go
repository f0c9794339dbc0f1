package outbox_test

import (
	"context"
	"database/sql"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/provider"
	"frontdesk/store/outbox"
	"frontdesk/webhookrelay/event"
)

// alter changes a table behind the store's back, so that what needs it fails.
func (w *world) alter(change string) {
	w.t.Helper()
	raw, err := sql.Open("sqlite", "file:"+w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.ExecContext(w.t.Context(), "alter table "+change); err != nil {
		w.t.Fatal(err)
	}
}

// TestClockSetBackWithoutAStore: the clock is set back while the store cannot be
// used. It is told when it can be, and nothing waits until the wrong hour.
func TestClockSetBackWithoutAStore(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.told(3 * time.Hour)
		c := key("sales", "1")
		w.writes(c)
		w.lines["sales"].does(refuse(provider.Error{Op: "send", Reason: provider.Unavailable, After: 7 * time.Second}))
		o, stop := w.run()
		defer stop()
		m := w.reply(c, "waits")
		pass(time.Second)
		w.is(m, event.JobQueued)
		w.lines["sales"].does(nil)
		w.alter("intent_job rename to away")
		w.told(0)
		before := w.looks()
		o.Wake()
		pass(5 * time.Minute)
		if n := w.looks() - before; n < 3 || n > 600 {
			t.Errorf("it looked %d times in five minutes without a store", n)
		}
		w.alter("away rename to intent_job")
		pass(2 * time.Minute)
		w.is(m, event.JobSent)
	})
}

// TestClockSetBackBehindAnAnswer: the clock is set back after the network asked
// for a pause and before that could be stored. The pause is as long as it asked.
func TestClockSetBackBehindAnAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.told(3 * time.Hour)
		c, other := key("sales", "1"), key("sales", "2")
		w.writes(c)
		w.writes(other)
		line := w.lines["sales"]
		line.does(func(_ context.Context, n int, m provider.Outgoing) (provider.MessageID, error) {
			if n == 0 {
				w.alter("intent_job rename to away")
				return "", &provider.Error{Op: "send", Reason: provider.RateLimited, After: 10 * time.Minute}
			}
			return provider.MessageID("wamid." + string(m.Op)), nil
		})
		_, stop := w.run()
		defer stop()
		m := w.reply(c, "limited")
		pass(time.Second)
		w.told(0)
		w.alter("away rename to intent_job")
		pass(time.Minute)
		n := w.reply(other, "waits, too")
		pass(7 * time.Minute)
		w.is(m, event.JobQueued)
		w.is(n, event.JobQueued)
		pass(5 * time.Minute)
		w.is(m, event.JobSent)
		w.is(n, event.JobSent)
	})
}

// TestCustomersLimitIsTheCustomers: a limit for one customer holds the next
// message to him too, also when the one that met it is thrown away.
func TestCustomersLimitIsTheCustomers(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "1")
		w.writes(c)
		line := w.lines["sales"]
		line.does(refuse(provider.Error{Op: "send", Reason: provider.PairLimited, After: 10 * time.Minute}))
		_, stop := w.run()
		defer stop()
		m := w.reply(c, "too much")
		synctest.Wait()
		line.does(nil)
		if err := w.store.Discard(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		n := w.reply(c, "and more")
		pass(9 * time.Minute)
		w.is(n, event.JobQueued)
		pass(2 * time.Minute)
		w.is(n, event.JobSent)
	})
}

// TestRefusalOfOneIsNoLimit: what a network has against one message holds neither
// its customer nor its account.
func TestRefusalOfOneIsNoLimit(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "1")
		w.writes(c)
		line := w.lines["sales"]
		line.does(refuse(provider.Error{Op: "send", Reason: provider.Undeliverable, After: 10 * time.Minute}))
		_, stop := w.run()
		defer stop()
		m := w.reply(c, "not taken")
		synctest.Wait()
		w.is(m, event.JobFailed)
		line.does(nil)
		n := w.reply(c, "taken")
		synctest.Wait()
		w.is(n, event.JobSent)
	})
}

// TestFirstAttemptIsJudgedHere: a driver that may repeat is not asked for what
// cannot have left before: a closed window is known here.
func TestFirstAttemptIsJudgedHere(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "1")
		w.writes(c)
		w.lines["sales"].caps.Repeatable = true
		pass(24*time.Hour - time.Second)
		m := w.reply(c, "just in time")
		pass(2 * time.Second)
		_, stop := w.run()
		defer stop()
		row := w.is(m, event.JobFailed)
		if row.Error == nil || row.Error.Reason != provider.WindowClosed || len(w.lines["sales"].sent()) != 0 {
			t.Errorf("%d attempts, %v", len(w.lines["sales"].sent()), row.Error)
		}
	})
}

// complaints counts what an outbox tells its log.
type complaints struct {
	slog.Handler
	told *atomic.Int64
}

func (c complaints) Enabled(context.Context, slog.Level) bool { return true }

func (c complaints) Handle(_ context.Context, r slog.Record) error {
	if r.Level == slog.LevelError {
		c.told.Add(1)
	}
	return nil
}

// TestOutcomeIsStoredLessAndLessOften: an outcome that cannot be stored is tried
// again after longer and longer pauses.
func TestOutcomeIsStoredLessAndLessOften(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "1")
		w.writes(c)
		var told atomic.Int64
		o := outbox.New(outbox.Options{
			Store: w.store, Publish: w.relay, Rand: func() float64 { return 0.5 },
			Logger:    slog.New(complaints{slog.DiscardHandler, &told}),
			Providers: func(id provider.AccountID) (provider.Provider, bool) { return w.lines[id], true },
		})
		w.lines["sales"].does(func(_ context.Context, _ int, m provider.Outgoing) (provider.MessageID, error) {
			w.alter("intent_job rename to away")
			return provider.MessageID("wamid." + string(m.Op)), nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- o.Run(ctx) }()
		m := w.reply(c, "hi")
		pass(10 * time.Minute) // 0.5, 1, 2, 4, 8, 16 and then 30 s
		if n := told.Load(); n < 20 || n > 60 {
			t.Errorf("%d complaints in ten minutes", n)
		}
		w.alter("away rename to intent_job")
		pass(time.Minute)
		w.is(m, event.JobSent)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestRunNeedsItsLimits: where it cannot be read what the networks asked for, an
// outbox does not begin to send.
func TestRunNeedsItsLimits(t *testing.T) {
	for _, lost := range []string{"intent_job rename column next_at", "message rename column job_since"} {
		bubble(t, func(t *testing.T, w *world) {
			c := key("sales", "1")
			w.writes(c)
			w.reply(c, "hi")
			w.alter(lost + " to away")
			o := outbox.New(outbox.Options{Store: w.store, Publish: w.relay, Providers: func(id provider.AccountID) (provider.Provider, bool) { return w.lines[id], true }})
			if err := o.Run(t.Context()); err == nil || len(w.lines["sales"].sent()) != 0 {
				t.Errorf("without %s: %v, and %d attempts", lost, err, len(w.lines["sales"].sent()))
			}
		})
	}
}
