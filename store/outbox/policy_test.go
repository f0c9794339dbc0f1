package outbox

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// TestPolicy is the table of what becomes of an attempt, one row per class.
func TestPolicy(t *testing.T) {
	fail := func(r provider.Reason) *provider.Error { return &provider.Error{Op: "send", Reason: r} }
	after := func(r provider.Reason, d time.Duration) *provider.Error {
		return &provider.Error{Op: "send", Reason: r, After: d}
	}
	unknown := func(r provider.Reason) *provider.Error {
		return &provider.Error{Op: "send", Reason: r, Uncertain: true}
	}
	tests := []struct {
		name    string
		attempt attempt
		n       int           // which attempt; 0 means 1
		age     time.Duration // since it was queued
		rand    float64
		want    store.Outcome
	}{
		{
			name: "accepted with an id", attempt: attempt{message: "wamid.1"},
			want: store.Outcome{State: event.JobSent, Message: "wamid.1"},
		},
		{
			name: "accepted without an id, as this API does", attempt: attempt{noID: true},
			want: store.Outcome{State: event.JobSent},
		},
		{
			name: "accepted without an id, which should be there", attempt: attempt{},
			want: store.Outcome{State: event.JobUnsure},
		},
		{
			name: "never connected", attempt: attempt{err: fail(provider.Unreachable)}, rand: 0.5,
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(500 * time.Millisecond)},
		},
		{
			name: "never connected, third time", attempt: attempt{err: fail(provider.Unreachable)}, n: 3, rand: 0.5,
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(2 * time.Second)},
		},
		{
			name: "never connected, all morning", attempt: attempt{err: fail(provider.Unreachable)}, n: 200, rand: 0.999999999999,
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(time.Minute - time.Nanosecond)},
		},
		{
			name: "jitter is never a busy loop", attempt: attempt{err: fail(provider.Unreachable)}, n: 9, rand: 0,
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(100 * time.Millisecond)},
		},
		{
			name: "never connected for a day", attempt: attempt{err: fail(provider.Unreachable)}, n: 2000, age: 24 * time.Hour,
			want: store.Outcome{State: event.JobFailed},
		},
		{
			name: "repeatable: never an answer for a day", attempt: attempt{repeatable: true, err: fail(provider.Unreachable)}, n: 2000, age: 24 * time.Hour,
			want: store.Outcome{State: event.JobUnsure},
		},
		{
			name: "the last attempt is at the end of the day", attempt: attempt{err: fail(provider.Unreachable)}, n: 20, age: 24*time.Hour - time.Second, rand: 0.9,
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(time.Second)},
		},
		{
			name: "the network is down and certainly did not take it", attempt: attempt{err: fail(provider.Unavailable)}, rand: 0.25,
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(250 * time.Millisecond)},
		},
		{
			name: "the network is down and may have taken it", attempt: attempt{err: unknown(provider.Unavailable)},
			want: store.Outcome{State: event.JobUnsure},
		},
		{
			name: "bytes left, no answer", attempt: attempt{err: unknown(provider.NoAnswer)},
			want: store.Outcome{State: event.JobUnsure},
		},
		{
			name: "an unknown fate stays unknown after a day", attempt: attempt{err: unknown(provider.NoAnswer)}, age: 48 * time.Hour,
			want: store.Outcome{State: event.JobUnsure},
		},
		{
			name: "uncertain beats every other reading", attempt: attempt{err: unknown(provider.RateLimited)},
			want: store.Outcome{State: event.JobUnsure},
		},
		{
			name: "repeatable: the same operation again", attempt: attempt{repeatable: true, err: unknown(provider.NoAnswer)}, rand: 0.5,
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(500 * time.Millisecond)},
		},
		{
			name: "repeatable: even that does not tell", attempt: attempt{repeatable: true, err: unknown(provider.NoAnswer)}, n: 3,
			want: store.Outcome{State: event.JobUnsure},
		},
		{
			name: "repeatable: no answer for a day", attempt: attempt{repeatable: true, err: unknown(provider.NoAnswer)}, age: 25 * time.Hour,
			want: store.Outcome{State: event.JobUnsure},
		},
		{
			name: "too fast, with a time", attempt: attempt{err: after(provider.RateLimited, 7*time.Second)},
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(7 * time.Second)},
		},
		{
			name: "too fast, with a short time: not all at once", attempt: attempt{err: after(provider.RateLimited, 8*time.Second)}, rand: 0.5,
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(10 * time.Second)},
		},
		{
			name: "too fast, with a long time: not all at once", attempt: attempt{err: after(provider.RateLimited, time.Minute)}, rand: 0.5,
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(65 * time.Second)},
		},
		{
			name: "too fast, with an absurd time", attempt: attempt{err: after(provider.RateLimited, 9000*time.Hour)},
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(time.Hour)},
		},
		{
			name: "too fast, without a time", attempt: attempt{err: fail(provider.RateLimited)}, n: 2, rand: 0.5,
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(time.Second)},
		},
		{
			name: "too much to one customer", attempt: attempt{err: fail(provider.PairLimited)},
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(time.Second)},
		},
		{
			name: "too much to one customer, fourth time", attempt: attempt{err: fail(provider.PairLimited)}, n: 4,
			want: store.Outcome{State: event.JobQueued, NextAt: noon.Add(64 * time.Second)},
		},
		{
			name: "the token is dead", attempt: attempt{err: fail(provider.Token)},
			want: store.Outcome{State: event.JobQueued, NextAt: noon, Pause: true},
		},
		{
			name: "the token may not", attempt: attempt{err: fail(provider.Permission)},
			want: store.Outcome{State: event.JobQueued, NextAt: noon, Pause: true},
		},
		{
			name: "the account is locked", attempt: attempt{err: fail(provider.Restricted)}, age: 30 * time.Hour,
			want: store.Outcome{State: event.JobQueued, NextAt: noon, Pause: true},
		},
		{
			name: "the window is closed", attempt: attempt{err: fail(provider.WindowClosed)},
			want: store.Outcome{State: event.JobFailed},
		},
		{
			name: "cannot be reached", attempt: attempt{err: fail(provider.Undeliverable)},
			want: store.Outcome{State: event.JobFailed},
		},
		{
			name: "the template is wrong", attempt: attempt{err: fail(provider.TemplateParams)},
			want: store.Outcome{State: event.JobFailed},
		},
		{
			name: "a refusal nobody knows", attempt: attempt{err: fail(provider.Other)},
			want: store.Outcome{State: event.JobFailed},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.attempt.job = store.Job{Attempt: max(1, tt.n), QueuedAt: noon.Add(-tt.age)}
			got := decide(tt.attempt, noon, tt.rand)
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(store.Outcome{}, "Error")); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
			if (got.Error == nil) != (got.State == event.JobSent) {
				t.Errorf("state %s with error %v", got.State, got.Error)
			}
		})
	}
}

