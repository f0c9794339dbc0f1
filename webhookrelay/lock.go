package webhookrelay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrServed is answered where another process serves the same log: two would
// each take the other's sends for abandoned.
var ErrServed = errors.New("another webhookrelay serves this log; stop it first, or give this one another data folder")

// fileLock is held for as long as the process lives, whatever ends it. It is
// an open transaction on an empty database beside the log: the one file lock
// that is the same on every system.
type fileLock struct {
	db   *sql.DB
	conn *sql.Conn
}

func lockFile(ctx context.Context, path string) (*fileLock, error) {
	path += ".lock"
	err := createPrivate(path)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	db, err := openDB(path, 1)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	conn, err := db.Conn(ctx)
	if err == nil {
		_, err = conn.ExecContext(ctx, "begin exclusive")
	}
	if err == nil {
		return &fileLock{db: db, conn: conn}, nil
	}
	if conn != nil {
		_ = conn.Close()
	}
	_ = db.Close()
	var se *sqlite.Error
	if errors.As(err, &se) && se.Code()&0xff == sqlite3.SQLITE_BUSY {
		return nil, ErrServed
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

func (l *fileLock) release() error { return errors.Join(l.conn.Close(), l.db.Close()) }
