package client

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// The hash of a frame is that of its last event, and what is no hash is none.
// What was told at the cursor is told back, and nothing where nothing was.
func TestHashesGoBothWays(t *testing.T) {
	hash := strings.Repeat("ab", 32)
	for _, c := range []struct {
		told     func() string
		asks     string
		frame    string
		received string
	}{
		{nil, "after=1", hash, hash},
		{func() string { return "" }, "after=1", hash, hash},
		{func() string { return hash }, "after=1&hash=" + hash, hash, hash},
		{nil, "after=1", "", ""},
		{nil, "after=1", hash[1:], ""},
		{nil, "after=1", hash + "a", ""},
	} {
		asked, received := "", []string{}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = r.URL.RawQuery
			conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			say(conn, helloAt(`"2026-03-02T12:00:00Z"`))
			say(conn, strings.TrimSuffix(eventsFrame(2, 3), "}")+`,"hash":"`+c.frame+`"}`)
			waitForEnd(conn)
		}))
		client, err := New(Options{URL: server.URL, Token: provider.Hide("fd_a_b")})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err = client.Follow(ctx, func() event.Seq { return 1 }, Handler{Hash: c.told, Apply: func(_ context.Context, events []event.Event) error {
			for _, e := range events {
				received = append(received, e.Hash)
			}
			cancel()
			return nil
		}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("follow ended with %v", err)
		}
		server.Close()
		if asked != c.asks || len(received) != 2 || received[0] != "" || received[1] != c.received {
			t.Errorf("with %q it asked %q and received %q", c.frame, asked, received)
		}
	}
}