// TestNeverRepeatsTheUnknown: whatever the reason, the age and the attempt, an
// attempt whose fate is unknown is not queued again by a driver that cannot
// repeat.
func TestNeverRepeatsTheUnknown(t *testing.T) {
	reasons := []provider.Reason{
		provider.Unreachable, provider.Unavailable, provider.NoAnswer, provider.RateLimited,
		provider.PairLimited, provider.Token, provider.Restricted, provider.Invalid, provider.Other, "",
	}
	for _, reason := range reasons {
		for _, n := range []int{1, 2, 5, 100} {
			a := attempt{job: store.Job{Attempt: n, QueuedAt: noon}, err: &provider.Error{Reason: reason, Uncertain: true, After: time.Second}}
			if got := decide(a, noon, 0.5).State; got != event.JobUnsure {
				t.Errorf("%q, attempt %d: %s, want unsure", reason, n, got)
			}
		}
	}
}

// TestRefusedSaysWhatToDo: each refusal of the judge fails with its own reason
// and two sentences.
func TestRefusedSaysWhatToDo(t *testing.T) {
	want := map[provider.RefusalReason]provider.Reason{
		provider.RefusedWindow: provider.WindowClosed, provider.RefusedKind: provider.NotSupported,
		provider.RefusedEmpty: provider.Invalid, provider.RefusedLength: provider.TooLong,
		provider.RefusedMIME: provider.MediaRejected, provider.RefusedSize: provider.MediaRejected,
		provider.RefusedValue: provider.TemplateParams, provider.RefusedReplyTo: provider.NotSupported,
	}
	for refusal, reason := range want {
		got := refused(&provider.Refusal{Reason: refusal})
		if got.State != event.JobFailed || got.Error.Reason != reason {
			t.Errorf("%s: %s with %s, want failed with %s", refusal, got.State, got.Error.Reason, reason)
		}
		if sentences(got.Error.Text) != 2 {
			t.Errorf("%s: %q does not say what happened and what to do", refusal, got.Error.Text)
		}
	}
}

