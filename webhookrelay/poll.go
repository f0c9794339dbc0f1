package webhookrelay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
)

// metaPoll is where an account's cursor is kept: how far its network was asked.
const metaPoll = "poll:"

const (
	// pollLimit bounds one call; a network's own long poll is shorter.
	pollLimit = 2 * time.Minute
	// pollAgain is the wait after a first failure; it doubles up to pollRarely.
	pollAgain  = time.Second
	pollRarely = time.Minute
	// pollPages is how many calls with news follow each other without a wait.
	pollPages = 100
)

// poll asks one account what is new for as long as ctx lives.
func (r *Relay) poll(ctx context.Context, a Account, p provider.Poller) {
	var told complaint
	var state listening
	wait := pollAgain
	for ctx.Err() == nil {
		err := r.pollOnce(ctx, a, p)
		pause := p.PollEvery()
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			wait = pollAgain
			state.heard(ctx, r, &a)
		default:
			state.failed(ctx, r, &a, err, time.Now())
			if told.due(err, time.Now()) {
				r.logger.Warn("a network could not be asked for news", "account", a.ID, "error", err)
			}
			pause, wait = max(pause, wait, provider.AsError("poll", err).After), min(2*wait, pollRarely)
		}
		sleep(ctx, pause)
	}
}

// sleep waits, or returns early when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// pollOnce reads until there is no more news. What came and how far it reaches
// are one commit: a cursor never goes past what is not in the log.
func (r *Relay) pollOnce(ctx context.Context, a Account, p provider.Poller) error {
	for range pollPages {
		cursor, err := r.log.pollCursor(ctx, a.ID)
		if err != nil {
			return err
		}
		call, cancel := context.WithTimeout(ctx, pollLimit)
		events, next, err := asked(call, p, cursor)
		cancel()
		if err != nil {
			return err
		}
		if len(events) == 0 && next == cursor {
			r.looked.caughtUp(a.ID, r.now())
			return nil
		}
		if err := r.appendPolled(ctx, a, events, next); err != nil {
			return err
		}
		if next == cursor {
			r.looked.caughtUp(a.ID, r.now())
			return nil
		}
	}
	return nil
}

// asked never panics: what a driver stumbles over must not end the relay.
func asked(ctx context.Context, p provider.Poller, cursor string) (events []provider.Event, next string, err error) {
	defer func() {
		if recover() != nil { // its words may be the customer's
			events, next, err = nil, cursor, errors.New("the driver panicked")
		}
	}()
	return p.Poll(ctx, cursor)
}

// appendPolled writes what an account answered. Its events have the ids a webhook
// would have given them: what both tell is told once. A part that could not be
// read has no body of a POST to go back to, and is kept as what is not understood.
func (r *Relay) appendPolled(ctx context.Context, a Account, events []provider.Event, next string) error {
	h, d := &hook{Hook: Hook{ID: metaPoll + string(a.ID)}}, delivery{templates: map[int]provider.AccountID{}, fileOf: r.mediaOf}
	for _, e := range events {
		if e.Body == nil {
			e.Body = provider.Unknown{Field: "unreadable"}
		}
		d.add(h, r.log.key, a.ID, e)
	}
	more := d.decide()
	results, err := r.log.append(ctx, write{entries: d.entries, decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		if _, err := t.conn.ExecContext(ctx, "insert into meta (key, value) values (?, ?) on conflict do update set value = excluded.value",
			metaPoll+string(a.ID), []byte(next)); err != nil {
			return nil, fmt.Errorf("write poll cursor: %w", err)
		}
		if more == nil {
			return nil, nil
		}
		return more(ctx, t)
	}})
	if err != nil {
		return err
	}
	if len(d.files) > 0 {
		r.fetchSoon()
	}
	for i, account := range d.templates {
		if !results[i].Duplicate {
			r.syncSoon(account)
		}
	}
	return nil
}

// pollCursor returns how far an account was asked; empty for never.
func (l *eventLog) pollCursor(ctx context.Context, id provider.AccountID) (string, error) {
	var cursor []byte
	err := l.read.QueryRowContext(ctx, "select value from meta where key = ?", metaPoll+string(id)).Scan(&cursor)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read poll cursor: %w", err)
	}
	return string(cursor), nil
}
