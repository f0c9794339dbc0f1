package webhookrelay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// cutter is a proxy that ends each connection after a random number of bytes,
// of any order of magnitude.
type cutter struct {
	url  string
	cuts func(n int) bool // called with the number of cuts so far: go on cutting?

	mu   sync.Mutex
	rand *rand.Rand
	n    int
}

func newCutter(t *testing.T, target string, most int, goOn func(n int) bool) *cutter {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{url: "http://" + l.Addr().String(), cuts: goOn, rand: rand.New(rand.NewPCG(1, 2))}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { c.serve(in, strings.TrimPrefix(target, "http://"), most) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return c
}

func (c *cutter) serve(in net.Conn, target string, most int) {
	defer in.Close()
	out, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", target)
	if err != nil {
		return
	}
	defer out.Close()
	c.mu.Lock()
	limit := int64(1) << 40
	if c.cuts(c.n) {
		limit = int64(math.Pow(float64(most), c.rand.Float64()))
		c.n++
	}
	c.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(out, in)
		out.Close()
	}()
	_, _ = io.CopyN(in, out, limit)
	in.Close()
	<-done
}

// Whatever the link does, the terminal has every event once and in order:
// connections are cut at random bytes while events keep coming.
func TestResumeIsExact(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	const messages, cuts = 600, 80
	proxy := newCutter(t, s.URL, 30_000, func(n int) bool { return n < cuts })
	term := follow(t, proxy.url, token, 0)
	for n := range messages {
		s.Receive(message(n))
	}
	last := event.Seq(events(t, s))
	term.waitFor(last)
	term.stop()
	if len(term.events) != int(last) {
		t.Errorf("%d events came, want %d", len(term.events), last)
	}
	for i, e := range term.events {
		if e.Seq != event.Seq(i+1) {
			t.Fatalf("event %d has sequence %d", i, e.Seq)
		}
	}
	proxy.mu.Lock()
	defer proxy.mu.Unlock()
	if proxy.n < 15 {
		t.Errorf("only %d connections were cut: this proved nothing", proxy.n)
	}
}

func TestFollowSurvivesARelayRestart(t *testing.T) {
	s := relaytest.New(t)
	term := follow(t, s.URL, s.Token("ana"), 0)
	s.Receive(message(1))
	term.waitFor(3)
	before := <-term.hello
	s.Stop()
	s.Start()
	s.Receive(message(2))
	term.waitFor(4)
	after := <-term.hello
	if before.Epoch != after.Epoch || string(before.Key) != string(after.Key) || after.Head < 3 || before.MinVersion != 1 || before.Oldest != 1 || len(after.Hash) != 64 {
		t.Errorf("hello was %+v, then %+v", before, after)
	}
	term.stop()
	if n := len(term.events); n != 4 {
		t.Errorf("%d events", n)
	}
}

// dial speaks to the stream without the client package.
func dial(t testing.TB, s *relaytest.Server, query, token string, header ...string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	h := http.Header{"Authorization": {"Bearer " + token}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http")+"/v1/stream"+query, h)
	if conn != nil {
		t.Cleanup(func() { conn.Close() })
	}
	return conn, resp, err
}

func TestStreamRefusals(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	parts := strings.Split(token, "_")
	for name, c := range map[string]struct {
		query, token string
		header       []string
		want         int
	}{
		"no token":              {"?after=0", "", nil, http.StatusUnauthorized},
		"unknown id":            {"?after=0", "fd_aaaaaaaa_" + parts[2], nil, http.StatusUnauthorized},
		"wrong secret":          {"?after=0", "fd_" + parts[1] + "_" + strings.Repeat("a", 52), nil, http.StatusUnauthorized},
		"empty secret":          {"?after=0", "fd_" + parts[1] + "_", nil, http.StatusUnauthorized},
		"token in the query":    {"?after=0&token=" + token, "", nil, http.StatusUnauthorized},
		"from a browser":        {"?after=0", token, []string{"Origin", s.URL}, http.StatusForbidden},
		"from no known browser": {"?after=0", token, []string{"Origin", "null"}, http.StatusForbidden},
		"no cursor":             {"", token, nil, http.StatusBadRequest},
		"negative cursor":       {"?after=-1", token, nil, http.StatusBadRequest},
		"cursor is no number":   {"?after=x", token, nil, http.StatusBadRequest},
	} {
		_, resp, err := dial(t, s, c.query, c.token, c.header...)
		if err == nil || resp == nil || resp.StatusCode != c.want {
			t.Errorf("%s: %v, %+v", name, err, resp)
		}
	}
	if _, _, err := dial(t, s, "?after=0", token); err != nil {
		t.Errorf("a good request: %v", err)
	}
}

func TestStreamIsNotCompressed(t *testing.T) {
	s := relaytest.New(t)
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/v1/stream?after=0", nil)
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"Authorization": "Bearer " + s.Token("ana"), "Connection": "Upgrade", "Upgrade": "websocket",
		"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Extensions": "permessage-deflate",
	} {
		req.Header.Set(key, value)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("status %d", resp.StatusCode)
	}
	if x := resp.Header.Get("Sec-WebSocket-Extensions"); x != "" {
		t.Errorf("the relay agreed to %s", x)
	}
}

