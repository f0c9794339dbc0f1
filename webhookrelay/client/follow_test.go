package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// pipeServer serves the client's dials in memory, on the bubble's clock. way is
// how long bytes take in each direction.
type pipeServer struct {
	accept chan net.Conn
	closed chan struct{}
	way    time.Duration
}

func (p *pipeServer) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipeServer) Close() error   { close(p.closed); return nil }
func (p *pipeServer) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// late is a connection whose writes arrive later.
type late struct {
	net.Conn
	by time.Duration
}

func (l late) Write(b []byte) (int, error) {
	time.Sleep(l.by)
	return l.Conn.Write(b)
}

func (p *pipeServer) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	p.accept <- late{there, p.way}
	return late{here, p.way}, nil
}

// scripted runs f with a client of a relay that a script plays, in a bubble.
func scripted(t *testing.T, way time.Duration, now func() time.Time, script func(*websocket.Conn), f func(t *testing.T, c *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &pipeServer{accept: make(chan net.Conn), closed: make(chan struct{}), way: way}
		up := websocket.Upgrader{}
		server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := up.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			defer conn.Close()
			script(conn)
		})}
		served := make(chan struct{})
		go func() { defer close(served); _ = server.Serve(p) }()
		c, err := New(Options{
			URL: "http://127.0.0.1:1", Token: provider.Hide("fd_a_b"), Now: now, Rand: func() float64 { return 0.5 },
			HTTP: &http.Client{Transport: &http.Transport{DialContext: p.dial}},
		})
		if err != nil {
			t.Fatal(err)
		}
		f(t, c)
		_ = server.Close()
		<-served
		time.Sleep(time.Minute) // what is on the way arrives
	})
}

func say(conn *websocket.Conn, frame string) {
	_ = conn.WriteMessage(websocket.TextMessage, []byte(frame))
}

func helloAt(now string) string {
	return `{"hello":{"epoch":"e","key":"AA==","oldest":1,"head":4,"hash":"","now":` + now + `,"min_version":1}}`
}

func waitForEnd(conn *websocket.Conn) {
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

var errSeen = errors.New("seen")

// The offset is the relay's clock minus ours, as it is when hello arrives:
// what hello says is as old as its way here.
func TestOffsetCountsTheWay(t *testing.T) {
	for _, ahead := range []time.Duration{0, time.Hour, -365 * 24 * time.Hour} {
		for _, way := range []time.Duration{0, 300 * time.Millisecond, 2 * time.Second} {
			script := func(conn *websocket.Conn) {
				now, _ := json.Marshal(time.Now().Add(ahead))
				say(conn, helloAt(string(now)))
				waitForEnd(conn)
			}
			scripted(t, way, time.Now, script, func(t *testing.T, c *Client) {
				err := c.Follow(t.Context(), func() event.Seq { return 0 }, Handler{Hello: func(_ context.Context, _ Hello, offset time.Duration) error {
					// The upgrade's answer came first and took its way, too.
					if wrong := offset - ahead; wrong < -way || wrong > way {
						t.Errorf("the relay is ahead by %v, its way is %v: offset %v", ahead, way, offset)
					}
					return errSeen
				}})
				if !errors.Is(err, errSeen) {
					t.Errorf("follow ended with %v", err)
				}
			})
		}
	}
}

// Wild clocks are no reason not to follow.
func TestWildClocksAreSurvived(t *testing.T) {
	for _, now := range []string{
		`"0001-01-01T00:00:00Z"`, `"9999-12-31T23:59:59Z"`, `"10000-01-01T00:00:00Z"`, `"-001-01-01T00:00:00Z"`, `"2026-02-30T00:00:00Z"`,
		`"2016-12-31T23:59:60Z"`, `"yesterday"`, `""`, `0`, `-1`, `1e400`, `null`, `{}`, `[]`, `true`,
	} {
		script := func(conn *websocket.Conn) {
			say(conn, helloAt(now))
			say(conn, `{"live":true}`)
			waitForEnd(conn)
		}
		scripted(t, 0, time.Now, script, func(t *testing.T, c *Client) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			offset, greeted := time.Duration(1), false
			_ = c.Follow(ctx, func() event.Seq { return 0 }, Handler{
				Hello: func(_ context.Context, h Hello, o time.Duration) error {
					offset, greeted = o, h.Epoch == "e" && h.Head == 4 && h.MinVersion == 1
					return nil
				},
				Live: func(live bool, err error) {
					if !live {
						t.Errorf("%s: %v", now, err)
					}
					cancel()
				},
			})
			if !greeted || (!strings.Contains(now, "9999") && offset != 0) {
				t.Errorf("%s: greeted %v, offset %v", now, greeted, offset)
			}
		})
	}
}

