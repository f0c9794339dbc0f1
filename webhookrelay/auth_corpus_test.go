package webhookrelay_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// raw speaks to the relay as no library would, and returns the answer.
func raw(t *testing.T, s *relaytest.Server, request string) (status int, header http.Header, body string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Close { // the library takes the header away
		resp.Header.Set("Connection", "close")
	}
	return resp.StatusCode, resp.Header, string(b)
}

// Every token of the corpus is answered 401 on every path of terminals, before
// anything else of the request is read, and is in no log. Where the corpus
// writes st_live_ID.SECRET our tokens are fd_ID_SECRET: the same is tried in
// our form, with a live, an unknown and a revoked id.
func TestCorpusOfTokens(t *testing.T) {
	said := make(lines, 1000)
	s := relaytest.New(t, logTo(said))
	live, revoked := s.Token("ana"), s.Token("gone")
	if _, err := s.Relay.Tokens().Revoke(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	part := strings.Split(live, "_")
	ours := map[string]string{
		"TOK-004": "fd_" + part[1] + "_" + strings.ToUpper(part[2]), // the token is exact
		"TOK-009": "fd_" + part[1] + "_WRONGSECRET",
		"TOK-010": "fd_unknown1_" + part[2],
		"TOK-011": revoked,
		"TOK-013": live + "\n",
		"TOK-014": live + "\u200b",
		"TOK-015": "fd_' OR '1'='1_x",
		"TOK-018": "fd_../../etc/passwd_x",
	}
	stated := map[string]string{
		"TOK-012": "tokens do not expire yet; they are revoked",
		"TOK-016": "the only role is agent; there is no read-only token yet",
		"TOK-020": "TestGuessersMustWait",
	}
	entries := corpus(t, "auth_token")
	if len(entries) < 16 {
		t.Fatalf("%d entries", len(entries))
	}
	paths := []string{"GET /v1/stream?after=0", "POST /v1/events", "POST /v1/send", "GET /v1/books", "GET /v1/accounts"}
	for _, e := range entries {
		id := e.ID
		if stated[id] != "" {
			continue
		}
		for _, token := range []string{e.Value, ours[id]} {
			for _, path := range paths {
				header := "Authorization: Bearer " + strings.ReplaceAll(token, "\n", "\r\n ") + "\r\n"
				status, h, body := raw(t, s, path+" HTTP/1.1\r\nHost: x\r\n"+header+"Content-Length: 100000\r\nExpect: 100-continue\r\n\r\n")
				if status != http.StatusUnauthorized && status != http.StatusTooManyRequests && status != http.StatusBadRequest {
					t.Errorf("%s at %s: status %d", id, path, status)
				}
				if status == http.StatusUnauthorized && h.Get("Connection") != "close" {
					t.Errorf("%s at %s: the connection is kept", id, path)
				}
				if token != "" && len(token) > 3 && strings.Contains(body, token) {
					t.Errorf("%s at %s: the answer repeats it", id, path)
				}
			}
		}
	}
	if status, _ := do(t, "POST", s.URL+"/v1/events", `{"events":[]}`, "Authorization", "bEARER "+live); status != http.StatusBadRequest {
		t.Errorf("a good token, with the scheme in another case, after all that: status %d", status)
	}
	for len(said) > 0 {
		line := <-said
		for _, secret := range []string{part[2], "WRONGSECRET", "etc/passwd", strings.Split(revoked, "_")[2]} {
			if strings.Contains(line, secret) {
				t.Errorf("the log says %q", line)
			}
		}
	}
}

// Guesses from one address are told to wait after ten, with how long, whatever
// the proxies' header claims; who has a token is let in from there all the same.
func TestGuessersMustWait(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	counts := map[int]int{}
	for n := range 40 {
		status, h, _ := raw(t, s, fmt.Sprintf("POST /v1/send HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.%d\r\nAuthorization: Bearer fd_id%d_x\r\n\r\n", n, n))
		counts[status]++
		wait, err := strconv.Atoi(h.Get("Retry-After"))
		if status == http.StatusTooManyRequests && (err != nil || wait < 1 || wait > 61) {
			t.Fatalf("told to wait %q", h.Get("Retry-After"))
		}
	}
	if counts[http.StatusUnauthorized] != 10 || counts[http.StatusTooManyRequests] != 30 {
		t.Errorf("answered %v", counts)
	}
	if _, _, err := dial(t, s, "?after=0", token); err != nil {
		t.Errorf("a member of the team behind the same address: %v", err)
	}
}

// Behind a trusted proxy the guesser waits, and nobody else.
func TestGuessersBehindAProxy(t *testing.T) {
	s := relaytest.New(t, trusting("127.0.0.0/8"))
	guess := func(address string) int {
		status, _, _ := raw(t, s, "POST /v1/send HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 127.0.0.1, "+address+"\r\nAuthorization: Bearer fd__x\r\n\r\n")
		return status
	}
	for range 10 {
		guess("192.0.2.1")
	}
	if one, other := guess("192.0.2.1"), guess("192.0.2.2"); one != http.StatusTooManyRequests || other != http.StatusUnauthorized {
		t.Errorf("the guesser got %d, another %d", one, other)
	}
}

// A refused request's body is not waited for, nor asked for.
func TestNothingIsReadBeforeTheToken(t *testing.T) {
	s := relaytest.New(t)
	for _, path := range []string{"/v1/events", "/v1/send"} {
		began := time.Now()
		status, h, _ := raw(t, s, "POST "+path+" HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\nExpect: 100-continue\r\n\r\n")
		if status != http.StatusUnauthorized || h.Get("Connection") != "close" || time.Since(began) > 5*time.Second {
			t.Errorf("%s: status %d after %v", path, status, time.Since(began))
		}
	}
}

// What terminals publish may grow when it is written anew, but never beyond a
// frame: that would stop every terminal for ever.
func TestNothingGrowsBeyondAFrame(t *testing.T) {
	s := relaytest.New(t, relaytest.WithProvider(silent{provider.Account{ID: "gate", Network: provider.WhatsApp, Driver: "silent"}}))
	token := s.Token("ana")
	conversation := "c_" + strings.Repeat("a", 26)
	for n, text := range []string{strings.Repeat("<", 250_000), strings.Repeat("\u2028", 80_000), strings.Repeat("a", 250_000)} {
		body, err := json.Marshal(map[string]any{"events": []any{map[string]any{
			"id": fmt.Sprint("op", n), "account": relaytest.Account, "conversation": conversation,
			"kind": event.KindNoted, "v": 1, "body": json.RawMessage(`{"text":"` + text + `"}`),
		}}})
		if err != nil {
			t.Fatal(err)
		}
		body = []byte(strings.NewReplacer(`\u003c`, "<", `\u2028`, "\u2028").Replace(string(body)))
		status, answer := do(t, "POST", s.URL+"/v1/events", string(body), "Authorization", "Bearer "+token)
		if status != http.StatusOK && status != http.StatusRequestEntityTooLarge {
			t.Errorf("%d bytes of %.3q: status %d %s", len(text), text, status, answer)
		}
	}
	sr := `{"outgoing":{"op":"o1","to":{"account":"gate","chat":"34600"},"content":{"kind":"text","text":"` + strings.Repeat("<", 250_000) + `"}}}`
	if status, answer := do(t, "POST", s.URL+"/v1/send", sr, "Authorization", "Bearer "+token); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a long send: status %d %s", status, answer)
	}
	last := event.Seq(events(t, s))
	term := follow(t, s.URL, token, 0)
	term.waitFor(last)
}

// silent is a network that nothing reaches.
type silent struct{ account provider.Account }

func (s silent) Account() provider.Account { return s.account }
func (s silent) Capabilities(provider.ChatKey) *provider.Capabilities {
	return &provider.Capabilities{}
}

func (s silent) Send(context.Context, provider.Outgoing) (provider.MessageID, error) {
	return "", &provider.Error{Op: "send", Reason: provider.Unavailable}
}

func logTo(w io.Writer) relaytest.Option {
	return relaytest.With(func(o *webhookrelay.Options) { o.Logger = slog.New(slog.NewTextHandler(w, nil)) })
}

func trusting(network string) relaytest.Option {
	return relaytest.With(func(o *webhookrelay.Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(network)} })
}
