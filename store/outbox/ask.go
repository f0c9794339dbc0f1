package outbox

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/client"
)

// inquiry asks the networks that this terminal itself sends to, as the relay asks
// those of its gateway: whether they have what nobody answered, what became of
// sends, how an account stands. One call at a time per account, no faster than it
// may send. While the relay may have what this store has not, nobody is asked: what
// is proved is proved against all that the team sent, and what is learned is told
// to the team. Nothing ticks: it wakes for a change of the queue, a Wake, an answer,
// and one timer to the next question. Its fields are its goroutine's alone, but for
// those of inbox.
type inquiry struct {
	*Outbox
	accounts map[provider.AccountID]*asker
	ended    chan answer
	flying   int
	loaded   bool // what was sent before this start is taken up
	now      time.Time
	inbox    inbox
}

// inbox is what was accepted and not taken up yet.
type inbox struct {
	mu   sync.Mutex
	list []store.AcceptedSend
	told chan struct{} // capacity 1
}

// asker is one account's questions.
type asker struct {
	account  provider.AccountID
	finder   provider.Finder       // nil where the network finds no sends
	statuses provider.StatusPoller // nil where receipts come by themselves
	// errands are what is asked about the account itself, again and again.
	errands []*errand

	open map[provider.OpID]*question
	pace *provider.Pace
	busy bool
	// polls: statuses was there at the start; others than the inquiry's goroutine ask.
	polls bool
}

// errand is a question about an account that has no end.
type errand struct {
	next  time.Time
	every time.Duration
	call  func(context.Context, *asker) answer
}

// question is a send about which the network is to be asked: an unsure one, or one
// that was accepted.
type question struct {
	provider.Question
	unsure   *store.UnsureSend
	accepted store.AcceptedSend
	// over: enough was asked; the send is still unsure, and not taken up anew.
	over bool
}

// answer is what a call came to. done: nothing more is to be asked about the send.
type answer struct {
	asker  *asker
	op     provider.OpID // empty for an errand
	errand *errand
	done   bool
	err    error
	proved *store.AcceptedSend
}

// errNotTaken: the relay takes no such word of a terminal's, now or ever.
var errNotTaken = errors.New("the relay does not take it")

func newInquiry(o *Outbox) *inquiry {
	i := &inquiry{Outbox: o, accounts: map[provider.AccountID]*asker{}, ended: make(chan answer)}
	i.inbox.told = make(chan struct{}, 1)
	for _, id := range o.Asked {
		if p, ok := o.Providers(id); ok {
			if k := i.newAsker(id, p); k.finder != nil || k.polls || len(k.errands) > 0 {
				i.accounts[id] = k
			}
		}
	}
	return i
}

func (i *inquiry) newAsker(id provider.AccountID, p provider.Provider) *asker {
	k := &asker{account: id, open: map[provider.OpID]*question{}}
	caps := p.Capabilities(provider.ChatKey{Account: id})
	can := caps.Can
	if can[provider.CanFindSent] > provider.Absent {
		k.finder, _ = p.(provider.Finder)
	}
	if can[provider.CanPollStatus] > provider.Absent {
		k.statuses, k.polls = p.(provider.StatusPoller)
	}
	if reader, ok := p.(provider.HealthReader); ok && can[provider.CanReadHealth] > provider.Absent {
		k.errands = append(k.errands, &errand{every: healthEvery, call: i.health(reader)})
	}
	if lister, ok := p.(provider.TemplateLister); ok && caps.TemplateList > provider.Absent {
		k.errands = append(k.errands, &errand{every: templatesEvery, call: i.templates(lister)})
	}
	k.pace = provider.NewPace(1, func(chat provider.ChatKey) provider.RateLimit {
		return provider.RateLimit{PerSecond: p.Capabilities(chat).Rate.PerSecond}
	})
	return k
}

