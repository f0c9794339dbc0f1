package webhookrelay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/webhookrelay/event"
)

// atHand is a stream that a test moves, and what its terminal reads.
type atHand struct {
	*stream
	terminal *websocket.Conn
}

func newAtHand(t *testing.T, l *eventLog) *atHand {
	t.Helper()
	conns := make(chan *websocket.Conn, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(hijacker{w, time.Second}, r, nil)
		if err != nil {
			t.Error(err)
		}
		conns <- conn
	}))
	t.Cleanup(server.Close)
	terminal, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	ctx, stop := context.WithCancel(t.Context())
	return &atHand{terminal: terminal, stream: &stream{
		looked: newLookups(nil).listedAt,
		log:    l, conn: <-conns, times: defaultTiming(), now: time.Now, ctx: ctx, stop: stop, gone: make(chan struct{}),
	}}
}

// seqs reads a frame of events.
func (a *atHand) seqs(t *testing.T) string {
	t.Helper()
	_ = a.terminal.SetReadDeadline(time.Now().Add(10 * time.Second))
	var f struct {
		Events []event.Event `json:"events"`
	}
	_, raw, err := a.terminal.ReadMessage()
	if err != nil {
		return err.Error()
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	var seqs []event.Seq
	for _, e := range f.Events {
		seqs = append(seqs, e.Seq)
	}
	return fmt.Sprint(seqs)
}

func openTestLog(t *testing.T, prepared bool) *eventLog {
	t.Helper()
	l, err := openLog(t.Context(), filepath.Join(t.TempDir(), "relay.db"), time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.close() })
	if prepared {
		l.readers.Add(1)
	}
	for n := range 10 {
		mustAppend(t, l, note(t, fmt.Sprint("n", n), "x"))
	}
	return l
}

// The cursor moves to the last event of the frame that was written, never
// beyond the head that was visible, and from everywhere without a gap: from the
// log where no frame is ready, and frame by frame where they are.
func TestAdvanceMovesTheCursor(t *testing.T) {
	for _, c := range []struct {
		prepared     bool
		cursor, head event.Seq
		next         event.Seq
		seqs         string
	}{
		{false, 0, 10, 10, "[1 2 3 4 5 6 7 8 9 10]"},
		{false, 0, 3, 3, "[1 2 3]"},
		{false, 0, 1, 1, "[1]"},
		{false, 9, 10, 10, "[10]"},
		{false, 4, 6, 6, "[5 6]"},
		{true, 9, 10, 10, "[10]"},
		{true, 2, 10, 3, "[3]"},
		{true, 1, 10, 10, "[2 3 4 5 6 7 8 9 10]"}, // older than the ring
	} {
		a := newAtHand(t, openTestLog(t, c.prepared))
		next, err := a.advance(c.cursor, c.head)
		if err != nil || next != c.next {
			t.Errorf("%+v: went to %d, %v", c, next, err)
		}
		if got := a.seqs(t); got != c.seqs {
			t.Errorf("%+v: wrote %s", c, got)
		}
		if a.writing.Load() {
			t.Errorf("%+v: it is still writing", c)
		}
	}
}

// Nothing goes out on a stream that somebody is ending, and its cursor stays.
func TestAdvanceStopsWhenClaimed(t *testing.T) {
	for _, prepared := range []bool{false, true} {
		a := newAtHand(t, openTestLog(t, prepared))
		if !a.claim() || a.claim() {
			t.Fatal("the first may end it, and only the first")
		}
		if next, err := a.advance(9, 10); next != 9 || !errors.Is(err, context.Canceled) {
			t.Errorf("went to %d, %v", next, err)
		}
		a.finish(closeRevoked, "over")
		if got := a.seqs(t); !strings.Contains(got, "4001") {
			t.Errorf("the terminal got %s", got)
		}
		a.end(0, "") // it has ended: nobody waits
	}
}

// A stream that was ended before it began greets nobody: the terminal knows the
// reason, and nothing after it.
func TestEndedStreamGreetsNobody(t *testing.T) {
	a := newAtHand(t, openTestLog(t, false))
	a.end(closeRevoked, "over")
	if err := a.run(0); err == nil {
		t.Error("it streamed")
	}
	if got := a.seqs(t); !strings.Contains(got, "4001") {
		t.Errorf("the terminal got %s", got)
	}
}

// Where the event at a terminal's cursor cannot be read, nobody can say that it
// followed this log, nor that it did not: it is greeted and gets nothing.
func TestCursorThatCannotBeCompared(t *testing.T) {
	l := openTestLog(t, false)
	a := newAtHand(t, l)
	a.link = make([]byte, 32)
	if err := a.run(5); !errors.Is(err, errOtherLog) {
		t.Fatalf("with another hash it says %v", err)
	}
	harmLog(t, l, "delete from event where seq = 5")
	a = newAtHand(t, l)
	a.link = make([]byte, 32)
	if err := a.run(5); err == nil || errors.Is(err, errOtherLog) {
		t.Errorf("it says %v", err)
	}
	a.end(0, "")
	if got := a.seqs(t) + a.seqs(t); !strings.Contains(got, "[]") || !strings.Contains(got, "1006") {
		t.Errorf("the terminal got %s", got)
	}
}

// At the first event that is not what was appended the stream ends, with its
// own code; so it does where the log ends before its head.
func TestDamageEndsTheStream(t *testing.T) {
	for name, harm := range map[string]string{
		"a changed event": "update event set json = cast(replace(cast(json as text), 'x', 'y') as blob) where seq = 5",
		"a lost end":      "delete from event where seq > 4",
		"a lost event":    "delete from event where seq = 5",
	} {
		l := openTestLog(t, false)
		harmLog(t, l, harm)
		a := newAtHand(t, l)
		cursor, err := event.Seq(0), error(nil)
		for err == nil && cursor < 10 {
			cursor, err = a.advance(cursor, 10)
		}
		if !errors.Is(err, ErrDamaged) || cursor > 4 {
			t.Errorf("%s: went to %d, %v", name, cursor, err)
		}
		got := a.seqs(t)
		if strings.HasPrefix(got, "[") { // what was before the damage
			got = a.seqs(t)
		}
		if !strings.Contains(got, "4003") {
			t.Errorf("%s: the terminal got %s", name, got)
		}
	}
}

// harmLog changes the file beside the log that is open.
func harmLog(t *testing.T, l *eventLog, statement string) {
	t.Helper()
	if _, err := l.check.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
