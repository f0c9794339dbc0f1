package outbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

const (
	// batch is how many facts go to the relay at once.
	batch = 64
	// announceWithin is how long a send waits for the team to be told. A relay
	// that is slow or away holds no customer's answer up.
	announceWithin = 300 * time.Millisecond
)

// publisher tells the relay what this terminal's people did, in order. What
// the relay cannot take now is kept and tried again; what it will never take
// is given back to the store with the reason, so that nothing is asked for
// ever and nothing stays on the screen as if it had happened.
type publisher struct {
	*Outbox
	// flush asks for a round that begins now; the channel is closed after it.
	flush chan chan struct{}
	// down is set while the relay takes nothing.
	down atomic.Bool
	// resolver hears of what the relay took.
	resolver *resolver
}

func newPublisher(o *Outbox) *publisher {
	return &publisher{Outbox: o, flush: make(chan chan struct{}), resolver: newResolver(o)}
}

func (p *publisher) run(ctx context.Context) {
	watch := p.Store.Watch()
	defer watch.Close()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var waiting []chan struct{}
	failures := 0
	for look := true; ; {
		if look {
			timer.Stop()
			failures = p.round(ctx, failures)
			if failures > 0 {
				timer.Reset(p.backoff(failures))
			}
			for _, w := range waiting {
				close(w)
			}
			waiting = nil
		}
		select {
		case <-ctx.Done():
			return
		case <-watch.C():
			look = watch.Take().Publish && failures == 0
		case <-p.wakePublisher:
			look = true
		case w := <-p.flush:
			waiting = append(waiting, w)
			look = true
		case <-timer.C:
			look = true
		}
	}
}

// round publishes until nothing is left, and returns how many rounds in a row
// have failed.
func (p *publisher) round(ctx context.Context, failures int) int {
	err := p.drain(ctx)
	p.down.Store(err != nil)
	if err == nil || ctx.Err() != nil {
		return 0
	}
	p.Logger.Warn("not published", "in_a_row", failures+1, "error", err)
	return failures + 1
}

func (p *publisher) drain(ctx context.Context) error {
	for {
		waiting, err := p.Store.Unpublished(ctx, batch)
		if err != nil {
			return fmt.Errorf("read what is to be published: %w", err)
		}
		if len(waiting) == 0 {
			return nil
		}
		if err := p.publish(ctx, independent(waiting)); err != nil {
			return err
		}
	}
}

// independent returns the longest start of the list in which no precondition
// is about an aspect that an entry before it changes. The relay judges a
// request as a whole before it appends any of it; where it has the first entry
// already, because its answer was lost, the second would be in conflict with it.
// So the second is asked when it expects the sequence the first one got.
func independent(list []store.Publication) []store.Publication {
	type changed struct {
		conversation event.ConversationID
		aspect       event.Aspect
	}
	seen := map[changed]bool{}
	for i, pub := range list {
		aspect := event.AspectOf(pub.Body.Kind())
		key := changed{pub.Conversation, aspect}
		if pub.Expect != nil && seen[changed{pub.Conversation, pub.Expect.Aspect}] {
			return list[:i]
		}
		if aspect != event.AspectNone {
			seen[key] = true
		}
	}
	return list
}

// publish makes one request. An error means that the relay takes nothing now,
// and everything is kept.
func (p *publisher) publish(ctx context.Context, list []store.Publication) error {
	results, err := p.Publish.Publish(ctx, entries(list))
	switch {
	case err != nil && !permanent(err):
		return err
	case err != nil && len(list) > 1:
		return p.publish(ctx, list[:len(list)/2]) // find the one that is to blame
	case err != nil:
		return p.refuse(ctx, list[0], "", reason(err))
	case len(results) != len(list):
		return fmt.Errorf("publish: %d answers to %d facts", len(results), len(list))
	}
	return p.record(ctx, list, results)
}

