package feed_test

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/relaytest"
)

// TestAStepIsAskedAbout (P17): this machine's clock is set while the link is up.
// The relay is dialled anew, its greeting tells the time, and nothing of the log
// is missed.
func TestAStepIsAskedAbout(t *testing.T) {
	relay := relaytest.New(t)
	var step atomic.Int64
	wall := func() time.Time { return time.Now().Round(0).Add(time.Duration(step.Load())) }
	began := time.Now()
	s, err := store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "store.db"), Agent: "ana", Now: wall,
		Elapsed: func() time.Duration { return time.Since(began) },
		NewOp:   func() provider.OpID { return "op" },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := client.New(client.Options{URL: relay.URL, Token: provider.Hide(relay.Token("ana")), Now: wall, Rand: func() float64 { return 0.01 }})
	if err != nil {
		t.Fatal(err)
	}
	f := &follower{t: t, store: s, states: make(chan feed.State, 1), done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	f.cancel = cancel
	f.feed = feed.New(feed.Options{Store: s, Client: c, Now: wall, OnState: func(st feed.State) {
		select {
		case <-f.states:
		default:
		}
		f.states <- st
	}})
	go func() { f.done <- f.feed.Run(ctx) }()
	f.until("live", live)
	const year = 365 * 24 * time.Hour
	for i, by := range []time.Duration{time.Hour, -time.Hour, year, -year} {
		step.Add(int64(by))
		_ = s.Now() // as every key and every minute on the screen asks
		f.until("told the time again", func(st feed.State) bool {
			return live(st) && (st.Offset+time.Duration(step.Load())).Abs() < time.Minute
		})
		if off := time.Until(s.Now()); off.Abs() > time.Minute {
			t.Errorf("after a step of %s it is %s off", by, off)
		}
		relay.Receive(guests(i, 1)...)
		f.until("the next guest", func(feed.State) bool { return f.conversations() == i+1 })
	}
	if err := f.stop(); err != nil {
		t.Error(err)
	}
}
