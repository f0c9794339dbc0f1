package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// TestObeysTheNetworksTime: a limit with a time holds its whole account back
// until then, and no other account.
func TestObeysTheNetworksTime(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		slow, same, other := key("sales", "1"), key("sales", "2"), key("support", "1")
		for _, c := range []provider.ChatKey{slow, same, other} {
			w.writes(c)
		}
		line := w.lines["sales"]
		line.does(func(_ context.Context, n int, m provider.Outgoing) (provider.MessageID, error) {
			if n == 0 {
				return "", &provider.Error{Op: "send", Reason: provider.RateLimited, After: 7 * time.Second}
			}
			return provider.MessageID("wamid." + string(m.Op)), nil
		})
		_, stop := w.run()
		defer stop()
		start := time.Now()
		w.reply(slow, "limited")
		synctest.Wait()
		w.reply(same, "also waits")
		free := w.reply(other, "free")
		synctest.Wait()
		w.is(free, event.JobSent)
		pass(7*time.Second - time.Millisecond)
		if got := len(line.sent()); got != 1 {
			t.Fatalf("%d attempts before the network's time, want 1", got)
		}
		pass(2 * time.Second) // and half of half of that, so that not all come at once
		calls := line.sent()
		if len(calls) != 3 {
			t.Fatalf("%d attempts after the network's time, want 3", len(calls))
		}
		for _, c := range calls[1:] {
			if got := c.at.Sub(start); got < 7*time.Second {
				t.Errorf("%q left after %v", c.text, got)
			}
		}
	})
}

// TestPairPacing: a customer's messages keep the network's interval without
// costing an attempt, and other customers do not wait.
func TestPairPacing(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		talkative, other := key("sales", "1"), key("sales", "2")
		w.writes(talkative)
		w.writes(other)
		line := w.lines["sales"]
		line.caps.Rate = provider.RateLimit{PerSecond: 80, PairEvery: 6 * time.Second, PairBurst: 2}
		_, stop := w.run()
		defer stop()
		start := time.Now()
		for range 4 {
			w.reply(talkative, "more")
		}
		w.reply(other, "hi")
		pass(time.Minute)
		var got []time.Duration
		for _, c := range line.sent() {
			if c.chat == talkative.Chat {
				got = append(got, c.at.Sub(start).Round(time.Second))
			} else if c.at.Sub(start) >= time.Second {
				t.Errorf("another customer waited %v", c.at.Sub(start))
			}
		}
		if want := []time.Duration{0, 0, 6 * time.Second, 12 * time.Second}; !slices.Equal(got, want) {
			t.Errorf("left after %v, want %v", got, want)
		}
	})
}

// TestHangingAccountBlocksNobody: an account whose attempts all hang does not
// take the wire from another.
func TestHangingAccountBlocksNobody(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.lines["sales"].does(hang)
		for _, id := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"} {
			w.writes(key("sales", id))
			w.reply(key("sales", id), "hangs")
		}
		w.writes(key("support", "1"))
		free := w.reply(key("support", "1"), "free")
		_, stop := w.run()
		defer stop()
		w.is(free, event.JobSent)
		if got := len(w.lines["sales"].sent()); got != 8 {
			t.Errorf("%d attempts of one account on the wire, want 8", got)
		}
	})
}

// TestDeadTokenPausesTheAccount: the queue is kept, not burnt, and the next
// start tries again.
func TestDeadTokenPausesTheAccount(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		first, second := key("sales", "1"), key("sales", "2")
		w.writes(first)
		w.writes(second)
		line := w.lines["sales"]
		line.does(refuse(provider.Error{Reason: provider.Token, Code: "190", Text: "The token has expired. Ask an administrator for a new one."}))
		_, stop := w.run()
		a := w.reply(first, "a")
		synctest.Wait()
		b := w.reply(second, "b")
		pass(12 * time.Hour)
		w.is(a, event.JobQueued)
		w.is(b, event.JobQueued)
		if got := len(line.sent()); got != 1 {
			t.Errorf("%d attempts with a dead token, want 1", got)
		}
		counts, err := w.store.Counts(t.Context())
		if err != nil || len(counts.Outbox.Paused) != 1 || counts.Outbox.Paused[0].Account != "sales" {
			t.Fatalf("paused: %+v, %v", counts.Outbox.Paused, err)
		}
		stop()
		line.does(nil)
		_, stop = w.run()
		defer stop()
		synctest.Wait()
		w.is(a, event.JobSent)
		w.is(b, event.JobSent)
	})
}

