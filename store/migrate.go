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

// readOnly opens a file to look at it: not even its journal is moved into it
// when it is closed.
func readOnly(path string) (*sql.DB, error) {
	return sql.Open("sqlite", dsn(path, "busy_timeout(10000)", "query_only(1)")+"&mode=ro")
}

// schemaOf reads the version before anything else is done to the file: a
// switch to WAL would change it already.
func schemaOf(ctx context.Context, path string) (have int, err error) {
	db, err := readOnly(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.QueryRowContext(ctx, "pragma user_version").Scan(&have); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return have, nil
}

// refuseNewer returns the schema of the file, or why it is not for us.
func refuseNewer(ctx context.Context, path string) (have int, err error) {
	all, err := steps()
	if err != nil {
		return 0, err
	}
	have, err = schemaOf(ctx, path)
	if err == nil && have > len(all) {
		err = &NewerSchemaError{Path: path, Have: have, Want: len(all)}
	}
	return have, err
}

// migrate brings the schema up to date in one transaction: a store is of one
// version or of the other. The file's user_version counts the steps; it is read
// again inside, since another process may have been first.
func migrate(ctx context.Context, db *sql.Conn) error {
	all, err := steps()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var have int
	if err := tx.QueryRowContext(ctx, "pragma user_version").Scan(&have); err != nil || have >= len(all) {
		return err
	}
	for i, name := range all[have:] {
		script, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(script)); err != nil {
			return fmt.Errorf("migrate to schema %d: %w", have+i+1, err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("pragma user_version = %d", len(all))); err != nil {
		return err
	}
	return tx.Commit()
}
