package faults

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"

	"frontdesk/webhookrelay/event"
)

// Outcome is how an operation ended as far as its caller knows.
type Outcome int

// The outcomes. A call that got no answer is Unknown: it may have happened, may
// still happen, or may never.
const (
	Unknown Outcome = iota
	OK
	Fail
)

// Change is one fact that a caller wants in the log.
type Change struct {
	Aspect event.Aspect
	// Value is what the aspect becomes.
	Value string
	// Expect is the sequence at which the aspect is to have changed last; nil to
	// change it whatever it is.
	Expect *event.Seq
}

// State is what a conversation's aspects are, and since when.
type State map[event.Aspect]Was

// Was is an aspect's last change.
type Was struct {
	Seq   event.Seq
	Value string
}

// Call is one operation on one conversation: a write of all Changes or none, or
// a read where there are none.
type Call struct {
	Conversation event.ConversationID
	Changes      []Change
}

// Answer is what the caller was told.
type Answer struct {
	Outcome Outcome
	// At is where each change is in the log, for OK. For an Unknown call it is
	// what the log says afterwards; nil for one that never got there.
	At []event.Seq
	// Conflict is by change what the relay says the aspect's last change is, for
	// Fail; 0 for a change that was not in its way.
	Conflict []event.Seq
	// Read is what a read saw.
	Read State
}

// History records operations of many clients. Its methods may be called at
// once.
type History struct {
	began time.Time
	clock atomic.Int64

	mu  sync.Mutex
	ops []Operation
}

// Operation is a call and its answer in time.
type Operation struct {
	Client       int
	Call         Call
	Answer       Answer
	Began, Ended int64
	// ID is the operation's id in the log; empty for a read.
	ID string
}

// NewHistory returns an empty one.
func NewHistory() *History { return &History{began: time.Now()} }

// Now is the time for Operation.Began: it never gives the same twice.
func (h *History) Now() int64 {
	for {
		last := h.clock.Load()
		now := max(last+1, int64(time.Since(h.began)))
		if h.clock.CompareAndSwap(last, now) {
			return now
		}
	}
}

// Add records an operation. One whose outcome is unknown goes on for ever.
func (h *History) Add(op Operation) {
	op.Ended = h.Now()
	if op.Answer.Outcome == Unknown {
		op.Ended = math.MaxInt64
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, op)
}

// Len is how many operations there are.
func (h *History) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.ops)
}

// Resolve tells the history where the log has the operations whose outcome
// nobody was told: places by operation id. One without a place never happened,
// and cannot happen any more once the relay has stopped.
func (h *History) Resolve(places map[string][]event.Seq) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.ops {
		if h.ops[i].Answer.Outcome == Unknown {
			h.ops[i].Answer.At = places[h.ops[i].ID]
		}
	}
}

// Check reports whether there is one order of all operations, in keeping with
// when they began and ended, in which a conversation that does one thing at a
// time would have given the same answers. It fails with an error where patience
// ends before it is decided.
func (h *History) Check(patience time.Duration) (linearizable bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var history []porcupine.Operation
	for _, op := range h.ops {
		if op.Answer.Outcome == Unknown && (op.Answer.At == nil || len(op.Call.Changes) == 0) {
			continue // it never happened, or changed nothing and told nothing
		}
		history = append(history, porcupine.Operation{
			ClientId: op.Client, Input: op.Call, Output: op.Answer, Call: op.Began, Return: op.Ended,
		})
	}
	switch porcupine.CheckOperationsTimeout(conversationModel(), history, patience) {
	case porcupine.Ok:
		return true, nil
	case porcupine.Illegal:
		return false, nil
	default:
		return false, fmt.Errorf("%d operations were not judged within %s", len(history), patience)
	}
}

// aspects is every aspect's last change, comparable.
type aspects struct{ status, assignee, labels, link Was }

func (a *aspects) of(aspect event.Aspect) *Was {
	switch aspect {
	case event.AspectStatus:
		return &a.status
	case event.AspectAssignee:
		return &a.assignee
	case event.AspectLabels:
		return &a.labels
	default:
		return &a.link
	}
}

func (a *aspects) newest() event.Seq {
	return max(a.status.Seq, a.assignee.Seq, a.labels.Seq, a.link.Seq)
}

func conversationModel() porcupine.Model {
	return porcupine.Model{
		Partition: byConversation,
		Init:      func() any { return aspects{} },
		Step: func(state, input, output any) (bool, any) {
			s, call, answer := state.(aspects), input.(Call), output.(Answer)
			switch {
			case len(call.Changes) == 0:
				return s.reads(answer.Read), s
			case answer.Outcome == Fail:
				return s.refuses(call, answer), s
			default:
				ok := s.takes(call, answer)
				return ok, s
			}
		},
	}
}

func byConversation(history []porcupine.Operation) [][]porcupine.Operation {
	by := map[event.ConversationID][]porcupine.Operation{}
	for _, op := range history {
		id := op.Input.(Call).Conversation
		by[id] = append(by[id], op)
	}
	var parts [][]porcupine.Operation
	for _, part := range by {
		parts = append(parts, part)
	}
	return parts
}

// reads reports whether this is the state that was read.
func (a *aspects) reads(read State) bool {
	for _, aspect := range []event.Aspect{event.AspectStatus, event.AspectAssignee, event.AspectLabels, event.AspectLink} {
		if *a.of(aspect) != read[aspect] {
			return false
		}
	}
	return true
}

// refuses reports whether this state refuses the call with these reasons: every
// one that is given is true, and there is one.
func (a *aspects) refuses(call Call, answer Answer) bool {
	stopped := false
	for i, c := range call.Changes {
		last := a.of(c.Aspect).Seq
		in := c.Expect != nil && *c.Expect != last
		if in != (answer.Conflict[i] != 0) || (in && answer.Conflict[i] != last) {
			return false
		}
		stopped = stopped || in
	}
	return stopped
}

// takes reports whether this state takes the call, and makes the changes.
func (a *aspects) takes(call Call, answer Answer) bool {
	for _, c := range call.Changes {
		if c.Expect != nil && *c.Expect != a.of(c.Aspect).Seq {
			return false
		}
	}
	for i, c := range call.Changes {
		if answer.At[i] <= a.newest() {
			return false // the sequence is the order
		}
		*a.of(c.Aspect) = Was{answer.At[i], c.Value}
	}
	return true
}
