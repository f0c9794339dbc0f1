package outbox_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/provider"
	"frontdesk/store/outbox"
	"frontdesk/webhookrelay/event"
)

// TestOutcomeThatCannotBeStored: where the store fails while a message is on
// the wire, the outcome is tried again and again, and nothing else leaves
// meanwhile; a program that has to end without it leaves a message that nobody
// knows of, and the next start says so instead of sending it again.
func TestOutcomeThatCannotBeStored(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "1")
		w.writes(c)
		line := w.lines["sales"]
		answer := make(chan struct{})
		line.does(func(context.Context, int, provider.Outgoing) (provider.MessageID, error) {
			<-answer
			return "wamid.lost", nil
		})
		o, stop := w.run()
		m := w.reply(c, "hi")
		synctest.Wait()
		w.close() // the disk is gone
		close(answer)
		o.Wake()
		pass(10 * time.Minute)
		if n := len(line.sent()); n != 1 {
			t.Errorf("%d attempts without a store", n)
		}
		stop()
		w.open()
		_, stop = w.run()
		defer stop()
		w.is(m, event.JobUnsure)
		pass(time.Hour)
		if n := len(line.sent()); n != 1 {
			t.Errorf("%d attempts after the restart", n)
		}
	})
}

// TestRunSaysThatItCannotStart: an outbox whose store cannot be read ends with
// an error, and without one where it was told to end.
func TestRunSaysThatItCannotStart(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.close()
		defer w.open()
		o := outbox.New(outbox.Options{Store: w.store, Publish: w.relay, Providers: func(provider.AccountID) (provider.Provider, bool) { return nil, false }})
		if err := o.Run(t.Context()); err == nil {
			t.Error("it ran without a store")
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if err := o.Run(ended); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("told to end, it says %v", err)
		}
	})
}

// TestUnwrittenIsTriedAtOnceOnce: a connection that took nothing costs no wait,
// a second one does, and a program that ends starts no second attempt.
func TestUnwrittenIsTriedAtOnceOnce(t *testing.T) {
	unwritten := &provider.Error{Op: "send", Reason: provider.Unreachable, Err: provider.ErrUnwritten, Text: "The network could not be reached. It is tried again."}
	for _, c := range []struct {
		name   string
		dead   int // connections that take nothing
		atOnce int // attempts before any time has gone by
	}{{"once", 1, 2}, {"twice", 2, 2}, {"never", 0, 1}} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				chat := key("sales", "1")
				w.writes(chat)
				line := w.lines["sales"]
				line.does(func(_ context.Context, n int, m provider.Outgoing) (provider.MessageID, error) {
					if n < c.dead {
						return "", unwritten
					}
					return provider.MessageID("wamid." + string(m.Op)), nil
				})
				_, stop := w.run()
				defer stop()
				m := w.reply(chat, "hi")
				synctest.Wait()
				if n := len(line.sent()); n != c.atOnce {
					t.Errorf("%d attempts at once, want %d", n, c.atOnce)
				}
				pass(2 * time.Second)
				w.is(m, event.JobSent)
			})
		})
	}
	bubble(t, func(t *testing.T, w *world) {
		chat := key("sales", "1")
		w.writes(chat)
		line := w.lines["sales"]
		line.does(func(ctx context.Context, _ int, _ provider.Outgoing) (provider.MessageID, error) {
			<-ctx.Done()
			return "", unwritten
		})
		_, stop := w.run()
		m := w.reply(chat, "hi")
		synctest.Wait()
		stop()
		w.is(m, event.JobQueued)
		if n := len(line.sent()); n != 1 {
			t.Errorf("%d attempts of a program that ends", n)
		}
	})
}

// TestQueueThatCannotBeRead: an outbox that cannot see what waits, or cannot say
// so to the team, looks again by itself, and goes on when it can.
func TestQueueThatCannotBeRead(t *testing.T) {
	for _, lost := range []string{
		"intent_pause", // nothing is due: only the question when to look needs it
		"intent_told",
	} {
		t.Run(lost, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				c := key("sales", "1")
				w.writes(c)
				o, stop := w.run()
				defer stop()
				w.alter(lost + " rename to away")
				o.Wake()
				synctest.Wait()
				before := w.looks()
				pass(10 * time.Minute)
				if again := w.looks() - before; again < 3 || again > 1000 {
					t.Errorf("it looked %d times in ten minutes", again)
				}
				w.alter("away rename to " + lost)
				m := w.reply(c, "hi")
				pass(time.Minute)
				w.is(m, event.JobSent)
			})
		})
	}
}

// TestGreetingWithoutAStore: the relay greets while the store cannot be used.
// That is not forgotten: what was paused is tried when it can be.
func TestGreetingWithoutAStore(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("support", "1")
		w.writes(c)
		line := w.lines["support"]
		line.does(refuse(provider.Error{Reason: provider.Token, Text: "The token has expired. Ask an administrator for a new one."}))
		o, stop := w.run()
		defer stop()
		m := w.reply(c, "hi")
		pass(time.Minute)
		line.does(nil)
		w.alter("intent_pause rename to away")
		before := w.looks()
		o.Greeted()
		pass(5 * time.Minute)
		if n := w.looks() - before; n < 3 || n > 600 {
			t.Errorf("it looked %d times in five minutes without a store", n)
		}
		if n := len(line.sent()); n != 1 {
			t.Errorf("%d attempts without a store", n)
		}
		w.alter("away rename to intent_pause")
		pass(time.Minute)
		w.is(m, event.JobSent)
	})
}
