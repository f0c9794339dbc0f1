package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// terminal is a real store and a real feed, without a screen.
type terminal struct {
	t          *testing.T
	url, token string
	folder     string
	store      *store.Store
	feed       *feed.Feed
	states     chan struct{} // holds one after the state changed
	cancel     context.CancelFunc
	done       chan error
}

func newTerminal(t *testing.T, url, token string) *terminal {
	t.Helper()
	f := &terminal{t: t, url: url, token: token, folder: t.TempDir()}
	if err := os.Chmod(f.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	f.start()
	t.Cleanup(f.stop)
	return f
}

// start opens the store and follows the relay.
func (f *terminal) start() {
	f.t.Helper()
	var err error
	f.store, err = store.Open(f.t.Context(), store.Options{
		Path: filepath.Join(f.folder, "store.db"), Agent: "ana", Now: time.Now,
		Window: all.Window, ChatWindow: all.ChatWindow,
		NewOp: func() provider.OpID { panic("this terminal only listens") },
	})
	if err != nil {
		f.t.Fatal(err)
	}
	// Almost no jitter: a lost link is made again at once.
	c, err := client.New(client.Options{URL: f.url, Token: provider.Hide(f.token), Rand: func() float64 { return 0.001 }})
	if err != nil {
		f.t.Fatal(err)
	}
	f.states, f.done = make(chan struct{}, 1), make(chan error, 1)
	f.feed = feed.New(feed.Options{Store: f.store, Client: c, OnState: func(feed.State) {
		select {
		case f.states <- struct{}{}:
		default:
		}
	}})
	ctx, cancel := context.WithCancel(context.WithoutCancel(f.t.Context()))
	f.cancel = cancel
	run, done := f.feed, f.done
	go func() { done <- run.Run(ctx) }()
}

// stop ends feed and store; a terminal that has stopped may stop again.
func (f *terminal) stop() {
	if f.cancel == nil {
		return
	}
	f.cancel()
	f.cancel = nil
	select {
	case err := <-f.done:
		if err != nil {
			f.t.Errorf("feed: %v", err)
		}
	case <-time.After(3 * time.Minute):
		f.t.Error("the feed does not end")
	}
	if err := f.store.Close(); err != nil {
		f.t.Error(err)
	}
}

// reach waits until the terminal is live and has applied everything up to seq,
// or until one of the given channels has something.
func (f *terminal) reach(seq event.Seq, or <-chan struct{}) {
	f.t.Helper()
	limit := time.NewTimer(60 * time.Second)
	defer limit.Stop()
	for {
		if s := f.feed.State(); s.Live && s.Seq >= seq {
			return
		}
		select {
		case <-f.states:
		case <-or:
			return
		case <-limit.C:
			f.t.Fatalf("not at %d: %+v", seq, f.feed.State())
		}
	}
}

// facts is everything the screen can show of a store, by public names: what
// differs between two stores of the same log is a lie in one of them.
func facts(t *testing.T, s *store.Store) []string {
	t.Helper()
	ctx := t.Context()
	var lines []string
	add := func(v any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(raw))
	}
	cursor, err := s.Cursor(ctx)
	add(cursor.Seq, err)
	add(s.Agents(ctx))
	add(s.Accounts(ctx))
	var list []store.Conversation
	for _, view := range []store.View{store.ViewAll, store.ViewResolved} {
		page, err := s.Conversations(ctx, view, store.ConversationCursor{}, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, page...)
	}
	slices.SortFunc(list, func(a, b store.Conversation) int { return strings.Compare(string(a.ID), string(b.ID)) })
	for _, c := range list {
		thread, err := s.Messages(ctx, c.ID, store.MessageCursor{}, 1_000_000)
		c.Rev, c.SeenSeq, c.New = 0, 0, 0
		add(c, err)
		for _, m := range thread {
			behind, err := s.MessageEvents(ctx, m.Key)
			m.Key, m.Rev, m.Mine = 0, 0, false
			add(m, err)
			add(behind, nil)
		}
	}
	return lines
}

// sameFacts reports what differs, and whether nothing does.
func sameFacts(t *testing.T, what string, got, want []string) bool {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs from a store that followed without faults (-want +got):\n%.4000s", what, diff)
		return false
	}
	return true
}

// recorder follows a relay and notes what it was given.
type recorder struct {
	seqs   []event.Seq
	cancel context.CancelFunc
	done   chan struct{}
}

// newRecorder asks for what comes after its last event, or after what the given
// function says.
func newRecorder(t *testing.T, url, token string, after func() event.Seq) *recorder {
	t.Helper()
	c, err := client.New(client.Options{URL: url, Token: provider.Hide(token), Rand: func() float64 { return 0.001 }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r := &recorder{cancel: cancel, done: make(chan struct{})}
	if after == nil {
		after = func() event.Seq { return event.Seq(len(r.seqs)) }
	}
	go func() {
		defer close(r.done)
		_ = c.Follow(ctx, after, client.Handler{
			Apply: func(_ context.Context, events []event.Event) error {
				for _, e := range events {
					r.seqs = append(r.seqs, e.Seq)
				}
				return nil
			},
		})
	}()
	t.Cleanup(func() { cancel(); <-r.done })
	return r
}

// gaps ends the recorder and tells what it was given out of order or twice.
func (r *recorder) gaps() []string {
	r.cancel()
	<-r.done
	var bad []string
	for i, seq := range r.seqs {
		if seq != event.Seq(i+1) {
			bad = append(bad, fmt.Sprintf("%d came as number %d", seq, i+1))
		}
	}
	return bad
}
