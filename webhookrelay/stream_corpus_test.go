package webhookrelay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// hostileTerminal has a good token and bad manners.
type hostileTerminal struct {
	*relaytest.Server
	t     *testing.T
	token string
}

// opened opens a stream and reads until it is live.
func (h *hostileTerminal) opened() *websocket.Conn {
	h.t.Helper()
	conn, _, err := dial(h.t, h.Server, "?after=0", h.token)
	if err != nil {
		h.t.Fatal(err)
	}
	for {
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, frame, err := conn.ReadMessage()
		if err != nil {
			h.t.Fatal(err)
		}
		if bytes.Contains(frame, []byte(`"live":true`)) {
			return conn
		}
	}
}

// closes writes to the raw connection and wants this code.
func (h *hostileTerminal) closes(code int, frames ...[]byte) {
	h.t.Helper()
	conn := h.opened()
	go func() {
		for _, f := range frames {
			if _, err := conn.NetConn().Write(f); err != nil {
				return // it was closed before all was said
			}
		}
	}()
	if err := readToEnd(conn); !websocket.IsCloseError(err, code) {
		h.t.Errorf("it was closed with %v, want %d", err, code)
	}
}

// answers wants this status for a dial.
func (h *hostileTerminal) answers(status int, query, token string, header ...string) {
	h.t.Helper()
	_, resp, err := dial(h.t, h.Server, query, token, header...)
	if err == nil || resp == nil || resp.StatusCode != status {
		h.t.Errorf("%s: %v, %+v", query, err, resp)
	}
}

const (
	text         = 0x81
	closeRemarks = 4004
)

// wsCorpus are the entries of the corpus that are tried here. Where ours
// expects something else than the corpus did, it says why.
var wsCorpus = map[string]func(h *hostileTerminal){
	"WSK-001": func(h *hostileTerminal) {
		h.answers(http.StatusForbidden, "?after=0", h.token, "Origin", "https://evil.example")
	},
	"WSK-002": func(h *hostileTerminal) { h.answers(http.StatusForbidden, "?after=0", h.token, "Origin", "null") },
	"WSK-004": func(h *hostileTerminal) { h.answers(http.StatusUnauthorized, "?after=0&token="+h.token, "") },
	"WSK-005": func(h *hostileTerminal) {
		h.answers(http.StatusUnauthorized, "?after=0", "", "Authorization", "", "Cookie", "token="+h.token)
	},
	"WSK-006": func(h *hostileTerminal) {
		h.closes(websocket.CloseMessageTooBig, wsFrame(text, bytes.Repeat([]byte("x"), 1<<20), true))
	},
	// The limit of a message ends fragments of a byte; the budget of bytes ends
	// those that are empty, which no limit of a message counts.
	"WSK-008": func(h *hostileTerminal) {
		ones := bytes.Repeat(wsFrame(0, []byte("x"), true), 1_000_000)
		h.closesOneOf([]int{websocket.CloseMessageTooBig, websocket.ClosePolicyViolation}, wsFrame(1, []byte("x"), true), ones)
		empty := bytes.Repeat(wsFrame(0, nil, true), 1_000_000)
		h.closes(websocket.ClosePolicyViolation, wsFrame(1, []byte("x"), true), empty)
	},
	"WSK-010": func(h *hostileTerminal) { h.closes(websocket.CloseProtocolError, wsFrame(text, []byte("{}"), false)) },
	"WSK-011": func(h *hostileTerminal) {
		for _, rsv := range []byte{0x40, 0x20, 0x10, 0x70} {
			h.closes(websocket.CloseProtocolError, wsFrame(text|rsv, []byte("{}"), true))
		}
	},
	"WSK-012": func(h *hostileTerminal) {
		h.closes(websocket.CloseProtocolError, wsFrame(0x89, bytes.Repeat([]byte("x"), 126), true))
	},
	"WSK-014": func(h *hostileTerminal) {
		h.closes(websocket.CloseInvalidFramePayloadData, wsFrame(text, []byte{0xff, 0xfe}, true))
	},
	"WSK-015": func(h *hostileTerminal) {
		h.closes(websocket.ClosePolicyViolation, bytes.Repeat(wsFrame(0x89, nil, true), 10_000))
	},
	// Ours is the code cursor_ahead of the protocol, 4002.
	"WSK-022": func(h *hostileTerminal) {
		err := follow(h.t, h.URL, h.token, math.MaxInt64).lost()
		var ce *client.Error
		if !errors.As(err, &ce) || ce.Code != "ahead" {
			h.t.Errorf("the terminal was told %v", err)
		}
	},
	// A dial that cannot be right is not upgraded: 400 instead of 4400.
	"WSK-024": func(h *hostileTerminal) {
		for _, cursor := range []string{"5%20OR%201=1", "9223372036854775808", "-0x1", "1e3", "%00"} {
			h.answers(http.StatusBadRequest, "?after="+cursor, h.token)
		}
	},
	// Commands are POSTs here, not frames.
	"WSK-026": func(h *hostileTerminal) {
		before := events(h.t, h.Server)
		body := `{"events":[{"id":"o1","account":"other-team","conversation":"c_` + strings.Repeat("a", 26) + `","kind":"conversation.assigned","v":1,"body":{"to":"ana"}}]}`
		if status, _ := do(h.t, "POST", h.URL+"/v1/events", body, "Authorization", "Bearer "+h.token); status != http.StatusBadRequest {
			h.t.Errorf("status %d", status)
		}
		if after := events(h.t, h.Server); after != before {
			h.t.Errorf("%d events were appended", after-before)
		}
	},
	// An operation's id decides: the second is a repetition, told where the
	// first is, and its body counts for nothing. 409 would make a terminal
	// whose first answer was lost believe that it failed.
	"WSK-027": func(h *hostileTerminal) {
		post := func(text string) (int, string) {
			body := `{"events":[{"id":"o2","account":"inbox","conversation":"c_` + strings.Repeat("a", 26) + `","kind":"message.noted","v":1,"body":{"text":"` + text + `"}}]}`
			return do(h.t, "POST", h.URL+"/v1/events", body, "Authorization", "Bearer "+h.token)
		}
		if status, _ := post("one"); status != http.StatusOK {
			h.t.Errorf("the first: status %d", status)
		}
		if status, answer := post("another"); status != http.StatusOK || !strings.Contains(answer, `"duplicate":true`) {
			h.t.Errorf("the second: status %d, %s", status, answer)
		}
	},
	// A terminal has nothing to say: no frame is decoded, the third is the last.
	"WSK-028": func(h *hostileTerminal) {
		deep := wsFrame(text, []byte(strings.Repeat("[", 20_000)), true)
		h.closes(closeRemarks, deep, wsFrame(text, []byte(`{"a":1,"a":2}`), true), wsFrame(0x82, []byte{0}, true))
	},
}

