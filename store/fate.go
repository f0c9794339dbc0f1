package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Fate is what became of a team action of ours.
type Fate string

// The fates.
const (
	// FateKept: it is on this disk, and the relay does not have it yet.
	FateKept Fate = "kept"
	// FateShared: it is in the log.
	FateShared Fate = "shared"
	// FateRefused: somebody was first, or the relay will not have it.
	FateRefused Fate = "refused"
)

// Fate tells what became of an action by the operation that Do returned, also where
// another process published it. It reads the latest events for it: one that is long
// past may be told as refused.
func (s *Store) Fate(ctx context.Context, op provider.OpID) (Fate, error) {
	var kept bool
	err := s.read.QueryRowContext(ctx, "select exists (select 1 from intent_publication where id = ?)", string(op)).Scan(&kept)
	if err != nil {
		return "", fmt.Errorf("read what became of %s: %w", op, err)
	}
	if kept {
		return FateKept, nil
	}
	shared, err := s.inJournal(ctx, string(op))
	if err != nil {
		return "", fmt.Errorf("read what became of %s: %w", op, err)
	}
	if shared {
		return FateShared, nil
	}
	return FateRefused, nil
}

// inJournal reports whether one of the latest events has an id.
func (s *Store) inJournal(ctx context.Context, id string) (found bool, err error) {
	rows, err := s.read.QueryContext(ctx, "select events from journal where instr(events, ?) > 0 order by first desc", id)
	if err != nil {
		return false, err
	}
	err = eachRow(rows, func(scan func(...any) error) error {
		var raw []byte
		if err := scan(&raw); err != nil || found {
			return err
		}
		for dec := json.NewDecoder(bytes.NewReader(raw)); dec.More(); {
			var e event.Event
			if err := dec.Decode(&e); err != nil {
				return err
			}
			found = found || e.ID == id
		}
		return nil
	})
	return found, err
}
