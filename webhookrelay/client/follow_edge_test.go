package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/webhookrelay/event"
)

// lost follows a scripted relay until the link is lost once, and returns why.
func lost(t *testing.T, script func(*websocket.Conn), h Handler) (why error) {
	t.Helper()
	scripted(t, 0, time.Now, script, func(t *testing.T, c *Client) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		h.Live = func(live bool, err error) {
			if !live {
				why = err
				cancel()
			}
		}
		if err := c.Follow(ctx, func() event.Seq { return 0 }, h); !errors.Is(err, context.Canceled) && err == nil {
			t.Error("following ended without a reason")
		}
	})
	return why
}

// What cannot be applied is no progress: the link ends with the reason, and the
// cursor stays.
func TestWhatCannotBeAppliedEndsTheLink(t *testing.T) {
	full := errors.New("the disk is full")
	var heads []event.Seq
	err := lost(t, func(conn *websocket.Conn) {
		say(conn, helloAt(`"2026-01-01T00:00:00Z"`))
		say(conn, eventsFrame(1, 2))
		say(conn, eventsFrame(3, 4, 5))
		waitForEnd(conn)
	}, Handler{
		Head:  func(head event.Seq) { heads = append(heads, head) },
		Apply: func(context.Context, []event.Event) error { return full },
	})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "2 events after 0") {
		t.Errorf("the link was lost by %v", err)
	}
	if fmt.Sprint(heads) != "[4]" {
		t.Errorf("heads are %v", heads)
	}
}

// A frame that is longer than the protocol's limit is never read whole, and the
// longest that is allowed is.
func TestFramesHaveALimit(t *testing.T) {
	for _, over := range []int{0, 1} {
		frame := `{"live":true}` + strings.Repeat(" ", maxFrame-13+over)
		lives := 0
		scripted(t, 0, time.Now, func(conn *websocket.Conn) {
			say(conn, helloAt(`"2026-01-01T00:00:00Z"`))
			say(conn, frame)
			waitForEnd(conn)
		}, func(t *testing.T, c *Client) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_ = c.Follow(ctx, func() event.Seq { return 0 }, Handler{Live: func(live bool, err error) {
				if live {
					lives++
				}
				var e *Error
				if !live && (!errors.As(err, &e) || e.Code != "too_large") {
					t.Errorf("%d over the limit: %v", over, err)
				}
				cancel()
			}})
		})
		if lives != 1-over {
			t.Errorf("%d over the limit, it was live %d times", over, lives)
		}
	}
}

// Frames that break the protocol are not believed, and say which rule they
// broke.
func TestFramesThatAreNotBelieved(t *testing.T) {
	greeting := helloAt(`"2026-01-01T00:00:00Z"`)
	for frames, want := range map[string]string{
		eventsFrame(1):                               "no hello came first",
		`{"live":true}`:                              "no hello came first",
		greeting + "|" + `{"skip":{"from":1}}`:       "hides events",
		greeting + "|" + `{"events":[`:               "read frame",
		greeting + "|" + eventsFrame(2):              "2 came where 1",
		greeting + "|" + eventsFrame(1, 3):           "3 came where 2",
		greeting + "|" + eventsFrame(1, 2, 2):        "2 came where 3",
		greeting + "|" + eventsFrame(1) + "|" + "[]": "read frame",
	} {
		applied := 0
		err := lost(t, func(conn *websocket.Conn) {
			for _, f := range strings.Split(frames, "|") {
				say(conn, f)
			}
			waitForEnd(conn)
		}, Handler{Apply: func(_ context.Context, events []event.Event) error { applied += len(events); return nil }})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: lost by %v", frames, err)
		}
		if (applied > 0) != strings.HasSuffix(frames, "[]") {
			t.Errorf("%s: %d were applied", frames, applied)
		}
	}
}

// A relay that speaks only a newer protocol is final, and so is one that the
// program does not want.
func TestGreetingsThatEndIt(t *testing.T) {
	for version, final := range map[int]bool{0: false, protocol: false, protocol + 1: true} {
		greeting := strings.Replace(helloAt(`"2026-01-01T00:00:00Z"`), `"min_version":1`, fmt.Sprintf(`"min_version":%d`, version), 1)
		greeted := false
		err := lost(t, func(conn *websocket.Conn) { say(conn, greeting) }, Handler{
			Hello: func(context.Context, Hello, time.Duration) error { greeted = true; return nil },
		})
		var e *Error
		if got := errors.As(err, &e) && e.Code == "too_old"; got != final || greeted == final {
			t.Errorf("version %d: %v, greeted %v", version, err, greeted)
		}
	}
}

// The relay's question whether we live is answered with its own words.
func TestPingsAreAnswered(t *testing.T) {
	answers := make(chan string, 1)
	err := lost(t, func(conn *websocket.Conn) {
		conn.SetPongHandler(func(words string) error { answers <- words; return errSeen })
		say(conn, helloAt(`"2026-01-01T00:00:00Z"`))
		_ = conn.WriteControl(websocket.PingMessage, []byte("are you there"), time.Now().Add(time.Second))
		waitForEnd(conn)
	}, Handler{})
	if words := <-answers; words != "are you there" || err == nil {
		t.Errorf("answered %q, lost by %v", words, err)
	}
}

// A relay that takes nothing any more is known by what cannot be told it.
func TestRelayThatTakesNothing(t *testing.T) {
	scripted(t, 0, time.Now, func(conn *websocket.Conn) {
		say(conn, helloAt(`"2026-01-01T00:00:00Z"`))
		for { // it speaks on, with frames that nobody means, and never reads
			time.Sleep(3 * time.Second)
			if _, err := conn.NetConn().Write([]byte{0x82, 0}); err != nil {
				return
			}
		}
	}, func(t *testing.T, c *Client) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		began, times := time.Now(), defaultTiming()
		_ = c.Follow(ctx, func() event.Seq { return 0 }, Handler{Live: func(live bool, err error) {
			if took := time.Since(began); live || err == nil || took < times.beat || took > times.beat+times.write {
				t.Errorf("live %v, %v after %v", live, err, took)
			}
			cancel()
		}})
	})
}

// Nothing but following asks for a name: a handler without any function follows
// as well, and a relay without a clock has ours.
func TestFollowingWithoutAHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &following{client: &Client{now: time.Now}}
		if err := f.hello(t.Context(), Hello{Head: 2}); err != nil || !f.greeted || f.head != 2 {
			t.Errorf("%v, %+v", err, f)
		}
		if err := f.events(t.Context(), []event.Event{{Seq: 1}, {Seq: 2}, {Seq: 3}}); err != nil || f.last != 3 || f.head != 3 || !f.progress {
			t.Errorf("%v, %+v", err, f)
		}
		f.progress = false
		if f.live(); !f.progress {
			t.Error("to be live is no progress")
		}
		if d := f.offset(time.Time{}); d != 0 {
			t.Errorf("no clock is %v ahead", d)
		}
	})
}
