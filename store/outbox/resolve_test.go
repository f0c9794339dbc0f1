package outbox_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/outbox"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// desktop is a line whose network has an inbox of its own.
type desktop struct {
	*line
	mu    sync.Mutex
	told  []provider.Resolution
	chats []provider.ChatID
	fails error
	panic bool
}

func (i *desktop) ResolveChat(_ context.Context, chat provider.ChatKey, r provider.Resolution) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.told, i.chats = append(i.told, r), append(i.chats, chat.Chat)
	if i.panic {
		panic("what a customer wrote")
	}
	return i.fails
}

func (i *desktop) heard() []provider.Resolution {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.told)
}

// runInbox is run with a network that has an inbox behind "support".
func (w *world) runInbox() (i *desktop, stop func()) {
	i = &desktop{line: w.lines["support"]}
	o := outbox.New(outbox.Options{
		Store: w.store, Publish: w.relay, Logger: w.logger,
		CaughtUp: func() bool {
			w.mu.Lock()
			defer w.mu.Unlock()
			return !w.behind
		},
		Providers: func(id provider.AccountID) (provider.Provider, bool) {
			if id == "support" {
				return i, true
			}
			l, ok := w.lines[id]
			return l, ok
		},
	})
	w.outbox = o
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	return i, func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("outbox: %v", err)
		}
	}
}

// TestTheNetworkHearsOnceUndoHasLapsed: once, some seconds later, with what was
// added meanwhile; and only the inbox that has one.
func TestTheNetworkHearsOnceUndoHasLapsed(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		id, other := w.writes(key("support", "1")), w.writes(key("sales", "2"))
		i, stop := w.runInbox()
		defer stop()
		w.do(id, event.Resolved{})
		w.do(other, event.Resolved{})
		pass(time.Second)
		w.do(id, event.Described{Resolution: event.Resolution{Notes: "towels", CSAT: 4, FollowUp: time.Now().Add(time.Hour)}})
		pass(15 * time.Second)
		if got := i.heard(); len(got) != 0 {
			t.Fatalf("told before undo had lapsed: %+v", got)
		}
		pass(time.Hour)
		if got := i.heard(); len(got) != 1 || got[0] != (provider.Resolution{Notes: "towels", Rating: 4, FollowUp: true}) || i.chats[0] != "1" {
			t.Errorf("told %+v of %v", got, i.chats)
		}
	})
}

// TestWhatIsTakenBackIsNotTold: z within the time, or the customer's next word.
func TestWhatIsTakenBackIsNotTold(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		undone, wrote := w.writes(key("support", "1")), w.writes(key("support", "2"))
		i, stop := w.runInbox()
		defer stop()
		w.do(undone, event.Resolved{})
		w.do(wrote, event.Resolved{})
		pass(5 * time.Second)
		w.do(undone, event.Reopened{})
		for _, pub := range w.relay.entries {
			w.apply(event.Event{ID: pub.ID, Account: pub.Account, Conversation: pub.Conversation, Kind: pub.Kind, Body: pub.Body, By: "ana"})
		}
		w.writes(key("support", "2"))
		pass(time.Hour)
		if got := i.heard(); len(got) != 0 {
			t.Errorf("told %+v of %v", got, i.chats)
		}
	})
}

// TestLeavingTellsAtOnce: after the program has ended nothing is taken back.
func TestLeavingTellsAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		id := w.writes(key("support", "1"))
		i, stop := w.runInbox()
		w.do(id, event.Resolved{})
		pass(time.Second)
		stop()
		if got := i.heard(); len(got) != 1 {
			t.Errorf("told %+v", got)
		}
	})
}

// toldThere is what the team was told of resolutions.
func (w *world) toldThere() (list []event.ResolutionTold) {
	for _, b := range w.published(event.KindResolutionTold) {
		list = append(list, b.(event.ResolutionTold))
	}
	return list
}