// A relay that says nothing any more is given up after 20 s, whatever it had
// begun to say; one of which a byte comes now and then is heard out.
func TestSilenceIsKnown(t *testing.T) {
	for _, c := range []struct {
		pause time.Duration // between the bytes of a long frame
		lost  bool
	}{{19 * time.Second, false}, {21 * time.Second, true}} {
		script := func(conn *websocket.Conn) {
			say(conn, helloAt(`"2026-01-01T00:00:00Z"`))
			ended := make(chan struct{})
			go func() { defer close(ended); waitForEnd(conn) }() // it hears, and says next to nothing
			raw := conn.NetConn()
			frame := append([]byte{0x81, 13}, []byte(`{"live":true}`)...)
			for _, b := range frame {
				if _, err := raw.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(c.pause)
			}
			<-ended
		}
		scripted(t, 0, time.Now, script, func(t *testing.T, cl *Client) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			began := time.Now()
			_ = cl.Follow(ctx, func() event.Seq { return 0 }, Handler{Live: func(live bool, err error) {
				if live == c.lost {
					t.Errorf("a byte every %v: live %v, %v", c.pause, live, err)
				}
				if took := time.Since(began); c.lost && took > 25*time.Second {
					t.Errorf("known after %v", took)
				}
				cancel()
			}})
		})
	}
}

// The relay hears of a terminal every ten seconds, also while the terminal is
// busy with what it was given.
func TestBusyTerminalIsHeard(t *testing.T) {
	beats := make(chan time.Duration, 100)
	script := func(conn *websocket.Conn) {
		began := time.Now()
		conn.SetPongHandler(func(string) error { beats <- time.Since(began); return nil })
		say(conn, helloAt(`"2026-01-01T00:00:00Z"`))
		say(conn, eventsFrame(1))
		waitForEnd(conn)
	}
	scripted(t, 0, time.Now, script, func(t *testing.T, c *Client) {
		ctx, cancel := context.WithCancel(t.Context())
		_ = c.Follow(ctx, func() event.Seq { return 0 }, Handler{Apply: func(context.Context, []event.Event) error {
			time.Sleep(65 * time.Second)
			cancel()
			return nil
		}})
	})
	for n := range 6 {
		if at := <-beats; at != time.Duration(n+1)*10*time.Second {
			t.Errorf("heard after %v", at)
		}
	}
}

func eventsFrame(seqs ...event.Seq) string {
	var all []event.Event
	for _, seq := range seqs {
		all = append(all, event.Event{Seq: seq, ID: fmt.Sprint(seq), Kind: event.KindReopened, Version: 1, Body: event.Reopened{}})
	}
	b, _ := json.Marshal(map[string]any{"events": all})
	return string(b)
}

// The relay's reasons become words, and each its own way on.
func TestReasonsToClose(t *testing.T) {
	for code, want := range map[int]struct {
		code  string
		final bool
	}{
		4001: {codeUnauthorized, true}, 4002: {"ahead", false}, 4003: {"damaged", false}, 4004: {"unreachable", false},
		websocket.CloseGoingAway: {"unreachable", false}, websocket.CloseMessageTooBig: {"unreachable", false},
	} {
		dials := 0
		script := func(conn *websocket.Conn) {
			dials++
			_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "its own words"), time.Now().Add(time.Second))
		}
		scripted(t, 0, time.Now, script, func(t *testing.T, c *Client) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			var told []error
			err := c.Follow(ctx, func() event.Seq { return 0 }, Handler{Live: func(live bool, err error) {
				if told = append(told, err); live || len(told) == 3 {
					cancel()
				}
			}})
			var e *Error
			if !errors.As(told[0], &e) || e.Code != want.code || e.Text == "" {
				t.Errorf("%d: told %v", code, told[0])
			}
			if final := errors.As(err, &e); final != want.final || (final && (dials != 1 || len(told) != 1)) {
				t.Errorf("%d: ended with %v after %d dials, told %d times", code, err, dials, len(told))
			}
		})
	}
}

// The relay's Retry-After is kept, within reason, and nobody comes back at its
// very end together.
func TestRetryAfterIsKept(t *testing.T) {
	c, err := New(Options{URL: "https://example.org", Token: provider.Hide("t"), Rand: func() float64 { return 0.5 }})
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[string]time.Duration{
		"": lastDelay / 2, "0": lastDelay / 2, "30": 30*time.Second + lastDelay/2, "60000": longestDelay + lastDelay/2,
		"-1": lastDelay / 2, "soon": lastDelay / 2, "99999999999999999999": lastDelay / 2,
	} {
		resp := &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {after}}}
		if got := c.delay(0, statusError(resp, nil)); got != want {
			t.Errorf("Retry-After %q: %v, want %v", after, got, want)
		}
	}
}

