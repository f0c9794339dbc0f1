package outbox_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// TestReplyGoesOut: a reply written while the outbox runs leaves at once.
func TestReplyGoesOut(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.writes(key("sales", "34600"))
		_, stop := w.run()
		defer stop()
		m := w.reply(key("sales", "34600"), "hi")
		synctest.Wait()
		row := w.is(m, event.JobSent)
		if row.ID != provider.MessageID("wamid."+string(row.Op)) {
			t.Errorf("message id is %q, the network said another", row.ID)
		}
		if calls := w.lines["sales"].sent(); len(calls) != 1 || calls[0].by != string(w.store.Me()) || !calls[0].at.Equal(time.Now()) {
			t.Errorf("attempts: %+v", calls)
		}
	})
}

// TestOrderWithinConversation: one conversation is strictly in order and never
// has two on the wire; others do not wait for it.
func TestOrderWithinConversation(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		ana, ben := key("sales", "34600"), key("sales", "34700")
		w.writes(ana)
		w.writes(ben)
		line := w.lines["sales"]
		line.does(func(ctx context.Context, n int, m provider.Outgoing) (provider.MessageID, error) {
			if m.To == ana {
				time.Sleep(5 * time.Second)
			}
			return provider.MessageID("wamid." + string(m.Op)), nil
		})
		_, stop := w.run()
		defer stop()
		for _, text := range []string{"1", "2", "3"} {
			w.reply(ana, text)
		}
		quick := w.reply(ben, "quick")
		synctest.Wait()
		w.is(quick, event.JobSent)
		pass(15 * time.Second)
		var order []string
		for _, c := range line.sent() {
			if c.chat == ana.Chat {
				order = append(order, c.text)
			}
		}
		if !slices.Equal(order, []string{"1", "2", "3"}) || line.overlapped {
			t.Errorf("order %v, overlapped %v", order, line.overlapped)
		}
	})
}

// TestRetryKeepsOrder: what waits for another attempt is not overtaken by what
// was written after it.
func TestRetryKeepsOrder(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "34600")
		w.writes(c)
		line := w.lines["sales"]
		line.does(func(_ context.Context, n int, m provider.Outgoing) (provider.MessageID, error) {
			if n < 3 {
				return "", &provider.Error{Op: "send", Reason: provider.Unreachable}
			}
			return provider.MessageID("wamid." + string(m.Op)), nil
		})
		_, stop := w.run()
		defer stop()
		first := w.reply(c, "1")
		synctest.Wait()
		second := w.reply(c, "2")
		pass(time.Minute)
		w.is(first, event.JobSent)
		w.is(second, event.JobSent)
		if got := line.texts(); !slices.Equal(got, []string{"1", "1", "1", "1", "2"}) {
			t.Errorf("attempts %v", got)
		}
	})
}

// TestUnsureHoldsTheNext: an answer that never comes makes the send unsure; it
// is not repeated, what follows is held, and a person lets it go.
func TestUnsureHoldsTheNext(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "34600")
		w.writes(c)
		w.lines["sales"].does(hang)
		_, stop := w.run()
		defer stop()
		lost := w.reply(c, "lost?")
		next := w.reply(c, "next")
		pass(61 * time.Second)
		w.is(lost, event.JobUnsure)
		w.is(next, event.JobHeld)
		pass(12 * time.Hour)
		if got := w.lines["sales"].texts(); !slices.Equal(got, []string{"lost?"}) {
			t.Fatalf("attempts %v, want one", got)
		}
		w.lines["sales"].does(nil)
		if err := w.store.Release(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		w.is(lost, event.JobUnsure)
		w.is(next, event.JobSent)
	})
}

// TestReceiptFreesTheNext: the network's own word resolves an unsure send, and
// what was held behind it goes by itself.
func TestReceiptFreesTheNext(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "34600")
		id := w.writes(c)
		w.lines["sales"].does(hang)
		_, stop := w.run()
		defer stop()
		lost := w.reply(c, "lost?")
		next := w.reply(c, "next")
		pass(61 * time.Second)
		op := w.is(lost, event.JobUnsure).Op
		w.lines["sales"].does(nil)
		w.apply(event.Event{
			ID: "s:wamid.9:delivered", Account: "sales", Conversation: id, Kind: provider.KindReceipt,
			Body: provider.Receipt{Message: "wamid.9", Op: op, Status: provider.Delivered, At: time.Now()},
		})
		synctest.Wait()
		if row := w.is(lost, event.JobSent); row.ID != "wamid.9" || row.Status != provider.Delivered {
			t.Errorf("resolved as %q %v", row.ID, row.Status)
		}
		w.is(next, event.JobSent)
	})
}

