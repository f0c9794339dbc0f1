package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/outbox"
	"frontdesk/webhookrelay/event"
)

// Options is what a Worker works with.
type Options struct {
	Store *store.Store
	// Terminal names this terminal, as Store's options do; required.
	Terminal string
	// Always asks for the lease whether or not a rule needs it, so that the team can
	// see that a worker is alive. Others ask for it where there are rules and Leads is
	// set.
	Always, Leads bool
	// Capabilities returns what a chat may be sent; false where this terminal sends
	// nothing for the account.
	Capabilities func(provider.ChatKey) (*provider.Capabilities, bool)
	// CaughtUp reports whether everything the relay has is in the store; a Wake
	// follows when it is. Nil means always.
	CaughtUp func() bool
	// Sends tells the outbox that there is something to send; may be nil.
	Sends func()
	// Logger gets what no screen shows; nil discards.
	Logger *slog.Logger
}

// Worker does one team's work from one store.
type Worker struct {
	Options
	wake chan struct{} // capacity 1
	// asked is when the lease was asked for last: one that is refused is not asked for
	// without end.
	asked time.Time
	// held is until when the log last said that the lease is ours.
	held time.Time
	// tried is when what was given back may be tried again.
	tried map[attempt]time.Time
	// turns are when the next of a broadcast may go that the team has paced.
	turns map[event.BroadcastID]time.Time
	// failures counts rounds that could not use the store.
	failures int
}

// attempt is one edition of what was scheduled.
type attempt struct {
	op      provider.OpID
	edition int
}

