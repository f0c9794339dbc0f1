package outbox_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

func (w *world) do(id event.ConversationID, body event.Body) {
	w.t.Helper()
	if _, err := w.store.Do(w.t.Context(), store.Action{Conversation: id, Body: body, Expect: event.AspectOf(body.Kind())}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) conversation(id event.ConversationID) store.Conversation {
	w.t.Helper()
	c, err := w.store.Conversation(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) unpublished() int {
	w.t.Helper()
	list, err := w.store.Unpublished(w.t.Context(), 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(list)
}

var away = &client.Error{Code: "unreachable", Unreachable: true, Text: "The relay cannot be reached."}

// TestPublishesInOrder: actions reach the relay in the order they were done,
// also after it was away, and each once.
func TestPublishesInOrder(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		id := w.writes(key("sales", "1"))
		w.relay.does(func(context.Context, []client.Entry) ([]client.Result, error) { return nil, away })
		_, stop := w.run()
		defer stop()
		w.do(id, event.Noted{Text: "called"})
		w.do(id, event.Assigned{To: "ana"})
		w.do(id, event.Resolved{})
		pass(10 * time.Minute)
		if got := w.unpublished(); got != 3 {
			t.Fatalf("%d kept while the relay is away, want 3", got)
		}
		if w.relay.times() > 100 {
			t.Errorf("a relay that is away was asked %d times in ten minutes", w.relay.times())
		}
		w.relay.does(nil)
		pass(2 * time.Minute)
		want := []string{event.KindNoted, event.KindAssigned, event.KindResolved}
		if got := w.relay.kinds(); !slices.Equal(got, want) {
			t.Errorf("published %v, want %v", got, want)
		}
		if got := w.unpublished(); got != 0 {
			t.Errorf("%d left", got)
		}
	})
}

// TestBusyPeopleKeepTheBackOff: what is done while the relay is away does not
// make it asked more often.
func TestBusyPeopleKeepTheBackOff(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		id := w.writes(key("sales", "1"))
		w.relay.does(func(context.Context, []client.Entry) ([]client.Result, error) { return nil, away })
		_, stop := w.run()
		defer stop()
		for range 100 {
			w.do(id, event.Noted{Text: "still here"})
			pass(time.Second)
		}
		if got := w.relay.times(); got > 20 {
			t.Errorf("asked %d times in 100 s", got)
		}
	})
}

// TestWakePublishesAtOnce: when the relay is back nobody waits for the
// back-off.
func TestWakePublishesAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		id := w.writes(key("sales", "1"))
		w.relay.does(func(context.Context, []client.Entry) ([]client.Result, error) { return nil, away })
		o, stop := w.run()
		defer stop()
		w.do(id, event.Resolved{})
		pass(time.Hour)
		w.relay.does(nil)
		o.Wake()
		synctest.Wait()
		if got := w.unpublished(); got != 0 {
			t.Errorf("%d left", got)
		}
	})
}

// TestConflictReverts: who was second sees their action taken back and hears
// who was first; the rest of the batch still goes.
func TestConflictReverts(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		id, other := w.writes(key("sales", "1")), w.writes(key("sales", "2"))
		w.relay.does(func(_ context.Context, entries []client.Entry) ([]client.Result, error) {
			results := make([]client.Result, len(entries))
			conflict := false
			for i, e := range entries {
				if e.Conversation == id {
					results[i].Conflict = &client.Conflict{Seq: 9, By: "ben", Kind: event.KindResolved}
					conflict = true
				}
			}
			if !conflict {
				return nil, nil
			}
			return results, nil
		})
		watch := w.store.Watch()
		defer watch.Close()
		w.do(id, event.Resolved{})
		w.do(other, event.Resolved{})
		if got := w.conversation(id).Status; got != store.StatusResolved {
			t.Fatalf("shown as %s at once, want resolved", got)
		}
		_, stop := w.run()
		defer stop()
		if got := w.conversation(id); got.Status != store.StatusOpen || got.Pending {
			t.Errorf("after the conflict: %s, pending %v", got.Status, got.Pending)
		}
		notices := watch.Take().Notices
		if len(notices) != 1 || notices[0].By != "ben" || notices[0].Conversation != id || notices[0].Text != "ben resolved it first." {
			t.Errorf("notices %+v", notices)
		}
		if got := w.relay.kinds(); !slices.Equal(got, []string{event.KindResolved}) {
			t.Errorf("published %v, want the other resolve", got)
		}
	})
}