// note is told of what a network accepted; it never blocks.
func (i *inquiry) note(a store.AcceptedSend) {
	if k := i.accounts[a.Chat.Account]; k == nil || !k.polls {
		return
	}
	i.inbox.mu.Lock()
	i.inbox.list = append(i.inbox.list, a)
	i.inbox.mu.Unlock()
	signal(i.inbox.told)
}

// run asks what is due, until ctx ends and the last call with it.
func (i *inquiry) run(ctx context.Context) {
	if len(i.accounts) == 0 {
		return
	}
	watch := i.Store.Watch()
	defer watch.Close()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	failures := 0
	for look := true; ; {
		if look {
			timer.Stop()
			next, err := i.round(ctx)
			if failures++; err == nil {
				failures = 0
			} else if ctx.Err() == nil {
				next = i.Now().Add(i.backoff(failures))
				i.Logger.Error("inquiry stumbled", "error", err)
			}
			if !next.IsZero() {
				timer.Reset(max(0, next.Sub(i.Now())))
			}
		}
		select {
		case <-ctx.Done():
			for ; i.flying > 0; i.flying-- {
				<-i.ended
			}
			return
		case <-watch.C():
			look = watch.Take().Outbox
		case <-i.wakeInquiry:
			look = true
		case <-i.inbox.told:
			look = true
		case a := <-i.ended:
			i.settle(a)
			look = true
		case <-timer.C:
			look = true
		}
	}
}

