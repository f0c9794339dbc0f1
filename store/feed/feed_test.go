package feed_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/relaytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// follower is a store that follows a relay.
type follower struct {
	t      *testing.T
	store  *store.Store
	feed   *feed.Feed
	states chan feed.State
	done   chan error
	cancel context.CancelFunc
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	ops := 0
	s, err := store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "store.db"), Agent: "ana", Now: time.Now,
		NewOp: func() provider.OpID { ops++; return provider.OpID(fmt.Sprintf("op-%03d", ops)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// follow starts a feed; it ends with the test, or with stop.
func follow(t *testing.T, s *store.Store, url, token string) *follower {
	t.Helper()
	// No jitter: the link is made again at once.
	c, err := client.New(client.Options{URL: url, Token: provider.Hide(token), Rand: func() float64 { return 0.01 }})
	if err != nil {
		t.Fatal(err)
	}
	f := &follower{t: t, store: s, states: make(chan feed.State, 1), done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	f.cancel = cancel
	f.feed = feed.New(feed.Options{Store: s, Client: c, OnState: func(st feed.State) {
		select {
		case <-f.states: // only the newest counts
		default:
		}
		f.states <- st
	}})
	go func() { f.done <- f.feed.Run(ctx) }()
	t.Cleanup(func() { f.cancel() })
	return f
}

func (f *follower) stop() error {
	f.t.Helper()
	f.cancel()
	return f.ended()
}

func (f *follower) ended() error {
	f.t.Helper()
	select {
	case err := <-f.done:
		return err
	case <-time.After(10 * time.Second):
		f.t.Fatal("the feed did not end")
		return nil
	}
}

// until waits for a state.
func (f *follower) until(what string, ok func(feed.State) bool) feed.State {
	f.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		if s := f.feed.State(); ok(s) {
			return s
		}
		select {
		case <-f.states:
		case <-deadline:
			f.t.Fatalf("not %s: %+v", what, f.feed.State())
		}
	}
}

func live(s feed.State) bool { return s.Live && s.Behind() == 0 }

// guests are n messages of different customers.
func guests(from, n int) []provider.Event {
	var events []provider.Event
	for i := from; i < from+n; i++ {
		id := fmt.Sprintf("wamid.%d", i)
		events = append(events, provider.Event{
			ID: "m:" + id, Chat: provider.ChatID(fmt.Sprintf("34600%04d", i)),
			Body: provider.MessageReceived{
				Message: provider.MessageID(id), SentAt: time.Now(),
				From: provider.Sender{User: provider.UserID(fmt.Sprintf("34600%04d", i))}, Content: provider.TextContent("hello"),
			},
		})
	}
	return events
}

func (f *follower) conversations() int {
	f.t.Helper()
	return conversations(f.t, f.store)
}

func conversations(t *testing.T, s *store.Store) int {
	t.Helper()
	list, err := s.Conversations(t.Context(), store.ViewAll, store.ConversationCursor{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// TestFollowsIntoTheStore: what the relay took is in the store, and the state
// says how fresh it is.
func TestFollowsIntoTheStore(t *testing.T) {
	relay := relaytest.New(t)
	s := openStore(t)
	f := follow(t, s, relay.URL, relay.Token("ana"))
	f.until("live", live)
	before := f.feed.State()
	relay.Receive(guests(0, 3)...)
	st := f.until("three guests here", func(s feed.State) bool { return s.Seq >= before.Seq+3 && live(s) })
	if got := f.conversations(); got != 3 {
		t.Errorf("%d conversations, want 3", got)
	}
	if st.LastWebhook.IsZero() || st.LastEvent.Before(st.LastWebhook) || st.Err != "" || st.Since.IsZero() {
		t.Errorf("state %+v", st)
	}
	if err := f.stop(); err != nil {
		t.Errorf("feed: %v", err)
	}
	if f.feed.State().Live {
		t.Error("still live after it ended")
	}
}

// TestGoesOnWhereItWas: a relay that was away is found again, says so
// meanwhile, and everything comes once.
func TestGoesOnWhereItWas(t *testing.T) {
	relay := relaytest.New(t)
	s := openStore(t)
	token := relay.Token("ana")
	f := follow(t, s, relay.URL, token)
	relay.Receive(guests(0, 2)...)
	f.until("two guests here", func(s feed.State) bool { return live(s) && !s.LastWebhook.IsZero() })
	relay.Stop()
	if st := f.until("lost", func(s feed.State) bool { return !s.Live && s.Err != "" }); strings.Count(st.Err, ".") < 2 {
		t.Errorf("%q does not say what happened and what to do", st.Err)
	}
	before := f.feed.State().Seq
	relay.Start()
	relay.Receive(guests(2, 3)...)
	st := f.until("three more here", func(s feed.State) bool { return s.Seq >= before+3 && live(s) })
	if st.Err != "" {
		t.Errorf("the error stays: %q", st.Err)
	}
	if got := f.conversations(); got != 5 {
		t.Errorf("%d conversations, want 5", got)
	}
	if err := f.stop(); err != nil {
		t.Fatal(err)
	}
	relay.Receive(guests(5, 2)...)
	g := follow(t, s, relay.URL, token)
	g.until("two more here", func(s feed.State) bool { return s.Seq >= st.Seq+2 && live(s) })
	if got := g.conversations(); got != 7 {
		t.Errorf("%d conversations, want 7", got)
	}
	if err := g.stop(); err != nil {
		t.Fatal(err)
	}
}

// TestAnotherLogStopsLoudly: nothing of another log gets into this store.
func TestAnotherLogStopsLoudly(t *testing.T) {
	ours, other := relaytest.New(t), relaytest.New(t)
	s := openStore(t)
	ours.Receive(guests(0, 1)...)
	f := follow(t, s, ours.URL, ours.Token("ana"))
	f.until("live", live)
	if err := f.stop(); err != nil {
		t.Fatal(err)
	}
	other.Receive(guests(100, 5)...)
	g := follow(t, s, other.URL, other.Token("ana"))
	if err := g.ended(); !errors.Is(err, store.ErrEpoch) {
		t.Errorf("feed ended with %v", err)
	}
	st := g.feed.State()
	if st.Live || strings.Count(st.Err, ".") < 2 {
		t.Errorf("state %+v", st)
	}
	if got := g.conversations(); got != 1 {
		t.Errorf("%d conversations, want 1", got)
	}
}

// TestOlderBackupIsNotFollowed: a relay whose log ends before ours would give
// known sequences to other events. Nothing is applied and the state says so.
func TestOlderBackupIsNotFollowed(t *testing.T) {
	relay := relaytest.New(t)
	s := openStore(t)
	token := relay.Token("ana")
	relay.Receive(guests(0, 1)...)
	relay.Stop()
	backup := readAll(t, filepath.Dir(relay.Path()))
	relay.Start()
	relay.Receive(guests(1, 4)...)
	f := follow(t, s, relay.URL, token)
	f.until("live", func(s feed.State) bool { return live(s) && !s.LastWebhook.IsZero() })
	if err := f.stop(); err != nil {
		t.Fatal(err)
	}
	relay.Stop()
	writeAll(t, filepath.Dir(relay.Path()), backup)
	relay.Start()
	relay.Receive(guests(50, 2)...)
	g := follow(t, s, relay.URL, token)
	st := g.until("refused", func(s feed.State) bool { return s.Err != "" })
	if st.Live || strings.Count(st.Err, ".") < 2 {
		t.Errorf("state %+v", st)
	}
	if got := g.conversations(); got != 5 {
		t.Errorf("%d conversations, want the 5 from before", got)
	}
	_ = g.stop()
}

func readAll(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func writeAll(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name := range readAll(t, dir) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSlowListenerHoldsNothingUp: events are applied while OnState hangs, and
// it is told the newest state afterwards.
func TestSlowListenerHoldsNothingUp(t *testing.T) {
	relay := relaytest.New(t)
	s := openStore(t)
	c, err := client.New(client.Options{URL: relay.URL, Token: provider.Hide(relay.Token("ana"))})
	if err != nil {
		t.Fatal(err)
	}
	relay.Receive(guests(0, 1)...)
	release, told := make(chan struct{}), make(chan feed.State, 100)
	f := feed.New(feed.Options{Store: s, Client: c, OnState: func(st feed.State) {
		<-release
		told <- st
	}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	watch := s.Watch()
	defer watch.Close()
	go func() { done <- f.Run(ctx) }()
	for i := range 20 {
		relay.Receive(guests(1+i, 1)...)
	}
	deadline := time.After(10 * time.Second)
	for conversations(t, s) < 21 {
		select {
		case <-watch.C():
		case <-deadline:
			t.Fatalf("stuck behind its listener: %+v", f.State())
		}
	}
	close(release)
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	var last feed.State
	n := len(told)
	for range n {
		last = <-told
	}
	if last != f.State() {
		t.Errorf("told %+v last, the state is %+v", last, f.State())
	}
	if n > 5 {
		t.Errorf("told %d states while it slept, want the newest alone", n)
	}
}
