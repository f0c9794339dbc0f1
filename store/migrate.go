package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// steps are the migrations in their order; their number is our schema.
func steps() ([]string, error) { return fs.Glob(migrations, "migrations/*.sql") }

// refuseNewer looks at the version before anything else is done to the file: a
// switch to WAL would change it already.
func refuseNewer(ctx context.Context, path string) (err error) {
	all, err := steps()
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn(path, "busy_timeout(10000)"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var have int
	if err := db.QueryRowContext(ctx, "pragma user_version").Scan(&have); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if have > len(all) {
		return &NewerSchemaError{Path: path, Have: have, Want: len(all)}
	}
	return nil
}

// migrate brings the schema up to date, one transaction per step. The file's
// user_version counts the steps.
func migrate(ctx context.Context, db *sql.Conn) error {
	all, err := steps()
	if err != nil {
		return err
	}
	for i, name := range all {
		if err := migrateStep(ctx, db, name, i+1); err != nil {
			return fmt.Errorf("migrate to schema %d: %w", i+1, err)
		}
	}
	return nil
}

// migrateStep runs one step, unless it was run: another process may be at it,
// so that the version is read inside the transaction.
func migrateStep(ctx context.Context, db *sql.Conn, name string, version int) error {
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var have int
	if err := tx.QueryRowContext(ctx, "pragma user_version").Scan(&have); err != nil || have >= version {
		return err
	}
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("pragma user_version = %d", version)); err != nil {
		return err
	}
	return tx.Commit()
}
