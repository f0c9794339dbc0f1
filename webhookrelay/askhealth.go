package webhookrelay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
)

const (
	// healthEvery is how often accounts are asked how they stand.
	healthEvery = 30 * time.Minute
	// factHealth and an account name what was read last of its health.
	factHealth = "health:"
)

// readHealth appends how the account stands when it is another than was said
// last. That its credentials do not work is such an answer; that the network does
// not answer says nothing of the account.
func (k *asker) readHealth(ctx context.Context) error {
	now := k.relay.now()
	if k.healths == nil || now.Before(k.healthAt) {
		return nil
	}
	k.healthAt = now.Add(healthEvery)
	var h provider.Health
	err := k.call(ctx, "health", func(ctx context.Context) (err error) {
		h, err = k.healths.ReadHealth(ctx)
		return err
	})
	h, ok := provider.HealthRead(k.account.agree(h), provider.AsError("health", err), now)
	if !ok {
		return err
	}
	same := h
	same.At = time.Time{} // a later time alone is no news
	_, err = k.relay.log.appendOther(ctx, factHealth+string(k.account.ID), k.account.ID, same, h)
	return err
}

// contradicted lets the next reading of an account's health be news whatever it
// says: a webhook has said something since, and terminals go by the last word.
func (t *logTx) contradicted(ctx context.Context, account provider.AccountID) error {
	key := metaLast + factHealth + string(account)
	var last []byte
	err := t.conn.QueryRowContext(ctx, "select value from meta where key = ?", key).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		clear(last[:min(32, len(last))]) // the hash of what was said; the id goes on from the one before
		_, err = t.conn.ExecContext(ctx, "update meta set value = ? where key = ?", last, key)
	}
	if err != nil {
		return fmt.Errorf("note health: %w", err)
	}
	return nil
}
