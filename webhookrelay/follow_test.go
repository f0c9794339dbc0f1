package webhookrelay_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// frames serves one scripted connection after another.
func frames(t *testing.T, scripts ...[]string) *client.Client {
	t.Helper()
	var mu sync.Mutex
	n := 0
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{}
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		mu.Lock()
		script := scripts[min(n, len(scripts)-1)]
		n++
		mu.Unlock()
		for _, f := range script {
			if conn.WriteMessage(websocket.TextMessage, []byte(f)) != nil {
				return
			}
		}
		_, _, _ = conn.ReadMessage()
	})
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Second}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	c, err := client.New(client.Options{URL: "http://" + l.Addr().String(), Token: provider.Hide("fd_a_b"), Rand: func() float64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func eventFrame(seqs ...event.Seq) string {
	var all []event.Event
	for _, seq := range seqs {
		all = append(all, event.Event{Seq: seq, ID: fmt.Sprint(seq), Kind: event.KindReopened, Version: 1, Body: event.Reopened{}})
	}
	b, _ := json.Marshal(map[string]any{"events": all})
	return string(b)
}

// A relay that leaves something out, repeats or begins elsewhere is not
// believed: nothing of such a frame is applied.
func TestClientTrustsOnlyAnUnbrokenSequence(t *testing.T) {
	const hello = `{"hello":{"epoch":"e","key":"AA==","oldest":1,"head":4,"hash":"","now":"2026-01-01T00:00:00Z","min_version":1}}`
	c := frames(t,
		[]string{hello, eventFrame(1), eventFrame(3)},    // a gap
		[]string{hello, eventFrame(2, 2)},                // a repetition
		[]string{hello, eventFrame(1)},                   // before the cursor
		[]string{eventFrame(2)},                          // no hello
		[]string{hello, `{"skip":{"from":2,"to":3}}`},    // hidden
		[]string{hello, `not JSON`},                      //
		[]string{hello, eventFrame(2, 3), eventFrame(4)}, // right
	)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []event.Seq
	err := c.Follow(ctx, func() event.Seq { return event.Seq(len(got)) }, client.Handler{Apply: func(_ context.Context, events []event.Event) error {
		for _, e := range events {
			got = append(got, e.Seq)
		}
		if len(got) == 4 {
			cancel()
		}
		return nil
	}})
	if !errors.Is(err, context.Canceled) || fmt.Sprint(got) != "[1 2 3 4]" {
		t.Errorf("applied %v, %v", got, err)
	}
}

func TestHelloCanEndFollowing(t *testing.T) {
	s := relaytest.New(t)
	c, err := client.New(client.Options{URL: s.URL, Token: provider.Hide(s.Token("ana"))})
	if err != nil {
		t.Fatal(err)
	}
	other := errors.New("another epoch")
	if err := c.Follow(t.Context(), func() event.Seq { return 0 }, client.Handler{
		Hello: func(context.Context, client.Hello, time.Duration) error { return other },
	}); !errors.Is(err, other) {
		t.Errorf("follow ended with %v", err)
	}
	tooOld := frames(t, []string{`{"hello":{"min_version":2}}`})
	var ce *client.Error
	if err := tooOld.Follow(t.Context(), func() event.Seq { return 0 }, client.Handler{}); !errors.As(err, &ce) || ce.Code != "too_old" {
		t.Errorf("a newer protocol: %v", err)
	}
}
