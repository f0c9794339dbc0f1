package store

import (
	"context"
	"fmt"
	"time"
)

// SetBack is for a clock that may have been set back to now, by the relay's word
// or by whoever corrected this machine's: what was put back for later at an
// instant that has not come yet waits from now on for as long as it was told to,
// and not until the clock is where it was.
func (s *Store) SetBack(ctx context.Context, now time.Time) error {
	const meant = `from intent_job j join message m on m.key = j.message
		where j.state = 'queued' and j.next_at > ? and m.job_since > ?`
	ahead := false
	if err := s.read.QueryRowContext(ctx, "select exists (select 1 "+meant+")", millis(now), millis(now)).Scan(&ahead); err != nil {
		return fmt.Errorf("read waits: %w", err)
	}
	if !ahead {
		return nil
	}
	err := s.writeIntent(ctx, func(b *batch) error {
		waits := map[MessageKey]int64{}
		if err := b.each("select j.message, j.next_at - m.job_since "+meant, []any{millis(now), millis(now)}, func(scan func(...any) error) error {
			var key MessageKey
			var wait int64
			err := scan(&key, &wait)
			waits[key] = max(0, wait)
			return err
		}); err != nil {
			return err
		}
		for key, wait := range waits {
			if err := b.waitAnew(key, millis(now), wait); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("set waits back: %w", err)
	}
	return nil
}

func (b *batch) waitAnew(key MessageKey, now, wait int64) error {
	m, err := b.row(key)
	if err != nil {
		return err
	}
	m.since = now
	if err := b.exec("update intent_job set next_at = ? where message = ?", now+wait, int64(key)); err != nil {
		return err
	}
	_, err = b.saveSending(m)
	return err
}
