package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"frontdesk/webhookrelay/event"
)

const (
	// length is how long a lease lasts that nobody renews: so long do rules wait for
	// another worker after one was lost.
	length = 11 * time.Minute
	// renew is how long before its end a lease is renewed.
	renew = 6 * time.Minute
	// askAgain is the pause between two times of asking.
	askAgain = time.Minute
)

// lead reports whether this terminal does the team's work now, and whether nobody
// does. It asks for the lease where that is free and wanted; the log's word, not
// the asking, gives it.
func (w *Worker) lead(ctx context.Context, now time.Time, rules bool, s *soonest) (leads, free bool, err error) {
	list, err := w.Store.Settings(ctx, event.SettingWorker)
	if err != nil {
		return false, false, err
	}
	var lease event.Lease
	asked := false
	for _, x := range list {
		if x.Name != event.LeaseName {
			continue
		}
		asked = x.Pending
		if json.Unmarshal(x.Value, &lease) != nil {
			lease = event.Lease{}
		}
	}
	wanted := w.Always || w.Leads && rules
	switch {
	case asked: // until the log has it, what it said before holds
		return now.Before(w.held), !now.Before(w.held), nil
	case lease.Terminal == w.Terminal:
		w.held = lease.Until
	case now.Before(lease.Until):
		w.held = time.Time{}
		if wanted {
			s.keep(lease.Until)
		}
		return false, false, nil
	default:
		w.held = time.Time{}
	}
	leads = now.Before(w.held)
	if !wanted {
		return leads, !leads, nil
	}
	if now.Before(w.held.Add(-renew)) {
		s.keep(w.held.Add(-renew))
		return leads, false, nil
	}
	if at := w.asked.Add(askAgain); now.Before(at) {
		s.keep(at)
		return leads, !leads, nil
	}
	w.asked = now
	return leads, !leads, w.ask(ctx, now)
}

// ask asks for the lease, or for it to last longer.
func (w *Worker) ask(ctx context.Context, now time.Time) error {
	raw, err := json.Marshal(event.Lease{Terminal: w.Terminal, Until: now.Add(length), Ran: now})
	if err != nil {
		return fmt.Errorf("ask for the lease: %w", err)
	}
	if _, err := w.Store.Set(ctx, event.Set{What: event.SettingWorker, Name: event.LeaseName, Value: raw}); err != nil {
		return fmt.Errorf("ask for the lease: %w", err)
	}
	w.Sends()
	return nil
}

// release gives the lease back at the end, so that the next worker need not wait for
// its own end.
func (w *Worker) release(ctx context.Context) {
	if !w.Store.Now().Before(w.held) {
		return
	}
	if _, err := w.Store.Set(ctx, event.Set{What: event.SettingWorker, Name: event.LeaseName}); err != nil {
		w.Logger.Warn("the lease was not given back", "error", err)
		return
	}
	w.Sends()
}
