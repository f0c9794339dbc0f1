package outbox

import (
	"context"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

const (
	// tellMost is how often a network that takes nothing is told of a resolution: at
	// 1, 2, 4 … 60 min, about a day.
	tellMost = 28
	// tellAgain is the wait after a store that could not be used.
	tellAgain = 10 * time.Second
)

// resolver tells networks that have an inbox of their own, and whose credential this
// terminal holds, of the resolutions that it published; the relay does so for its
// gateway's. Each is kept on disk until its network has heard of it, and is told
// once: what a network did with one that was not answered is not known, and the next
// would close another conversation. Where the program ends before undo has lapsed,
// the network is told then.
type resolver struct {
	*Outbox
	more chan struct{} // capacity 1
}

func newResolver(o *Outbox) *resolver { return &resolver{Outbox: o, more: make(chan struct{}, 1)} }

// published takes note of a fact that the relay has at seq, before it is recorded as
// published.
func (r *resolver) published(ctx context.Context, pub store.Publication, seq event.Seq) error {
	if _, ok := pub.Body.(event.Resolved); !ok || r.of(pub.Account) == nil {
		return nil
	}
	err := r.Store.KeepToTell(ctx, store.ToTell{Seq: seq, Conversation: pub.Conversation, Due: r.Now().Add(event.UndoFor)})
	signal(r.more)
	return err
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

// run tells until ctx ends, and then at once what still waits. What the last program
// had on the wire is unsure first.
func (r *resolver) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for interrupted := true; ; {
		timer.Stop()
		pause, err := r.round(ctx, interrupted, 0)
		interrupted = interrupted && err != nil
		if err != nil && ctx.Err() == nil {
			r.Logger.Error("resolutions not told", "error", err)
			pause = tellAgain
		}
		if pause > 0 {
			timer.Reset(pause)
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Grace)
			defer cancel()
			_, _ = r.round(last, false, event.UndoFor) // what is not told now is told by the next program
			return
		case <-timer.C:
		case <-r.wakeResolver:
		case <-r.more:
		}
	}
}

// round tells what is due within ahead of now, and returns how long to wait for the
// next; 0 where only an event brings one. While the relay may know of a word that
// takes one back, nobody is told.
func (r *resolver) round(ctx context.Context, interrupted bool, ahead time.Duration) (pause time.Duration, err error) {
	list, err := r.Store.ToTell(ctx)
	for _, t := range list {
		if t.Telling && interrupted && err == nil {
			err = r.Store.Told(ctx, t.Conversation, event.ToldOf(t.Seq, interruptedTelling()))
		}
	}
	for _, t := range list {
		wait := t.Due.Sub(r.Now()) - ahead
		switch {
		case err != nil || t.Telling:
			continue
		case !r.CaughtUp(): // until a Wake
			return 0, nil
		case wait > 0 && wait <= provider.AskBack: // a clock that was set back keeps none
			return wait, nil
		}
		if err = r.tell(ctx, t); err == nil {
			signal(r.more) // it may wait for another time now
		}
	}
	return 0, err
}

func interruptedTelling() *provider.Error {
	return &provider.Error{
		Op: "resolve", Reason: provider.NoAnswer, Uncertain: true,
		Text: "frontdesk ended while the network was told. It may be resolved over there, or not: look there.",
	}
}

// tell tells the network of one, unless it was taken back, or the customer has written
// since. What it said is told to the team; what it certainly did not take is told to
// it again later.
func (r *resolver) tell(ctx context.Context, t store.ToTell) error {
	c, err := r.Store.Conversation(ctx, t.Conversation)
	to := r.of(c.Account)
	if err != nil || to == nil || c.Status != store.StatusResolved || c.StatusSeq != t.Seq && !c.Pending {
		return r.Store.DropToTell(ctx, t.Seq)
	}
	if err := r.Store.ClaimToTell(ctx, t.Seq); err != nil {
		return err
	}
	failure := provider.Ask(ctx, "resolve", func(ctx context.Context) error {
		return to.ResolveChat(ctx, c.ChatOf(), provider.Resolution{
			Notes: c.Resolution.Notes, Rating: c.Resolution.CSAT, FollowUp: !c.Resolution.FollowUp.IsZero(),
		})
	})
	after := context.WithoutCancel(ctx) // what it came to is known here alone
	if failure != nil {
		r.Logger.Warn("the network was not told of a resolution", "account", c.Account, "reason", failure.Reason)
	}
	if failure != nil && (failure.Retryable() || failure.PausesAccount()) && t.Tries < tellMost {
		return r.Store.LaterToTell(after, t.Seq, r.Now().Add(max(min(time.Minute<<min(t.Tries, 10), time.Hour), min(failure.After, longestAfter))))
	}
	return r.Store.Told(after, c.ID, event.ToldOf(t.Seq, failure))
}
