package worker

import (
	"context"
	"time"

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
		}
		switch {
		case n <= 0: // a send that ends wakes us
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
	for _, d := range due {
		if at, ours := w.ours(d, now, leads, free); !ours {
			s.keep(at)
			return nil
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
