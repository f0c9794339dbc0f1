package worker

import (
	"context"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// ahead is how many sends of an account's broadcasts are given to the outbox at once:
// more than it has on the wire, and so few that one who pauses or cancels a broadcast,
// or answers one of its recipients, waits for no more.
const ahead = 16

// sendBroadcasts gives to the outbox what is due of messages to many, no faster than
// the team asked for and no more than is on its way out already.
func (w *Worker) sendBroadcasts(ctx context.Context, now time.Time, leads, free bool, s *soonest) error {
	list, err := w.Store.RunningBroadcasts(ctx, now)
	if err != nil {
		return err
	}
	given := map[event.BroadcastID]bool{}
	for _, b := range list {
		given[b.ID] = true
		n, turn := ahead-b.Queued, time.Time{}
		if b.PerMinute > 0 {
			n, turn = min(n, 1), w.turns[b.ID]
			if apart := time.Minute / time.Duration(b.PerMinute); turn.Sub(now) > apart { // the clock was set back
				turn = now.Add(apart)
				w.turns[b.ID] = turn
			}
		}
		switch {
		case n <= 0: // a send that ends wakes us, and one that stops the account
			if _, err := w.pauseFailing(ctx, b); err != nil {
				return err
			}
			continue
		case now.Before(turn):
			s.keep(turn)
			continue
		}
		if err := w.sendSome(ctx, now, b, n, leads, free, s); err != nil {
			return err
		}
	}
	for id := range w.turns {
		if !given[id] {
			delete(w.turns, id)
		}
	}
	return nil
}

// sendSome gives up to n of one to the outbox.
func (w *Worker) sendSome(ctx context.Context, now time.Time, b store.RunningBroadcast, n int, leads, free bool, s *soonest) error {
	due, err := w.Store.DueBroadcast(ctx, b.ID, now, n)
	if err != nil {
		return err
	}
	for i, d := range due {
		if at, ours := w.ours(d, now, leads, free); !ours {
			s.keep(at)
			return nil
		}
		if i == 0 {
			if stands, err := w.pauseFailing(ctx, b); stands || err != nil {
				return err
			}
		}
		did, err := w.run(ctx, now, d, s)
		if err != nil {
			return err
		}
		if did && b.PerMinute > 0 {
			w.turns[b.ID] = now.Add(time.Minute / time.Duration(b.PerMinute))
			s.keep(w.turns[b.ID])
		}
	}
	return nil
}

const (
	// leastEnded is of how many a rate of failures says anything.
	leastEnded = 20
	// mostFailed is which part of them may have failed: one in so many.
	mostFailed = 4
)

// pauseFailing pauses a broadcast whose next send would fail as well, and reports whether
// it did. A person lets it go on, and what failed before that is not held against it
// again; whoever has it already is not sent to again.
func (w *Worker) pauseFailing(ctx context.Context, b store.RunningBroadcast) (paused bool, err error) {
	why, err := w.unfit(ctx, b)
	if why == "" || err != nil {
		return false, err
	}
	w.Logger.Warn("broadcast paused", "broadcast", b.ID, "account", b.Account, "why", why)
	_, err = w.Store.StageBroadcast(ctx, b.Account, event.BroadcastState{ID: b.ID, State: event.BroadcastPaused, Why: why})
	w.Sends()
	return true, err
}

// unfit is why nothing more of a broadcast may leave now; empty for nothing.
func (w *Worker) unfit(ctx context.Context, b store.RunningBroadcast) (string, error) {
	p, err := w.Store.PausedBy(ctx, b.Account)
	if err != nil {
		return "", err
	}
	if p != nil && !p.Trying { // else one of these may be what finds out
		return event.PausedAccount, nil
	}
	d, err := w.Store.Broadcast(ctx, b.ID)
	if err != nil {
		return "", err
	}
	switch e, err := w.templateGone(ctx, b.Account, &d.Template); {
	case err != nil:
		return "", err
	case e != nil && e.Reason == provider.TemplateMissing:
		return event.PausedTemplateGone, nil
	case e != nil:
		return event.PausedTemplate, nil
	}
	recent, err := w.Store.RecentSends(ctx, b.ID, d.Since())
	switch {
	case err != nil:
		return "", err
	case recent.Template:
		return event.PausedTemplate, nil
	case recent.Ended >= leastEnded && recent.Failed*mostFailed > recent.Ended:
		return event.PausedFailing, nil
	}
	return "", nil
}

// templateGone is why a template may not go now, as the network last listed it; nil where
// it may, and where the account's templates were never listed.
func (w *Worker) templateGone(ctx context.Context, in provider.AccountID, m *provider.TemplateMessage) (*provider.Error, error) {
	list, err := w.Store.Templates(ctx, in)
	if err != nil || list.SyncedAt.IsZero() || m.Name == "" {
		return nil, err
	}
	for i := range list.Templates {
		t := &list.Templates[i]
		if t.Name != m.Name || t.Language != m.Language {
			continue
		}
		if t.Status == provider.Approved {
			return nil, nil //nolint:nilnil // it may go
		}
		return &provider.Error{
			Op: "send", Reason: provider.TemplatePaused,
			Text: "The network does not let this template go at the moment. Look at it in the picker, and send another.",
		}, nil
	}
	return &provider.Error{
		Op: "send", Reason: provider.TemplateMissing,
		Text: "The network lists this template no more. Send another.",
	}, nil
}
