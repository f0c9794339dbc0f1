package broadcast

import (
	"context"
	"errors"
	"time"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// chunk is how many are kept in one transaction: a reply that is written meanwhile
// waits for no more.
const chunk = 100

// day is how long an account's limit of customers counts (Meta, messaging limits: in
// a rolling 24 hours).
const day = 24 * time.Hour

// ErrCancelled: a broadcast that was cancelled is not taken up again.
var ErrCancelled = errors.New("the broadcast was cancelled")

// Pace is when a broadcast's sends go.
type Pace struct {
	// Start is when the first may go.
	Start time.Time
	// PerMinute bounds them; 0 leaves the pace to the account.
	PerMinute int
	// Daily is how many customers the account may begin with in 24 hours; what is
	// beyond that goes a day later. 0 and less bound nothing.
	Daily int
}

// due is when the i-th may go.
func (p Pace) due(i int) time.Time {
	if p.Daily <= 0 {
		return p.Start
	}
	return p.Start.Add(time.Duration(i/p.Daily) * day)
}

// Queue has the team send the plan: every terminal sees it, and whoever runs what is
// due sends it. What is queued already stays as it is, so that after a crash the same
// plan goes on. told hears how many of the plan are on the disk. The error is
// ErrCancelled, the store's or the context's; what was kept stays.
func (p *Plan) Queue(ctx context.Context, s *store.Store, pace Pace, told func(done int)) error {
	known, err := p.known(ctx, s)
	if err != nil {
		return err
	}
	if !known {
		if _, err := s.DefineBroadcast(ctx, p.Account, p.event(pace)); err != nil {
			return err
		}
	}
	for i := 0; i < len(p.Recipients); i += chunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		part := p.Recipients[i:min(i+chunk, len(p.Recipients))]
		list := make([]store.Planned, len(part))
		for n := range part {
			list[n] = store.Planned{Send: p.Outgoing(&part[n]), Due: pace.due(i + n)}
		}
		if err := s.ScheduleAll(ctx, p.ID, list); err != nil {
			return err
		}
		told(i + len(part))
	}
	return nil
}

// known reports whether the team has the broadcast, or is about to be told of it.
func (p *Plan) known(ctx context.Context, s *store.Store) (bool, error) {
	b, err := s.Broadcast(ctx, p.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err == nil && b.Stage == event.BroadcastCancelled:
		return true, ErrCancelled
	}
	return err == nil, err
}

// event is what the team is told of it. Its template is without values: whom it goes
// to is not in it.
func (p *Plan) event(pace Pace) event.Broadcast {
	return event.Broadcast{
		ID: p.ID, Name: p.Name, Template: p.Template.Fill(nil), Recipients: len(p.Recipients), PerMinute: pace.PerMinute,
	}
}
