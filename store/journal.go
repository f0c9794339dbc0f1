package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"frontdesk/webhookrelay/event"
)

// The journal is kept for a relay that lost its newest events: it is never read
// otherwise, so it is short.
const (
	journalEvents = 50_000
	journalAge    = 30 * 24 * time.Hour
	// journalTrim is after how many events the oldest are looked at again.
	journalTrim = 500
)

// journal keeps a run of events as they came. What is far behind the relay's
// head is not worth keeping: it would be thrown away before the head is here.
func (b *batch) journal(events []event.Event) error {
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	enc.SetEscapeHTML(false)
	var first, last event.Seq
	floor := event.Seq(b.s.head.Load()) - journalEvents
	for _, e := range events {
		if e.Seq <= floor {
			continue
		}
		if err := enc.Encode(e); err != nil {
			continue // it was put aside, or will be; the relay has it as it was
		}
		if first == 0 {
			first = e.Seq
		}
		last = e.Seq
	}
	if first == 0 {
		return nil
	}
	if err := b.exec("insert or replace into journal (first, last, at, events) values (?, ?, ?, ?)",
		int64(first), int64(last), millis(b.s.opt.Now()), lines.String()); err != nil {
		return fmt.Errorf("keep events: %w", err)
	}
	if last/journalTrim == (first-1)/journalTrim {
		return nil
	}
	return b.exec("delete from journal where last <= ? or at < ?", int64(last-journalEvents),
		millis(b.s.opt.Now().Add(-journalAge)))
}

// eraseJournal puts a tombstone in the place of every event of a conversation up
// to one, as the relay does.
func (b *batch) eraseJournal(id event.ConversationID, upTo event.Seq) error {
	type run struct {
		first  event.Seq
		events []byte
	}
	var changed []run
	err := b.each("select first, events from journal where instr(events, ?) > 0", []any{`"` + string(id) + `"`},
		func(scan func(...any) error) error {
			var r run
			if err := scan(&r.first, &r.events); err != nil {
				return err
			}
			r.events = append([]byte(nil), r.events...)
			changed = append(changed, r)
			return nil
		})
	if err != nil {
		return err
	}
	for _, r := range changed {
		events, err := without(r.events, id, upTo)
		if err != nil {
			return fmt.Errorf("erase from journal: %w", err)
		}
		if err := b.exec("update journal set events = ? where first = ?", events, int64(r.first)); err != nil {
			return fmt.Errorf("erase from journal: %w", err)
		}
	}
	return nil
}

func without(lines []byte, id event.ConversationID, upTo event.Seq) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	dec := json.NewDecoder(bytes.NewReader(lines))
	for dec.More() {
		var e event.Event
		if err := dec.Decode(&e); err != nil {
			return "", err
		}
		if e.Seq <= upTo && e.Conversation == id && e.Kind != event.KindErased {
			e = event.TombstoneOf(e.Seq, e.At)
		}
		if err := enc.Encode(e); err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

// WriteEvents writes the events this store still has after a place in the log,
// one JSON line each, as the relay gave them, and returns the last one's
// sequence. It stops at the first gap: what follows one continues nothing.
func (s *Store) WriteEvents(ctx context.Context, w io.Writer, after event.Seq) (last event.Seq, err error) {
	rows, err := s.read.QueryContext(ctx, "select events from journal where last > ? order by first", int64(after))
	if err != nil {
		return 0, fmt.Errorf("read journal: %w", err)
	}
	last = after
	err = eachRow(rows, func(scan func(...any) error) error {
		var raw []byte
		if err := scan(&raw); err != nil {
			return err
		}
		dec := json.NewDecoder(bytes.NewReader(raw))
		for dec.More() {
			var line json.RawMessage
			var e struct {
				Seq event.Seq `json:"seq"`
			}
			if err := dec.Decode(&line); err != nil {
				return err
			}
			if err := json.Unmarshal(line, &e); err != nil {
				return err
			}
			if e.Seq <= last {
				continue
			}
			if e.Seq != last+1 && last != after {
				return errStop
			}
			if _, err := w.Write(append(line, '\n')); err != nil {
				return err
			}
			last = e.Seq
		}
		return nil
	})
	if err != nil && !errors.Is(err, errStop) {
		return last, fmt.Errorf("write events: %w", err)
	}
	return last, nil
}
