package webhookrelay

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the database driver
)

//go:embed schema.sql
var schema string

// schemaVersion is the form of relay.db this program reads and writes.
const schemaVersion = 1

// errNewer is answered for a log written by a newer relay: it is left alone.
var errNewer = errors.New("the log was written by a newer webhookrelay; update this one")

// patient waits for other writers, and is the first pragma of every pool but
// the lock's.
const patient = "busy_timeout(5000)"

// openDB opens one pool on the file. Writers get immediate transactions, so
// that they wait for each other instead of failing half-way.
func openDB(path string, conns int, pragmas ...string) (*sql.DB, error) {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": pragmas}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// openWriter creates the file for its owner alone, and brings the schema.
// synchronous=FULL is what makes a 200 durable: NORMAL survives kill -9 and
// loses under power loss.
func openWriter(ctx context.Context, path string) (*sql.DB, error) {
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	db, err := openDB(path, 1, patient, "journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(4000)")
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, db); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// createPrivate makes sure that the file is there, and is its owner's alone. It
// leaves an existing one alone: closing a database file that this process has
// open elsewhere would drop its locks.
func createPrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var version int
	if err := tx.QueryRowContext(ctx, "pragma user_version").Scan(&version); err != nil {
		return err
	}
	switch {
	case version == schemaVersion:
		return nil
	case version > schemaVersion:
		return errNewer
	}
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	if err := firstMeta(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("pragma user_version = %d", schemaVersion)); err != nil {
		return err
	}
	return tx.Commit()
}

// The keys of meta.
const (
	metaEpoch  = "epoch"  // names this log
	metaKey    = "key"    // the team's key, told to every terminal
	metaDedupe = "dedupe" // keys the dedupe hashes, told to nobody
	metaLast   = "last:"  // + fact: the id and hash of its last version
)

func firstMeta(ctx context.Context, tx *sql.Tx) error {
	for key, value := range map[string][]byte{
		metaEpoch:  []byte(randomID(10)),
		metaKey:    randomBytes(32),
		metaDedupe: randomBytes(32),
	} {
		if _, err := tx.ExecContext(ctx, "insert into meta (key, value) values (?, ?)", key, value); err != nil {
			return err
		}
	}
	return nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// randomID returns lower-case letters and digits made of n random bytes.
func randomID(n int) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(randomBytes(n)))
}
