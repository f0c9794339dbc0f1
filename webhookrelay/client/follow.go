package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/webhookrelay/event"
)

const (
	// deadAfter is how long the relay may be silent: it pings every 10 s.
	deadAfter    = 20 * time.Second
	writeTimeout = 5 * time.Second
	dialTimeout  = 15 * time.Second
	// maxFrame is the protocol's limit. Without compression it bounds memory.
	maxFrame = 1 << 20
	// protocol is the version this client speaks.
	protocol = 1

	firstDelay = 200 * time.Millisecond
	lastDelay  = 15 * time.Second
)

// errStop wraps what ends Follow for good.
type errStop struct{ error }

func (e errStop) Unwrap() error { return e.error }

type frame struct {
	Hello  *Hello        `json:"hello"`
	Events []event.Event `json:"events"`
	Live   bool          `json:"live"`
	Skip   *struct {
		From event.Seq `json:"from"`
		To   event.Seq `json:"to"`
	} `json:"skip"`
}

// Follow reads the log from the cursor on, for ever: after is asked for the
// cursor at each dial, so that what was applied is never asked for again and
// what was not is. It returns when ctx ends (with its error) or when
// Handler.Hello refuses the relay.
func (c *Client) Follow(ctx context.Context, after func() event.Seq, h Handler) error {
	attempt := 0
	for {
		f := &following{client: c, handler: h, last: after()}
		err := f.run(ctx)
		var stop errStop
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &stop):
			return stop.error
		}
		if h.Live != nil {
			h.Live(false, err)
		}
		if f.progress {
			attempt = 0
		}
		delay := c.delay(attempt, err)
		c.logger.Info("stream ended", "error", err, "again_in", delay)
		if !sleep(ctx, delay) {
			return ctx.Err()
		}
		attempt++
	}
}

// delay is full jitter: a whole team that lost the relay at once must not come
// back at once.
func (c *Client) delay(attempt int, err error) time.Duration {
	most := lastDelay
	if attempt < 7 {
		most = min(lastDelay, firstDelay<<attempt)
	}
	var e *Error
	if errors.As(err, &e) && !e.Unreachable {
		most = lastDelay // asking faster changes nothing
	}
	return time.Duration(c.rand() * float64(most))
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// following is one connection.
type following struct {
	client  *Client
	handler Handler
	last    event.Seq
	head    event.Seq
	greeted bool
	// progress means that something was applied or the head reached, so that
	// the next dial starts with a short delay again.
	progress bool
}

func (f *following) run(ctx context.Context) error {
	conn, err := f.client.dial(ctx, f.last)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() {
		goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		_ = conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second))
		_ = conn.Close()
	})
	defer stop()
	conn.SetReadLimit(maxFrame)
	conn.SetPingHandler(func(data string) error {
		_ = conn.SetReadDeadline(time.Now().Add(deadAfter))
		err := conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeTimeout))
		if errors.Is(err, websocket.ErrCloseSent) {
			return nil
		}
		return err
	})
	for {
		_ = conn.SetReadDeadline(time.Now().Add(deadAfter))
		kind, raw, err := conn.ReadMessage()
		if err != nil {
			return linkError(err)
		}
		if kind != websocket.TextMessage {
			continue
		}
		if err := f.frame(ctx, raw); err != nil {
			return err
		}
	}
}

func (f *following) frame(ctx context.Context, raw []byte) error {
	var fr frame
	if err := json.Unmarshal(raw, &fr); err != nil {
		return fmt.Errorf("read frame: %w", err)
	}
	switch {
	case fr.Hello != nil:
		return f.hello(ctx, *fr.Hello)
	case !f.greeted:
		return errors.New("read frame: no hello came first")
	case len(fr.Events) > 0:
		return f.events(ctx, fr.Events)
	case fr.Skip != nil:
		return errors.New("read frame: the relay hides events from this version")
	case fr.Live:
		f.live()
	}
	return nil
}

func (f *following) live() {
	f.progress = true
	if f.handler.Live != nil {
		f.handler.Live(true, nil)
	}
}

func (f *following) hello(ctx context.Context, h Hello) error {
	if h.MinVersion > protocol {
		return errStop{&Error{Code: "too_old", Text: "The relay speaks a newer protocol. Update frontdesk."}}
	}
	if f.handler.Hello != nil {
		if err := f.handler.Hello(ctx, h, h.Now.Sub(f.client.now())); err != nil {
			return errStop{err}
		}
	}
	f.greeted = true
	f.seen(h.Head)
	return nil
}

// events hands on a batch only when it continues the cursor exactly: a gap or
// a repetition means that the link cannot be trusted.
func (f *following) events(ctx context.Context, events []event.Event) error {
	for i, e := range events {
		if want := f.last + 1 + event.Seq(i); e.Seq != want {
			return fmt.Errorf("read frame: sequence %d came where %d was due", e.Seq, want)
		}
	}
	if f.handler.Apply != nil {
		if err := f.handler.Apply(ctx, events); err != nil {
			return fmt.Errorf("apply %d events after %d: %w", len(events), f.last, err)
		}
	}
	f.progress = true
	f.last = events[len(events)-1].Seq
	f.seen(f.last)
	return nil
}

func (f *following) seen(head event.Seq) {
	if head > f.head {
		f.head = head
		if f.handler.Head != nil {
			f.handler.Head(head)
		}
	}
}

func (c *Client) dial(ctx context.Context, after event.Seq) (*websocket.Conn, error) {
	u := c.base.JoinPath("v1/stream")
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	u.RawQuery = "after=" + strconv.FormatInt(int64(after), 10)
	// Compression stays off: the read limit would count compressed bytes.
	dialer := websocket.Dialer{HandshakeTimeout: dialTimeout, Proxy: http.ProxyFromEnvironment}
	if t, ok := c.http.Transport.(*http.Transport); ok && t != nil {
		dialer.Proxy, dialer.TLSClientConfig, dialer.NetDialContext = t.Proxy, t.TLSClientConfig, t.DialContext
	}
	conn, resp, err := dialer.DialContext(ctx, u.String(), c.header())
	if err == nil {
		return conn, nil
	}
	if resp == nil {
		return nil, unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	var answer wireAnswer
	if json.Unmarshal(raw, &answer) != nil {
		answer = wireAnswer{}
	}
	return nil, statusError(resp.StatusCode, answer.Error)
}

// closeCodes are the relay's own reasons to end a stream; their text comes in
// the close frame.
var closeCodes = map[int]string{4001: "unauthorized", 4002: "ahead", 4003: "damaged"}

func linkError(err error) error {
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		if code, ours := closeCodes[closed.Code]; ours {
			return &Error{Status: closed.Code, Code: code, Text: closed.Text}
		}
	}
	return unreachable(err)
}
