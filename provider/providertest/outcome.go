package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

// send makes one attempt with the secret text and returns its error.
func (h Harness) send(ctx context.Context, t *testing.T, base string) error {
	t.Helper()
	_, err := h.New(t, base).Send(ctx, h.plain("op-fault", secretText))
	return err
}

// check holds an error to its class and to its silence.
func check(t *testing.T, err error, want Want) {
	t.Helper()
	var e *provider.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no provider.Error", err)
	}
	if got := (Want{Reason: e.Reason, Uncertain: e.Uncertain}); got != want {
		t.Errorf("%v: %+v, want %+v", e, got, want)
	}
	if e.Op == "" || e.Text == "" || !strings.Contains(strings.TrimRight(e.Text, "."), ".") {
		t.Errorf("%v: op %q; text %q does not say what happened and what to do", e, e.Op, e.Text)
	}
	wire, jsonErr := json.Marshal(e)
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	for _, said := range []string{e.Error(), e.Text, string(wire), fmt.Sprintf("%+v", err)} {
		for _, secret := range []string{Token, secretText, "op-fault", "://", "?"} {
			if strings.Contains(said, secret) {
				t.Errorf("the error tells %q: %s", secret, said)
			}
		}
	}
}

// repeatable reports that an unanswered operation may be asked for again.
func (h Harness) repeatable(t *testing.T) bool {
	t.Helper()
	return h.New(t, "http://127.0.0.1:1").Capabilities(h.To).Repeatable
}

// lost is what an attempt without an answer must be.
func (h Harness) lost(t *testing.T) Want {
	t.Helper()
	if h.repeatable(t) {
		return Want{Reason: provider.Unreachable}
	}
	return Want{Reason: provider.NoAnswer, Uncertain: true}
}

// statuses: every HTTP status without a documented code.
func (h Harness) statuses(t *testing.T) {
	bodies := map[string]string{"empty": "", "page": "<html>" + secretText + "</html>", "json": `{"ok":false}`}
	for status := 300; status < 600; status++ {
		for name, body := range bodies {
			s := newServer(t, Reply{Status: status, Body: body, Header: http.Header{"Location": {"/elsewhere"}}})
			t.Run(fmt.Sprintf("%d %s", status, name), func(t *testing.T) {
				check(t, h.send(t.Context(), t, s.URL()), h.Status(status))
				if n := len(s.Requests()); n != 1 {
					t.Errorf("%d requests for one send", n)
				}
			})
			s.http.Close()
		}
	}
}

// refusals: a documented code decides, whatever the HTTP status.
func (h Harness) refusals(t *testing.T) {
	for _, refusal := range h.Refusals {
		t.Run(refusal.Name, func(t *testing.T) {
			for _, status := range []int{refusal.Reply.Status, 400, 403, 429, 500, 503} {
				reply := refusal.Reply
				reply.Status = status
				s := newServer(t, reply)
				check(t, h.send(t.Context(), t, s.URL()), refusal.Want)
				if n := len(s.Requests()); n != 1 {
					t.Errorf("HTTP %d: %d requests for one send", status, n)
				}
			}
		})
	}
}

// faults: whatever happens on the way, an attempt is one attempt, and only what
// certainly never left is certain.
func (h Harness) faults(t *testing.T) {
	after := map[string]http.HandlerFunc{
		"200 garbage":      text(200, "<html>ok</html>"),
		"200 empty":        text(200, ""),
		"200 without id":   text(200, "{}"),
		"200 null":         text(200, "null"),
		"200 array":        text(200, "[]"),
		"200 truncated":    truncated,
		"200 endless":      text(200, `{"x":"`+strings.Repeat("x", 5<<20)+`"}`),
		"201 garbage":      text(201, "created"),
		"204":              text(204, ""),
		"closed unread":    closed(""),
		"no HTTP":          closed(secretText + "\r\n\r\n"),
		"closed in header": closed("HTTP/1.1 200 OK\r\nContent-Type: app"),
	}
	for name, answer := range after {
		t.Run(name, func(t *testing.T) {
			s := newFaultServer(t, answer)
			check(t, h.send(t.Context(), t, s.URL()), h.lost(t))
			if n := len(s.Requests()); n != 1 {
				t.Errorf("%d requests for one send", n)
			}
		})
	}
	t.Run("cancelled after it left", h.cancelledLate)
	t.Run("cancelled before", h.cancelledEarly)
	t.Run("refused connection", h.refusedConnection)
	t.Run("no TLS there", h.noTLS)
	t.Run("connection lost between two sends", h.lostBetween)
}

