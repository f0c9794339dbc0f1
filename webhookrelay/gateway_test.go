package webhookrelay_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// scripted is a network that answers as told, in order, then accepts.
type scripted struct {
	account provider.Account
	enter   chan provider.Outgoing // told of each attempt, when set
	leave   chan struct{}          // each attempt waits for it, when set

	mu     sync.Mutex
	script []*provider.Error // nil entries accept
	sent   []provider.Outgoing
	ended  []error // the contexts' errors at the end of each attempt
}

func (p *scripted) Account() provider.Account { return p.account }
func (p *scripted) Capabilities(provider.ChatKey) *provider.Capabilities {
	return &provider.Capabilities{}
}
func (p *scripted) attempts() int { p.mu.Lock(); defer p.mu.Unlock(); return len(p.sent) }
func (p *scripted) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	if p.enter != nil {
		p.enter <- m
	}
	if p.leave != nil {
		select {
		case <-p.leave:
		case <-ctx.Done():
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, m)
	p.ended = append(p.ended, ctx.Err())
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if len(p.script) > 0 {
		next := p.script[0]
		p.script = p.script[1:]
		if next != nil {
			return "", next
		}
	}
	return provider.MessageID("wamid.out." + string(m.Op)), nil
}

func gated(script ...*provider.Error) *scripted {
	return &scripted{account: provider.Account{ID: "gated", Network: provider.WhatsApp, Driver: "scripted"}, script: script}
}

func outgoing(op provider.OpID) provider.Outgoing {
	return provider.Outgoing{Op: op, To: provider.ChatKey{Account: "gated", Chat: "34600111222"}, Content: provider.TextContent("hello")}
}

type sendAnswer struct {
	Message provider.MessageID `json:"message"`
	State   string             `json:"state"`
	Error   *provider.Error    `json:"error"`
}

func send(t testing.TB, s *relaytest.Server, token string, m provider.Outgoing) (int, sendAnswer) {
	t.Helper()
	return post(t, s, token, map[string]any{"outgoing": m})
}

func post(t testing.TB, s *relaytest.Server, token string, request map[string]any) (int, sendAnswer) {
	t.Helper()
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	status, raw := do(t, "POST", s.URL+"/v1/send", string(body), "Authorization", "Bearer "+token)
	var a sendAnswer
	if err := json.Unmarshal([]byte(raw), &a); err != nil {
		t.Fatalf("status %d, answer %q: %v", status, raw, err)
	}
	return status, a
}

// states are the states the log tells of an operation, in order.
func states(t testing.TB, term *terminal, op provider.OpID) string {
	t.Helper()
	var all []string
	for _, e := range term.events {
		if b, ok := e.Body.(event.SendState); ok && b.Op == op {
			if e.By != "ana" || b.Chat != "34600111222" || b.Content.Text != "hello" || e.Conversation == "" {
				t.Errorf("send fact does not stand alone: %+v by %s", b, e.By)
			}
			all = append(all, string(b.State))
		}
	}
	return strings.Join(all, " ")
}

