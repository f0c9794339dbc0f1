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

const (
	// askEvery is how often it is looked for questions whose time has come.
	askEvery = 5 * time.Second
	// askLimit bounds one call.
	askLimit = 30 * time.Second
	// askBack is how long after a send its network is asked for receipts.
	askBack = 48 * time.Hour
)

// When a network is asked about a send, counted from its outcome.
var (
	findAfter = []time.Duration{
		3 * time.Minute, 10 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	}
	statusAfter = []time.Duration{
		30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour,
	}
)

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
	op    provider.OpID
	state event.JobState // what is asked follows from it
	since time.Time      // of the outcome
	asked int            // how many of the distances are behind it
	fails int            // calls in a row that said nothing of it
	next  time.Time
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
	open, since, err := r.log.openOps(ctx, r.now().Add(-askBack))
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
	if !a.loaded || k == nil || k.distances(o) == nil {
		return
	}
	k.fresh = append(k.fresh, question{op: o.op, state: o.state, since: since})
}

// distances are when the network is asked about an operation; nil for never.
func (k *asker) distances(o operation) []time.Duration {
	switch {
	case o.state == event.JobUnsure && k.finder != nil:
		return findAfter
	case o.state == event.JobSent && o.message != "" && k.statuses != nil:
		return statusAfter
	}
	return nil
}

// passed is how many of the distances are over at now.
func (q *question) passed(distances []time.Duration, now time.Time) int {
	n := 0
	for n < len(distances) && !q.since.Add(distances[n]).After(now) {
		n++
	}
	return n
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
		distances := findAfter
		if q.state == event.JobSent {
			distances = statusAfter
		}
		// Of what is over before it was taken up, the last is made up for.
		q.asked = max(0, q.passed(distances, now)-1)
		q.next = q.since.Add(distances[q.asked])
		k.open[q.op] = &q
	}
	for _, q := range k.open {
		if !q.next.After(now) {
			due = append(due, q)
		}
	}
	slices.SortFunc(due, func(a, b *question) int { return cmp.Or(a.next.Compare(b.next), cmp.Compare(a.op, b.op)) })
	return due
}

// ask makes one call about an operation, if it still stands as it did.
func (k *asker) ask(ctx context.Context, q *question) error {
	o, found, err := k.relay.log.findOp(ctx, q.op)
	if err != nil {
		return err
	}
	distances := k.distances(o)
	switch {
	case !found || o.chat.Chat == "" || distances == nil: // erased, or decided by a person
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
	k.plan(q, distances, done, err)
	return err
}

// plan decides when the network is asked again. A call that said nothing of the
// operation does not count, and holds back the account's other questions, too.
func (k *asker) plan(q *question, distances []time.Duration, done bool, err error) {
	now := k.relay.now()
	var e *provider.Error
	own := err != nil && !errors.As(err, &e)
	if own || (e != nil && saysNothing(e)) {
		q.fails++
		again := min(time.Minute<<min(q.fails-1, 10), time.Hour)
		if e != nil {
			again = max(again, min(e.After, longestAsked))
			k.pace.Trip(k.account.ID, now, func(failures int) time.Duration { return pause(failures, e) })
		}
		q.next = now.Add(again)
		done = q.state == event.JobSent && now.Sub(q.since) > askBack
	} else {
		k.pace.Answered(k.account.ID)
		q.fails, q.asked = 0, max(q.asked+1, q.passed(distances, now))
	}
	switch {
	case done || q.asked == len(distances):
		delete(k.open, q.op)
	case q.fails == 0:
		q.next = q.since.Add(distances[q.asked])
	}
}

// saysNothing reports an answer that is about the network or the account.
func saysNothing(e *provider.Error) bool {
	switch e.Reason {
	case provider.Unreachable, provider.Unavailable, provider.RateLimited, provider.NoAnswer:
		return true
	}
	return e.PausesAccount()
}

// call makes one call of the driver within the account's pace. It never panics;
// its error is a *provider.Error or nil.
func (k *asker) call(ctx context.Context, op string, call func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	k.pace.Begin(k.any(), k.relay.now())
	defer func() {
		if recover() != nil { // its words may be the customer's
			err = &provider.Error{Op: op, Reason: provider.Other, Err: errors.New("the driver panicked")}
		}
		k.pace.End(k.any(), k.relay.now())
	}()
	if e := provider.AsError(op, call(ctx)); e != nil {
		return e
	}
	return nil
}
