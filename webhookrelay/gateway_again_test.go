package webhookrelay_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// A receipt proves that the network took what it had refused (Meta answers 503
// to what it then delivers): it is not sent again, whatever the refusal said.
func TestReceiptProvesARefusedSend(t *testing.T) {
	for name, refusal := range map[string]*provider.Error{
		"for now":  {Op: "send", Reason: provider.Unavailable, Text: "try again"},
		"for good": {Op: "send", Reason: provider.WindowClosed, Text: "window"},
	} {
		t.Run(name, func(t *testing.T) {
			p := gated(refusal)
			s := relaytest.New(t, relaytest.WithProvider(p))
			token := s.Token("ana")
			if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusUnprocessableEntity {
				t.Fatalf("status %d, %+v", status, a)
			}
			s.Receive(receiptOf("op-1", "wamid.proof"))
			for range 2 { // the relay ends in between
				if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusOK || a.Message != "wamid.proof" {
					t.Errorf("status %d, %+v", status, a)
				}
				s.Stop()
				s.Start()
			}
			if p.attempts() != 1 {
				t.Errorf("%d attempts", p.attempts())
			}
		})
	}
}

// TestLimitOutlivesTheRelay: a restart sends nothing sooner than the network
// allowed before it, neither what met the limit nor what stands beside it; and
// an absurd answer, or a clock that was set back, costs an hour at most.
func TestLimitOutlivesTheRelay(t *testing.T) {
	for name, c := range map[string]struct {
		reason provider.Reason
		asked  time.Duration
		set    time.Duration // how the clock is set while the relay is away
		waits  time.Duration // after that
		beside bool          // another customer waits too
	}{
		"throughput":            {provider.RateLimited, 10 * time.Minute, time.Minute, 9 * time.Minute, true},
		"network away":          {provider.Unreachable, 10 * time.Minute, time.Minute, 9 * time.Minute, true},
		"one customer":          {provider.PairLimited, 10 * time.Minute, time.Minute, 9 * time.Minute, false},
		"over":                  {provider.RateLimited, 10 * time.Minute, 11 * time.Minute, 0, false},
		"absurd":                {provider.RateLimited, 1e6 * time.Hour, time.Minute, 59 * time.Minute, true},
		"the clock is set back": {provider.RateLimited, 10 * time.Minute, -24 * time.Hour, 10 * time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			var passed atomic.Int64
			p := gated(&provider.Error{Op: "send", Reason: c.reason, After: c.asked, Text: "Too fast. Wait."})
			s := relaytest.New(t, relaytest.WithProvider(p), relaytest.With(func(o *webhookrelay.Options) {
				o.Now = func() time.Time {
					return time.Date(2026, 11, 20, 12, 5, 0, 0, time.UTC).Add(time.Duration(passed.Load()))
				}
				o.Send.Queue = time.Millisecond
			}))
			token := s.Token("ana")
			if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusUnprocessableEntity || a.Error.Reason != c.reason {
				t.Fatalf("status %d, %+v", status, a)
			}
			s.Stop()
			passed.Add(int64(c.set))
			s.Start()
			beside := outgoing("op-2")
			beside.To.Chat = "34600999888"
			goes := func(m provider.Outgoing) bool {
				status, a := send(t, s, token, m)
				if status != http.StatusOK && (a.Error == nil || a.Error.Code != "paced") {
					t.Errorf("status %d, %+v", status, a)
				}
				return status == http.StatusOK
			}
			if c.waits > 0 {
				passed.Add(int64(c.waits - time.Second))
				if goes(outgoing("op-1")) {
					t.Error("what met the limit went before it was over")
				}
				if goes(beside) == c.beside {
					t.Errorf("beside it one waits: %t", !c.beside)
				}
				passed.Add(int64(2 * time.Second))
			}
			if !goes(outgoing("op-1")) || !goes(beside) {
				t.Error("after the limit they wait on")
			}
		})
	}
}