func TestGatewayOutcomes(t *testing.T) {
	busy := &provider.Error{Op: "send", Reason: provider.RateLimited, After: time.Millisecond, Text: "slow down"}
	shut := &provider.Error{Op: "send", Reason: provider.WindowClosed, Code: "131047", Text: "window"}
	unknown := &provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: true, Text: "may have gone"}
	for _, c := range []struct {
		name     string
		script   []*provider.Error
		answers  []int // to the same operation, asked again and again
		attempts int
		states   string
	}{
		{"accepted", nil, []int{200, 200, 200}, 1, "sending sent"},
		{"refused", []*provider.Error{shut}, []int{422, 422}, 1, "sending failed"},
		{"refused for now", []*provider.Error{busy, busy}, []int{422, 422, 200, 200}, 3, "sending queued sending queued sending sent"},
		{"nobody knows", []*provider.Error{unknown}, []int{409, 409, 409}, 1, "sending unsure"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := gated(c.script...)
			s := relaytest.New(t, relaytest.WithProvider(p))
			token := s.Token("ana")
			for i, want := range c.answers {
				status, a := send(t, s, token, outgoing("op-1"))
				if status != want || (status == 200) != (a.Message == "wamid.out.op-1") || (status == 409) != (a.Error != nil && a.Error.Uncertain) {
					t.Errorf("request %d: status %d, %+v", i+1, status, a)
				}
			}
			if p.sent[0].Agent != "ana" {
				t.Errorf("the network is told that %q writes", p.sent[0].Agent)
			}
			if p.attempts() != c.attempts {
				t.Errorf("%d attempts, want %d", p.attempts(), c.attempts)
			}
			term := follow(t, s.URL, token, 0)
			term.waitFor(event.Seq(events(t, s)))
			term.stop()
			if got := states(t, term, "op-1"); got != c.states {
				t.Errorf("the log says %q, want %q", got, c.states)
			}
		})
	}
}

func TestGatewayRefusesWhatItDoesNotServe(t *testing.T) {
	s := relaytest.New(t, relaytest.WithProvider(gated()))
	token := s.Token("ana")
	direct, empty, elsewhere := outgoing("op-1"), outgoing(""), outgoing("op-2")
	direct.To.Account = relaytest.Account
	if status, _ := send(t, s, token, elsewhere); status != http.StatusOK {
		t.Fatalf("first use: status %d", status)
	}
	elsewhere.To.Chat = "34600999888"
	for name, c := range map[string]struct {
		m    provider.Outgoing
		want int
	}{
		"direct account":     {direct, http.StatusNotFound},
		"no operation":       {empty, http.StatusBadRequest},
		"used for a message": {elsewhere, http.StatusBadRequest},
	} {
		if status, a := send(t, s, token, c.m); status != c.want || a.Error == nil {
			t.Errorf("%s: status %d, %+v", name, status, a)
		}
	}
	if status, _ := send(t, s, "fd_x_y", outgoing("op-3")); status != http.StatusUnauthorized {
		t.Errorf("wrong token: status %d", status)
	}
}

// The same operation asked for many times at once is on the wire once, and
// `sending` is in the file before the wire.
func TestGatewayJoinsConcurrentRequests(t *testing.T) {
	p := gated()
	p.enter, p.leave = make(chan provider.Outgoing, 64), make(chan struct{})
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusOK || a.Message != "wamid.out.op-1" {
				t.Errorf("status %d, %+v", status, a)
			}
		})
	}
	<-p.enter
	if n := count(t, s, "select count(*) from op where op = 'op-1' and state = 'sending'"); n != 1 {
		t.Error("the attempt began before the operation was on disk")
	}
	close(p.leave)
	wg.Wait()
	if p.attempts() != 1 {
		t.Errorf("%d attempts", p.attempts())
	}
}

// A terminal that hangs up does not cut the wire, and learns the outcome when
// it asks again.
func TestGatewayOutlivesTheTerminal(t *testing.T) {
	p := gated()
	p.enter, p.leave = make(chan provider.Outgoing, 1), make(chan struct{})
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	body, err := json.Marshal(map[string]any{"outgoing": outgoing("op-1")})
	if err != nil {
		t.Fatal(err)
	}
	ctx, hangUp := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		req, _ := http.NewRequestWithContext(ctx, "POST", s.URL+"/v1/send", strings.NewReader(string(body)))
		req.Header.Set("Authorization", "Bearer "+token)
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			t.Error("the request ended before the terminal hung up")
		}
	}()
	<-p.enter
	hangUp()
	<-gone
	close(p.leave)
	if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusOK || a.Message != "wamid.out.op-1" {
		t.Errorf("status %d, %+v", status, a)
	}
	if p.attempts() != 1 || p.ended[0] != nil {
		t.Errorf("%d attempts, context %v", p.attempts(), p.ended)
	}
}

