package outbox

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"frontdesk/provider"
)

func chat(account, id string) provider.ChatKey {
	return provider.ChatKey{Account: provider.AccountID(account), Chat: provider.ChatID(id)}
}

func paced(rate provider.RateLimit) *pace {
	return newPace(func(provider.ChatKey) provider.RateLimit { return rate })
}

// send lets one message through as soon as it may leave and returns when.
func (p *pace) send(t rapid.TB, c provider.ChatKey, now time.Time) time.Time {
	t.Helper()
	at, byTime := p.ready(c)
	if !byTime {
		t.Fatalf("%v waits for an attempt although none is on the wire", c)
	}
	at = later(now, at)
	p.begin(c, at)
	p.end(c, at)
	return at
}

// TestPairPace: a burst goes at once and is borrowed from what follows.
func TestPairPace(t *testing.T) {
	p := paced(provider.RateLimit{PairEvery: 6 * time.Second, PairBurst: 3})
	var got []time.Duration
	for range 5 {
		got = append(got, p.send(t, chat("a", "1"), noon).Sub(noon))
	}
	want := []time.Duration{0, 0, 0, 6 * time.Second, 12 * time.Second}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("messages left after %v, want %v", got, want)
		}
	}
	if at := p.send(t, chat("a", "2"), noon); !at.Equal(noon) {
		t.Errorf("another customer waits until %v", at)
	}
}

// TestHoldIsNarrow: a limit holds back its own account or chat and no other.
func TestHoldIsNarrow(t *testing.T) {
	p := paced(provider.RateLimit{})
	p.holdAccount("a", noon.Add(time.Minute))
	p.holdPair(chat("b", "1"), noon.Add(time.Hour))
	for _, tt := range []struct {
		chat provider.ChatKey
		want time.Duration
	}{
		{chat("a", "1"), time.Minute},
		{chat("a", "2"), time.Minute},
		{chat("b", "1"), time.Hour},
		{chat("b", "2"), 0},
		{chat("c", "1"), 0},
	} {
		if got := p.send(t, tt.chat, noon).Sub(noon); got != tt.want {
			t.Errorf("%v waits %v, want %v", tt.chat, got, tt.want)
		}
	}
}

// TestAccountsHangAlone: an account whose attempts hang takes its own places
// on the wire and no other's.
func TestAccountsHangAlone(t *testing.T) {
	p := paced(provider.RateLimit{})
	for range perAccount {
		p.begin(chat("hangs", "1"), noon)
	}
	if _, byTime := p.ready(chat("hangs", "2")); byTime {
		t.Error("an account may have any number of attempts on the wire")
	}
	if at, byTime := p.ready(chat("works", "1")); !byTime || at.After(noon) {
		t.Error("another account has to wait")
	}
	p.end(chat("hangs", "1"), noon)
	if _, byTime := p.ready(chat("hangs", "2")); !byTime {
		t.Error("an attempt ended and its place stays taken")
	}
}

// TestPaceKeepsEveryLimit: for any rate and any pattern of sending, no window
// holds more than the rate and its burst allow, and at rest nothing is kept.
func TestPaceKeepsEveryLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := provider.RateLimit{
			PerSecond: float64(rapid.IntRange(1, 200).Draw(t, "per second")),
			PairEvery: time.Duration(rapid.IntRange(1, 10_000).Draw(t, "pair every ms")) * time.Millisecond,
			PairBurst: rapid.IntRange(0, 50).Draw(t, "pair burst"),
		}
		p := paced(rate)
		now := noon
		all := []time.Time{}
		pairs := map[provider.ChatKey][]time.Time{}
		for range rapid.IntRange(1, 200).Draw(t, "messages") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "pause ms")) * time.Millisecond)
			c := chat("a", rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "chat"))
			now = p.send(t, c, now)
			all, pairs[c] = append(all, now), append(pairs[c], now)
		}
		atMost(t, all, perMessage(rate), burst(rate))
		for _, sent := range pairs {
			atMost(t, sent, rate.PairEvery, max(1, rate.PairBurst))
		}
		rest := now.Add(24 * time.Hour)
		p.begin(chat("b", "9"), rest)
		p.end(chat("b", "9"), rest.Add(24*time.Hour))
		if len(p.pairs) != 0 {
			t.Fatalf("%d chats are remembered at rest", len(p.pairs))
		}
	})
}

// atMost fails where more than burst + elapsed/every messages left in any
// stretch.
func atMost(t *rapid.T, sent []time.Time, every time.Duration, burst int) {
	for i := range sent {
		for j := i; j < len(sent); j++ {
			allowed := burst + int(sent[j].Sub(sent[i])/every)
			if n := j - i + 1; n > allowed {
				t.Fatalf("%d messages in %v, at most %d", n, sent[j].Sub(sent[i]), allowed)
			}
		}
	}
}
