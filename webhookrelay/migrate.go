package webhookrelay

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"frontdesk/internal/durable"
)

//go:embed migrations/*.sql
var migrations embed.FS

// errNewer is answered for a log written by a newer relay: it is left alone.
var errNewer = errors.New("the log was written by a newer webhookrelay; update this one")

// migrationSteps returns the steps in order. The first makes a log, each other one
// brings it from the version before: a log's user_version is the number of steps
// it has had. A step that was released never changes.
func migrationSteps() ([]string, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	steps := make([]string, len(names))
	for i, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		steps[i] = string(text)
	}
	return steps, nil
}

// migrate brings the log at path to this program's form, each step in one
// transaction. Before an existing log is changed, a copy of it is made beside it.
func migrate(ctx context.Context, db *sql.DB, path string) error {
	steps, err := migrationSteps()
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, db)
	switch {
	case err != nil:
		return err
	case version > len(steps):
		return errNewer
	case version == len(steps):
		return nil
	case version > 0:
		if err := copyBefore(ctx, db, path, version); err != nil {
			return fmt.Errorf("copy the log before it is migrated: %w", err)
		}
	}
	for n := version; n < len(steps); n++ {
		if err := migrateStep(ctx, db, n, steps[n]); err != nil {
			return fmt.Errorf("migrate to version %d: %w", n+1, err)
		}
	}
	return nil
}

func schemaVersion(ctx context.Context, q interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
},
) (version int, err error) {
	err = q.QueryRowContext(ctx, "pragma user_version").Scan(&version)
	return version, err
}

// migrateAlone brings the log at path to this program's form where a relay may be
// serving it: an older one would go on to write what is none of the new form.
// Where there is something to migrate and the log is served, it answers ErrServed.
func migrateAlone(ctx context.Context, path string) error {
	if there, err := exists(path); err != nil || !there {
		return err
	}
	if err := mendAlone(ctx, path); err != nil {
		return err
	}
	steps, err := migrationSteps()
	if err != nil {
		return err
	}
	db, err := openDB(path, 1, patient)
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, db)
	if err = errors.Join(err, db.Close()); err != nil || version >= len(steps) {
		return err
	}
	lock, err := lockFile(ctx, path)
	if err != nil {
		return err
	}
	err = mend(path)
	if err == nil {
		db, err = openWriter(ctx, path)
	}
	if err == nil {
		err = db.Close()
	}
	return errors.Join(err, lock.release())
}

// migrateStep takes the log from version n to the next. Another process may have
// done so meanwhile: then there is nothing left to do.
func migrateStep(ctx context.Context, db *sql.DB, n int, step string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	version, err := schemaVersion(ctx, tx)
	if err != nil || version > n {
		return err
	}
	if _, err := tx.ExecContext(ctx, step); err != nil {
		return err
	}
	switch n {
	case 0:
		err = firstMeta(ctx, tx)
	case 1: // the first programs kept no mark
		_, err = tx.ExecContext(ctx, setUnmarked)
	}
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("pragma user_version = %d", n+1)); err != nil {
		return err
	}
	return tx.Commit()
}

// beforeSuffix and a version name the copy of a log as it was before it was
// migrated.
const beforeSuffix = ".before-"

func beforePath(path string, version int) string {
	return fmt.Sprintf("%s%s%d", path, beforeSuffix, version)
}

// copyBefore keeps the log as it is. The copy has its name only once it is
// whole and on disk; the last one of a version is the one that counts.
func copyBefore(ctx context.Context, db *sql.DB, path string, version int) error {
	part := beforePath(path, version) + "." + randomID(leftEnd*5/8)
	defer func() { _ = os.Remove(part) }()
	if err := createPrivate(part); err != nil { // for its owner alone; SQLite fills an empty file
		return err
	}
	if _, err := db.ExecContext(ctx, "vacuum into ?", part); err != nil {
		return err
	}
	if err := markCopy(ctx, part, time.Now()); err != nil {
		return err
	}
	if err := durable.SyncFile(part); err != nil {
		return err
	}
	if err := os.Rename(part, beforePath(path, version)); err != nil {
		return err
	}
	return durable.SyncName(path)
}