// What the relay answers to a dial becomes words; only its own refusal of the
// token is final, and a proxy's page is not.
func TestAnswersToADial(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		code   string
		final  bool
	}{
		{401, `{"error":{"code":"unauthorized","text":"No."}}`, codeUnauthorized, true},
		{401, `<html>Log in</html>`, "unexpected", false},
		{403, `{"error":{"code":"unauthorized","text":"No."}}`, codeUnauthorized, false},
		{429, `{"error":{"code":"too_many","text":"Wait."}}`, "too_many", false},
		{503, ``, "unexpected", false},
		{200, `{}`, "unexpected", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &pipeServer{accept: make(chan net.Conn), closed: make(chan struct{})}
			server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			})}
			served := make(chan struct{})
			go func() { defer close(served); _ = server.Serve(p) }()
			cl, err := New(Options{URL: "http://127.0.0.1:1", Token: provider.Hide("t"), HTTP: &http.Client{Transport: &http.Transport{DialContext: p.dial}}})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			var told error
			err = cl.Follow(ctx, func() event.Seq { return 7 }, Handler{Live: func(_ bool, err error) { told = err; cancel() }})
			var e *Error
			if !errors.As(told, &e) || e.Status != c.status || e.Code != c.code || e.Unreachable != (c.status >= 500) {
				t.Errorf("%d %s: told %v", c.status, c.body, told)
			}
			if c.final == errors.Is(err, context.Canceled) {
				t.Errorf("%d %s: ended with %v", c.status, c.body, err)
			}
			_ = server.Close()
			<-served
			time.Sleep(time.Minute)
		})
	}
}

// The cursor moves by what was applied and by nothing else; the head is told
// when it rises; what is no text is passed over.
func TestCursorAndHead(t *testing.T) {
	asked := make(chan event.Seq, 10)
	script := func(conn *websocket.Conn) {
		say(conn, helloAt(`"2026-01-01T00:00:00Z"`)) // the head is 4
		_ = conn.WriteMessage(websocket.BinaryMessage, []byte(eventsFrame(9)))
		say(conn, `{"something":"newer"}`)
		say(conn, eventsFrame(3, 4))
		say(conn, eventsFrame(5, 6))
		say(conn, `{"live":true}`)
		say(conn, eventsFrame(6)) // again: not believed
		waitForEnd(conn)
	}
	scripted(t, 0, time.Now, script, func(t *testing.T, c *Client) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var heads, applied []event.Seq
		var lives []bool
		_ = c.Follow(ctx, func() event.Seq { asked <- 2; return 2 }, Handler{
			Apply: func(_ context.Context, events []event.Event) error {
				for _, e := range events {
					applied = append(applied, e.Seq)
				}
				return nil
			},
			Head: func(head event.Seq) { heads = append(heads, head) },
			Live: func(live bool, err error) {
				if lives = append(lives, live); !live {
					if err == nil || !strings.Contains(err.Error(), "6 came where 7") {
						t.Errorf("the link was lost by %v", err)
					}
					cancel()
				}
			},
		})
		if fmt.Sprint(applied, heads, lives) != "[3 4 5 6] [4 6] [true false]" {
			t.Errorf("applied %v, heads %v, live %v", applied, heads, lives)
		}
	})
	if len(asked) != 1 {
		t.Errorf("the cursor was asked %d times for one dial", len(asked))
	}
}

// After a link that brought something, the next dial comes soon again; after
// one that brought nothing, it does not.
func TestProgressShortensTheDelay(t *testing.T) {
	for _, c := range []struct {
		frames []string
		soon   bool
	}{
		{[]string{`{"live":true}`}, true},
		{[]string{eventsFrame(1)}, true},
		{nil, false},
	} {
		var dials []time.Time
		script := func(conn *websocket.Conn) {
			dials = append(dials, time.Now())
			say(conn, helloAt(`"2026-01-01T00:00:00Z"`))
			for _, f := range c.frames {
				say(conn, f)
			}
		}
		scripted(t, 0, time.Now, script, func(t *testing.T, cl *Client) {
			ctx, cancel := context.WithCancel(t.Context())
			lost := 0
			_ = cl.Follow(ctx, func() event.Seq { return 0 }, Handler{Live: func(live bool, _ error) {
				if !live {
					if lost++; lost == 9 {
						cancel()
					}
				}
			}})
		})
		last := dials[len(dials)-1].Sub(dials[len(dials)-2])
		if want := map[bool]time.Duration{true: firstDelay / 2, false: lastDelay / 2}[c.soon]; last != want {
			t.Errorf("%q: the ninth dial came %v after the eighth, want %v", c.frames, last, want)
		}
	}
}
