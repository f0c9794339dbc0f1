package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"frontdesk/webhookrelay/event"
)

// panicError is a fact that made this program stumble.
type panicError struct{ what any }

func (e *panicError) Error() string { return fmt.Sprintf("this program stumbled over it: %v", e.what) }

// guarded is applyAll, with a stumble as an error: one fact that nobody thought
// of must not take the inbox down, nor come again at every start.
func (b *batch) guarded(events []event.Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{what: p}
		}
	}()
	return b.applyAll(events)
}

// theFacts reports whether an error of Apply may be a fact's own fault: not the
// disk's, not the order's, and not the caller's giving up.
func theFacts(err error) bool {
	for _, other := range []error{ErrGap, ErrNoHello, ErrEpoch, context.Canceled, context.DeadlineExceeded, sql.ErrConnDone, sql.ErrTxDone} {
		if errors.Is(err, other) {
			return false
		}
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return true
	}
	if strings.Contains(e.Error(), "no such ") {
		return false // the store lacks a table: all facts would be put aside
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_ERROR:
		return true
	}
	return false
}

// applyEach applies a run one fact at a time, after it failed as a whole: what
// cannot be applied is put aside, and the others go on.
func (s *Store) applyEach(ctx context.Context, events []event.Event) error {
	for i := range events {
		err := s.write(ctx, s.facts, func(b *batch) error { return b.guarded(events[i : i+1]) })
		if err != nil && theFacts(err) {
			err = s.setAside(ctx, events[i], err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setAside keeps a fact that cannot be applied, as it came, and moves the
// cursor over it.
func (s *Store) setAside(ctx context.Context, e event.Event, why error) error {
	raw, err := json.Marshal(e)
	if err != nil {
		raw = []byte("{}") // what cannot even be written again is only counted
	}
	return s.write(ctx, s.facts, func(b *batch) error {
		b.change.Counts = true
		if err := b.journal([]event.Event{e}); err != nil {
			return err
		}
		if err := b.exec("insert or replace into aside (seq, conversation, kind, reason, event) values (?, ?, ?, ?, ?)",
			int64(e.Seq), string(e.Conversation), e.Kind, why.Error(), string(raw)); err != nil {
			return err
		}
		return b.exec("update log set seq = ?1, hash = ?2 where seq = ?1 - 1", int64(e.Seq), e.Hash)
	})
}

// Aside is a fact that this program could not apply.
type Aside struct {
	Seq    event.Seq
	Kind   string
	Reason string
}

// Aside returns up to n facts that this program could not apply, oldest first.
// They are applied by a rebuild with a program that can.
func (s *Store) Aside(ctx context.Context, n int) ([]Aside, error) {
	rows, err := s.read.QueryContext(ctx, "select seq, kind, reason from aside order by seq limit ? + 0", n)
	if err != nil {
		return nil, fmt.Errorf("read facts put aside: %w", err)
	}
	var list []Aside
	err = eachRow(rows, func(scan func(...any) error) error {
		var a Aside
		err := scan(&a.Seq, &a.Kind, &a.Reason)
		list = append(list, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read facts put aside: %w", err)
	}
	return list, nil
}
