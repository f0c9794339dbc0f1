package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"frontdesk/provider"
)

// attempt sends once over a fresh connection and returns what came back.
func attempt(ctx context.Context, url, body string) (status int, header http.Header, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+sendPath, strings.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(res.Body)
	return res.StatusCode, res.Header, answer, err
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		kind     FaultKind
		accepted int
		status   int  // 0: no usable answer
		broken   bool // the body cannot be read as JSON
	}{
		{ClosesBefore, 0, 0, true},
		{ClosesAfter, 1, 200, true},
		{Resets, 1, 0, true},
		{Fails500, 1, 500, false},
		{Fails502, 1, 502, true},
		{Truncates, 1, 200, true},
		{Limits, 0, 429, false},
		{LimitsUntil, 0, 429, false},
		{LimitsAbsurdly, 0, 429, false},
		{TellsFirst, 1, 200, false},
		{SendsTwice, 2, 200, false},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			b := newBench(t)
			_, _ = b.sim.Say(tom, provider.TextContent("hi"))
			b.advance()
			b.sim.Fault(MatchTo(tom), c.kind, 1)
			status, header, answer, err := attempt(context.Background(), b.api.URL, text(tom, "x"))
			var decoded map[string]any
			broken := err != nil || json.Unmarshal(answer, &decoded) != nil
			if status != c.status || broken != c.broken {
				t.Errorf("answered %d %q, %v", status, answer, err)
			}
			if (status == http.StatusTooManyRequests) != (header.Get("Retry-After") != "") {
				t.Errorf("Retry-After %q with %d", header.Get("Retry-After"), status)
			}
			all := b.sim.Accepted()
			if len(all) != c.accepted {
				t.Fatalf("%d accepted, want %d", len(all), c.accepted)
			}
			if c.kind == TellsFirst {
				if got := strings.Join(b.statuses(all[0].WAMID), " "); got != "sent delivered read" {
					t.Errorf("told before the answer: %q", got)
				}
			}
			b.pass(time.Minute)
			for _, a := range all {
				if got := strings.Join(b.statuses(a.WAMID), " "); got != "sent delivered read" {
					t.Errorf("in the end: %q", got)
				}
			}
			b.send(text(tom, "the fault is used up"))
		})
	}
}

func TestHangs(t *testing.T) {
	b := newBench(t)
	b.sim.Fault(nil, Hangs, 1)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, _, _, err := attempt(ctx, b.api.URL, text(tom, "x"))
	if !errors.Is(err, context.DeadlineExceeded) || len(b.sim.Accepted()) != 0 {
		t.Errorf("%v, %d accepted", err, len(b.sim.Accepted()))
	}
}

func TestLateAnswer(t *testing.T) {
	b := newBench(t)
	b.sim.Fault(nil, Late, 1)
	answered := make(chan int, 1)
	go func() {
		status, _, _, _ := attempt(context.Background(), b.api.URL, text(tom, "x"))
		answered <- status
	}()
	for { // until the answer is planned
		if next, ok := b.sim.NextDue(); ok && next.Equal(start.Add(lateAnswer)) {
			break
		}
		b.pass(0)
		if next, ok := b.sim.NextDue(); ok {
			b.set(next)
		}
		select {
		case status := <-answered:
			t.Fatalf("answered %d too early", status)
		default:
		}
	}
	b.set(start.Add(lateAnswer))
	b.advance()
	if status := <-answered; status != http.StatusOK {
		t.Errorf("answered %d", status)
	}
}

func TestRefusedConnection(t *testing.T) {
	b := newBench(t)
	server, err := b.sim.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if err := server.Refuse(true); err != nil {
		t.Fatal(err)
	}
	_, _, _, err = attempt(context.Background(), server.URL(), text(tom, "x"))
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "dial" || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("refused with %v", err)
	}
	if err := server.Refuse(false); err != nil {
		t.Fatal(err)
	}
	if status, _, _, err := attempt(context.Background(), server.URL(), text(tom, "x")); status != http.StatusOK {
		t.Errorf("open again: %d %v", status, err)
	}
}

func TestCodes(t *testing.T) {
	b := newBench(t)
	_, _ = b.sim.Say(tom, provider.TextContent("hi"))
	b.sim.RefuseWith(MatchOp("op-now"), 131031, 1)
	if status, code := b.refused(text(tom, "now")); code != 131031 || status != http.StatusForbidden {
		t.Errorf("%d %d", status, code)
	}
	b.sim.FailWith(MatchOp("op-later"), 131053, 1)
	id := b.send(text(tom, "later"))
	b.pass(time.Minute)
	if code, status := b.failure(id); code != 131053 || status["biz_opaque_callback_data"] != "op-later" {
		t.Errorf("%d %v", code, status)
	}
	if n := len(b.sim.Accepted()); n != 1 {
		t.Errorf("%d accepted", n)
	}
}

func TestWebhookFaults(t *testing.T) {
	b := newBench(t)
	said := func(body string) provider.MessageID {
		id, err := b.sim.Say(tom, provider.TextContent(body))
		if err != nil {
			t.Fatal(err)
		}
		b.advance()
		return id
	}
	ids := func() []string {
		var all []string
		for _, m := range b.messages() {
			all = append(all, m["text"].(map[string]any)["body"].(string))
		}
		return all
	}
	b.sim.Fault(nil, WebhookTwice, 1)
	said("twice")
	b.sim.Fault(nil, WebhookSwapped, 1)
	said("first")
	said("second")
	b.sim.Fault(nil, WebhookLate, 1)
	said("late")
	said("in time")
	b.pass(lateBy)
	if got, want := ids(), []string{"twice", "twice", "second", "first", "in time", "late"}; !slices.Equal(got, want) {
		t.Errorf("webhooks %v, want %v", got, want)
	}
}

func TestWebhookIsRepeatedUntilItIsTaken(t *testing.T) {
	b := newBench(t)
	b.answer(http.StatusServiceUnavailable)
	_, _ = b.sim.Say(tom, provider.TextContent("hi"))
	b.pass(10 * time.Second)
	if n := len(b.bodies); n != 4 { // at 0, 1, 3 and 7 seconds
		t.Errorf("%d attempts in ten seconds", n)
	}
	b.answer(http.StatusOK)
	b.pass(time.Minute)
	if n := len(b.messages()); n != 1 {
		t.Errorf("taken %d times", n)
	}
	for _, body := range b.bodies {
		if string(body) != string(b.bodies[0]) {
			t.Error("a repetition has other bytes")
		}
	}
	b.answer(http.StatusServiceUnavailable)
	_, _ = b.sim.Say(tom, provider.TextContent("in vain"))
	b.pass(8 * 24 * time.Hour)
	if next, ok := b.sim.NextDue(); ok {
		t.Errorf("still repeated after seven days, at %v", next)
	}
}
