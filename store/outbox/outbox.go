package outbox

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/client"
)

// Publisher carries team facts to the relay; *client.Client is one.
type Publisher interface {
	// Publish appends all entries or none. A precondition that does not hold is
	// a Result with a Conflict; other refusals are a *client.Error.
	Publish(ctx context.Context, entries []client.Entry) ([]client.Result, error)
}

// Options is what an Outbox works with.
type Options struct {
	Store *store.Store
	// Providers returns what sends for an account; false where this terminal
	// has nothing for it.
	Providers func(provider.AccountID) (provider.Provider, bool)
	Publish   Publisher
	// Direct says which accounts are sent for without a gateway, so that this
	// outbox has to tell the team. Nil means none.
	Direct func(provider.AccountID) bool
	// Asked are the accounts whose networks are asked about what this terminal sent,
	// and how they stand: those whose token it holds.
	Asked []provider.AccountID
	// CaughtUp reports whether everything the relay has is in the store; a Wake
	// follows when it is. Nil means always.
	CaughtUp func() bool
	// Now is the relay's clock as well as it is known, by which windows are
	// judged; nil means Store.Now.
	Now func() time.Time
	// Rand returns numbers in [0,1) for the jitter; nil means math/rand.
	Rand func() float64
	// Logger gets what no screen shows; nil discards.
	Logger *slog.Logger
	// Files opens what goes together with its message; nil where nothing does.
	Files Files
	// Timeout of one attempt without a file; 0 means 60 s.
	Timeout time.Duration
	// Grace is how long Run waits at its end for attempts on the wire to be
	// answered before it cuts them; 0 means 2 s.
	Grace time.Duration
}

// Outbox carries the intent of one store out.
type Outbox struct {
	Options
	wake, wakePublisher, wakeInquiry, wakeResolver, greeted chan struct{} // capacity 1
}

// New returns an Outbox at rest.
func New(o Options) *Outbox {
	if o.Direct == nil {
		o.Direct = func(provider.AccountID) bool { return false }
	}
	if o.Files == nil {
		o.Files = func(string) (io.ReadCloser, int64, error) { return nil, 0, fs.ErrNotExist }
	}
	if o.CaughtUp == nil {
		o.CaughtUp = func() bool { return true }
	}
	if o.Now == nil {
		o.Now = o.Store.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Timeout == 0 {
		o.Timeout = 60 * time.Second
	}
	if o.Grace == 0 {
		o.Grace = 2 * time.Second
	}
	signals := func() chan struct{} { return make(chan struct{}, 1) }
	return &Outbox{Options: o, wake: signals(), wakePublisher: signals(), wakeInquiry: signals(), wakeResolver: signals(), greeted: signals()}
}

// Wake makes Run look at everything again: another process may have written to
// the store, or the relay may be back. It never blocks.
func (o *Outbox) Wake() {
	signal(o.wake)
	signal(o.wakePublisher)
	signal(o.wakeInquiry)
	signal(o.wakeResolver)
}

// Greeted tells that the relay has greeted this terminal anew. A relay gets new
// credentials by a restart, so one message of each paused account that it sends
// for finds out whether they have come. It never blocks.
func (o *Outbox) Greeted() { signal(o.greeted) }

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run carries intent out until ctx ends, waits for the attempts on the wire,
// and returns nil. The caller holds the store's lock: a second Run on the same
// store would take the first one's attempts for interrupted ones.
//
// At its start it settles what a crash interrupted (what was on the wire is
// unsure, or repeated as the same operation where that is safe) and lets one
// message of each paused account try, because a restart is how new credentials
// come. A disk that takes nothing then is waited for.
func (o *Outbox) Run(ctx context.Context) error {
	p := newPublisher(o)
	d := newDispatcher(o, p.announce)
	q := newInquiry(o)
	d.accepted = q.note
	for n := 1; ; n++ {
		err := o.start(ctx, d)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return nil
		}
		if !store.IsDisk(err) {
			return err
		}
		pause := o.backoff(n)
		o.Logger.Error("outbox cannot begin", "again_in", pause, "error", err)
		if !o.rest(ctx, pause) {
			return nil
		}
	}
	// The publisher ends last: what the last attempts came to, and an action
	// followed by leaving the program, should still reach the team.
	publishing, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var running sync.WaitGroup
	running.Go(func() { p.run(publishing) })
	var asking sync.WaitGroup
	asking.Go(func() { q.run(ctx) })
	running.Go(func() { p.resolver.run(publishing) })
	d.run(ctx)
	asking.Wait()
	p.flushNow(publishing)
	stop()
	running.Wait()
	return nil
}

// start settles what was left behind, before anything is claimed.
func (o *Outbox) start(ctx context.Context, d *dispatcher) error {
	if err := o.recover(ctx); err != nil {
		return fmt.Errorf("recover outbox: %w", err)
	}
	if err := d.remember(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("remember limits: %w", err)
	}
	return nil
}

// rest waits for d or for a Wake, and reports false when ctx ended first.
func (o *Outbox) rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-o.wake:
	}
	return true
}

func (o *Outbox) recover(ctx context.Context) error {
	unsure, err := o.Store.Recover(ctx, o.repeatable)
	if err != nil {
		return err
	}
	if unsure > 0 {
		o.Logger.Info("sends were interrupted", "unsure", unsure)
	}
	_, err = o.Store.TryPaused(ctx, nil, false)
	return err
}

// repeatable reports whether every chat of the account may repeat an
// operation. The chat does not matter to drivers, which repeat or do not.
func (o *Outbox) repeatable(id provider.AccountID) bool {
	p, ok := o.Providers(id)
	return ok && p.Capabilities(provider.ChatKey{Account: id}).Repeatable
}

// backoff is the pause after the n-th failure in a row, from 1.
func (o *Outbox) backoff(n int) time.Duration {
	return wait(n, &provider.Error{Reason: provider.Unreachable}, o.Rand())
}

// sleep waits for d, and reports false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
