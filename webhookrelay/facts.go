package webhookrelay

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// appendChanged appends a fact that replaces the one before of the same name,
// unless it says the same. The id is a hash over the id before and what is
// said, so that a list that changes and changes back is told both times.
func (l *eventLog) appendChanged(ctx context.Context, name string, account provider.AccountID, body event.Body) (changed bool, err error) {
	return l.appendOther(ctx, name, account, body, body)
}

// appendOther is appendChanged of a fact with a part that is no news by itself:
// what it says is told by same. A fact in several parts is in the log whole or not.
func (l *eventLog) appendOther(ctx context.Context, name string, account provider.AccountID, same event.Body, parts ...event.Body) (changed bool, err error) {
	said, err := json.Marshal(same)
	if err != nil {
		return false, fmt.Errorf("encode %s: %w", name, err)
	}
	now := sha256.Sum256(said)
	_, err = l.append(ctx, write{decide: func(ctx context.Context, t *logTx) (made []entry, err error) {
		var last []byte // hash of what was said, then of the id
		err = t.conn.QueryRowContext(ctx, "select value from meta where key = ?", metaLast+name).Scan(&last)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("read last %s: %w", name, err)
		}
		if len(last) == 64 && [32]byte(last[:32]) == now {
			return nil, nil
		}
		id := sha256.Sum256(append(last, now[:]...))
		if _, err := t.conn.ExecContext(ctx, "insert into meta (key, value) values (?, ?) on conflict do update set value = excluded.value",
			metaLast+name, append(now[:], id[:]...)); err != nil {
			return nil, fmt.Errorf("write last %s: %w", name, err)
		}
		made, err = partsOf(name+":"+hex.EncodeToString(id[:12]), account, parts)
		changed = err == nil
		return made, err
	}})
	return changed, err
}

// partsOf are the entries of a fact, the first of which has its id.
func partsOf(id string, account provider.AccountID, parts []event.Body) ([]entry, error) {
	made := make([]entry, 0, len(parts))
	for i, body := range parts {
		named := id
		if i > 0 {
			named = fmt.Sprintf("%s:%d", id, i+1)
		}
		e, err := fact(named, account, "", "", body)
		if err == nil && e.size() > maxEvent {
			err = fmt.Errorf("append %s: %d bytes are more than one event may hold", named, e.size())
		}
		if err != nil {
			return nil, err
		}
		made = append(made, e)
	}
	return made, nil
}

const (
	templatesEvery   = 10 * time.Minute
	templatesTimeout = time.Minute
)

// Run asks networks that post nothing for what is new, and all for what became of
// the gateway's sends, and keeps the templates of gateway accounts in the log: at the start, every ten minutes, and when a network
// says that one changed. It returns when ctx ends.
func (r *Relay) Run(ctx context.Context) {
	var polls sync.WaitGroup
	defer polls.Wait()
	r.tellNews(ctx)
	polls.Go(func() { r.pollAll(ctx) })
	polls.Go(func() { r.fetchAll(ctx) })
	polls.Go(func() { r.askAll(ctx) })
	polls.Go(func() { r.resolveAll(ctx) })
	r.reportQuarantine(ctx)
	for id := range r.accounts {
		r.syncQuietly(ctx, id)
	}
	ticker := time.NewTicker(templatesEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-r.resync:
			r.syncQuietly(ctx, id)
		case <-ticker.C:
			for id := range r.accounts {
				r.syncQuietly(ctx, id)
			}
		}
	}
}

// syncSoon asks Run to list an account's templates. When many wait already,
// the next round finds it.
func (r *Relay) syncSoon(id provider.AccountID) {
	select {
	case r.resync <- id:
	default:
	}
}