// TestCrashWhileSending: what was on the wire when the process died is unsure,
// and nothing leaves again by itself.
func TestCrashWhileSending(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "34600")
		w.writes(c)
		m := w.reply(c, "lost?")
		w.claim()
		w.restart()
		_, stop := w.run()
		defer stop()
		w.is(m, event.JobUnsure)
		pass(12 * time.Hour)
		if calls := w.lines["sales"].sent(); len(calls) != 0 {
			t.Errorf("it was sent again: %+v", calls)
		}
	})
}

// TestCrashWhileSendingRepeatable: where a repeated operation never sends
// twice, the same operation is asked again.
func TestCrashWhileSendingRepeatable(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "34600")
		w.writes(c)
		w.lines["sales"].caps.Repeatable = true
		m := w.reply(c, "once")
		op := w.claim().Op
		w.restart()
		_, stop := w.run()
		defer stop()
		w.is(m, event.JobSent)
		if calls := w.lines["sales"].sent(); len(calls) != 1 || calls[0].op != op {
			t.Errorf("attempts %+v, want one of %s", calls, op)
		}
	})
}

// claim marks the oldest job as sending, as an outbox does just before the
// wire.
func (w *world) claim() store.Job {
	w.t.Helper()
	job, ok, err := w.store.Claim(w.t.Context(), time.Now(), func(store.Job) bool { return false })
	if err != nil || !ok {
		w.t.Fatalf("claim: %v, %v", ok, err)
	}
	return job
}

// TestRepeatsTheSameOperation: an unanswered send of a repeatable driver is
// asked again under its own id until the answer comes.
func TestRepeatsTheSameOperation(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "34600")
		w.writes(c)
		line := w.lines["sales"]
		line.caps.Repeatable = true
		line.does(func(ctx context.Context, n int, m provider.Outgoing) (provider.MessageID, error) {
			if n < 2 {
				return "", &provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: true}
			}
			return "wamid.once", nil
		})
		_, stop := w.run()
		defer stop()
		m := w.reply(c, "once")
		pass(time.Minute)
		op := w.is(m, event.JobSent).Op
		for i, call := range line.sent() {
			if call.op != op {
				t.Errorf("attempt %d was operation %s, want %s", i, call.op, op)
			}
		}
	})
}

// TestRepeatAsksThoughTheWindowClosed: whether an earlier attempt was accepted
// is not for the clock to say.
func TestRepeatAsksThoughTheWindowClosed(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "1")
		w.writes(c)
		w.lines["sales"].caps.Repeatable = true
		pass(24*time.Hour - time.Minute)
		m := w.reply(c, "just in time")
		w.claim()
		w.restart()
		pass(time.Hour)
		_, stop := w.run()
		defer stop()
		w.is(m, event.JobSent)
	})
}

// TestWindowClosesInTheQueue: a reply that was in time when it was written and
// is not when it could leave stays here.
func TestWindowClosesInTheQueue(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "1")
		w.writes(c)
		pass(24*time.Hour - time.Second)
		m := w.reply(c, "just in time")
		pass(2 * time.Second)
		_, stop := w.run()
		defer stop()
		row := w.is(m, event.JobFailed)
		if row.Error == nil || row.Error.Reason != provider.WindowClosed {
			t.Errorf("error %v", row.Error)
		}
		if got := len(w.lines["sales"].sent()); got != 0 {
			t.Errorf("%d attempts", got)
		}
	})
}

// TestLeavingWaitsForTheAnswer: an attempt that is answered within the grace is
// what the answer says; one that is not is unsure, and Run still ends.
func TestLeavingWaitsForTheAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		quick, slow := key("sales", "1"), key("sales", "2")
		w.writes(quick)
		w.writes(slow)
		w.lines["sales"].does(func(ctx context.Context, n int, m provider.Outgoing) (provider.MessageID, error) {
			if m.To == slow {
				return hang(ctx, n, m)
			}
			select {
			case <-ctx.Done():
				return hang(ctx, n, m)
			case <-time.After(time.Second):
				return provider.MessageID("wamid." + string(m.Op)), nil
			}
		})
		_, stop := w.run()
		a, b := w.reply(quick, "a"), w.reply(slow, "b")
		synctest.Wait()
		start := time.Now()
		stop()
		if got := time.Since(start); got > 3*time.Second {
			t.Errorf("leaving took %v", got)
		}
		w.is(a, event.JobSent)
		w.is(b, event.JobUnsure)
	})
}