func TestCursorAheadOfTheLogIsTold(t *testing.T) {
	s := relaytest.New(t)
	term := follow(t, s.URL, s.Token("ana"), 1000)
	h := <-term.hello
	if h.Head >= 1000 {
		t.Fatalf("head is %d", h.Head)
	}
	var ce *client.Error
	if err := <-term.errs; !errors.As(err, &ce) || ce.Code != "ahead" || ce.Text == "" {
		t.Errorf("the terminal was told %v", err)
	}
	if len(term.live) != 1 || <-term.live {
		t.Error("the terminal was told that it is live")
	}
}

func TestLiveComesAfterTheLastEvent(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	for n := range 30 {
		s.Receive(message(n))
	}
	conn, _, err := dial(t, s, "?after=0", token)
	if err != nil {
		t.Fatal(err)
	}
	var last event.Seq
	for hello := false; ; {
		var f struct {
			Hello  *client.Hello `json:"hello"`
			Events []event.Event `json:"events"`
			Live   bool          `json:"live"`
		}
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if err := conn.ReadJSON(&f); err != nil {
			t.Fatal(err)
		}
		switch {
		case f.Hello != nil:
			hello = true
		case !hello:
			t.Fatal("hello did not come first")
		case f.Live:
			if last != event.Seq(events(t, s)) {
				t.Errorf("live came after %d", last)
			}
			return
		}
		for _, e := range f.Events {
			last = e.Seq
		}
	}
}

// A revoked token's stream is cut, in the middle of a replay too, and nothing
// appended after the cut is delivered.
func TestRevokeCutsTheStream(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	term := follow(t, s.URL, token, 0)
	s.Receive(message(1))
	term.waitFor(3)
	began := time.Now()
	if n, err := s.Relay.Tokens().Revoke(t.Context(), "ana"); n != 1 || err != nil {
		t.Fatalf("revoke: %d, %v", n, err)
	}
	var ce *client.Error
	if err := <-term.errs; !errors.As(err, &ce) || ce.Code != "unauthorized" {
		t.Errorf("the terminal was told %v", err)
	}
	if took := time.Since(began); took > 2*time.Second { // promised is one, on a machine that is not busy with other tests
		t.Errorf("the stream lived on for %v", took)
	}
	s.Receive(message(2))
	term.stop()
	if err := <-term.ended; !errors.As(err, &ce) || ce.Status != 4001 || strings.Count(ce.Text, ".") < 2 {
		t.Errorf("following ended with %v", err)
	}
	if n := len(term.events); n != 3 {
		t.Errorf("%d events came, want 3", n)
	}
	if status, _ := do(t, "POST", s.URL+"/v1/events", `{"events":[]}`, "Authorization", "Bearer "+token); status != http.StatusUnauthorized {
		t.Errorf("publishing with it: status %d", status)
	}
}

// A token that the relay does not know is not shown to it again and again.
func TestRefusedTokenIsShownOnce(t *testing.T) {
	s := relaytest.New(t)
	term := follow(t, s.URL, "fd_aaaaaaaa_bbbb", 0)
	var ce *client.Error
	if err := <-term.ended; !errors.As(err, &ce) || ce.Status != http.StatusUnauthorized || ce.Unreachable {
		t.Errorf("following ended with %v", err)
	}
	if n := len(term.errs); n != 1 {
		t.Errorf("the screen was told %d times", n)
	}
}

// What a newer relay says is kept as it came.
func TestUnknownKindsPassThrough(t *testing.T) {
	s := relaytest.New(t)
	term := follow(t, s.URL, s.Token("ana"), 0)
	s.Receive(provider.Event{ID: "x:1", Body: event.Opaque{Name: "pigeon.landed", Raw: []byte(`{"roof":true}`)}})
	term.waitFor(3)
	term.stop()
	got, ok := term.events[2].Body.(event.Opaque)
	if !ok || got.Name != "pigeon.landed" || string(got.Raw) != `{"roof":true}` {
		t.Errorf("got %+v", term.events[2])
	}
}

func TestApplyErrorIsTriedAgainFromTheCursor(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	s.Receive(message(1), message(2))
	c, err := client.New(client.Options{URL: s.URL, Token: provider.Hide(token), Rand: func() float64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var cursor event.Seq
	var got []event.Seq
	failures := 3
	err = c.Follow(ctx, func() event.Seq { return cursor }, client.Handler{Apply: func(_ context.Context, events []event.Event) error {
		if failures--; failures >= 0 {
			return errors.New("no room")
		}
		for _, e := range events {
			got = append(got, e.Seq)
			cursor = e.Seq
		}
		cancel()
		return nil
	}})
	if !errors.Is(err, context.Canceled) || fmt.Sprint(got) != "[1 2 3 4]" {
		t.Errorf("applied %v, %v", got, err)
	}
}
