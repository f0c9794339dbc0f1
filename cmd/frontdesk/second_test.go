package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// until waits for what a store shows.
func until(t *testing.T, s *store.Store, what string, ok func() bool) {
	t.Helper()
	watch := s.Watch()
	defer watch.Close()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-watch.C():
		case <-deadline:
			t.Fatalf("never: %s", what)
		}
	}
}

// TestSecondProcess: beside the process that holds the store another one shows
// the same, says who sends, and its messages go out through the first; when that
// one ends it carries on by itself, and nothing is sent twice.
func TestSecondProcess(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	f := openOffice(t)
	second, err := f.env.newDesk(t.Context(), f.cfg, f.clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.Close)
	if second.holder {
		t.Fatal("two processes hold one store")
	}
	second.stand(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	s := tuitest.New(t, tui.New(ctx, second.screenOptions()), 120, 40)
	s.WaitFor(func(screen string) bool {
		return strings.Contains(screen, "another window sends") && strings.Contains(screen, "live")
	})
	c := f.conversation("Juan")
	send := func(text string) store.Message {
		t.Helper()
		to := provider.ChatKey{Account: c.Account, Chat: c.Chat}
		key, err := second.store.Send(t.Context(), provider.Outgoing{Op: newOp(), To: to, Content: provider.TextContent(text)})
		if err != nil {
			t.Fatal(err)
		}
		second.wake()
		var m store.Message
		until(t, second.store, text+" sent", func() bool {
			if m, err = second.store.Message(t.Context(), key); err != nil {
				t.Fatal(err)
			}
			return m.Job == event.JobSent
		})
		return m
	}
	through := send("through the first")
	f.Close()
	s.WaitFor(func(screen string) bool {
		return !strings.Contains(screen, "another window") && strings.Contains(screen, "live")
	})
	if !second.holder {
		t.Error("nobody holds the store")
	}
	alone := send("by itself")
	n := map[provider.OpID]int{}
	for _, a := range second.backend.sim.Accepted() {
		n[a.Op]++
	}
	if n[through.Op] != 1 || n[alone.Op] != 1 {
		t.Errorf("the network took them %d and %d times", n[through.Op], n[alone.Op])
	}
}

// TestHolderAway: while nobody answers for the store, its second process does
// not claim a link.
func TestHolderAway(t *testing.T) {
	live := besideState{reached: true, since: time.Unix(1, 0)}
	live.state.Live = true
	if l := live.link(); !l.Live || !l.Beside {
		t.Errorf("%+v", l)
	}
	gone := live.lost(time.Unix(9, 0))
	if l := gone.link(); l.Live || !l.Since.Equal(time.Unix(9, 0)) {
		t.Errorf("%+v", l)
	}
	if l := gone.lost(time.Unix(20, 0)).link(); !l.Since.Equal(time.Unix(9, 0)) {
		t.Errorf("it is away since %v", l.Since)
	}
}

// TestVerbTakesOver: a verb that waits for a holder which ends carries its own
// message out.
func TestVerbTakesOver(t *testing.T) {
	f := openSlowOffice(t, 0)
	verb, err := f.env.newDesk(t.Context(), f.cfg, f.clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(verb.Close)
	c := f.conversation("Juan")
	f.Close()
	to := provider.ChatKey{Account: c.Account, Chat: c.Chat}
	key, err := verb.store.Send(t.Context(), provider.Outgoing{Op: newOp(), To: to, Content: provider.TextContent("carried by the verb")})
	if err != nil {
		t.Fatal(err)
	}
	m, err := verb.await(t.Context(), key, sendRequest{wait: "sent", limit: patience}, time.Now().Add(patience))
	if err != nil || m.Job != event.JobSent {
		t.Errorf("%s, %v", m.Job, err)
	}
}
