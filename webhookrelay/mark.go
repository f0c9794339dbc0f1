package webhookrelay

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"frontdesk/internal/durable"
	"frontdesk/webhookrelay/event"
)

// mark is the head as a small file beside the log, written after each commit
// and never before: a log that ends before its mark, or is another one there,
// has lost something. SQLite by itself does not notice that a write which was
// reported done never reached the disk.
//
// It is flushed when a log is opened, with its name, and not after each commit:
// what power loss leaves of it is an older head, which is true as well. It is
// kept twice, a page apart, and written in turn, so that what tears one leaves
// the other. Nothing ordinary takes both: where they are gone or damaged, the
// log may have been put back, and is another one to every terminal.
type mark struct {
	file *os.File
	next int // the copy that is written next: not the newest
}

const (
	// markSize is a sequence, the chain's hash there, and a checksum of both.
	markSize = 8 + 32 + 8
	// markCopies are this far apart: no disk writes both at once.
	markCopies, markApart = 2, 4096
)

func markPath(path string) string { return path + ".head" }

// readMark returns the last marked head, and false where there is none that
// can be read.
func readMark(path string) (p position, ok bool, err error) {
	f, err := os.Open(markPath(path))
	if errors.Is(err, os.ErrNotExist) {
		return position{}, false, nil
	}
	if err != nil {
		return position{}, false, err
	}
	defer func() { _ = f.Close() }()
	for i := range markCopies {
		one, there, err := readCopy(f, i)
		if err != nil {
			return position{}, false, err
		}
		if there && (!ok || one.seq > p.seq) {
			p, ok = one, true
		}
	}
	return p, ok, nil
}

// readCopy returns one copy of the mark, and false where it is not whole.
func readCopy(f *os.File, i int) (position, bool, error) {
	var b [markSize]byte
	n, err := f.ReadAt(b[:], int64(i)*markApart)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return position{}, false, err
	case n < markSize || string(checksum(b[:40])) != string(b[40:]):
		return position{}, false, nil
	}
	return position{seq: event.Seq(binary.BigEndian.Uint64(b[:])), hash: b[8:40]}, true, nil
}

func checksum(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:8]
}

// openMark opens the mark of the log at path, and makes one where there is none.
// Its name is on disk before anything is in it.
func openMark(path string) (mark, error) {
	err := createPrivate(markPath(path))
	if err == nil {
		err = durable.SyncName(path)
	}
	if err != nil {
		return mark{}, err
	}
	f, err := os.OpenFile(markPath(path), os.O_RDWR, 0o600)
	return mark{file: f}, err
}

// begin makes both copies say p, durably, whatever they said: after a loss they
// knew a head that is no more. The older one is first, so that there is a whole
// one all the while.
func (m *mark) begin(p position) error {
	var have [markCopies]position
	for i := range have {
		one, ok, err := readCopy(m.file, i)
		if err != nil {
			return err
		}
		if have[i] = (position{seq: -1}); ok {
			have[i] = one
		}
	}
	m.next = 0
	if have[1].seq < have[0].seq {
		m.next = 1
	}
	for range have {
		if was := have[m.next]; was.seq == p.seq && bytes.Equal(was.hash, p.hash) {
			m.next = 1 - m.next
			continue
		}
		if err := errors.Join(m.write(p), m.file.Sync()); err != nil {
			return err
		}
	}
	return nil
}

// write marks a head in the older copy. One that could not be written is the
// older one still.
func (m *mark) write(p position) error {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, markSize), uint64(p.seq))
	b = append(b, p.hash...)
	_, err := m.file.WriteAt(append(b, checksum(b)...), int64(m.next)*markApart)
	if err == nil {
		m.next = 1 - m.next
	}
	return err
}

// checkMark gives the log a new epoch when it lost what its mark knows, has none
// that could know, or is a copy that was put back: then every terminal is told
// that this is not the log it followed. What was lost is in the log, in words,
// until a relay has told it. The mark is read before the head: a relay that
// serves beside us only makes the head larger.
func (l *eventLog) checkMark(ctx context.Context) error {
	m, ok, err := readMark(l.path)
	if err != nil {
		return fmt.Errorf("read mark: %w", err)
	}
	if l.head, err = l.stmts.readHead(ctx); err != nil {
		return err
	}
	var hash, copied, unmarked, untold []byte
	const meta = "(select value from meta where key = ?)"
	err = l.conn.QueryRowContext(ctx, "select "+meta+", "+meta+", "+meta+", (select hash from event where seq = ?)",
		metaCopy, metaUnmarked, metaLost, int64(m.seq)).Scan(&copied, &unmarked, &untold, &hash)
	var lost string
	switch {
	case err != nil:
		return fmt.Errorf("read event %d: %w", m.seq, err)
	case ok && m.seq > 0 && !bytes.Equal(hash, m.hash):
		lost = fmt.Sprintf("the log had reached %d and ends at %d, or differs there", m.seq, l.head.seq)
	case copied != nil:
		lost = fmt.Sprintf("the log is a copy made at %s: what came after %d is not in it", copied, l.head.seq)
	case !ok && unmarked == nil && l.head.seq > 0:
		lost = fmt.Sprintf("%s is missing or damaged, so nobody can say whether the log, which ends at %d, was put back; put a backup back with webhookrelay recover", markPath(l.path), l.head.seq)
	case !ok && unmarked == nil: // a new log, which nobody knows yet, or one that was put back
	default:
		l.lost = string(untold)
		return nil
	}
	if err := l.renewEpoch(ctx, lost); err != nil {
		return fmt.Errorf("renew the epoch: %w", err)
	}
	l.lost = cmp.Or(lost, string(untold))
	return nil
}

// openMark takes the mark over, durably, at the head that was verified.
func (l *eventLog) openMark(ctx context.Context) (err error) {
	if l.mark, err = openMark(l.path); err != nil {
		return err
	}
	if err := l.verifyTail(ctx); err != nil {
		return err
	}
	if err := l.mark.begin(l.head); err != nil {
		return fmt.Errorf("mark the head: %w", err)
	}
	_, err = l.conn.ExecContext(ctx, "delete from meta where key = ?", metaUnmarked)
	return err
}

func (l *eventLog) renewEpoch(ctx context.Context, lost string) error {
	epoch := randomID(10)
	tx, err := l.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, "update meta set value = ? where key = ?", []byte(epoch), metaEpoch); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "delete from meta where key = ?", metaCopy); err != nil {
		return err
	}
	if lost != "" {
		if _, err := tx.ExecContext(ctx, "insert or replace into meta (key, value) values (?, ?)", metaLost, []byte(lost)); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	l.epoch = epoch
	return nil
}

// toldOfLoss forgets what was lost, once it was told: the administrator's
// commands open the log too, and nobody reads what they would say of it.
func (l *eventLog) toldOfLoss(ctx context.Context) error {
	_, err := l.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		_, err := t.conn.ExecContext(ctx, "delete from meta where key = ?", metaLost)
		return nil, err
	}})
	return err
}
