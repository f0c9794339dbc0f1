package outbox

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// undoLapses is how long after a resolution the network's own inbox hears of it:
// until then it can be taken back, and what is added to it goes along.
const undoLapses = 20 * time.Second

// resolver tells networks that have an inbox of their own of the resolutions that
// this terminal published, each once: what a network did with one that was not
// answered is not known, and the next would close another conversation. Where the
// program ends before the time is over nothing can be taken back any more, and the
// network is told then; where it dies, never.
type resolver struct {
	*Outbox
	mu      sync.Mutex
	waiting []resolved
	more    chan struct{} // capacity 1
}

// resolved is a resolution that the relay took.
type resolved struct {
	conversation event.ConversationID
	seq          event.Seq
	due          time.Time
}

func newResolver(o *Outbox) *resolver { return &resolver{Outbox: o, more: make(chan struct{}, 1)} }

// published takes note of a fact that the relay has at seq.
func (r *resolver) published(pub store.Publication, seq event.Seq) {
	if _, ok := pub.Body.(event.Resolved); !ok || r.of(pub.Account) == nil {
		return
	}
	r.mu.Lock()
	r.waiting = append(r.waiting, resolved{pub.Conversation, seq, time.Now().Add(undoLapses)})
	r.mu.Unlock()
	signal(r.more)
}

// of is who is told for an account; nil where nobody is.
func (r *resolver) of(id provider.AccountID) provider.Resolver {
	p, ok := r.Providers(id)
	if !ok {
		return nil
	}
	to, _ := p.(provider.Resolver)
	return to
}

// run tells until ctx ends, and then at once what still waits.
func (r *resolver) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Stop()
		if next, ok := r.tellDue(ctx, time.Now()); ok {
			timer.Reset(time.Until(next))
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Grace)
			defer cancel()
			r.tellDue(last, time.Now().Add(undoLapses))
			return
		case <-timer.C:
		case <-r.more:
		}
	}
}

// tellDue tells what is due by now, and returns when the next is.
func (r *resolver) tellDue(ctx context.Context, now time.Time) (next time.Time, ok bool) {
	for {
		r.mu.Lock()
		if len(r.waiting) == 0 {
			r.mu.Unlock()
			return time.Time{}, false
		}
		first := r.waiting[0]
		if first.due.After(now) {
			r.mu.Unlock()
			return first.due, true
		}
		r.waiting = r.waiting[1:]
		r.mu.Unlock()
		r.tell(ctx, first)
	}
}

// tell tells the network of one, unless it was taken back, or the customer has
// written since. A failure is told to whoever looks at this store.
func (r *resolver) tell(ctx context.Context, done resolved) {
	c, err := r.Store.Conversation(ctx, done.conversation)
	if err != nil || c.Status != store.StatusResolved || c.StatusSeq != done.seq && !c.Pending {
		return
	}
	to := r.of(c.Account)
	if to == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	failure := r.resolve(ctx, to, &c)
	if failure == nil {
		return
	}
	r.Logger.Warn("the network was not told of a resolution", "account", c.Account, "reason", failure.Reason)
	r.Store.Tell(store.Notice{Kind: store.NoticeAccount, Conversation: c.ID, Account: c.Account, Text: failure.Text, Error: failure})
}

func (r *resolver) resolve(ctx context.Context, to provider.Resolver, c *store.Conversation) (failure *provider.Error) {
	defer func() {
		if recover() != nil {
			r.Logger.Error("a driver panicked", "account", c.Account, "stack", string(debug.Stack()))
			failure = provider.AsError("resolve", errPanicked)
		}
	}()
	return provider.AsError("resolve", to.ResolveChat(ctx, provider.ChatKey{Account: c.Account, Chat: c.Chat}, provider.Resolution{
		Notes: c.Resolution.Notes, Rating: c.Resolution.CSAT, FollowUp: !c.Resolution.FollowUp.IsZero(),
	}))
}