// TestAResolutionThatTheNetworkRefuses is not repeated, and is told to the team; a
// driver that panics takes nothing down, and what it did is not known.
func TestAResolutionThatTheNetworkRefuses(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		one, two := w.writes(key("support", "1")), w.writes(key("support", "2"))
		i, stop := w.runInbox()
		defer stop()
		i.fails = &provider.Error{Op: "resolve", Reason: provider.Other, Text: "There is no active conversation. There is nothing to do there."}
		w.do(one, event.Resolved{})
		pass(time.Hour)
		told := w.toldThere()
		if len(told) != 1 || told[0].State != event.ResolutionFailed || told[0].Error.Text != "There is no active conversation. There is nothing to do there." {
			t.Errorf("told %+v", told)
		}
		i.mu.Lock()
		i.panic = true
		i.mu.Unlock()
		w.do(two, event.Resolved{})
		pass(time.Hour)
		if got := i.heard(); len(got) != 2 {
			t.Errorf("asked %d times", len(got))
		}
		if told = w.toldThere(); len(told) != 2 || told[1].State != event.ResolutionUnsure || told[1].Error.Text == "" {
			t.Errorf("told %+v", told)
		}
	})
}

// TestAResolutionWaitsForTheNetwork: what was certainly not taken is told again, at
// growing distances, and not for ever.
func TestAResolutionWaitsForTheNetwork(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		one, two := w.writes(key("support", "1")), w.writes(key("support", "2"))
		i, stop := w.runInbox()
		defer stop()
		i.fails = &provider.Error{Op: "resolve", Reason: provider.Unreachable, Text: "No. Wait."}
		w.do(one, event.Resolved{})
		pass(10 * time.Minute)
		if n := len(i.heard()); n != 4 || len(w.toldThere()) != 0 {
			t.Errorf("asked %d times, told %+v", n, w.toldThere())
		}
		i.mu.Lock()
		i.fails = nil
		i.mu.Unlock()
		pass(time.Hour)
		if told := w.toldThere(); len(told) != 1 || told[0].State != event.ResolutionTaken {
			t.Errorf("told %+v", told)
		}
		i.mu.Lock()
		i.fails = &provider.Error{Op: "resolve", Reason: provider.Token, Text: "The token is dead. Make a new one."}
		i.mu.Unlock()
		w.do(two, event.Resolved{})
		pass(48 * time.Hour)
		if told := w.toldThere(); len(told) != 2 || told[1].State != event.ResolutionFailed || len(i.heard()) != 5+29 {
			t.Errorf("asked %d times, told %+v", len(i.heard()), told)
		}
	})
}

// TestAResolutionOutlivesTheProgram: one that was not due when the program died is
// told by the next, once; one that was on the wire is unsure and is not told again;
// and nothing is told while the relay may know better.
func TestAResolutionOutlivesTheProgram(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		waits, wire, undone := w.writes(key("support", "1")), w.writes(key("support", "2")), w.writes(key("support", "3"))
		for n, id := range []event.ConversationID{waits, wire, undone} {
			w.apply(event.Event{ID: "r" + string(id), Account: "support", Conversation: id, Kind: event.KindResolved, By: "ana", Body: event.Resolved{}})
			if err := w.store.KeepToTell(t.Context(), store.ToTell{Seq: w.seq, Conversation: id, Due: w.store.Now().Add(event.UndoFor)}); err != nil {
				t.Fatal(err)
			}
			if n == 1 {
				if err := w.store.ClaimToTell(t.Context(), w.seq); err != nil {
					t.Fatal(err)
				}
			}
		}
		w.restart()
		w.behind = true
		i, stop := w.runInbox()
		defer stop()
		pass(time.Minute)
		if n := len(i.heard()); n != 0 {
			t.Errorf("told %d while the relay may know better", n)
		}
		w.apply(event.Event{ID: "undo", Account: "support", Conversation: undone, Kind: event.KindReopened, By: "ben", Body: event.Reopened{}})
		w.mu.Lock()
		w.behind = false
		w.mu.Unlock()
		w.outbox.Wake()
		pass(time.Hour)
		if got := i.chats; len(got) != 1 || got[0] != "1" {
			t.Errorf("told of %v", got)
		}
		if told := w.toldThere(); len(told) != 2 || told[0].State != event.ResolutionUnsure || told[1].State != event.ResolutionTaken {
			t.Errorf("told %+v", told)
		}
	})
}

// TestAFullDiskTellsNobody: what cannot be kept first is not told.
func TestAFullDiskTellsNobody(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		id := w.writes(key("support", "1"))
		i, stop := w.runInbox()
		defer stop()
		w.do(id, event.Resolved{})
		pass(time.Second)
		makeRoom := storetest.FillDisk(t, w.path)
		pass(time.Minute)
		if n := len(i.heard()); n != 0 {
			t.Errorf("told %d times", n)
		}
		makeRoom()
		pass(time.Minute)
		if n := len(i.heard()); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}
