package webhookrelay

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"frontdesk/webhookrelay/event"
)

// ErrDamaged is answered for a log of which a row is not what was appended there.
// Nothing after it is streamed, because nobody can say what it was.
var ErrDamaged = errors.New("the log is damaged")

// verifiedTail is how many rows are verified before serving; the others are
// verified in the background, and each one again before it is streamed.
const verifiedTail = 1000

// after reads at most n events after the cursor, and at most about size bytes
// of them but at least one. Every row is verified against the chain.
func (l *eventLog) after(ctx context.Context, cursor event.Seq, n, size int) ([]row, error) {
	return readAfter(ctx, l.read, cursor, n, size)
}

func readAfter(ctx context.Context, db querier, cursor event.Seq, n, size int) ([]row, error) {
	before, next := make([]byte, 32), cursor+1
	if cursor > 0 {
		next = cursor
		n++ // the row at the cursor itself only lends its hash
	}
	rows, err := db.QueryContext(ctx,
		"select seq, salt, json, hash, digest from event where seq >= ? order by seq limit ?", int64(cursor), n)
	if err != nil {
		return nil, fmt.Errorf("read after %d: %w", cursor, err)
	}
	defer func() { _ = rows.Close() }()
	var out []row
	for rows.Next() {
		var seq event.Seq
		var salt, eventJSON, hash, digest []byte
		if err := rows.Scan(&seq, &salt, &eventJSON, &hash, &digest); err != nil {
			return nil, fmt.Errorf("read after %d: %w", cursor, err)
		}
		if seq != next || (seq > cursor && !holds(before, seq, salt, eventJSON, hash, digest)) {
			return nil, fmt.Errorf("%w at sequence %d", ErrDamaged, next)
		}
		before, next = hash, seq+1
		if seq == cursor {
			continue
		}
		if size -= len(eventJSON) + 1; size < 0 && len(out) > 0 {
			break
		}
		out = append(out, row{seq: seq, json: eventJSON, hash: hash})
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read after %d: %w", cursor, err)
	}
	return out, nil
}

// holds reports whether a row is the one that was appended after the hash
// before, or the tombstone of it.
func holds(before []byte, seq event.Seq, salt, eventJSON, hash, digest []byte) bool {
	if digest == nil {
		digest = digestOf(salt, eventJSON)
	} else if !bytes.Equal(seal(digest, eventJSON), salt) {
		return false
	}
	return bytes.Equal(link(before, seq, digest), hash)
}

// watch returns the head and a channel that is closed when it moves.
func (l *eventLog) watch() (position, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head, l.changed
}

// refresh notices what another process appended.
func (l *eventLog) refresh(ctx context.Context) error {
	var seq event.Seq
	if err := l.read.QueryRowContext(ctx, "select coalesce(max(seq), 0) from event").Scan(&seq); err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	if seq == l.position().seq {
		return nil
	}
	_, err := l.append(ctx, write{}) // an empty group reads the head where it is safe to
	return err
}

func (l *eventLog) verifyTail(ctx context.Context) error {
	return l.verify(ctx, max(0, l.head.seq-verifiedTail), l.head.seq)
}

// verify walks the chain from one sequence to another and fails with
// ErrDamaged at the first row that is not what was appended.
func (l *eventLog) verify(ctx context.Context, from, to event.Seq) error {
	return verifyChain(ctx, l.read, from, to)
}

func verifyChain(ctx context.Context, db querier, from, to event.Seq) error {
	for cursor := from; cursor < to; {
		rows, err := readAfter(ctx, db, cursor, 512, maxFrame)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fmt.Errorf("%w: it ends at %d and not at %d", ErrDamaged, cursor, to)
		}
		cursor = rows[len(rows)-1].seq
	}
	return nil
}

// checkpoint moves what it can of the write-ahead log into the file, beside
// the writer, so that no commit has to. A flush that fails here stops the writer
// as one of its own would.
func (l *eventLog) checkpoint(ctx context.Context) error {
	var busy, logged, moved int
	return l.failed(l.check.QueryRowContext(ctx, "pragma wal_checkpoint(passive)").Scan(&busy, &logged, &moved))
}