// TestLostAnswerOfAPublish: the relay took an action and its answer was lost;
// what was done after it is no conflict with it.
func TestLostAnswerOfAPublish(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		id := w.writes(key("sales", "1"))
		log := map[string]event.Seq{}
		last := event.Seq(0)
		lose := true
		w.relay.does(func(_ context.Context, entries []client.Entry) ([]client.Result, error) {
			results := make([]client.Result, len(entries))
			for i, e := range entries { // judged before anything is appended, as the relay does
				if seq, known := log[e.ID]; known {
					results[i] = client.Result{Seq: seq, Duplicate: true}
				} else if e.Expect.Seq != last {
					results[i].Conflict = &client.Conflict{Seq: last, By: "ana", Kind: e.Kind}
					return results, nil
				}
			}
			for i, e := range entries {
				if results[i].Seq == 0 {
					last++
					log[e.ID], results[i].Seq = last, last
				}
			}
			if lose {
				lose = false
				return nil, away
			}
			return results, nil
		})
		watch := w.store.Watch()
		defer watch.Close()
		w.do(id, event.Resolved{})
		_, stop := w.run()
		defer stop()
		w.do(id, event.Reopened{})
		pass(time.Minute)
		if notices := watch.Take().Notices; len(notices) != 0 {
			t.Errorf("notices %+v", notices)
		}
		if got := w.unpublished(); got != 0 || len(log) != 2 {
			t.Errorf("%d left, %d in the log", got, len(log))
		}
	})
}

// TestPermanentRefusalIsNoLoop: what the relay will never take is given back
// once, and what stands behind it goes.
func TestPermanentRefusalIsNoLoop(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		id, other := w.writes(key("sales", "1")), w.writes(key("sales", "2"))
		w.relay.does(func(_ context.Context, entries []client.Entry) ([]client.Result, error) {
			for _, e := range entries {
				if e.Conversation == id {
					return nil, &client.Error{Status: 400, Code: "bad_request", Text: "The body is not understood. Update the relay."}
				}
			}
			return nil, nil
		})
		w.do(id, event.Resolved{})
		w.do(other, event.Resolved{})
		_, stop := w.run()
		defer stop()
		if got := w.conversation(id).Status; got != store.StatusOpen {
			t.Errorf("the refused one is shown as %s", got)
		}
		if got := w.unpublished(); got != 0 {
			t.Errorf("%d left", got)
		}
		asked := w.relay.times()
		pass(24 * time.Hour)
		if w.relay.times() != asked || asked > 4 {
			t.Errorf("asked %d times, then %d more", asked, w.relay.times()-asked)
		}
	})
}

// TestARolesRefusalIsTold: what the token's role may not do is taken back, and told in
// the relay's words; no proxy's 403 is.
func TestARolesRefusalIsTold(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		id := w.writes(key("sales", "1"))
		w.relay.does(func(context.Context, []client.Entry) ([]client.Result, error) {
			return nil, &client.Error{Status: 403, Code: client.CodeRole, Text: "The role read-only may not do this."}
		})
		watch := w.store.Watch()
		defer watch.Close()
		_, stop := w.run()
		defer stop()
		w.do(id, event.Resolved{})
		pass(time.Minute)
		told := watch.Take().Notices
		if w.unpublished() != 0 || w.conversation(id).Status != store.StatusOpen || len(told) != 1 || told[0].Text != "The role read-only may not do this." {
			t.Errorf("%d left, %s, told %+v", w.unpublished(), w.conversation(id).Status, told)
		}
	})
}

