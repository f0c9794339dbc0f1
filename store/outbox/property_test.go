package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// plan is what people write and what the network does with it.
type plan struct {
	repeatable bool
	messages   []planned
	faults     []fault // of the attempts in their order; then all is well
}

type planned struct {
	chat  provider.ChatKey
	pause time.Duration
}

type fault struct {
	class   string
	latency time.Duration
}

// classes are what a network can do with an attempt. "taken" ones have
// accepted the message, whatever they answer.
var classes = []string{"ok", "ok", "refused", "unreachable", "limited", "pair limited", "lost", "lost but taken", "hangs", "hangs but taken", "no id but taken"}

func drawPlan(t *rapid.T) plan {
	chats := []provider.ChatKey{key("sales", "1"), key("sales", "2"), key("support", "1")}
	p := plan{repeatable: rapid.Bool().Draw(t, "repeatable")}
	for range rapid.IntRange(1, 10).Draw(t, "messages") {
		p.messages = append(p.messages, planned{
			chat:  rapid.SampledFrom(chats).Draw(t, "chat"),
			pause: time.Duration(rapid.IntRange(0, 5000).Draw(t, "pause ms")) * time.Millisecond,
		})
	}
	for range rapid.IntRange(0, 14).Draw(t, "faults") {
		p.faults = append(p.faults, fault{
			class:   rapid.SampledFrom(classes).Draw(t, "class"),
			latency: time.Duration(rapid.IntRange(0, 9000).Draw(t, "latency ms")) * time.Millisecond,
		})
	}
	return p
}

// network is both accounts' far end: it remembers what it took.
type network struct {
	mu         sync.Mutex
	repeatable bool
	faults     []fault
	taken      map[provider.OpID]int
}

func (n *network) send(fail func(string, ...any)) func(context.Context, int, provider.Outgoing) (provider.MessageID, error) {
	return func(ctx context.Context, _ int, m provider.Outgoing) (provider.MessageID, error) {
		n.mu.Lock()
		f := fault{class: "ok"}
		if len(n.faults) > 0 {
			f, n.faults = n.faults[0], n.faults[1:]
		}
		if f.class == "refused" && n.taken[m.Op] > 0 {
			f.class = "ok" // it remembers what it took
		}
		if slices.Contains([]string{"ok", "lost but taken", "hangs but taken", "no id but taken"}, f.class) {
			if n.taken[m.Op]++; n.taken[m.Op] > 1 && !n.repeatable {
				fail("operation %s was sent %d times", m.Op, n.taken[m.Op])
			}
		}
		n.mu.Unlock()
		time.Sleep(f.latency)
		return n.answer(ctx, f.class, m)
	}
}

func (n *network) answer(ctx context.Context, class string, m provider.Outgoing) (provider.MessageID, error) {
	answer := func(r provider.Reason, uncertain bool) (provider.MessageID, error) {
		return "", &provider.Error{Op: "send", Reason: r, Uncertain: uncertain}
	}
	switch class {
	case "refused":
		return answer(provider.Undeliverable, false)
	case "unreachable":
		return answer(provider.Unreachable, false)
	case "limited":
		return answer(provider.RateLimited, false)
	case "pair limited":
		return answer(provider.PairLimited, false)
	case "lost", "lost but taken":
		return answer(provider.NoAnswer, true)
	case "hangs", "hangs but taken":
		<-ctx.Done()
		return answer(provider.NoAnswer, true)
	case "no id but taken":
		return "", nil
	}
	return provider.MessageID("wamid." + string(m.Op)), nil
}

// TestNothingTwiceAndInOrder: whatever the network does, no operation is sent
// twice by a driver that cannot repeat, a conversation keeps its order and has
// one attempt on the wire at most, and in the end every message is in a state
// that is true.
func TestNothingTwiceAndInOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPlan(rt)
		for _, problem := range carryOut(t, p) {
			rt.Error(problem)
		}
	})
}

// carryOut runs the plan with a real store and outbox and returns what was
// wrong.
func carryOut(t *testing.T, p plan) (problems []string) {
	bubble(t, func(t *testing.T, w *world) {
		fail := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
		far := &network{repeatable: p.repeatable, faults: p.faults, taken: map[provider.OpID]int{}}
		for _, l := range w.lines {
			l.caps.Repeatable = p.repeatable
			l.does(far.send(fail))
		}
		for _, m := range p.messages {
			if _, err := w.store.Conversation(w.t.Context(), teamKey.Conversation(m.chat)); err != nil {
				w.writes(m.chat)
			}
		}
		_, stop := w.run()
		defer stop()
		written := map[provider.ChatKey][]store.MessageKey{}
		for _, m := range p.messages {
			pass(m.pause)
			written[m.chat] = append(written[m.chat], w.reply(m.chat, "text"))
		}
		pass(30 * time.Hour)
		for chat, keys := range written {
			w.checkConversation(chat, keys, far, fail)
		}
	})
	return problems
}

func (w *world) checkConversation(chat provider.ChatKey, keys []store.MessageKey, far *network, fail func(string, ...any)) {
	var attempted []provider.OpID
	for _, c := range w.lines[chat.Account].sent() {
		if c.chat == chat.Chat && (len(attempted) == 0 || attempted[len(attempted)-1] != c.op) {
			attempted = append(attempted, c.op)
		}
	}
	if w.lines[chat.Account].overlapped {
		fail("two attempts of one chat of %s were on the wire at once", chat.Account)
	}
	var ops []provider.OpID
	unsure := false
	for _, k := range keys {
		row := w.message(k)
		taken := far.taken[row.Op] > 0
		switch {
		case row.Job == event.JobSent && taken, row.Job == event.JobFailed && !taken:
		case row.Job == event.JobUnsure:
			unsure = true
		case row.Job == event.JobHeld && unsure && !taken:
			continue // never attempted
		default:
			fail("%s is %s, taken %v, behind an unsure one %v", row.Op, row.Job, taken, unsure)
		}
		ops = append(ops, row.Op)
	}
	if !slices.Equal(attempted, ops) {
		fail("attempted %v, written %v", attempted, ops)
	}
}
