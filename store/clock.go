package store

import (
	"context"
	"sync/atomic"
	"time"
)

// mostGap is how far this machine's clock and the time that has run may part
// before the relay is to be asked again. Neither is ever quite the other.
const mostGap = 2 * time.Second

// clock is the relay's time as well as it is known here: what the relay said
// last, and what has run since. A clock that somebody sets in between changes
// nothing of that.
//
// What has run is not known for certain either: on most machines the clock that
// nobody can set stands still while they sleep. So where both part, the later
// one is believed until the relay has spoken: after a sleep that is the truth,
// after a clock was set back it is, too, and after one was set forward a window
// is thought closed too early, which costs an agent a moment. The other way
// round free text would be offered that the network refuses.
type clock struct {
	wall func() time.Time
	ran  func() time.Duration
	told atomic.Pointer[reading]
	// offset is the relay's clock minus ours, in milliseconds, as it was told.
	offset atomic.Int64
	// doubts receives where both have parted; capacity 1.
	doubts chan struct{}
}

// reading is the relay's word of the time, and our clocks at that moment.
type reading struct {
	relay, wall time.Time
	ran         time.Duration
}

func newClock(wall func() time.Time, ran func() time.Duration) *clock {
	if ran == nil {
		began := wall()
		ran = func() time.Duration { return wall().Sub(began) }
	}
	c := &clock{wall: wall, ran: ran, doubts: make(chan struct{}, 1)}
	c.tell(0)
	return c
}

// tell takes how far the relay's clock is ahead of ours at this moment.
func (c *clock) tell(offset time.Duration) {
	wall := c.wall().Round(0)
	c.told.Store(&reading{relay: wall.Add(offset), wall: wall, ran: c.ran()})
	c.offset.Store(offset.Milliseconds())
}

// since is what has gone by since the relay told the time, by both clocks.
func (c *clock) since(t *reading) (wall, ran time.Duration) {
	return c.wall().Round(0).Sub(t.wall), c.ran() - t.ran
}

func (c *clock) now() time.Time {
	t := c.told.Load()
	wall, ran := c.since(t)
	if (wall - ran).Abs() > mostGap {
		select {
		case c.doubts <- struct{}{}:
		default:
		}
	}
	return t.relay.Add(max(wall, ran))
}

// Now is the relay's time as well as it is known: the time windows are judged by.
// It does not follow this machine's clock when that is set.
func (s *Store) Now() time.Time { return s.clock.now() }

// Doubts receives after Now has found that this machine's clock was set, or that
// the machine slept, since the relay told the time. Whoever follows the relay
// has it told again, unless InDoubt says that it was meanwhile. One reader.
func (s *Store) Doubts() <-chan struct{} { return s.clock.doubts }

// InDoubt reports whether this machine's clock and the time that has run have
// parted since the relay told the time.
func (s *Store) InDoubt() bool {
	wall, ran := s.clock.since(s.clock.told.Load())
	return (wall - ran).Abs() > mostGap
}

// retell takes what the process that holds the store was told of the time: it
// wrote that down, and this machine's clock is the same for both.
func (s *Store) retell(ctx context.Context) {
	var offset int64
	err := s.read.QueryRowContext(ctx, "select offset_ms from log").Scan(&offset)
	if err == nil && offset != s.clock.offset.Load() {
		s.clock.tell(time.Duration(offset) * time.Millisecond)
	}
}