// New returns a Worker at rest.
func New(o Options) *Worker {
	if o.CaughtUp == nil {
		o.CaughtUp = func() bool { return true }
	}
	if o.Sends == nil {
		o.Sends = func() {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Worker{Options: o, wake: make(chan struct{}, 1), tried: map[attempt]time.Time{}, turns: map[event.BroadcastID]time.Time{}}
}

// Wake makes Run look at everything again. It never blocks.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends and returns nil. It gives the lease back at its end, which
// the team hears where the outbox ends after it. Nothing ticks: it wakes for a change of
// the store, a Wake, and one timer to the next instant at which something is due.
func (w *Worker) Run(ctx context.Context) error {
	watch := w.Store.Watch()
	defer watch.Close()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var beat <-chan time.Time // until it was quiet for long enough to look at a change
	for look := true; ; {
		if look {
			timer.Stop()
			beat = nil
			if next := w.round(ctx); !next.IsZero() {
				timer.Reset(max(0, next.Sub(w.Store.Now())))
			}
		}
		look = true
		select {
		case <-ctx.Done():
			w.release(context.WithoutCancel(ctx))
			return nil
		case <-watch.C():
			if c := watch.Take(); beat == nil && (c.List || c.Settings) {
				beat = time.After(settle)
			}
			look = false
		case <-beat:
		case <-w.wake:
		case <-timer.C:
		}
	}
}

// round does everything that is due and returns when it is worth looking again
// without being woken; zero for never.
func (w *Worker) round(ctx context.Context) time.Time {
	if !w.CaughtUp() {
		return time.Time{} // what somebody wrote meanwhile is not known
	}
	now, s := w.Store.Now(), &soonest{}
	silent, err := w.Store.ReadOnly(ctx)
	if silent {
		return time.Time{} // the relay would take nothing of it
	}
	var rules []rule
	if err == nil {
		rules, err = w.rules(ctx)
	}
	var teams []store.Team
	if err == nil {
		teams, err = w.Store.Teams(ctx)
	}
	leads, free := false, false
	if err == nil {
		leads, free, err = w.lead(ctx, now, len(rules) > 0 || routes(teams), s)
	}
	if err == nil {
		err = w.sendDue(ctx, now, leads, free, s)
	}
	if err == nil {
		err = w.sendBroadcasts(ctx, now, leads, free, s)
	}
	if err == nil && leads {
		err = w.route(ctx, teams)
	}
	if err == nil && leads {
		err = w.follow(ctx, now, rules, teams, s)
	}
	if err == nil || ctx.Err() != nil {
		w.failures = 0
		return s.at
	}
	w.failures++
	w.Logger.Error("worker stumbled", "error", err)
	return now.Add(min(time.Minute, time.Second<<min(w.failures, 6)))
}

// soonest keeps the earliest of some instants.
type soonest struct{ at time.Time }

func (s *soonest) keep(at time.Time) {
	if s.at.IsZero() || at.Before(s.at) {
		s.at = at
	}
}

const (
	// settle is how long changes of the store are gathered before they are looked at.
	settle = 50 * time.Millisecond
	// many is how much is done in one round before others get their turn.
	many = 50
	// most is how far beyond what is another's to send this one looks for its own.
	most = 1000
	// grace is how long what is due is left to the worker before any terminal
	// sends it.
	grace = time.Minute
	// again is how long what was given back is left alone.
	again = 5 * time.Second
)

// sendDue gives to the outbox what was scheduled and is due: all of it where this
// terminal leads, and else what it alone may send, what its own agent wrote while
// nobody leads, and what whoever leads has left for a while.
func (w *Worker) sendDue(ctx context.Context, now time.Time, leads, free bool, s *soonest) error {
	list, err := w.Store.DueSends(ctx, now, most)
	if err != nil {
		return err
	}
	ran := 0
	for _, d := range list {
		if ran == many {
			s.keep(now)
			break
		}
		if at, ours := w.ours(d, now, leads, free); !ours {
			s.keep(at)
			continue
		}
		did, err := w.run(ctx, now, d, s)
		if err != nil {
			return err
		}
		if did {
			ran++
		}
	}
	next, ok, err := w.Store.NextScheduled(ctx, now)
	if ok {
		s.keep(next)
	}
	return err
}

// ours reports whether a send that is due is this terminal's to run, and from when on
// where it is not yet.
func (w *Worker) ours(d store.DueSend, now time.Time, leads, free bool) (from time.Time, ours bool) {
	if leads || d.Runner != "" || free && d.By == w.Store.Agent() {
		return time.Time{}, true
	}
	from = d.Due.Add(grace)
	return from, !now.Before(from)
}

// run gives one of them to the outbox, unless it came back a moment ago, and reports
// whether it did.
func (w *Worker) run(ctx context.Context, now time.Time, d store.DueSend, s *soonest) (did bool, err error) {
	at := attempt{d.Op, d.Edition}
	if wait := w.tried[at]; now.Before(wait) {
		s.keep(wait)
		return false, nil
	}
	c, err := w.Store.Conversation(ctx, d.Conversation)
	if err != nil {
		return false, err
	}
	caps, ok := w.Capabilities(provider.ChatKey{Account: d.Account, Chat: c.Chat})
	if !ok {
		return false, nil
	}
	w.clean(now)
	w.tried[at] = now.Add(again)
	var gone error
	ran, err := w.Store.RunDue(ctx, d, func(out *provider.Outgoing, inbound time.Time) *provider.Error {
		if m := out.Content.Template; m != nil {
			e, err := w.templateGone(ctx, d.Account, m)
			if gone = err; e != nil {
				return e
			}
		}
		if d.Rule == "" && out.Content.Kind != provider.Templated { // what a person wrote says so, where the network wants that
			out.Tag, _ = caps.Window.Tag(inbound, now)
		}
		return outbox.Judge(caps, c.Standing, *out, inbound, now)
	})
	if err = errors.Join(err, gone); err != nil {
		return false, err
	}
	w.Logger.Info("scheduled message", "op", d.Op, "became", ran)
	w.Sends()
	return true, nil
}

// clean forgets attempts that may be made again.
func (w *Worker) clean(now time.Time) {
	for at, wait := range w.tried {
		if !now.Before(wait) {
			delete(w.tried, at)
		}
	}
}

// gone reports an error about a conversation that is not there any more.
func gone(err error) bool { return errors.Is(err, store.ErrNotFound) }
