package webhookrelay

import (
	"context"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// knowing is what the record says of an operation that is asked for.
type knowing int

const (
	isFree    knowing = iota // it certainly was not sent
	isSettled                // what became of it is the answer
	mayBeLost                // it may have been sent, in a part of the log that is lost
)

// known returns what is on record of an operation. A log of a new epoch has lost
// something: of what was asked for in an earlier one it may know less than was
// done.
func (g *gateway) known(sr sendRequest) (o operation, what knowing, err error) {
	m, epoch := sr.Outgoing, g.relay.log.epoch
	o, found, err := g.relay.log.findOp(g.ctx, m.Op)
	switch {
	case err != nil:
		return o, isFree, err
	case !found && sr.Again && sr.Log != "" && sr.Log != epoch:
		return o, mayBeLost, nil
	case !found:
		return o, isFree, nil
	case o.chat != m.To:
		return o, isFree, badRequest("This operation id was used for another chat. Update frontdesk.")
	case o.state == event.JobScheduled:
		return g.knownPlan(o, sr)
	case o.state == event.JobSending: // its outcome could not be written
		o.state, o.err = event.JobUnsure, noAnswer()
	case o.state == event.JobDiscarded:
		o.err = putAside(o.agent)
	case o.state == event.JobFailed && mayPass(o.err) && o.epoch != epoch:
		return o, mayBeLost, nil
	case o.state == event.JobFailed && mayPass(o.err):
		return o, isFree, nil
	}
	return o, isSettled, nil
}

// doubt records that nobody knows whether the operation was sent. A receipt can
// still prove it, and a person decide about it.
func (g *gateway) doubt(o operation, said event.SendState) (operation, error) {
	o.state, o.err = event.JobUnsure, forgotten()
	told, err := g.entry(o, said)
	if err != nil {
		return o, err
	}
	_, err = g.relay.log.append(g.ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		if ours, err := t.claimOp(ctx, o, said); !ours || err != nil {
			return nil, err // a person was first
		}
		_, err := t.settleOp(ctx, o)
		return []entry{told}, err
	}})
	return o, err
}

// knownPlan is known for an operation that waits for its time. One that was
// scheduled in a log of which a part is lost may have been sent in that part.
func (g *gateway) knownPlan(o operation, sr sendRequest) (operation, knowing, error) {
	s, err := planned(g.ctx, g.relay.log.read, o.op)
	switch {
	case err != nil:
		return o, isFree, err
	case s == nil: // it went, or was put aside, in this moment
		return g.known(sr)
	case o.epoch != g.relay.log.epoch && !s.Due.After(g.relay.now()):
		return o, mayBeLost, nil
	}
	if o.err = g.due(s, sr.Outgoing); o.err != nil {
		return o, isSettled, nil
	}
	return o, isFree, nil
}

func noAnswer() *provider.Error {
	return &provider.Error{
		Op: "send", Reason: provider.NoAnswer, Uncertain: true,
		Text: "The relay stopped before the network's answer came. It may have been sent: look for its receipt, then decide.",
	}
}

func forgotten() *provider.Error {
	return &provider.Error{
		Op: "send", Reason: provider.NoAnswer, Code: "restored", Uncertain: true,
		Text: "The relay was restored and does not know whether it sent this before. Look for its receipt or ask the customer, then decide.",
	}
}

func putAside(by event.AgentID) *provider.Error {
	return &provider.Error{
		Op: "send", Reason: provider.Other, Code: event.CodeDiscarded,
		Text: fmt.Sprintf("%s put it aside or sent it again. Look at the thread before it is sent once more.", by),
	}
}

func doubled() *provider.Error {
	return &provider.Error{
		Op: "send", Reason: provider.Duplicate, Code: "in_flight",
		Text: "The message this one repeats is being sent at this moment. Wait for its outcome before sending it again.",
	}
}
