package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/webhookrelay/event"
)

// snooze puts it aside until a time, or, with none, until the customer writes.
func (c *state) snooze(until, at time.Time) {
	c.Status, c.SnoozedUntil = StatusSnoozed, millis(until)
	c.sleeps(millis(at))
}

// sleeps brings a snooze that has a time in line with an instant: asleep before it,
// open from it on. No event says so: the instant is in the log, and every store
// that looks at the same instant sees the same, however it came there.
func (c *state) sleeps(now int64) {
	switch {
	case c.SnoozedUntil == 0 || c.Status != StatusSnoozed && c.Status != StatusOpen:
	case c.SnoozedUntil > now:
		c.Status = StatusSnoozed
	default:
		c.Status = StatusOpen
	}
}

// rouse brings the conversation of an event to the event's own instant: what it
// does depends on how the conversation stood then, not on when it is applied.
func (b *batch) rouse(e event.Event) {
	if c := b.found[e.Conversation]; c != nil {
		c.base.sleeps(millis(e.At))
	}
}

// wakeBatch is how many come back in one transaction.
const wakeBatch = 500

// Wake brings back what was snoozed until now or before, by the relay's clock, and
// returns when the next one comes back; zero where none waits for a time. Where the
// clock was set back it puts back to sleep what it woke too early.
func (s *Store) Wake(ctx context.Context) (next time.Time, err error) {
	now := millis(s.Now())
	due := "status = 'snoozed' and snoozed_until > 0 and snoozed_until <= ?"
	if now < s.woken.Swap(now) {
		due = "(" + due + ") or (status = 'open' and snoozed_until > ?1)"
	}
	for {
		n, err := s.wakeSome(ctx, due, now)
		if err != nil {
			return time.Time{}, fmt.Errorf("wake snoozed conversations: %w", err)
		}
		if n < wakeBatch {
			break
		}
	}
	var at int64
	if err := s.read.QueryRowContext(ctx, `select coalesce(min(snoozed_until), 0) from conversation
		where status = 'snoozed' and snoozed_until > 0`).Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("read the next snooze: %w", err)
	}
	return instant(at), nil
}

// wakeSome saves what is due anew: saving shows it as it stands now. It asks first
// without writing: nearly always nothing is.
func (s *Store) wakeSome(ctx context.Context, due string, now int64) (n int, err error) {
	keys, err := s.keys(ctx, "select key from conversation where "+due+" limit 500", now)
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return len(keys), s.write(ctx, s.facts, func(b *batch) error {
		for _, key := range keys {
			c, err := b.keyed(key)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			if err == nil { // else it was erased meanwhile
				b.touch(c)
			}
		}
		return nil
	})
}

func (s *Store) keys(ctx context.Context, query string, args ...any) (keys []int64, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func(scan func(...any) error) error {
		var key int64
		err := scan(&key)
		keys = append(keys, key)
		return err
	})
	return keys, err
}

// Rouse wakes what is snoozed at its instant until ctx ends: it waits for the next
// one, for a change of the store, and for the relay's word of the time, and does
// nothing in between. failed is told of what could not be read or written; it goes
// on with the next change.
func (s *Store) Rouse(ctx context.Context, failed func(error)) error {
	watch := s.Watch()
	defer watch.Close()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	s.woken.Store(never) // an earlier program may have had another clock
	for {
		timer.Stop()
		next, err := s.Wake(ctx)
		if err != nil && ctx.Err() == nil {
			failed(err)
		}
		if !next.IsZero() {
			timer.Reset(max(next.Sub(s.Now()), 0))
		}
		for look := false; !look; {
			select {
			case <-ctx.Done():
				return nil
			case <-timer.C:
				look = true
			case <-watch.C():
				c := watch.Take()
				look = c.List || c.Clock
			}
		}
	}
}