func receiptOf(op provider.OpID, id provider.MessageID) provider.Event {
	return provider.Event{
		Route: "gated", ID: "s:" + string(id) + ":sent", Chat: "34600111222",
		Body: provider.Receipt{Message: id, Op: op, Status: provider.Sent, At: time.Unix(1_790_000_000, 0)},
	}
}

func TestReceiptResolvesAnUnsureSend(t *testing.T) {
	p := gated(&provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: true})
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	if status, _ := send(t, s, token, outgoing("op-1")); status != http.StatusConflict {
		t.Fatalf("status %d", status)
	}
	s.Receive(receiptOf("op-1", "wamid.proof"))
	if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusOK || a.Message != "wamid.proof" {
		t.Errorf("after the receipt: status %d, %+v", status, a)
	}
	if p.attempts() != 1 {
		t.Errorf("%d attempts", p.attempts())
	}
}

// An echo that names the operation is as good a proof.
func TestEchoResolvesAnUnsureSend(t *testing.T) {
	p := gated(&provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: true})
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	if status, _ := send(t, s, token, outgoing("op-1")); status != http.StatusConflict {
		t.Fatalf("status %d", status)
	}
	s.Receive(provider.Event{Route: "gated", ID: "e:mid.1", Chat: "34600111222", Body: provider.MessageSent{Message: "mid.1", Op: "op-1"}})
	if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusOK || a.Message != "mid.1" || p.attempts() != 1 {
		t.Errorf("after the echo: status %d, %+v, %d attempts", status, a, p.attempts())
	}
}

// A receipt can be faster than the answer that then gets lost: what is proved
// is not made unsure again.
func TestReceiptBeforeALostAnswer(t *testing.T) {
	p := gated(&provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: true})
	p.enter, p.leave = make(chan provider.Outgoing, 1), make(chan struct{})
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	go func() {
		<-p.enter
		s.Receive(receiptOf("op-1", "wamid.proof"))
		close(p.leave)
	}()
	if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusOK || a.Message != "wamid.proof" {
		t.Errorf("status %d, %+v", status, a)
	}
	if n := count(t, s, "select count(*) from event where json ->> '$.body.state' = 'unsure'"); n != 0 {
		t.Error("the log calls a proved send unsure")
	}
}

// Closing waits a little; what is still on the wire then is unsure, and stays
// so.
func TestCloseLeavesNoSendUntold(t *testing.T) {
	t.Parallel() // it waits for the drain
	p := gated()
	p.enter, p.leave = make(chan provider.Outgoing, 1), make(chan struct{})
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	answered := make(chan int, 1)
	go func() {
		status, _ := send(t, s, token, outgoing("op-1"))
		answered <- status
	}()
	<-p.enter
	began := time.Now()
	s.Stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	if status := <-answered; status != http.StatusConflict {
		t.Errorf("the waiting terminal was told %d", status)
	}
	close(p.leave)
	s.Start()
	if status, _ := send(t, s, token, outgoing("op-1")); status != http.StatusConflict {
		t.Errorf("after the restart: status %d", status)
	}
	if p.attempts() != 1 {
		t.Errorf("%d attempts", p.attempts())
	}
}

type panicking struct{ scripted }

func (p *panicking) Send(context.Context, provider.Outgoing) (provider.MessageID, error) {
	panic("a driver's mistake")
}

func TestDriverThatPanicsIsUnsure(t *testing.T) {
	s := relaytest.New(t, relaytest.WithProvider(&panicking{scripted{account: gated().account}}))
	if status, a := send(t, s, s.Token("ana"), outgoing("op-1")); status != http.StatusConflict || a.Error == nil || !a.Error.Uncertain {
		t.Errorf("status %d, %+v", status, a)
	}
}
