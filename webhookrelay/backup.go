package webhookrelay

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"

	"frontdesk/internal/durable"
	"frontdesk/webhookrelay/event"
)

var (
	// ErrBackupExists is answered where the backup would take the place of a
	// file that is there.
	ErrBackupExists = errors.New("there is a file of that name already")
	// ErrNoLog is answered where there is no log.
	ErrNoLog = errors.New("there is no log")
)

// backupPages is how much is copied at once, between two looks at the context.
const backupPages = 1024

// Backup copies the log at path into the file to, beside a relay that serves or
// without one, and returns the sequence it reaches. The copy is of one moment; it
// is verified from the first event to its last before it gets its name, and
// is durable then. A copy that is served later has another epoch: what came
// after it is not in it. Where bodies in it are not as they came the error is
// ErrBodyChanged, and the backup is there all the same: its events are whole.
func Backup(ctx context.Context, path, to string, now time.Time) (head event.Seq, err error) {
	there, err := exists(path)
	if err == nil && !there {
		err = ErrNoLog
	}
	if err == nil {
		err = mendAlone(ctx, path)
	}
	if err == nil {
		err = durable.MakeFolder(filepath.Dir(to))
	}
	if err == nil {
		head, err = backup(ctx, path, to, now)
	}
	if err != nil {
		return head, fmt.Errorf("back up %s: %w", path, err)
	}
	return head, nil
}

func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// backup makes the copy under a name of its own, verifies it, and gives it the
// name it is to have.
func backup(ctx context.Context, path, to string, now time.Time) (head event.Seq, err error) {
	p, err := durable.Begin(to)
	if err == nil {
		defer func() { err = errors.Join(err, p.Drop()) }()
		err = copyPages(ctx, path, p.Path())
	}
	if err == nil {
		err = markCopy(ctx, p.Path(), now)
	}
	if err == nil {
		head, err = verifyFile(ctx, p.Path())
	}
	var changed error
	if errors.Is(err, ErrBodyChanged) {
		changed, err = err, nil
	}
	if err == nil {
		err = p.Place()
	}
	if errors.Is(err, fs.ErrExist) {
		err = ErrBackupExists
	}
	if err != nil {
		return 0, err
	}
	return head, changed
}

// copyPages copies a database as it is at one moment. What is written meanwhile
// waits for nothing and is not in the copy: the source's transaction keeps the
// pages that it began with.
func copyPages(ctx context.Context, path, to string) error {
	db, err := openDB(path, 1, patient, "query_only(1)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "begin"); err != nil {
		return err
	}
	if _, err := schemaVersion(ctx, conn); err != nil { // takes the moment
		return err
	}
	return conn.Raw(func(driverConn any) error {
		source, ok := driverConn.(interface {
			NewBackup(uri string) (*sqlite.Backup, error)
		})
		if !ok {
			return driver.ErrBadConn
		}
		b, err := source.NewBackup("file:" + (&url.URL{Path: to}).EscapedPath())
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if more, err = b.Step(backupPages); err == nil {
				err = ctx.Err()
			}
		}
		return errors.Join(err, b.Finish())
	})
}

// markCopy makes a copied log say that it is one, in a single file.
func markCopy(ctx context.Context, path string, now time.Time) error {
	db, err := openDB(path, 1)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "pragma journal_mode = delete")
	if err == nil {
		_, err = db.ExecContext(ctx, "insert into meta (key, value) values (?, ?) on conflict do update set value = excluded.value", metaCopy, timestamp(now))
	}
	return errors.Join(err, db.Close())
}

// verifyFile checks a log that nobody serves, from the first event to the last,
// and everything SQLite can check of it. It returns the head. ErrBodyChanged, the
// last that is looked for, says that all else is well.
func verifyFile(ctx context.Context, path string) (head event.Seq, err error) {
	db, err := openDB(path, 1, "query_only(1)")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var sound string
	if err := db.QueryRowContext(ctx, "pragma quick_check(1)").Scan(&sound); err != nil {
		return 0, err
	}
	if sound != "ok" {
		return 0, fmt.Errorf("%w: %s", ErrDamaged, sound)
	}
	if err := db.QueryRowContext(ctx, "select coalesce(max(seq), 0) from event").Scan(&head); err != nil {
		return 0, err
	}
	if err := verifyChain(ctx, db, 0, head); err != nil {
		return head, err
	}
	all, err := verifyBodies(ctx, db)
	if err != nil {
		return head, err
	}
	var listed int64 // in the index
	if err := db.QueryRowContext(ctx, "select count(*) from raw indexed by raw_at where at >= ''").Scan(&listed); err != nil {
		return head, err
	}
	if n := max(listed-all.count(), 0) + int64(len(all.Changed)); n > 0 {
		err = fmt.Errorf("%d bodies: %w", n, ErrBodyChanged)
	}
	return head, err
}
