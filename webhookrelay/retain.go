package webhookrelay

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// DefaultKeepRaw is how long the bodies of POSTs are kept where nothing else is
// said. Events, and the keys by which a repetition is known, are kept for ever.
const DefaultKeepRaw = 30 * 24 * time.Hour

const (
	// retainEvery is how often it is looked for what is too old, and retainBatch
	// how much of it one commit removes: webhooks wait behind it.
	retainEvery = time.Minute
	retainBatch = 200
)

// retain removes what is older than keep: bodies of POSTs, except those of which
// something is in quarantine still, and the copies that migrations left. It
// returns how many bodies went; as many as a batch means that there may be more.
func (l *eventLog) retain(ctx context.Context, keep time.Duration) (removed int, err error) {
	before := l.now().Add(-keep)
	if err := removeCopies(l.path, before); err != nil {
		return 0, fmt.Errorf("remove what migrations kept: %w", err)
	}
	_, err = l.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		res, err := t.conn.ExecContext(ctx, `delete from raw where seq in (select seq from raw
			where at < ? and not exists (select 1 from quarantine q where q.raw = raw.seq and q.settled is null)
			order by at limit ?)`, string(timestamp(before)), retainBatch)
		if err != nil {
			return nil, fmt.Errorf("remove old bodies: %w", err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return nil, fmt.Errorf("remove old bodies: %w", err)
		}
		removed = int(n)
		return nil, countGone(ctx, t.conn, n, 0)
	}})
	return removed, err
}

// retaining is when to look again.
type retaining struct{ next time.Time }

// retain removes files whose time is over and a batch of what is too old: the next
// batch with the next tick, or in a while where this was the last.
func (r *Relay) retain(ctx context.Context, due *retaining) error {
	if r.now().Before(due.next) {
		return nil
	}
	removed, err := r.log.retain(ctx, r.keepRaw)
	if removed < retainBatch {
		due.next = r.now().Add(retainEvery)
	}
	return errors.Join(err, r.expireOffers(ctx), r.expireFiles(ctx))
}

// removeCopies removes what migrations kept of the log beside it, where it is
// older than that; all of it for the zero time.
func removeCopies(path string, before time.Time) error {
	copies, err := copiesOf(path)
	if err != nil {
		return err
	}
	for _, name := range copies {
		info, err := os.Stat(name)
		if err == nil && (before.IsZero() || info.ModTime().Before(before)) {
			err = os.Remove(name)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