// round starts a call for each account that has something due, and returns when the
// next one is: zero where only an event brings one.
func (i *inquiry) round(ctx context.Context) (next time.Time, err error) {
	if !i.CaughtUp() {
		return next, nil // until a Wake
	}
	if err := i.takeUp(ctx); err != nil {
		return next, err
	}
	now := i.look()
	for _, id := range slices.Sorted(maps.Keys(i.accounts)) {
		k := i.accounts[id]
		at, q, e, open := k.next()
		if !open || k.busy {
			continue
		}
		if ready, _ := k.pace.Ready(k.whole()); ready.After(at) {
			at = ready
		}
		if !at.After(now) {
			i.begin(ctx, k, q, e, now)
		} else if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next, nil
}

// look reads the clock for a round. Where it was set back, nothing of an account
// waits for an instant that was meant to be near.
func (i *inquiry) look() time.Time {
	now := i.Now()
	if by := i.now.Sub(now); by > 0 {
		for _, k := range i.accounts {
			k.pace.SetBack(by)
			for _, e := range k.errands {
				e.next = e.next.Add(-by)
			}
		}
	}
	i.now = now
	return now
}

// takeUp brings the questions in line with what the store leaves open.
func (i *inquiry) takeUp(ctx context.Context) error {
	now := i.Now()
	unsure, err := i.Store.UnsureSends(ctx)
	if err != nil {
		return err
	}
	if !i.loaded {
		accepted, err := i.Store.AcceptedSends(ctx, now.Add(-provider.AskBack))
		if err != nil {
			return err
		}
		i.loaded = true
		for _, a := range accepted {
			i.note(a)
		}
	}
	still := map[provider.OpID]bool{}
	for _, u := range unsure {
		k := i.accounts[u.Send.To.Account]
		if k == nil || k.finder == nil || u.Left.IsZero() || now.Sub(u.Since) > provider.AskBack {
			continue
		}
		still[u.Send.Op] = true
		if q := k.open[u.Send.Op]; q == nil || q.unsure == nil || !q.unsure.Since.Equal(u.Since) {
			k.open[u.Send.Op] = &question{Question: provider.AskToFind(u.Since, now), unsure: &u}
		}
	}
	for _, k := range i.accounts {
		maps.DeleteFunc(k.open, func(op provider.OpID, q *question) bool { return q.unsure != nil && !still[op] })
	}
	i.inbox.mu.Lock()
	fresh := i.inbox.list
	i.inbox.list = nil
	i.inbox.mu.Unlock()
	for _, a := range fresh {
		if k := i.accounts[a.Chat.Account]; k.statuses != nil && k.open[a.Op] == nil {
			k.open[a.Op] = &question{Question: provider.AskForReceipts(a.Since, now), accepted: a}
		}
	}
	return nil
}

// whole is the account as its pace knows it: questions are about no chat's limit.
func (k *asker) whole() provider.ChatKey { return provider.ChatKey{Account: k.account} }

// next is what is asked next, and when: about a send, or an errand; open is false
// where there is nothing.
func (k *asker) next() (at time.Time, q *question, e *errand, open bool) {
	for _, one := range k.errands {
		if !open || one.next.Before(at) {
			at, e, open = one.next, one, true
		}
	}
	for _, op := range slices.Sorted(maps.Keys(k.open)) {
		if one := k.open[op]; !one.over && (!open || one.Next().Before(at)) {
			at, q, e, open = one.Next(), one, nil, true
		}
	}
	return at, q, e, open
}

// begin makes a call in a goroutine of its own; its answer is for settle.
func (i *inquiry) begin(ctx context.Context, k *asker, q *question, e *errand, now time.Time) {
	k.busy = true
	k.pace.Begin(k.whole(), now)
	i.flying++
	var call func(context.Context, *asker) answer
	switch {
	case e != nil:
		e.next = now.Add(e.every)
		call = e.call
	case q.unsure != nil:
		u := *q.unsure
		call = func(ctx context.Context, k *asker) answer { return i.find(ctx, k, u) }
	default:
		accepted := q.accepted
		call = func(ctx context.Context, k *asker) answer { return i.status(ctx, k, accepted) }
	}
	go func() {
		a := call(ctx, k)
		a.errand = e
		i.ended <- a
	}()
}

// settle decides when the network is asked again. A call that said nothing of the
// send does not count, and holds back the account's other questions, too.
func (i *inquiry) settle(a answer) {
	k, now := a.asker, i.Now()
	i.flying--
	k.busy = false
	k.pace.End(k.whole(), now)
	if a.proved != nil {
		i.note(*a.proved)
	}
	if errors.Is(a.err, errNotTaken) {
		i.giveUp(k, a)
		return
	}
	if a.err != nil {
		i.Logger.Warn("a network could not be asked", "account", k.account, "error", a.err)
	}
	var e *provider.Error
	nothing := a.err != nil
	if errors.As(a.err, &e) {
		if nothing = e.SaysNothing(); nothing {
			k.pace.Trip(k.account, now, func(failures int) time.Duration { return wait(failures, e, i.Rand()) })
		}
	}
	if !nothing {
		k.pace.Answered(k.account)
	}
	i.plan(k, a, nothing, now)
}

// plan decides when the network is asked about the send again; nothing says that
// the call told nothing of it.
func (i *inquiry) plan(k *asker, a answer, nothing bool, now time.Time) {
	q := k.open[a.op]
	if q == nil {
		return // an errand, or decided meanwhile
	}
	var asked time.Duration
	if e := (*provider.Error)(nil); errors.As(a.err, &e) {
		asked = e.After
	}
	over := false
	if nothing {
		over = q.Unheard(now, asked)
	} else {
		over = q.Heard(now)
	}
	if q.over = over || a.done; q.over && q.unsure == nil {
		delete(k.open, a.op)
	}
}

// giveUp asks no more for what the relay does not take: it is told by the network
// itself there, or the relay is older.
func (i *inquiry) giveUp(k *asker, a answer) {
	i.Logger.Info("the relay takes no such word of a terminal's", "account", k.account, "error", a.err)
	if a.errand != nil {
		k.errands = slices.DeleteFunc(k.errands, func(e *errand) bool { return e == a.errand })
		return
	}
	k.statuses = nil
	maps.DeleteFunc(k.open, func(_ provider.OpID, q *question) bool { return q.unsure == nil })
}

// tell publishes what a network said. What does not reach the relay is asked for
// again.
func (i *inquiry) tell(ctx context.Context, entries ...client.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	_, err := i.Publish.Publish(ctx, entries)
	if err != nil && permanent(err) {
		return errors.Join(errNotTaken, err)
	}
	return err
}
