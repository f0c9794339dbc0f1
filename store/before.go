package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"frontdesk/internal/durable"
)

// before names the copy of a store as it was before it was migrated from a
// schema.
func before(path string, schema int) string { return fmt.Sprintf("%s.before-%d", path, schema) }

// keepBefore copies the store whole and on disk, before it is migrated. Nothing
// is migrated that could not be copied first.
func keepBefore(ctx context.Context, path string, schema int) error {
	to := before(path, schema)
	half := to + ".new"
	if err := durable.Remove(half); err != nil {
		return err
	}
	if err := vacuumInto(ctx, path, half); err != nil {
		return fmt.Errorf("copy the store before it is migrated; it needs as much room as the store has: %w", err)
	}
	// Another process may have migrated it in the meantime: then the copy is no
	// older than the store, and of no use.
	if have, err := schemaOf(ctx, half); err != nil || have != schema {
		return errors.Join(err, removeStore(half))
	}
	if err := durable.SyncFile(half); err != nil {
		return err
	}
	if err := os.Rename(half, to); err != nil {
		return err
	}
	return durable.SyncName(path)
}

func vacuumInto(ctx context.Context, path, to string) (err error) {
	// Made first, so that nobody else can read it for a moment.
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	db, err := connect(path, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, "vacuum into ?", to)
	return err
}

// dropBefore removes the copies of older schemas: the store has been opened
// again since, and reads well.
func dropBefore(path string) error {
	old, err := filepath.Glob(globQuote(path) + ".before-*")
	if err != nil {
		return err
	}
	return durable.Remove(old...)
}

// globQuote makes a path match itself alone.
func globQuote(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// removeStore removes a database file and what SQLite keeps beside it.
func removeStore(path string) error { return durable.Remove(path, path+"-wal", path+"-shm") }
