package webhookrelay

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// askEvery is how often it is looked for questions whose time has come.
const askEvery = 5 * time.Second

// asks is what the relay asks networks about what its gateway sent. It is in
// memory alone: the table of operations has all that is needed to begin anew, so
// that a restart loses no question and repeats at most one of each operation.
type asks struct {
	mu       sync.Mutex
	loaded   bool // what is open is read; from then on the gateway tells what comes
	accounts map[provider.AccountID]*asker
}

// asker asks one account's network, one call at a time and no faster than the
// account may send. What is below fresh is its turn's alone.
type asker struct {
	relay    *Relay
	account  Account
	finder   provider.Finder       // nil where the network finds no sends
	statuses provider.StatusPoller // nil where receipts come by themselves
	healths  provider.HealthReader // nil where the network tells nothing of the account

	fresh []question // guarded by asks.mu: not taken up yet

	open     map[provider.OpID]*question
	pace     *provider.Pace
	healthAt time.Time // when the health is read next
	told     complaint
}

// question is an operation about which the network is to be asked.
type question struct {
	provider.Question
	op    provider.OpID
	state event.JobState // what is asked follows from it
	since time.Time      // of the outcome
}

func newAsks(r *Relay) *asks {
	a := &asks{accounts: map[provider.AccountID]*asker{}}
	for id, account := range r.accounts {
		k := &asker{relay: r, account: account, open: map[provider.OpID]*question{}}
		k.finder, _ = account.Provider.(provider.Finder)
		k.healths, _ = account.Provider.(provider.HealthReader)
		if p, ok := account.Provider.(provider.StatusPoller); ok && account.Hook == "" &&
			account.Provider.Capabilities(provider.ChatKey{Account: id}).Can[provider.CanPollStatus] > provider.Absent {
			k.statuses = p
		}
		if k.finder == nil && k.statuses == nil && k.healths == nil {
			continue
		}
		k.pace = provider.NewPace(1, func(chat provider.ChatKey) provider.RateLimit {
			return provider.RateLimit{PerSecond: account.Provider.Capabilities(chat).Rate.PerSecond}
		})
		a.accounts[id] = k
	}
	return a
}

// askAll asks what is due, until ctx ends.
func (r *Relay) askAll(ctx context.Context) {
	if len(r.asks.accounts) == 0 {
		return
	}
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	var told complaint
	for {
		if err := r.askDue(ctx); err != nil && ctx.Err() == nil && told.due(err, time.Now()) {
			r.logger.Error("ask networks about sends", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// askDue gives every account its turn, all at once: a network that hangs holds
// back its own questions, and the others' next turn for as long as a call may last.
func (r *Relay) askDue(ctx context.Context) error {
	if err := r.asks.load(ctx, r); err != nil {
		return err
	}
	var turns sync.WaitGroup
	for id, k := range r.asks.accounts {
		turns.Go(func() {
			if err := k.turn(ctx); err != nil && ctx.Err() == nil && k.told.due(err, time.Now()) {
				r.logger.Warn("a network could not be asked", "account", id, "error", err)
			}
		})
	}
	turns.Wait()
	return nil
}

// load takes up, once, what the operations leave open. Those that are settled
// meanwhile are told by the gateway as well; they are one question.
func (a *asks) load(ctx context.Context, r *Relay) error {
	a.mu.Lock()
	loaded := a.loaded
	a.loaded = true
	a.mu.Unlock()
	if loaded {
		return nil
	}
	open, since, err := r.log.openOps(ctx, r.now().Add(-provider.AskBack))
	a.mu.Lock()
	a.loaded = err == nil
	a.mu.Unlock()
	for i, o := range open {
		a.note(o, since[i])
	}
	return err
}

// note adds the question, if there is one, that an operation's outcome leaves.
func (a *asks) note(o operation, since time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.accounts[o.chat.Account]
	if !a.loaded || k == nil || !k.asksAbout(o) {
		return
	}
	k.fresh = append(k.fresh, question{op: o.op, state: o.state, since: since})
}

// asksAbout reports whether an operation as it stands leaves a question.
func (k *asker) asksAbout(o operation) bool {
	return (o.state == event.JobUnsure && k.finder != nil) || (o.state == event.JobSent && o.message != "" && k.statuses != nil)
}

// turn reads the account's health and asks what is due, as far as its pace lets
// it now.
func (k *asker) turn(ctx context.Context) error {
	err := k.readHealth(ctx)
	enough := k.relay.now().Add(askEvery) // the others wait for a slow one's turn
	for _, q := range k.due() {
		now := k.relay.now()
		if at, _ := k.pace.Ready(k.any()); at.After(now) || now.After(enough) || ctx.Err() != nil {
			break
		}
		err = errors.Join(err, k.ask(ctx, q))
	}
	return err
}

// any is the account as its pace knows it: questions are about no chat's limit.
func (k *asker) any() provider.ChatKey { return provider.ChatKey{Account: k.account.ID} }

// due takes up what is new and returns what is to be asked now, oldest first.
func (k *asker) due() (due []*question) {
	now := k.relay.now()
	k.relay.asks.mu.Lock()
	fresh := k.fresh
	k.fresh = nil
	k.relay.asks.mu.Unlock()
	for _, q := range fresh {
		q.Question = provider.AskToFind(q.since, now)
		if q.state == event.JobSent {
			q.Question = provider.AskForReceipts(q.since, now)
		}
		k.open[q.op] = &q
	}
	for _, q := range k.open {
		if !q.Next().After(now) {
			due = append(due, q)
		}
	}
	slices.SortFunc(due, func(a, b *question) int { return cmp.Or(a.Next().Compare(b.Next()), cmp.Compare(a.op, b.op)) })
	return due
}

// ask makes one call about an operation, if it still stands as it did.
func (k *asker) ask(ctx context.Context, q *question) error {
	o, found, err := k.relay.log.findOp(ctx, q.op)
	if err != nil {
		return err
	}
	switch {
	case !found || o.chat.Chat == "" || !k.asksAbout(o): // erased, or decided by a person
		delete(k.open, q.op)
		return nil
	case o.state != q.state: // proved by a receipt
		delete(k.open, q.op)
		k.relay.asks.note(o, k.relay.now())
		return nil
	}
	var done bool
	if o.state == event.JobUnsure {
		done, err = k.find(ctx, o)
	} else {
		done, err = k.status(ctx, o)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	k.plan(q, done, err)
	return err
}

// plan decides when the network is asked again. A call that said nothing of the
// operation does not count, and holds back the account's other questions, too.
func (k *asker) plan(q *question, done bool, err error) {
	now := k.relay.now()
	var e *provider.Error
	own := err != nil && !errors.As(err, &e)
	switch {
	case own:
		done = q.Unheard(now, 0)
	case e != nil && e.SaysNothing():
		k.pace.Trip(k.account.ID, now, func(failures int) time.Duration { return pause(failures, e) })
		done = q.Unheard(now, e.After)
	default:
		k.pace.Answered(k.account.ID)
		done = q.Heard(now) || done
	}
	if done {
		delete(k.open, q.op)
	}
}

// call makes one call of the driver within the account's pace. It never panics;
// its error is a *provider.Error or nil.
func (k *asker) call(ctx context.Context, op string, call func(context.Context) error) error {
	k.pace.Begin(k.any(), k.relay.now())
	defer func() { k.pace.End(k.any(), k.relay.now()) }()
	if e := provider.Ask(ctx, op, call); e != nil {
		return e
	}
	return nil
}
