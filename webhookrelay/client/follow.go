package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/webhookrelay/event"
)

const (
	// maxFrame is the protocol's limit. Without compression it bounds memory.
	maxFrame = 1 << 20
	// protocol is the version this client speaks.
	protocol = 1
	// hashLength is of a SHA-256 in hex.
	hashLength = 64

	firstDelay = 200 * time.Millisecond
	lastDelay  = 15 * time.Second
	// longestDelay bounds how long a relay may send us away.
	longestDelay = 5 * time.Minute
)

// timing is how long a connection waits for what.
type timing struct {
	// dead is how long the relay may be silent: it pings every 10 s. beat is
	// how often it hears of us, whatever still waits on the way to us.
	dead, beat, write, dial time.Duration
}

func defaultTiming() timing {
	return timing{dead: 20 * time.Second, beat: 10 * time.Second, write: 5 * time.Second, dial: 15 * time.Second}
}

// errStop wraps what ends Follow for good.
type errStop struct{ error }

type frame struct {
	Hello  *Hello        `json:"hello"`
	Events []event.Event `json:"events"`
	Hash   string        `json:"hash"`
	Live   bool          `json:"live"`
	// Present is what colleagues do at this moment.
	Present []event.Presence `json:"present"`
	// Looked is when the templates of accounts were last listed.
	Looked Looked `json:"looked"`
	Skip   *struct {
		From event.Seq `json:"from"`
		To   event.Seq `json:"to"`
	} `json:"skip"`
}

// Follow reads the log from the cursor on, for ever: after is asked for the
// cursor at each dial, so that what was applied is never asked for again and
// what was not is. It returns when ctx ends (with its error), when
// Handler.Hello refuses the relay, or when the relay refuses the token: asking
// again with the same one changes nothing.
func (c *Client) Follow(ctx context.Context, after func() event.Seq, h Handler) error {
	attempt := 0
	for {
		f := &following{client: c, handler: h, last: after(), passes: make(chan struct{}, 1)}
		err := f.run(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var stop errStop
		final := errors.As(err, &stop)
		if final {
			err = stop.error
		}
		if h.Live != nil {
			h.Live(false, err)
		}
		if final {
			return err
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
	most := min(lastDelay, firstDelay<<min(attempt, 7))
	var least time.Duration
	var e *Error
	if errors.As(err, &e) {
		least = min(e.After, longestDelay)
		if !e.Unreachable {
			most = lastDelay // asking faster changes nothing
		}
	}
	return least + time.Duration(c.rand()*float64(most))
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
	wire    *wire
	// passes receives once the relay is known to pass on what agents do; passesOn is
	// the beat's: an older one would close the stream for it.
	passes   chan struct{}
	passesOn bool
	// progress means that something was applied or the head reached, so that
	// the next dial starts with a short delay again.
	progress bool
}

func (f *following) run(ctx context.Context) error {
	conn, err := f.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	times := f.client.times
	stop := context.AfterFunc(ctx, func() {
		goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		_ = conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second))
		_ = conn.Close()
	})
	defer stop()
	conn.SetReadLimit(maxFrame)
	conn.SetPingHandler(func(data string) error {
		return conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(times.write))
	})
	f.wire.follows.Store(true)
	ended := make(chan struct{})
	defer close(ended)
	go f.beat(conn, times, ended)
	for {
		_ = conn.SetReadDeadline(time.Now().Add(times.dead))
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

// beat tells the relay that we live, whether or not its question came through
// behind what it is sending, and whatever keeps us from reading it.
// It says what the agent does too, and is alone in writing messages.
func (f *following) beat(conn *websocket.Conn, times timing, ended <-chan struct{}) {
	ticker := time.NewTicker(times.beat)
	defer ticker.Stop()
	var told event.Presence
	for {
		var err error
		select {
		case <-ended:
			return
		case <-ticker.C:
			err = conn.WriteControl(websocket.PongMessage, nil, time.Now().Add(times.write))
		case <-f.client.mine.changed:
		case <-f.passes:
			f.passesOn = true
		}
		if err == nil && f.passesOn {
			told, err = f.client.say(conn, times, told)
		}
		if err != nil {
			_ = conn.Close()
			return
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
		if len(fr.Hash) == hashLength { // another relay's word for it is none
			fr.Events[len(fr.Events)-1].Hash = fr.Hash
		}
		return f.events(ctx, fr.Events)
	case fr.Skip != nil:
		return errors.New("read frame: the relay hides events from this version")
	case fr.Live:
		f.live()
	default:
		f.remark(ctx, fr)
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
		if err := f.handler.Hello(ctx, h, f.offset(h.Now)); err != nil {
			return errStop{err}
		}
	}
	f.greeted = true
	f.remark(ctx, frame{Looked: h.Looked})
	if h.Presence && len(f.passes) == 0 { // a relay may greet twice
		f.passes <- struct{}{}
	}
	f.seen(h.Head)
	return nil
}

// offset is the relay's clock minus ours. What it says is as old as its way
// here, taken as half of the time since we asked. A relay that tells no time
// has ours.
func (f *following) offset(relay time.Time) time.Duration {
	if relay.IsZero() {
		return 0
	}
	return relay.Add(f.wire.sinceWrite() / 2).Sub(f.client.now())
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

func (f *following) dial(ctx context.Context) (*websocket.Conn, error) {
	c := f.client
	u := c.base.JoinPath("v1/stream")
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	query := url.Values{"after": {strconv.FormatInt(int64(f.last), 10)}}
	if h := f.handler.Hash; h != nil && h() != "" {
		query.Set("hash", h())
	}
	u.RawQuery = query.Encode()
	// Compression stays off: the read limit would count compressed bytes.
	dialer := websocket.Dialer{HandshakeTimeout: c.times.dial, Proxy: http.ProxyFromEnvironment}
	var base dialFunc
	if t, ok := c.http.Transport.(*http.Transport); ok && t != nil {
		dialer.Proxy, dialer.TLSClientConfig, base = t.Proxy, t.TLSClientConfig, t.DialContext
	}
	dialer.NetDialContext = dialWire(base, c.times.dead, &f.wire)
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
	e := statusError(resp, answer.Error)
	if e.Status == http.StatusUnauthorized && e.Code == codeUnauthorized {
		return nil, errStop{e}
	}
	return nil, e
}

const codeUnauthorized = "unauthorized"

// CodeRole is the Error's of what the token's role may not do: another token may.
const CodeRole = "role"

// CodeAhead is the Error's where the relay's log is not the one whose cursor, or
// hash at the cursor, it was shown.
const CodeAhead = "ahead"

// linkError says why a connection ended: in the relay's own words where it had
// any, which come in the close frame.
func linkError(err error) error {
	var closed *websocket.CloseError
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		return &Error{Code: "too_large", Err: err, Text: "The relay sent more at once than it may. Update frontdesk and the relay."}
	case !errors.As(err, &closed):
		return unreachable(err)
	}
	switch closed.Code {
	case 4001:
		return errStop{&Error{
			Status: closed.Code, Code: codeUnauthorized,
			Text: "The token was revoked. Ask for a new one (webhookrelay token add NAME), and start again with it.",
		}}
	case 4002:
		return &Error{Status: closed.Code, Code: CodeAhead, Text: closed.Text}
	case 4003:
		return &Error{Status: closed.Code, Code: "damaged", Text: closed.Text}
	}
	return unreachable(err)
}