// TestAGreetingTriesWhatTheRelaySends: a relay that was started anew may have a
// new token, so each greeting lets one message of a paused account find out. What
// this terminal sends itself no relay can help.
func TestAGreetingTriesWhatTheRelaySends(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.direct["sales"] = true
		const chats = 12
		queue := map[string][]store.MessageKey{}
		for account, line := range w.lines {
			line.does(refuse(provider.Error{Reason: provider.Token, Code: "190", Text: "The token has expired. Ask an administrator for a new one."}))
			for i := range chats {
				w.writes(key(string(account), fmt.Sprint(i)))
			}
		}
		o, stop := w.run()
		defer stop()
		for account, line := range w.lines {
			for i := range chats {
				queue[string(account)] = append(queue[string(account)], w.reply(key(string(account), fmt.Sprint(i)), "hi"))
				synctest.Wait()
			}
			if got := len(line.sent()); got != 1 {
				t.Fatalf("%s: %d attempts with a dead token, want 1", account, got)
			}
		}
		for n := range 3 {
			o.Greeted()
			pass(time.Hour)
			if gw, own := len(w.lines["support"].sent()), len(w.lines["sales"].sent()); gw != 2+n || own != 1 {
				t.Fatalf("after greeting %d there were %d attempts through the relay and %d direct ones", n+1, gw, own)
			}
		}
		alone := 0
		w.lines["support"].does(func(_ context.Context, _ int, m provider.Outgoing) (provider.MessageID, error) {
			if c, err := w.store.Counts(t.Context()); err == nil && len(c.Outbox.Paused) == 2 {
				alone++
			}
			time.Sleep(time.Second)
			return provider.MessageID("wamid." + string(m.Op)), nil
		})
		o.Greeted()
		pass(time.Minute)
		for _, m := range queue["support"] {
			w.is(m, event.JobSent)
		}
		if alone != 1 {
			t.Errorf("%d messages left while the account was paused, want the one that tries", alone)
		}
		for _, m := range queue["sales"] {
			w.is(m, event.JobQueued)
		}
		c, err := w.store.Counts(t.Context())
		if err != nil || len(c.Outbox.Paused) != 1 || c.Outbox.Paused[0].Account != "sales" {
			t.Errorf("paused are %+v, %v", c.Outbox.Paused, err)
		}
	})
}

// TestUnknownInboxKeepsTheQueue: an account missing from the configuration
// costs no message.
func TestUnknownInboxKeepsTheQueue(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "1")
		w.writes(c)
		line := w.lines["sales"]
		delete(w.lines, "sales")
		_, stop := w.run()
		m := w.reply(c, "hi")
		pass(time.Hour)
		w.is(m, event.JobQueued)
		stop()
		w.lines["sales"] = line
		_, stop = w.run()
		defer stop()
		w.is(m, event.JobSent)
	})
}

// TestNothingTicks: an outbox with nothing to do does nothing, for a day.
func TestNothingTicks(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.writes(key("sales", "1"))
		_, stop := w.run()
		defer stop()
		w.reply(key("sales", "1"), "hi")
		synctest.Wait()
		before, asked := w.looks(), w.relay.times()
		pass(24 * time.Hour)
		if w.looks() != before || w.relay.times() != asked {
			t.Errorf("looked %d times at the clock and asked the relay %d times", w.looks()-before, w.relay.times()-asked)
		}
	})
}

// TestRelaysClock: retries come when they are due by the relay's clock, however
// wrong the machine's is, and what waits in line does not make the outbox look
// again and again.
func TestRelaysClock(t *testing.T) {
	for _, offset := range []time.Duration{-time.Hour, time.Hour} {
		t.Run(offset.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				c := key("sales", "1")
				if err := w.store.Hello(t.Context(), store.Hello{Epoch: "one", Key: teamKey, Offset: offset}); err != nil {
					t.Fatal(err)
				}
				w.writes(c)
				w.lines["sales"].does(func(_ context.Context, n int, m provider.Outgoing) (provider.MessageID, error) {
					if n == 0 {
						return "", &provider.Error{Op: "send", Reason: provider.RateLimited, After: 10 * time.Minute}
					}
					return provider.MessageID("wamid." + string(m.Op)), nil
				})
				_, stop := w.run()
				defer stop()
				first := w.reply(c, "1")
				synctest.Wait()
				second := w.reply(c, "2")
				synctest.Wait()
				before := w.looks()
				pass(10*time.Minute - time.Second)
				if n := len(w.lines["sales"].sent()); n != 1 {
					t.Errorf("%d attempts before the network's time", n)
				}
				if got := w.looks() - before; got > 3 {
					t.Errorf("looked %d times at the clock while both wait", got)
				}
				pass(6 * time.Second)
				w.is(first, event.JobSent)
				w.is(second, event.JobSent)
			})
		})
	}
}

