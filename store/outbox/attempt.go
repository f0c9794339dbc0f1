package outbox

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// finishWithin bounds one try to store an outcome.
const finishWithin = 5 * time.Second

// attempt is one job on its way through the wire, and what it came to.
type attempt struct {
	job        store.Job
	repeatable bool // a repeated OpID never sends twice
	noID       bool // an accepted send answers without an id
	asked      bool // the network was asked
	message    provider.MessageID
	err        *provider.Error
	outcome    store.Outcome
	// ended is when its answer came: pauses count from then, not from when that
	// was stored.
	ended time.Time
}

// carry makes one attempt at a job that is marked as sending, and stores what
// became of it. wire ends when the attempt has to be cut.
func (d *dispatcher) carry(wire context.Context, job store.Job) attempt {
	a := attempt{job: job}
	p, ok := d.Providers(job.Send.To.Account)
	if !ok {
		a.err = unknownInbox(job.Send.To.Account)
		d.conclude(&a)
		d.finish(wire, a)
		return a
	}
	caps := p.Capabilities(job.Send.To)
	a.repeatable, a.noID = caps.Repeatable, caps.NoID
	if job.Overtaken != nil && !a.mayHaveLeft() {
		a.outcome = overtaken(job.Overtaken)
		d.finish(wire, a)
		return a
	}
	if no := Judge(caps, job.Standing, job.Send, job.LastInbound, d.Now()); no != nil && (unwanted(no) || !a.mayHaveLeft()) {
		if a.outcome = (store.Outcome{State: event.JobFailed, Error: no}); a.mayHaveLeft() {
			a.outcome = doubted(no)
		}
		d.finish(wire, a)
		return a
	}
	d.announce(wire, job.Send.To.Account)
	a.asked = true
	a.message, a.err = d.send(wire, p, job.Send)
	if a.err != nil && errors.Is(a.err, provider.ErrUnwritten) && wire.Err() == nil {
		// A connection died before it took a byte: at once again, and once.
		a.message, a.err = d.send(wire, p, job.Send)
	}
	d.conclude(&a)
	d.finish(wire, a)
	return a
}

func (d *dispatcher) conclude(a *attempt) {
	a.ended = d.Now()
	a.outcome = decide(*a, a.ended, d.Rand())
	a.outcome.At, a.outcome.Answered = a.ended, a.answered()
}

// answered reports whether the account's network took the attempt, or refused
// that one alone: then the account works, whatever stood in its way before.
func (a *attempt) answered() bool {
	if !a.asked || a.err == nil {
		return a.asked
	}
	return !a.err.Uncertain && !a.err.PausesAccount() && (a.err.Reason == provider.PairLimited || !a.err.Retryable())
}

// mayHaveLeft reports whether an earlier attempt may have been accepted. Then
// only asking for the same operation again tells, and a refusal of our own
// would claim to know.
func (a *attempt) mayHaveLeft() bool { return a.repeatable && a.job.Attempt > 1 }

// send is the wire. A driver that panics may have sent; what it said may be the
// customer's words, so that only the place is told.
func (d *dispatcher) send(wire context.Context, p provider.Provider, m provider.Outgoing) (id provider.MessageID, failure *provider.Error) {
	limit := d.Timeout
	name, file := keeps(p, &m)
	if file {
		limit = max(limit, fileTimeout)
	}
	ctx, cancel := context.WithTimeout(wire, limit)
	defer cancel()
	defer func() {
		if recover() != nil {
			d.Logger.Error("a driver panicked", "account", m.To.Account, "op", m.Op, "stack", string(debug.Stack()))
			id, failure = "", provider.AsError("send", errPanicked)
		}
	}()
	m.Agent = string(d.Store.Me())
	var err error
	if file {
		id, err = d.sendFile(ctx, p.(provider.FileSender), m, name)
	} else {
		id, err = d.joiner.Send(ctx, p, m)
	}
	return id, provider.AsError("send", err)
}

var errPanicked = errors.New("the driver panicked")

// finish stores the outcome, whatever else ends meanwhile: it is known here
// and nowhere else. Only when the store stays unusable until the program ends
// is it lost; then the job is still marked as sending, and the next start
// makes that unsure.
func (d *dispatcher) finish(wire context.Context, a attempt) {
	for n := 1; ; n++ {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(wire), finishWithin)
		err := d.Store.Finish(ctx, a.job.Op, a.outcome)
		cancel()
		// Whose contact was erased meanwhile, of that nothing is kept.
		if err == nil || errors.Is(err, store.ErrNotFound) {
			return
		}
		pause := d.backoff(n)
		d.Logger.Error("outcome not stored", "op", a.job.Op, "state", a.outcome.State, "again_in", pause, "error", err)
		if !sleep(wire, pause) {
			return
		}
	}
}
