package provider_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
)

// A question that is heard is asked at its distances; one that is not, after a
// minute, doubling to an hour, and within what the network asked for.
func TestQuestionsHaveTheirTime(t *testing.T) {
	since := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	q := provider.AskToFind(since, since)
	var at []time.Duration
	for over := false; !over; over = q.Heard(q.Next()) {
		at = append(at, q.Next().Sub(since))
	}
	if !slices.Equal(at, provider.FindAfter()) || !q.Since().Equal(since) {
		t.Errorf("asked after %v", at)
	}
	// What is over is made up for once.
	q = provider.AskToFind(since, since.Add(5*time.Hour))
	if got := q.Next().Sub(since); got != 2*time.Hour {
		t.Errorf("taken up late, it is asked after %v", got)
	}
	if over := q.Heard(since.Add(5 * time.Hour)); over || q.Next().Sub(since) != 6*time.Hour {
		t.Errorf("then after %v", q.Next().Sub(since))
	}
	now := since.Add(5 * time.Hour)
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		if over := q.Unheard(now, 0); over || q.Next().Sub(now) != want*time.Minute {
			t.Errorf("after silence it is asked in %v, want %v", q.Next().Sub(now), want*time.Minute)
		}
	}
	q.Heard(now)
	if q.Unheard(now, 20*time.Minute); q.Next().Sub(now) != 20*time.Minute {
		t.Errorf("asked to wait, it waits %v", q.Next().Sub(now))
	}
	if q.Unheard(now, 1000*time.Hour); q.Next().Sub(now) != time.Hour {
		t.Errorf("asked to wait for ever, it waits %v", q.Next().Sub(now))
	}
	if q.Unheard(since.Add(1000*time.Hour), 0) {
		t.Error("silence ends the search for a send")
	}
	q = provider.AskForReceipts(since, since)
	if q.Unheard(since.Add(provider.AskBack), 0) || !q.Unheard(since.Add(provider.AskBack+1), 0) {
		t.Error("silence does not end the wait for receipts after two days")
	}
}

// What a reading of health says, and of what.
func TestHealthRead(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	if h, ok := provider.HealthRead(provider.Health{Quality: "green"}, nil, now); !ok || h != (provider.Health{Quality: "green", Access: "ok", At: now}) {
		t.Errorf("%+v, %v", h, ok)
	}
	dead := &provider.Error{Reason: provider.Token, Text: "It is dead."}
	if h, ok := provider.HealthRead(provider.Health{Quality: "green"}, dead, now); !ok || h != (provider.Health{Access: "token", Text: "It is dead.", At: now}) {
		t.Errorf("%+v, %v", h, ok)
	}
	if _, ok := provider.HealthRead(provider.Health{}, &provider.Error{Reason: provider.Unreachable}, now); ok {
		t.Error("a network that cannot be reached says how the account stands")
	}
}

// A driver that panics is an answer, without its words.
func TestAskIsGuarded(t *testing.T) {
	e := provider.Ask(t.Context(), "find", func(context.Context) error { panic("the customer's words") })
	if e == nil || e.SaysNothing() || e.Op != "find" || e.Error() != "find: other: the driver panicked" {
		t.Errorf("%v", e)
	}
	if e := provider.Ask(t.Context(), "find", func(ctx context.Context) error {
		if at, ok := ctx.Deadline(); !ok || time.Until(at) > provider.AskLimit {
			t.Errorf("until %v", at)
		}
		return nil
	}); e != nil {
		t.Errorf("%v", e)
	}
}