// TestUnreachableNetworkGetsOneProbe: when a network cannot be reached, all its
// messages are kept, one attempt at a time finds out whether it can again, one
// line says so, and another account goes on.
func TestUnreachableNetworkGetsOneProbe(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		line := w.lines["sales"]
		line.does(refuse(provider.Error{Reason: provider.Unreachable, Text: "The network could not be reached. It is tried again."}))
		var all []store.MessageKey
		for i := range 40 {
			c := key("sales", string(rune('a'+i)))
			w.writes(c)
			all = append(all, w.reply(c, "hi"))
		}
		w.writes(key("support", "1"))
		_, stop := w.run()
		defer stop()
		free := w.reply(key("support", "1"), "free")
		pass(time.Minute)
		w.is(free, event.JobSent)
		calls := line.sent()
		if len(calls) < 9 || len(calls) > 20 {
			t.Errorf("%d attempts in a minute at a network that is away", len(calls))
		}
		for i := 8; i+1 < len(calls); i++ {
			if calls[i+1].at.Equal(calls[i].at) {
				t.Errorf("attempts %d and %d went together", i, i+1)
			}
		}
		counts, err := w.store.Counts(t.Context())
		if err != nil || len(counts.Outbox.Waiting) != 1 || counts.Outbox.Waiting[0].Account != "sales" || counts.Outbox.Queued != 40 {
			t.Errorf("%+v, %v", counts.Outbox, err)
		}
		line.does(nil)
		pass(3 * time.Minute)
		for _, m := range all {
			w.is(m, event.JobSent)
		}
		if counts, err = w.store.Counts(t.Context()); err != nil || len(counts.Outbox.Waiting) != 0 {
			t.Errorf("%+v, %v", counts.Outbox.Waiting, err)
		}
	})
}

// TestHungNetworkIsNoBreaker: no answer says nothing of the next attempt, and
// the customer's limit is the customer's.
func TestHungNetworkIsNoBreaker(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		slow, other := key("sales", "1"), key("sales", "2")
		w.writes(slow)
		w.writes(other)
		w.lines["sales"].does(func(ctx context.Context, n int, m provider.Outgoing) (provider.MessageID, error) {
			if m.To == slow {
				return refuse(provider.Error{Reason: provider.PairLimited, After: time.Hour})(ctx, n, m)
			}
			return provider.MessageID("wamid." + string(m.Op)), nil
		})
		_, stop := w.run()
		defer stop()
		held := w.reply(slow, "hi")
		synctest.Wait()
		free := w.reply(other, "hi")
		synctest.Wait()
		w.is(free, event.JobSent)
		pass(time.Hour - time.Second)
		w.is(held, event.JobQueued)
		if n := len(w.lines["sales"].sent()); n != 2 {
			t.Errorf("%d attempts within the customer's hour", n)
		}
	})
}

// TestLimitOutlivesTheProgram: a restart sends nothing sooner than the network
// allowed before it, neither what met the limit nor what stands beside it.
func TestLimitOutlivesTheProgram(t *testing.T) {
	for reason, waits := range map[provider.Reason]bool{provider.RateLimited: true, provider.Unreachable: true, provider.PairLimited: false} {
		t.Run(string(reason), func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				limited, other := key("sales", "1"), key("sales", "2")
				w.writes(limited)
				w.writes(other)
				line := w.lines["sales"]
				line.does(refuse(provider.Error{Reason: reason, After: 10 * time.Minute, Text: "Too fast. Wait."}))
				_, stop := w.run()
				m := w.reply(limited, "limited")
				synctest.Wait()
				stop()
				line.does(nil)
				w.restart()
				pass(time.Second)
				_, stop = w.run()
				defer stop()
				beside := w.reply(other, "beside")
				pass(10*time.Minute - 2*time.Second)
				w.is(m, event.JobQueued)
				if got := w.message(beside).Job; (got == event.JobQueued) != waits {
					t.Errorf("beside it one is %s", got)
				}
				pass(time.Minute)
				w.is(m, event.JobSent)
				w.is(beside, event.JobSent)
			})
		})
	}
}