// TestStrangersAnswerCostsNothing: a proxy's 404, or a token that was taken
// away, refuses nobody's note.
func TestStrangersAnswerCostsNothing(t *testing.T) {
	for name, answer := range map[string]*client.Error{
		"proxy":   {Status: 404, Code: "unexpected"},
		"forbids": {Status: 403, Code: "forbidden"},
		"revoked": {Status: 401, Code: "unauthorized"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				id := w.writes(key("sales", "1"))
				w.relay.does(func(context.Context, []client.Entry) ([]client.Result, error) { return nil, answer })
				_, stop := w.run()
				defer stop()
				w.do(id, event.Noted{Text: "important"})
				pass(time.Hour)
				if got := w.unpublished(); got != 1 {
					t.Errorf("%d kept, want 1", got)
				}
			})
		})
	}
}

// TestDirectSendIsAnnounced: of a direct account the team learns before the
// wire, and again what became of it.
func TestDirectSendIsAnnounced(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.direct["sales"] = true
		c := key("sales", "1")
		w.writes(c)
		w.relay.does(func(context.Context, []client.Entry) ([]client.Result, error) {
			time.Sleep(100 * time.Millisecond) // as far away as relays are
			return nil, nil
		})
		var before []event.JobState
		w.lines["sales"].does(func(_ context.Context, _ int, m provider.Outgoing) (provider.MessageID, error) {
			before = w.relay.states(m.Op)
			return "wamid.1", nil
		})
		_, stop := w.run()
		defer stop()
		m := w.reply(c, "hi")
		pass(time.Second)
		op := w.is(m, event.JobSent).Op
		if !slices.Contains(before, event.JobSending) {
			t.Errorf("before the wire the team knew %v", before)
		}
		if after := w.relay.states(op); len(after) == 0 || after[len(after)-1] != event.JobSent {
			t.Errorf("afterwards the team knows %v", after)
		}
	})
}

// states returns what the team was told of an operation, in order.
func (r *relay) states(op provider.OpID) []event.JobState {
	r.mu.Lock()
	defer r.mu.Unlock()
	var states []event.JobState
	for _, e := range r.entries {
		if s, ok := e.Body.(event.SendState); ok && s.Op == op {
			states = append(states, s.State)
		}
	}
	return states
}

// TestSlowRelayHoldsNoSend: a direct send leaves within a third of a second
// although the relay hangs, and the team is told later.
func TestSlowRelayHoldsNoSend(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.direct["sales"] = true
		c := key("sales", "1")
		w.writes(c)
		var hanging atomic.Bool
		hanging.Store(true)
		w.relay.does(func(ctx context.Context, _ []client.Entry) ([]client.Result, error) {
			if !hanging.Load() {
				return nil, nil
			}
			select {
			case <-ctx.Done():
			case <-time.After(30 * time.Second):
			}
			return nil, away
		})
		_, stop := w.run()
		defer stop()
		start := time.Now()
		m := w.reply(c, "hi")
		pass(time.Second)
		op := w.is(m, event.JobSent).Op
		if got := w.lines["sales"].sent()[0].at.Sub(start); got > 300*time.Millisecond {
			t.Errorf("the send waited %v for the relay", got)
		}
		hanging.Store(false)
		pass(10 * time.Minute)
		if after := w.relay.states(op); len(after) == 0 || after[len(after)-1] != event.JobSent {
			t.Errorf("in the end the team knows %v", after)
		}
	})
}

// TestLastActionBeforeLeaving: resolve and quit, and the team still knows.
func TestLastActionBeforeLeaving(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		id := w.writes(key("sales", "1"))
		_, stop := w.run()
		w.do(id, event.Resolved{})
		stop()
		if got := w.unpublished(); got != 0 {
			t.Errorf("%d left", got)
		}
	})
}
