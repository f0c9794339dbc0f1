package webhookrelay_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// message is a customer's text.
func message(n int) provider.Event {
	id := fmt.Sprintf("wamid.%d", n)
	return provider.Event{ID: "m:" + id, Chat: "34600111222", Body: provider.MessageReceived{
		Message: provider.MessageID(id), From: provider.Sender{User: "34600111222", Phone: "34600111222"},
		SentAt: time.Unix(1_790_000_000, 0).UTC(), Content: provider.TextContent("hola"),
	}}
}

// terminal follows a relay and keeps what it was given.
type terminal struct {
	t      testing.TB
	events []event.Event
	got    chan event.Seq
	live   chan bool
	hello  chan client.Hello
	cancel context.CancelFunc
	done   chan struct{}
	errs   chan error
	ended  chan error // what Follow returned
	looked chan client.Looked
}

func follow(t testing.TB, url, token string, after event.Seq) *terminal {
	t.Helper()
	c, err := client.New(client.Options{URL: url, Token: provider.Hide(token), Rand: func() float64 { return 0.0005 }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	term := &terminal{
		t: t, got: make(chan event.Seq, 100_000), live: make(chan bool, 1000), hello: make(chan client.Hello, 1000),
		cancel: cancel, done: make(chan struct{}), errs: make(chan error, 1000), ended: make(chan error, 1), looked: make(chan client.Looked, 1000),
	}
	cursor := after
	go func() {
		defer close(term.done)
		term.ended <- c.Follow(ctx, func() event.Seq { return cursor }, client.Handler{
			Hello: func(_ context.Context, h client.Hello, _ time.Duration) error { term.hello <- h; return nil },
			Apply: func(_ context.Context, events []event.Event) error {
				term.events = append(term.events, events...)
				cursor = events[len(events)-1].Seq
				term.got <- cursor
				return nil
			},
			Looked: func(_ context.Context, at client.Looked) { term.looked <- at },
			Live: func(live bool, err error) {
				term.live <- live
				if err != nil {
					term.errs <- err
				}
			},
		})
	}()
	t.Cleanup(term.stop)
	return term
}

// stop ends following; afterwards events may be read.
func (term *terminal) stop() {
	term.cancel()
	select {
	case <-term.done:
	case <-time.After(10 * time.Second):
		term.t.Error("follow did not end")
	}
}

func (term *terminal) waitFor(seq event.Seq) {
	term.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case at := <-term.got:
			if at >= seq {
				return
			}
		case <-deadline:
			term.t.Fatalf("sequence %d did not come", seq)
		}
	}
}

func TestHookToClient(t *testing.T) {
	s := relaytest.New(t)
	term := follow(t, s.URL, s.Token("ana"), 0)
	s.Receive(message(1), message(2))
	term.waitFor(4) // account.defined, agent.defined, two messages
	term.stop()
	for i, e := range term.events {
		if e.Seq != event.Seq(i+1) {
			t.Errorf("event %d has sequence %d", i, e.Seq)
		}
	}
	last := term.events[3]
	if m, ok := last.Body.(provider.MessageReceived); !ok || m.Content.Text != "hola" || last.ID != "m:wamid.2" || last.By != "" {
		t.Errorf("last event is %+v", last)
	}
}

// lines is a log that is read line by line.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	select {
	case l <- string(b):
	default:
	}
	return len(b), nil
}
