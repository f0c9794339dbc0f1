package outbox

import (
	"context"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// perAccount is how many attempts of one account may be on the wire at once.
const perAccount = 8

// dispatcher claims jobs and starts one goroutine per attempt. The store keeps
// the order within a conversation (it gives out no second job of one while the
// first is on the wire); the dispatcher keeps the pace. It owns its fields
// alone. Nothing ticks: it wakes for a change of the store, a Wake, an attempt
// that ended, and one timer to the next instant at which something may leave.
type dispatcher struct {
	*Outbox
	// announce tells the team of a direct send before it leaves.
	announce func(context.Context, provider.AccountID)
	// accepted is told of what a network took, after that is stored.
	accepted func(store.AcceptedSend)

	pace   *provider.Pace
	joiner provider.Joiner
	flying int
	ended  chan attempt
	// now and paced belong to one round: the instant it judges by, and the
	// earliest instant at which something it left behind may leave.
	now   time.Time
	paced time.Time
	// setBack is set while the store has not heard that the clock was.
	setBack bool
	// try is set while the store has not heard that the relay greeted us.
	try bool
	// failures counts rounds that could not use the store.
	failures int
}

func newDispatcher(o *Outbox, announce func(context.Context, provider.AccountID)) *dispatcher {
	d := &dispatcher{Outbox: o, announce: announce, ended: make(chan attempt)}
	d.pace = provider.NewPace(perAccount, func(chat provider.ChatKey) provider.RateLimit {
		p, ok := o.Providers(chat.Account)
		if !ok {
			return provider.RateLimit{}
		}
		return p.Capabilities(chat).Rate
	})
	return d
}

// remember takes up the limits that the last program was told: a restart gives
// nobody the right to send sooner.
func (d *dispatcher) remember(ctx context.Context) error {
	now := d.Now()
	d.now = now
	if err := d.Store.SetBack(ctx, now); err != nil {
		return err
	}
	limits, err := d.Store.Limits(ctx, now)
	for _, l := range limits {
		switch l.Reason {
		case provider.Unreachable, provider.RateLimited:
			d.pace.Trip(l.Chat.Account, now, func(int) time.Duration { return l.Until.Sub(now) })
		case provider.PairLimited:
			d.pace.HoldPair(l.Chat, l.Until)
		}
	}
	return err
}

func (d *dispatcher) run(ctx context.Context) {
	watch := d.Store.Watch()
	defer watch.Close()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	// An attempt outlives ctx by the grace, so that leaving the program does
	// not make a send unsure that was about to be answered.
	wire, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	for look := true; ; {
		if look {
			timer.Stop()
			if next, ok := d.round(ctx, wire); ok {
				timer.Reset(max(0, next.Sub(d.Now())))
			}
		}
		select {
		case <-ctx.Done():
			d.drain(cut)
			return
		case <-watch.C():
			look = watch.Take().Outbox
		case <-d.wake:
			look = true
		case <-d.greeted:
			look, d.try = true, true
		case a := <-d.ended:
			d.settle(a)
			look = true
		case <-timer.C:
			look = true
		}
	}
}

// round starts everything that may leave now, and returns when it is worth
// looking again without being woken.
func (d *dispatcher) round(ctx, wire context.Context) (next time.Time, timed bool) {
	if err := d.look(context.WithoutCancel(ctx)); err != nil {
		return d.stumble("look at the clock", err)
	}
	if err := d.tryPaused(context.WithoutCancel(ctx)); err != nil {
		return d.stumble("try paused accounts", err)
	}
	d.paced = time.Time{}
	for ctx.Err() == nil {
		// A claim that was cancelled half-way could leave a job marked as
		// sending that nobody sends.
		job, ok, err := d.Store.Claim(context.WithoutCancel(ctx), d.now, d.blocked)
		if err != nil {
			return d.stumble("claim a job", err)
		}
		if !ok {
			return d.next(ctx)
		}
		d.begin(wire, job)
	}
	return time.Time{}, false
}

// look reads the clock for a round. Where it was set back, as by the relay's
// word of the time, nothing may wait for an instant that was meant to be near
// and is now far: a message would be stuck for as long as the clock was wrong.
func (d *dispatcher) look(ctx context.Context) error {
	before := d.now
	d.now = d.Now()
	if by := before.Sub(d.now); by > 0 {
		d.pace.SetBack(by)
	}
	// Waits on disk are in wall time, which can go back while the process's
	// own time does not.
	d.setBack = d.setBack || d.now.Round(0).Before(before.Round(0))
	if !d.setBack {
		return nil
	}
	err := d.Store.SetBack(ctx, d.now)
	d.setBack = err != nil
	return err
}

// tryPaused lets the accounts that the relay sends for try after a greeting.
func (d *dispatcher) tryPaused(ctx context.Context) error {
	if !d.try {
		return nil
	}
	_, err := d.Store.TryPaused(ctx, func(id provider.AccountID) bool { return !d.Direct(id) }, false)
	d.try = err != nil
	return err
}

// next is the earlier of what waits for its time and what waits for its pace.
// What is due and still here waits for an event, not for time.
// What stays, of that the team is told.
func (d *dispatcher) next(ctx context.Context) (time.Time, bool) {
	if err := d.Store.TellWaiting(context.WithoutCancel(ctx)); err != nil {
		return d.stumble("tell the team what waits", err)
	}
	due, ok, err := d.Store.NextDue(context.WithoutCancel(ctx), d.now)
	if err != nil {
		return d.stumble("read the queue", err)
	}
	d.failures = 0
	if ok {
		d.keep(due)
	}
	return d.paced, !d.paced.IsZero()
}

// stumble is what happens when the store cannot be used: it is tried again
// later, because what people wrote is in there and nowhere else.
func (d *dispatcher) stumble(what string, err error) (time.Time, bool) {
	d.failures++
	pause := d.backoff(d.failures)
	d.Logger.Error("outbox stumbled", "at", what, "again_in", pause, "error", err)
	return d.Now().Add(pause), true
}

// blocked tells Claim which jobs have to wait, and notes until when.
func (d *dispatcher) blocked(job store.Job) bool {
	if d.unheard(job) || d.awaitsProof(job) {
		return true // until a Wake
	}
	at, byTime := d.pace.Ready(job.Send.To)
	if !byTime {
		return true
	}
	if !at.After(d.now) {
		return false
	}
	d.keep(at)
	return true
}

// unheard reports whether the relay that sends a job may know what this store does not:
// that a colleague answered, or that the window closed. It has to be reached to send, and
// so it is heard first.
func (d *dispatcher) unheard(job store.Job) bool {
	return !d.CaughtUp() && !d.Direct(job.Send.To.Account)
}

// awaitsProof reports whether the relay may have, and this store not yet, the
// receipt of a job that is to be tried again. A network that answered can have
// taken the message it called itself unavailable for; one that was never
// reached, or counts, took nothing; and a gateway looks for the receipt itself.
// There is no limit to the wait: without the relay no receipt can be seen, and
// whoever knows better can send it again.
func (d *dispatcher) awaitsProof(job store.Job) bool {
	return job.Last != nil && job.Last.Reason == provider.Unavailable && !d.CaughtUp() && !d.repeatable(job.Send.To.Account)
}

func (d *dispatcher) keep(at time.Time) {
	if d.paced.IsZero() || at.Before(d.paced) {
		d.paced = at
	}
}

func (d *dispatcher) begin(wire context.Context, job store.Job) {
	d.pace.Begin(job.Send.To, d.now)
	d.flying++
	go func() { d.ended <- d.carry(wire, job) }()
}

// settle takes an attempt off the wire and obeys what the network asked for. A
// limit, or a network that cannot be reached, holds back its account or its
// chat and not only the job that met it: all the others would meet it too.
func (d *dispatcher) settle(a attempt) {
	d.flying--
	now, to := d.Now(), a.job.Send.To
	d.pace.End(to, now)
	if a.outcome.State == event.JobSent && a.message != "" {
		d.accepted(store.AcceptedSend{Op: a.job.Op, Chat: to, Conversation: a.job.Conversation, Message: a.message, Since: now})
	}
	if a.ended.After(now) {
		d.setBack = true // what was stored meanwhile may be by either clock
	} else {
		now = a.ended // storing it may have taken long
	}
	switch {
	case !a.asked: // it was judged here, and tells nothing of the network
	case a.err == nil:
		d.pace.Answered(to.Account)
	case a.err.Reason == provider.NoAnswer: // it tells nothing of the next one
	case a.err.Reason == provider.Unreachable, a.err.Reason == provider.RateLimited:
		d.pace.Trip(to.Account, now, func(failures int) time.Duration { return wait(failures, a.err, d.Rand()) })
	case a.err.Reason == provider.PairLimited:
		d.pace.HoldPair(to, now.Add(wait(a.job.Attempt, a.err, d.Rand())))
	default:
		d.pace.Answered(to.Account)
	}
}

// drain waits for what is on the wire; after the grace it cuts it, and every
// attempt still ends with a stored outcome.
func (d *dispatcher) drain(cut func()) {
	grace := time.AfterFunc(d.Grace, cut)
	defer grace.Stop()
	for d.flying > 0 {
		d.settle(<-d.ended)
	}
}
