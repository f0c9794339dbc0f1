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
		Providers: func(id provider.AccountID) (provider.Provider, bool) {
			if id == "support" {
				return i, true
			}
			l, ok := w.lines[id]
			return l, ok
		},
	})
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

// TestAResolutionThatTheNetworkRefuses is not repeated, and is told to who looks;
// a driver that panics takes nothing down.
func TestAResolutionThatTheNetworkRefuses(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		one, two := w.writes(key("support", "1")), w.writes(key("support", "2"))
		i, stop := w.runInbox()
		defer stop()
		i.fails = &provider.Error{Op: "resolve", Reason: provider.Other, Text: "There is no active conversation. There is nothing to do there."}
		watch := w.store.Watch()
		defer watch.Close()
		w.do(one, event.Resolved{})
		pass(time.Minute)
		var told []store.Notice
		told = append(told, watch.Take().Notices...)
		if len(told) != 1 || told[0].Conversation != one || told[0].Text != "There is no active conversation. There is nothing to do there." {
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
	})
}
