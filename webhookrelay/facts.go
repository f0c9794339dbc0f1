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
// what it says is told by same.
func (l *eventLog) appendOther(ctx context.Context, name string, account provider.AccountID, same, body event.Body) (changed bool, err error) {
	said, err := json.Marshal(same)
	if err != nil {
		return false, fmt.Errorf("encode %s: %w", name, err)
	}
	if len(said) > maxEvent-1024 {
		return false, fmt.Errorf("append %s: %d bytes are more than one event may hold", name, len(said))
	}
	now := sha256.Sum256(said)
	_, err = l.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		var last []byte // hash of what was said, then of the id
		err := t.conn.QueryRowContext(ctx, "select value from meta where key = ?", metaLast+name).Scan(&last)
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
		made, err := fact(name+":"+hex.EncodeToString(id[:12]), account, "", "", body)
		changed = err == nil
		return []entry{made}, err
	}})
	return changed, err
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
	polls.Go(func() { r.pollAll(ctx) })
	polls.Go(func() { r.fetchAll(ctx) })
	polls.Go(func() { r.askAll(ctx) })
	polls.Go(func() { r.resolveAll(ctx) })
	r.reportQuarantine(ctx)
	for id := range r.accounts {
		r.syncTemplates(ctx, id)
	}
	ticker := time.NewTicker(templatesEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-r.resync:
			r.syncTemplates(ctx, id)
		case <-ticker.C:
			for id := range r.accounts {
				r.syncTemplates(ctx, id)
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

func (r *Relay) syncTemplates(ctx context.Context, id provider.AccountID) {
	lister, ok := r.accounts[id].Provider.(provider.TemplateLister)
	if !ok || ctx.Err() != nil {
		return
	}
	listCtx, cancel := context.WithTimeout(ctx, templatesTimeout)
	defer cancel()
	list, err := lister.Templates(listCtx)
	if err == nil {
		_, err = r.log.appendChanged(ctx, "templates:"+string(id), id, event.TemplatesListed{Templates: list})
	}
	if err == nil {
		r.looked.listed(id, r.now())
	}
	if err != nil && ctx.Err() == nil {
		r.logger.Error("list templates", "account", id, "error", err)
	}
}
