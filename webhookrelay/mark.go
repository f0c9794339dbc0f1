package webhookrelay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"frontdesk/webhookrelay/event"
)

// mark is the head as a small file beside the log, written after each commit
// and never before: a log that ends before its mark, or is another one there,
// has lost something. SQLite by itself does not notice that a write which was
// reported done never reached the disk.
//
// It is not flushed: what power loss leaves of it is an older head, which is
// true as well.
type mark struct {
	file *os.File
}

// markSize is a sequence, the chain's hash there, and a checksum of both.
const markSize = 8 + 32 + 8

func markPath(path string) string { return path + ".head" }

// readMark returns the last marked head, and false where there is none that
// can be read.
func readMark(path string) (position, bool, error) {
	b, err := os.ReadFile(markPath(path))
	if errors.Is(err, os.ErrNotExist) {
		return position{}, false, nil
	}
	if err != nil {
		return position{}, false, err
	}
	if len(b) != markSize || string(checksum(b[:40])) != string(b[40:]) {
		return position{}, false, nil
	}
	return position{seq: event.Seq(binary.BigEndian.Uint64(b)), hash: b[8:40]}, true, nil
}

func checksum(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:8]
}

func openMark(path string) (mark, error) {
	if err := createPrivate(markPath(path)); err != nil {
		return mark{}, err
	}
	f, err := os.OpenFile(markPath(path), os.O_WRONLY, 0o600)
	return mark{f}, err
}

func (m mark) write(p position) error {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, markSize), uint64(p.seq))
	b = append(b, p.hash...)
	_, err := m.file.WriteAt(append(b, checksum(b)...), 0)
	return err
}

// checkMark gives the log a new epoch when it lost what its mark knows, or is a
// copy that was put back: then every terminal is told that this is not the log
// it followed. It returns what was lost, in words, or nothing. The mark is read
// before the head: a relay that serves beside us only makes the head larger.
func (l *eventLog) checkMark(ctx context.Context) (lost string, err error) {
	m, ok, err := readMark(l.path)
	if err != nil {
		return "", fmt.Errorf("read mark: %w", err)
	}
	if l.head, err = l.stmts.readHead(ctx); err != nil {
		return "", err
	}
	var hash, copied []byte
	err = l.conn.QueryRowContext(ctx, "select (select value from meta where key = ?), (select hash from event where seq = ?)", metaCopy, int64(m.seq)).
		Scan(&copied, &hash)
	switch {
	case err != nil:
		return "", fmt.Errorf("read event %d: %w", m.seq, err)
	case ok && m.seq > 0 && !bytes.Equal(hash, m.hash):
		lost = fmt.Sprintf("the log had reached %d and ends at %d, or differs there", m.seq, l.head.seq)
	case copied != nil:
		lost = fmt.Sprintf("the log is a copy made at %s: what came after %d is not in it", copied, l.head.seq)
	default:
		return "", nil
	}
	if err := l.renewEpoch(ctx); err != nil {
		return "", fmt.Errorf("renew the epoch: %w", err)
	}
	return lost, nil
}

func (l *eventLog) renewEpoch(ctx context.Context) error {
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
	if err := tx.Commit(); err != nil {
		return err
	}
	l.epoch = epoch
	return nil
}
