package simulator

import (
	"context"
	"sync"
	"time"
)

// Advance does everything that is due at Now, in order, and returns when it is
// done. Webhooks are posted one after another; one that is not answered 200 is
// due again later, as Meta does it.
func (s *Sim) Advance(ctx context.Context) error {
	now := s.opt.Now()
	var waiting []post
	for ctx.Err() == nil {
		posts, again, ok := s.step(now)
		if !ok {
			break
		}
		if again != nil {
			s.deliver(ctx, again)
		}
		for _, p := range posts {
			if waiting = append(waiting, p); len(waiting) >= s.opt.Batch {
				s.deliver(ctx, pack(waiting))
				waiting = nil
			}
		}
	}
	if len(waiting) > 0 {
		s.deliver(ctx, pack(waiting))
	}
	return ctx.Err()
}

// step does the earliest thing due at now.
func (s *Sim) step(now time.Time) (posts []post, again *delivery, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, ok := s.takeDue(now)
	if !ok {
		return nil, nil, false
	}
	if it.again != nil {
		return nil, it.again, true
	}
	return s.meddle(it.run(now)), nil, true
}

// inFlight is how many webhooks Run has under way at once.
const inFlight = 8

// Run is the real-time driver: it does what Advance does when it is due, with
// several webhooks in flight for different customers. It returns when ctx ends
// and everything it started has.
func (s *Sim) Run(ctx context.Context) error {
	lanes := &lanes{slots: make(chan struct{}, inFlight), busy: map[string][]*delivery{}}
	defer lanes.wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		s.dispatch(ctx, lanes)
		wait := time.Hour
		if next, ok := s.NextDue(); ok {
			wait = max(0, next.Sub(s.opt.Now()))
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.wake:
		case <-timer.C:
		}
	}
}

func (s *Sim) dispatch(ctx context.Context, lanes *lanes) {
	now := s.opt.Now()
	for ctx.Err() == nil {
		posts, again, ok := s.step(now)
		if !ok {
			return
		}
		if again != nil {
			lanes.put(ctx, again, s.deliver)
		}
		for _, p := range posts {
			lanes.put(ctx, pack([]post{p}), s.deliver)
		}
	}
}

// lanes keep webhooks of one customer in order and others moving.
type lanes struct {
	slots chan struct{}
	group sync.WaitGroup
	mu    sync.Mutex
	busy  map[string][]*delivery // waiting behind the one under way
}

func (l *lanes) put(ctx context.Context, d *delivery, deliver func(context.Context, *delivery)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if waiting, busy := l.busy[d.lane]; busy {
		l.busy[d.lane] = append(waiting, d)
		return
	}
	l.busy[d.lane] = nil
	l.group.Go(func() { l.drain(ctx, d, deliver) })
}

func (l *lanes) drain(ctx context.Context, d *delivery, deliver func(context.Context, *delivery)) {
	for d != nil {
		l.slots <- struct{}{}
		deliver(ctx, d)
		<-l.slots
		l.mu.Lock()
		lane, rest := d.lane, l.busy[d.lane]
		if d = nil; len(rest) > 0 {
			d, l.busy[lane] = rest[0], rest[1:]
		} else {
			delete(l.busy, lane)
		}
		l.mu.Unlock()
	}
}

func (l *lanes) wait() { l.group.Wait() }