// record stores the answers. What got none stood in a batch with a conflict and
// is asked again without it.
func (p *publisher) record(ctx context.Context, list []store.Publication, results []client.Result) error {
	progress := false
	for i, r := range results {
		var err error
		switch {
		case r.Conflict != nil && agrees(list[i].Body, r.Conflict):
			err = p.Store.Published(ctx, list[i].ID, r.Conflict.Seq)
		case r.Conflict != nil:
			err = p.refuse(ctx, list[i], r.Conflict.By, first(r.Conflict))
		case r.Seq != 0:
			if err = p.resolver.published(ctx, list[i], r.Seq); err == nil {
				err = p.Store.Published(ctx, list[i].ID, r.Seq)
			}
		default:
			continue
		}
		if err != nil {
			return fmt.Errorf("record what became of %s: %w", list[i].ID, err)
		}
		progress = true
	}
	if !progress {
		return errors.New("publish: the relay neither took nor refused")
	}
	return nil
}

func (p *publisher) refuse(ctx context.Context, pub store.Publication, by event.AgentID, why string) error {
	p.Logger.Info("publication refused", "id", pub.ID, "kind", pub.Body.Kind(), "by", by)
	return p.Store.RefusePublication(ctx, pub.ID, by, why)
}

func entries(list []store.Publication) []client.Entry {
	out := make([]client.Entry, len(list))
	for i, pub := range list {
		out[i] = client.Entry{
			ID: string(pub.ID), Account: pub.Account, Conversation: pub.Conversation,
			Kind: pub.Body.Kind(), Body: pub.Body, Expect: pub.Expect,
		}
	}
	return out
}

// permanent reports whether asking again can never help. Only the relay's own
// word counts: a proxy or a wrong address must not cost anybody a note.
func permanent(err error) bool {
	var e *client.Error
	if !errors.As(err, &e) {
		return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	}
	if e.Unreachable || e.Code == "" || e.Code == "unexpected" {
		return false
	}
	if e.Code == client.CodeRole {
		return true // its own word, and no proxy's
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return e.Status >= 400 && e.Status < 500
}

func reason(err error) string {
	var e *client.Error
	if errors.As(err, &e) && e.Text != "" {
		return e.Text
	}
	return "The relay does not take this. Update frontdesk, then do it again."
}

// agrees reports a conflict in which nothing is in dispute: the relay knows the
// send as the person decided, or has none that a teammate could have seen fail.
func agrees(body event.Body, c *client.Conflict) bool {
	s, ok := body.(event.SendState)
	if ok && s.State == event.JobScheduled { // by a rule, whoever was first: it is the same message
		return s.Rule != "" && s.Edition == 1
	}
	return ok && (s.State == c.State || (c.State == "" && s.State == event.JobDiscarded))
}

// first says in plain words who was first with what.
func first(c *client.Conflict) string {
	if c.Text != "" {
		return c.Text
	}
	if c.Seq == 0 {
		return "The relay does not know it as it was shown here. Look again, then decide."
	}
	who := string(c.By)
	if who == "" {
		who = "Somebody"
	}
	switch c.Kind {
	case event.KindResolved:
		return who + " resolved it first."
	case event.KindReopened:
		return who + " reopened it first."
	case event.KindAssigned:
		return who + " assigned it first."
	case event.KindLabeled:
		return who + " changed the labels first."
	case event.KindLinked:
		return who + " changed the link first."
	case event.KindSnoozed:
		return who + " snoozed it first."
	case event.KindPrioritized:
		return who + " changed the priority first."
	case event.KindJoined:
		return who + " joined or split the contact first."
	case event.KindBroadcast, event.KindBroadcastState:
		return who + " started, paused, resumed or cancelled the broadcast first. Look again, then decide."
	}
	return who + " changed it first."
}

// announce gives the team the chance to see a direct send before it is on the
// wire: the store queued that fact when the job was claimed, and this waits a
// moment for the round that carries it. The send goes on in any case; the fact
// is published later if not now.
func (p *publisher) announce(ctx context.Context, id provider.AccountID) {
	if p.Direct(id) {
		p.flushNow(ctx)
	}
}

// flushNow waits a moment for a round that begins now; not at all where the
// relay takes nothing anyway.
func (p *publisher) flushNow(ctx context.Context) {
	if p.down.Load() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, announceWithin)
	defer cancel()
	done := make(chan struct{})
	select {
	case p.flush <- done:
	case <-ctx.Done():
		return
	}
	select {
	case <-done:
	case <-ctx.Done():
	}
}