func text(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { Reply{Status: status, Body: body}.write(w) }
}

func truncated(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(`{"messages":[{"id":"half`))
}

// closed answers with raw bytes and hangs up.
func closed(raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = conn.Write([]byte(raw))
		_ = conn.Close()
	}
}

func (h Harness) cancelledLate(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newFaultServer(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	check(t, h.send(ctx, t, s.URL()), h.lost(t))
}

func (h Harness) cancelledEarly(t *testing.T) {
	s := newServer(t, h.Accepted("id-1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	check(t, h.send(ctx, t, s.URL()), Want{Reason: provider.Unreachable})
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests of a cancelled send", n)
	}
}

// refusedConnection dials a port nobody may be given: one that was only closed
// may be handed to another process before the dial.
func (h Harness) refusedConnection(t *testing.T) {
	check(t, h.send(t.Context(), t, "http://127.0.0.1:1"), Want{Reason: provider.Unreachable})
}

func (h Harness) noTLS(t *testing.T) {
	s := newServer(t, h.Accepted("id-1"))
	check(t, h.send(t.Context(), t, strings.Replace(s.URL(), "http:", "https:", 1)), Want{Reason: provider.Unreachable})
	strange := httptest.NewUnstartedServer(http.NotFoundHandler())
	strange.Config.ErrorLog = log.New(io.Discard, "", 0)
	strange.StartTLS()
	t.Cleanup(strange.Close)
	check(t, h.send(t.Context(), t, strange.URL), Want{Reason: provider.Unreachable})
}

// lostBetween: the connection of the first send dies before the second, which
// must neither fail for it nor go out twice.
func (h Harness) lostBetween(t *testing.T) {
	s := newServer(t, h.Accepted("id-1"))
	p := h.New(t, s.URL())
	for i := range 3 {
		if _, err := p.Send(t.Context(), h.plain(fmt.Sprint("op-", i), "hello")); err != nil {
			t.Fatalf("send %d: %v", i, err)
		}
		s.http.CloseClientConnections()
	}
	if n := len(s.Requests()); n != 3 {
		t.Errorf("%d requests for three sends", n)
	}
}

// waits: Retry-After in seconds, as a date, and absurd.
func (h Harness) waits(t *testing.T) {
	date := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		after string
		want  time.Duration
	}{
		"seconds":       {"17", 17 * time.Second},
		"date":          {date.Add(40 * time.Second).Format(http.TimeFormat), 40 * time.Second},
		"absurd":        {"99999999999999999999999", time.Hour},
		"absurd date":   {date.AddDate(900, 0, 0).Format(http.TimeFormat), time.Hour},
		"in the past":   {date.Add(-time.Hour).Format(http.TimeFormat), 0},
		"negative":      {"-5", 0},
		"words":         {"soon", 0},
		"none":          {"", 0},
		"zero":          {"0", 0},
		"a fraction":    {"1.5", 0},
		"a long number": {"7200", time.Hour},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, Reply{Status: 429, Header: http.Header{"Retry-After": {c.after}, "Date": {date.Format(http.TimeFormat)}}})
			err := h.send(t.Context(), t, s.URL())
			check(t, err, h.Status(429))
			e := provider.AsError("send", err)
			if e.After != c.want && (c.want > 0 || !h.repeatable(t)) {
				t.Errorf("wait %v, want %v", e.After, c.want)
			}
		})
	}
}
