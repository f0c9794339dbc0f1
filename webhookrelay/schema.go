package webhookrelay

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the database driver

	"frontdesk/internal/durable"
)

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

// openWriter creates the file for its owner alone, makes sure that power loss
// does not take its name away, and brings the schema.
// synchronous=FULL is what makes a 200 durable: NORMAL survives kill -9 and
// loses under power loss. secure_delete is what makes an erasure one.
func openWriter(ctx context.Context, path string) (*sql.DB, error) {
	if err := checkSQLite(ctx); err != nil {
		return nil, err
	}
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	if err := durable.SyncName(path); err != nil { // the file may be an earlier process's, which did not live to do so
		return nil, err
	}
	db, err := openDB(path, 1, patient, "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "wal_autocheckpoint(4000)")
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, db, path); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// createPrivate makes sure that the file is there, and is its owner's alone. It
// leaves an existing one alone: closing a database file that this process has
// open elsewhere would drop its locks.
func createPrivate(path string) error {
	if err := durable.MakeFolder(filepath.Dir(path)); err != nil {
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

// The keys of meta.
const (
	metaEpoch  = "epoch"  // names this log
	metaKey    = "key"    // the team's key, told to every terminal
	metaDedupe = "dedupe" // keys the dedupe hashes, told to nobody
	metaLast   = "last:"  // + fact: the id and hash of its last version
	metaCopy   = "copy"   // in a copy of a log: when it was made
	metaLost   = "lost"   // what was lost, until a relay has told it
	// metaUnmarked is in a log that may never have had a mark: one of version 1,
	// or one that recovery makes.
	metaUnmarked = "unmarked"
)

const setUnmarked = "insert or ignore into meta (key, value) values ('" + metaUnmarked + "', x'31')"

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
