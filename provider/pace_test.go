package provider

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func chat(account, id string) ChatKey {
	return ChatKey{Account: AccountID(account), Chat: ChatID(id)}
}

func paced(rate RateLimit) *Pace {
	return NewPace(8, func(ChatKey) RateLimit { return rate })
}

// send lets one message through as soon as it may leave and returns when.
func (p *Pace) send(t rapid.TB, c ChatKey, now time.Time) time.Time {
	t.Helper()
	at, byTime := p.Ready(c)
	if !byTime {
		t.Fatalf("%v waits for an attempt although none is on the wire", c)
	}
	at = later(now, at)
	p.Begin(c, at)
	p.End(c, at)
	return at
}

// TestPairPace: a burst goes at once and is borrowed from what follows.
func TestPairPace(t *testing.T) {
	p := paced(RateLimit{PairEvery: 6 * time.Second, PairBurst: 3})
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
	p := paced(RateLimit{})
	p.Trip("a", noon, func(int) time.Duration { return time.Minute })
	p.HoldPair(chat("b", "1"), noon.Add(time.Hour))
	for _, tt := range []struct {
		chat ChatKey
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

// TestPaceSetBack: a clock that is set back makes nothing wait longer than it
// was to, nor less.
func TestPaceSetBack(t *testing.T) {
	p := paced(RateLimit{PairEvery: 6 * time.Second, PairBurst: 1})
	p.Trip("a", noon, func(int) time.Duration { return time.Minute })
	p.HoldPair(chat("b", "1"), noon.Add(time.Hour))
	p.send(t, chat("c", "1"), noon)
	const by = 3 * time.Hour
	p.SetBack(by)
	for c, want := range map[ChatKey]time.Duration{
		chat("a", "1"): time.Minute, chat("b", "1"): time.Hour, chat("c", "1"): 6 * time.Second,
	} {
		if at, ok := p.Ready(c); !ok || at.Sub(noon.Add(-by)) != want {
			t.Errorf("%v waits %v, want %v", c, at.Sub(noon.Add(-by)), want)
		}
	}
}

// TestAccountsHangAlone: an account whose attempts hang takes its own places
// on the wire and no other's.
func TestAccountsHangAlone(t *testing.T) {
	p := paced(RateLimit{})
	for range 8 {
		p.Begin(chat("hangs", "1"), noon)
	}
	if _, byTime := p.Ready(chat("hangs", "2")); byTime {
		t.Error("an account may have any number of attempts on the wire")
	}
	if at, byTime := p.Ready(chat("works", "1")); !byTime || at.After(noon) {
		t.Error("another account has to wait")
	}
	p.End(chat("hangs", "1"), noon)
	if _, byTime := p.Ready(chat("hangs", "2")); !byTime {
		t.Error("an attempt ended and its place stays taken")
	}
}

// TestPaceKeepsEveryLimit: for any rate and any pattern of sending, no window
// holds more than the rate and its burst allow, and at rest nothing is kept.
func TestPaceKeepsEveryLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := RateLimit{
			PerSecond: float64(rapid.IntRange(1, 200).Draw(t, "per second")),
			PairEvery: time.Duration(rapid.IntRange(1, 10_000).Draw(t, "pair every ms")) * time.Millisecond,
			PairBurst: rapid.IntRange(0, 50).Draw(t, "pair burst"),
		}
		p := paced(rate)
		now := noon
		all := []time.Time{}
		pairs := map[ChatKey][]time.Time{}
		for range rapid.IntRange(1, 200).Draw(t, "messages") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "pause ms")) * time.Millisecond)
			c := chat("a", rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "chat"))
			now = p.send(t, c, now)
			all, pairs[c] = append(all, now), append(pairs[c], now)
		}
		atMost(t, all, perMessage(rate), burst(rate))
		withinASecond(t, all, int(rate.PerSecond))
		for _, sent := range pairs {
			atMost(t, sent, rate.PairEvery, max(1, rate.PairBurst))
		}
		rest := now.Add(24 * time.Hour)
		p.Begin(chat("b", "9"), rest)
		p.End(chat("b", "9"), rest.Add(24*time.Hour))
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

// withinASecond fails where any second holds more than the network allows.
func withinASecond(t *rapid.T, sent []time.Time, most int) {
	for i := range sent {
		n := 0
		for _, at := range sent[i:] {
			if at.Sub(sent[i]) < time.Second-time.Microsecond { // intervals are cut to nanoseconds
				n++
			}
		}
		if n > most {
			t.Fatalf("%d messages in one second, at most %d", n, most)
		}
	}
}

// TestBreaker: a network that takes nothing gets one attempt at a time, each
// after a longer pause, until it takes one; what ends together is one failure,
// and no other account waits.
func TestBreaker(t *testing.T) {
	p := paced(RateLimit{})
	pause := func(n int) time.Duration { return time.Duration(n) * 10 * time.Second }
	for range 8 {
		p.Begin(chat("a", "1"), noon)
	}
	for i := range 8 {
		now := noon.Add(time.Duration(i) * time.Second)
		p.End(chat("a", "1"), now)
		p.Trip("a", now, pause)
	}
	if at, byTime := p.Ready(chat("a", "2")); !byTime || !at.Equal(noon.Add(17*time.Second)) {
		t.Fatalf("after one failure it may leave at %v, want 10 s after the last", at.Sub(noon))
	}
	probe := noon.Add(17 * time.Second)
	p.Begin(chat("a", "1"), probe)
	if _, byTime := p.Ready(chat("a", "2")); byTime {
		t.Error("a second attempt beside the one that finds out")
	}
	p.End(chat("a", "1"), probe)
	p.Trip("a", probe, pause)
	if at, _ := p.Ready(chat("a", "2")); !at.Equal(probe.Add(20 * time.Second)) {
		t.Errorf("after the second failure it may leave after %v, want 20 s", at.Sub(probe))
	}
	if at, byTime := p.Ready(chat("b", "1")); !byTime || at.After(noon) {
		t.Error("another account has to wait")
	}
	p.Answered("a")
	p.Begin(chat("a", "1"), probe.Add(20*time.Second))
	if _, byTime := p.Ready(chat("a", "2")); !byTime {
		t.Error("the network answers and still has one attempt at a time")
	}
	p.End(chat("a", "1"), probe.Add(time.Minute))
	p.Trip("a", probe.Add(time.Minute), pause)
	if at, _ := p.Ready(chat("a", "2")); !at.Equal(probe.Add(70 * time.Second)) {
		t.Errorf("the first failure after an answer holds for %v, want 10 s", at.Sub(probe.Add(time.Minute)))
	}
}