func (h *hostileTerminal) closesOneOf(codes []int, frames ...[]byte) {
	h.t.Helper()
	conn := h.opened()
	go func() { _, _ = conn.NetConn().Write(bytes.Join(frames, nil)) }()
	if err := readToEnd(conn); !websocket.IsCloseError(err, codes...) {
		h.t.Errorf("it was closed with %v, want one of %v", err, codes)
	}
}

func TestCorpusOfFrames(t *testing.T) {
	elsewhere := map[string]string{
		"WSK-009": "TestCompressionBombs",
		"WSK-016": "TestDeadPeerIsKnown",
		"WSK-017": "TestSlowTerminalHarmsNobody; it is cut without a code, which it could not read",
		"WSK-018": "TestDeadPeerIsKnown",
		"WSK-019": "TestSlowlorisAndForgers; a token is judged before the upgrade",
		"WSK-020": "TestRevocationBites; the code is 4001",
	}
	said := make(lines, 1000)
	h := &hostileTerminal{Server: relaytest.New(t, logTo(said)), t: t}
	h.token = h.Token("ana")
	for _, e := range corpus(t, "ws_frame") {
		try, ok := wsCorpus[e.ID]
		if !ok {
			if elsewhere[e.ID] == "" {
				t.Errorf("%s is tried nowhere: %s", e.ID, e.Scenario)
			}
			continue
		}
		t.Run(e.ID, func(t *testing.T) {
			h.t = t
			try(h)
		})
	}
	for len(said) > 0 {
		if line := <-said; strings.Contains(line, strings.Split(h.token, "_")[2]) {
			t.Errorf("the log says %q", line)
		}
	}
}

// What comes from a relay that is not right is not believed. The others of the
// corpus: EVT-005 is TestUnknownKindsPassThrough; EVT-008 is of presence, which
// there is not.
func TestCorpusOfRelayEvents(t *testing.T) {
	const hello = `{"hello":{"epoch":"e","key":"AA==","oldest":1,"head":4,"hash":"","now":"2026-01-01T00:00:00Z","min_version":1}}`
	for id, script := range map[string][]string{
		"EVT-001": {hello, eventFrame(1, 2, 4)},
		"EVT-003": {hello, eventFrame(1), eventFrame(2), eventFrame(2)},
		"EVT-004": {hello, eventFrame(1), eventFrame(2), eventFrame(1)},
	} {
		c := frames(t, script, []string{hello, eventFrame(1, 2, 3)}, []string{hello, eventFrame(2, 3)}, []string{hello, eventFrame(3)})
		var got []event.Seq
		if err := followTo(t, c, &got, 3); err != nil || fmt.Sprint(got) != "[1 2 3]" {
			t.Errorf("%s: applied %v, %v", id, got, err)
		}
	}
	// EVT-006: who did it is the token's name, whatever the body says.
	s := relaytest.New(t)
	body := `{"events":[{"id":"o1","by":"system","account":"inbox","conversation":"c_` + strings.Repeat("a", 26) + `","kind":"message.noted","v":1,"body":{"text":"x","by":"system","author":"system"}}]}`
	token := s.Token("ana")
	if status, answer := do(t, "POST", s.URL+"/v1/events", body, "Authorization", "Bearer "+token); status != http.StatusOK {
		t.Fatalf("status %d, %s", status, answer)
	}
	term := follow(t, s.URL, token, 0)
	term.waitFor(3)
	term.stop()
	if by := term.events[2].By; by != "ana" {
		t.Errorf("EVT-006: it is by %q", by)
	}
}

// followTo follows until a sequence was applied.
func followTo(t *testing.T, c *client.Client, got *[]event.Seq, to event.Seq) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err := c.Follow(ctx, func() event.Seq { return event.Seq(len(*got)) }, client.Handler{Apply: func(_ context.Context, events []event.Event) error {
		for _, e := range events {
			if *got = append(*got, e.Seq); e.Seq == to {
				cancel()
			}
		}
		return nil
	}})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