func sentences(s string) int {
	n := 0
	for i := range s {
		if s[i] == '.' && (i == len(s)-1 || s[i+1] == ' ') {
			n++
		}
	}
	return n
}

// TestWaitIsWhatWasAskedAndALittleMore pins the numbers: full jitter below our
// own doubling, and at most half again, or the spread, above what was asked.
func TestWaitIsWhatWasAskedAndALittleMore(t *testing.T) {
	unavailable, pair := provider.Unavailable, provider.PairLimited
	for _, c := range []struct {
		attempt int
		e       provider.Error
		rand    float64
		want    time.Duration
	}{
		{1, provider.Error{Reason: unavailable}, 0, shortest},
		{1, provider.Error{Reason: unavailable}, 0.5, 500 * time.Millisecond},
		{3, provider.Error{Reason: unavailable}, 0.5, 2 * time.Second},
		{20, provider.Error{Reason: unavailable}, 1, longest},
		{1, provider.Error{Reason: unavailable, After: time.Second}, 0, time.Second},
		{1, provider.Error{Reason: unavailable, After: time.Second}, 1, 1500 * time.Millisecond},
		{9, provider.Error{Reason: unavailable, After: time.Second}, 0.5, 1250 * time.Millisecond},
		{1, provider.Error{Reason: unavailable, After: 1000 * time.Hour}, 0, longestAfter},
		{1, provider.Error{Reason: unavailable, After: 1000 * time.Hour}, 1, longestAfter + spread},
		{1, provider.Error{Reason: pair}, 0, time.Second},
		{3, provider.Error{Reason: pair}, 0, 16 * time.Second},
		{2, provider.Error{Reason: pair}, 0.5, 5 * time.Second},
	} {
		if got := wait(c.attempt, &c.e, c.rand); got != c.want {
			t.Errorf("attempt %d, %s after %v, %v: %v, want %v", c.attempt, c.e.Reason, c.e.After, c.rand, got, c.want)
		}
	}
}

// TestAnswered: an account works when the network took a message or refused that
// one alone. What never reached it, what nobody knows, and what it says of all
// messages tell nothing of the account.
func TestAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		of   attempt
		want bool
	}{
		"judged here":                    {attempt{err: &provider.Error{Reason: provider.WindowClosed}}, false},
		"judged here, and nothing wrong": {attempt{}, false},
		"taken":                          {attempt{asked: true}, true},
		"refused, this one":              {attempt{asked: true, err: &provider.Error{Reason: provider.Invalid}}, true},
		"too much to one customer":       {attempt{asked: true, err: &provider.Error{Reason: provider.PairLimited}}, true},
		"too much from the account":      {attempt{asked: true, err: &provider.Error{Reason: provider.RateLimited}}, false},
		"not reached":                    {attempt{asked: true, err: &provider.Error{Reason: provider.Unreachable}}, false},
		"the token is dead":              {attempt{asked: true, err: &provider.Error{Reason: provider.Token}}, false},
		"the account is restricted":      {attempt{asked: true, err: &provider.Error{Reason: provider.Restricted}}, false},
		"no answer":                      {attempt{asked: true, err: &provider.Error{Reason: provider.NoAnswer, Uncertain: true}}, false},
		"unknown, about one customer":    {attempt{asked: true, err: &provider.Error{Reason: provider.PairLimited, Uncertain: true}}, false},
	} {
		if got := c.of.answered(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
