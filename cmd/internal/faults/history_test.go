package faults

import (
	"testing"
	"time"

	"frontdesk/webhookrelay/event"
)

func assign(to string, expect event.Seq) Call {
	return Call{Conversation: "c", Changes: []Change{{Aspect: event.AspectAssignee, Value: to, Expect: &expect}}}
}

func at(seqs ...event.Seq) Answer { return Answer{Outcome: OK, At: seqs} }

func refused(seq event.Seq) Answer { return Answer{Outcome: Fail, Conflict: []event.Seq{seq}} }

func saw(seq event.Seq, value string) Answer {
	return Answer{Outcome: OK, Read: State{event.AspectAssignee: {seq, value}}}
}

// TestTheCheckerJudges: the checker lets pass what one conversation could have
// done, and nothing else.
func TestTheCheckerJudges(t *testing.T) {
	read := Call{Conversation: "c"}
	for _, c := range []struct {
		name string
		ops  []Operation
		want bool
	}{
		{"one after the other", []Operation{
			{Call: assign("ana", 0), Answer: at(3), Began: 1, Ended: 2},
			{Call: assign("ben", 3), Answer: at(5), Began: 3, Ended: 4},
			{Call: read, Answer: saw(5, "ben"), Began: 5, Ended: 6},
		}, true},
		{"the loser is told", []Operation{
			{Call: assign("ana", 0), Answer: at(3), Began: 1, Ended: 9},
			{Call: assign("ben", 0), Answer: refused(3), Began: 2, Ended: 8},
		}, true},
		{"two winners", []Operation{
			{Call: assign("ana", 0), Answer: at(3), Began: 1, Ended: 9},
			{Call: assign("ben", 0), Answer: at(4), Began: 2, Ended: 8},
		}, false},
		{"a loser without a winner", []Operation{
			{Call: assign("ben", 0), Answer: refused(3), Began: 2, Ended: 8},
		}, false},
		{"a refusal that names another", []Operation{
			{Call: assign("ana", 0), Answer: at(3), Began: 1, Ended: 2},
			{Call: assign("ben", 0), Answer: refused(2), Began: 3, Ended: 8},
		}, false},
		{"a stale read", []Operation{
			{Call: assign("ana", 0), Answer: at(3), Began: 1, Ended: 2},
			{Call: read, Answer: saw(0, ""), Began: 3, Ended: 4},
		}, false},
		{"a read beside the write", []Operation{
			{Call: assign("ana", 0), Answer: at(3), Began: 1, Ended: 4},
			{Call: read, Answer: saw(0, ""), Began: 2, Ended: 3},
		}, true},
		{"an unknown one that happened", []Operation{
			{Call: assign("ana", 0), Answer: Answer{At: []event.Seq{3}}, Began: 1, Ended: 99},
			{Call: read, Answer: saw(3, "ana"), Began: 2, Ended: 3},
		}, true},
		{"an unknown one that never did", []Operation{
			{Call: assign("ana", 0), Began: 1, Ended: 99},
			{Call: read, Answer: saw(0, ""), Began: 2, Ended: 3},
		}, true},
		{"a sequence given before an older one", []Operation{
			{Call: assign("ana", 0), Answer: at(3), Began: 1, Ended: 2},
			{Call: Call{Conversation: "c", Changes: []Change{{Aspect: event.AspectStatus, Value: "resolved"}}}, Answer: at(2), Began: 3, Ended: 4},
		}, false},
		{"other conversations do not matter", []Operation{
			{Call: assign("ana", 0), Answer: at(3), Began: 1, Ended: 2},
			{Call: Call{Conversation: "d"}, Answer: Answer{Outcome: OK, Read: State{}}, Began: 3, Ended: 4},
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := NewHistory()
			h.ops = c.ops
			got, err := h.Check(time.Minute)
			if err != nil || got != c.want {
				t.Errorf("linearizable is %v, %v", got, err)
			}
		})
	}
}

// TestResolve: the log decides what nobody was told.
func TestResolve(t *testing.T) {
	h := NewHistory()
	h.Add(Operation{ID: "a", Call: assign("ana", 0), Began: h.Now()})
	h.Add(Operation{ID: "b", Call: assign("ben", 0), Began: h.Now()})
	h.Add(Operation{ID: "r", Call: Call{Conversation: "c"}, Answer: saw(3, "ana"), Began: h.Now()})
	if ok, _ := h.Check(time.Minute); ok {
		t.Error("nobody is known to have assigned ana, and it passes")
	}
	h.Resolve(map[string][]event.Seq{"a": {3}})
	if ok, err := h.Check(time.Minute); !ok || err != nil {
		t.Errorf("the log explains it: %v, %v", ok, err)
	}
}
