package webhookrelay

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

var offsets = flag.Int("offsets", 1025, "how many of the first 4097 bytes of a stream to cut at in TestCutAtEveryByte, evenly spread")

const sweptBytes = 4097

// cutAt is a connection that ends after so many bytes, read or written.
type cutAt struct {
	net.Conn
	reads, writes int // left; negative for no end
}

func (c *cutAt) Read(b []byte) (int, error) {
	if c.reads < 0 {
		return c.Conn.Read(b)
	}
	if c.reads == 0 {
		_ = c.Close()
		return 0, net.ErrClosed
	}
	n, err := c.Conn.Read(b[:min(len(b), c.reads)])
	c.reads -= n
	return n, err
}

func (c *cutAt) Write(b []byte) (int, error) {
	if c.writes < 0 {
		return c.Conn.Write(b)
	}
	n, err := c.Conn.Write(b[:min(len(b), c.writes)])
	if c.writes -= n; c.writes == 0 {
		_ = c.Close()
		return n, net.ErrClosed
	}
	return n, err
}

// swept is a relay with a few small frames at its head.
type swept struct {
	relay    *Relay
	listener *pipes
	token    string
	from, to event.Seq
}

func newSwept(t *testing.T) *swept {
	t.Helper()
	relay, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "relay.db")})
	if err != nil {
		t.Fatal(err)
	}
	s := &swept{relay: relay, listener: &pipes{make(chan net.Conn), make(chan struct{})}}
	server := NewServer(relay.Handler(), slog.New(slog.DiscardHandler))
	go func() { _ = server.Serve(s.listener) }()
	t.Cleanup(func() {
		if err := relay.Close(); err != nil {
			t.Error(err)
		}
		_ = server.Close()
	})
	if s.token, err = relay.Tokens().Add(t.Context(), "ana", RoleAgent); err != nil {
		t.Fatal(err)
	}
	relay.log.readers.Add(1) // frames are prepared, as they are beside other terminals
	s.from = relay.log.position().seq
	for n := range 20 { // the first twelve come in one frame from the log, the others in one each
		mustAppend(t, relay.log, note(t, fmt.Sprint("n", n), strings.Repeat("x", 40+n*3)))
	}
	s.to = relay.log.position().seq
	return s
}

// run follows through a first connection that is cut, and good ones after it.
// It returns what was applied and over how many connections.
func (s *swept) run(t *testing.T, first cutAt) (got []event.Event, dials int) {
	t.Helper()
	var dialled atomic.Int64
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		here, there := net.Pipe()
		select {
		case s.listener.accept <- there:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if dialled.Add(1) > 1 {
			return here, nil
		}
		c := first
		c.Conn = here
		return &c, nil
	}
	c, err := client.New(client.Options{
		URL: "http://127.0.0.1:1", Token: provider.Hide(s.token), Rand: func() float64 { return 0 },
		HTTP: &http.Client{Transport: &http.Transport{DialContext: dial}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cursor := s.from
	_ = c.Follow(ctx, func() event.Seq { return cursor }, client.Handler{Apply: func(_ context.Context, events []event.Event) error {
		got = append(got, events...)
		if cursor = events[len(events)-1].Seq; cursor == s.to {
			cancel()
		}
		return nil
	}})
	return got, int(dialled.Load())
}

func (s *swept) judge(t *testing.T, where string, got []event.Event) bool {
	t.Helper()
	want := s.from
	for _, e := range got {
		if want++; e.Seq != want {
			t.Errorf("%s: %d came where %d was due", where, e.Seq, want)
			return false
		}
	}
	if want != s.to {
		t.Errorf("%s: it ended at %d, not at %d", where, want, s.to)
	}
	return want == s.to
}

// Wherever the stream is cut, in the upgrade, in hello, within or between
// frames, and wherever the request is, the terminal has every event once and in
// order.
func TestCutAtEveryByte(t *testing.T) {
	s := newSwept(t)
	began := time.Now()
	count, failures := 0, 0
	cut := func(where string, c cutAt) {
		got, dials := s.run(t, c)
		count++
		if !s.judge(t, where, got) {
			failures++
		}
		if dials < 2 && c.reads < 4000 {
			t.Errorf("%s: nothing was cut", where)
		}
	}
	n := max(1, min(*offsets, sweptBytes))
	for i := range n {
		at := i * (sweptBytes - 1) / max(1, n-1)
		cut(fmt.Sprintf("cut after %d bytes to the terminal", at), cutAt{reads: at, writes: -1})
	}
	for at := 1; at <= 200; at += max(1, sweptBytes/n/4) {
		cut(fmt.Sprintf("cut after %d bytes to the relay", at), cutAt{reads: -1, writes: at})
	}
	t.Logf("figure P5 count=%d failures=%d target=%d took=%s", count, failures, sweptBytes, time.Since(began).Round(time.Millisecond))
}
