package store

import (
	"context"
	"fmt"
	"time"

	"frontdesk/webhookrelay/event"
)

// Hello is what the relay says of itself before any event.
type Hello struct {
	Epoch string
	// Key is the team's key: ids of conversations are made with it.
	Key event.Key
	// Offset is how far the relay's clock is ahead of ours.
	Offset time.Duration
	// Head is the newest sequence of the relay's log; 0 where it is not known.
	Head event.Seq
}

// Hello remembers the relay's epoch and key, and corrects the clock. Another
// epoch than before is ErrEpoch: this store was filled from another log, and
// nothing is changed.
func (s *Store) Hello(ctx context.Context, h Hello) error {
	err := s.writeIntent(ctx, func(b *batch) error {
		var have string
		if _, err := b.get("select epoch from log", nil, &have); err != nil {
			return err
		}
		if have != "" && have != h.Epoch {
			return fmt.Errorf("epoch %q instead of %q: %w", h.Epoch, have, ErrEpoch)
		}
		return b.exec("update log set epoch = ?, team_key = ?, offset_ms = ?", h.Epoch, []byte(h.Key), h.Offset.Milliseconds())
	})
	if err != nil {
		return fmt.Errorf("store greeting: %w", err)
	}
	s.clock.tell(h.Offset)
	s.head.Store(int64(h.Head))
	told := emptyChange()
	told.Clock = true
	s.hub.tell(told)
	return nil
}
