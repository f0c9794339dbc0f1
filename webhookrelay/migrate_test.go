package webhookrelay

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type tableColumns struct{ name, columns, order string }

// tablesOfOne are the tables and columns of version 1.
var tablesOfOne = []tableColumns{
	{"meta", "key, value", "key"},
	{"event", "seq, dedupe, raw, salt, json, hash", "seq"},
	{"raw", "seq, hook, at, body", "seq"},
	{"aspect", "conversation, aspect, seq", "conversation, aspect"},
	{"token", "id, name, role, hash, created_at, revoked_at", "id"},
	{"op", "op, account, chat, agent, state, attempt, message, error, send, updated_at", "op"},
}

// dumpOfOne is everything a log of version 1 holds, a row a line.
func dumpOfOne(ctx context.Context, t *testing.T, db *sql.DB) string {
	t.Helper()
	return dumpOf(ctx, t, db, 1)
}

func dumpTable(ctx context.Context, t *testing.T, db *sql.DB, name, query string, out *strings.Builder) {
	t.Helper()
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		out.WriteString(name)
		for _, v := range values {
			if b, ok := v.([]byte); ok {
				if bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' || r == 0xfffd }) {
					v = fmt.Sprintf("x%x", b)
				} else {
					v = string(b)
				}
			}
			fmt.Fprintf(out, "|%v", v)
		}
		out.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// openGolden is the log of version 1, and what it holds.
func openGolden(t *testing.T) (path, dump string) {
	t.Helper()
	path = putGolden(t, "relay-v1")
	text, err := os.ReadFile(filepath.Join("testdata", "relay-v1.dump"))
	if err != nil {
		t.Fatal(err)
	}
	return path, string(text)
}

// A log that version 1 wrote is brought to today's form with nothing lost or
// changed: every event with its link of the chain, tokens, operations, raw
// bodies, epoch and keys. What it was before is kept beside it.
func TestMigrationLosesNothing(t *testing.T) {
	path, want := openGolden(t)
	l := newLog(t, path)
	defer func() { _ = l.close() }()
	if got := dumpOfOne(t.Context(), t, l.read); got != want {
		t.Errorf("after migration: %s", cmp.Diff(want, got))
	}
	if l.lost != "" || l.epoch != "5x4r7gyqazb677rr" || l.position().seq != 99 {
		t.Errorf("lost %q, epoch %s, head %d", l.lost, l.epoch, l.position().seq)
	}
	if err := l.verify(t.Context(), 0, 99); err != nil {
		t.Error(err)
	}
	steps, err := migrationSteps()
	if err != nil {
		t.Fatal(err)
	}
	if version, err := schemaVersion(t.Context(), l.read); err != nil || version != len(steps) {
		t.Errorf("version %d of %d, %v", version, len(steps), err)
	}
	again := note(t, "op_0_0", "again")
	again.account = "shop" // ids are unique within an account
	if r := mustAppend(t, l, again, note(t, "new", "x")); !r[0].Duplicate || r[1].Seq != 100 {
		t.Errorf("appending: %+v", r)
	}
	var wrong int
	if err := l.read.QueryRowContext(t.Context(), `select count(*) from event where
		coalesce(conversation, '') is not coalesce(json_extract(cast(json as text), '$.conversation'), '')`).Scan(&wrong); err != nil || wrong != 0 {
		t.Errorf("%d events of the wrong conversation, %v", wrong, err)
	}
	before := rawDB(t, beforePath(path, 1))
	if res, err := before.ExecContext(t.Context(), "delete from meta where key = ?", metaCopy); err != nil {
		t.Fatal(err)
	} else if n, _ := res.RowsAffected(); n != 1 {
		t.Error("the copy does not say that it is one")
	}
	if got := dumpOfOne(t.Context(), t, before); got != want {
		t.Errorf("the copy of what was before: %s", cmp.Diff(want, got))
	}
	if version, err := schemaVersion(t.Context(), before); err != nil || version != 1 {
		t.Errorf("the copy has version %d, %v", version, err)
	}
	info, err := os.Stat(beforePath(path, 1))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy is %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "relay.db.before-1.") {
			t.Errorf("%s was left over", e.Name())
		}
	}
}

func rawDB(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := openDB(path, 1, patient)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// A new log has nothing to keep a copy of.
func TestNewLogHasNoCopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	if err := newLog(t, path).close(); err != nil {
		t.Fatal(err)
	}
	if err := newLog(t, path).close(); err != nil {
		t.Fatal(err)
	}
	if copies, _ := filepath.Glob(path + ".before*"); copies != nil {
		t.Errorf("copies were made: %v", copies)
	}
}

// A migration that fails leaves the log as it was, and can be tried again.
func TestFailedMigrationChangesNothing(t *testing.T) {
	path, want := openGolden(t)
	db := rawDB(t, path)
	if err := migrateStep(t.Context(), db, 1, "create table half (x); insert into nowhere values (1)"); err == nil {
		t.Fatal("a step that cannot work worked")
	}
	version, err := schemaVersion(t.Context(), db)
	if err != nil || version != 1 {
		t.Errorf("version %d, %v", version, err)
	}
	if got := dumpOfOne(t.Context(), t, db); got != want {
		t.Error(cmp.Diff(want, got))
	}
	var halves int
	if err := db.QueryRowContext(t.Context(), "select count(*) from sqlite_schema where name = 'half'").Scan(&halves); err != nil || halves != 0 {
		t.Errorf("%d half tables, %v", halves, err)
	}
	// Somebody else was faster: nothing is done twice.
	if err := migrateStep(t.Context(), db, 0, "create table twice (x)"); err != nil {
		t.Error(err)
	}
	if _, err := db.ExecContext(t.Context(), "insert into twice values (1)"); err == nil {
		t.Error("a step was taken twice")
	}
}

// Where no copy can be made, nothing is migrated.
func TestNoMigrationWithoutACopy(t *testing.T) {
	path, want := openGolden(t)
	if err := os.MkdirAll(filepath.Join(beforePath(path, 1), "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := openLog(t.Context(), path, time.Now, nil); err == nil || !strings.Contains(err.Error(), "copy the log") {
		t.Errorf("opened: %v", err)
	}
	db := rawDB(t, path)
	if version, err := schemaVersion(t.Context(), db); err != nil || version != 1 {
		t.Errorf("version %d, %v", version, err)
	}
	if got := dumpOfOne(t.Context(), t, db); got != want {
		t.Error(cmp.Diff(want, got))
	}
}

// Steps are numbered without a gap: a number is how many a log has had.
func TestMigrationsAreNumbered(t *testing.T) {
	names, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for i, entry := range names {
		if want := fmt.Sprintf("%04d_", i+1); !strings.HasPrefix(entry.Name(), want) {
			t.Errorf("%s should begin with %s", entry.Name(), want)
		}
	}
}

// A newer log is refused and not a byte of it changes.
func TestNewerLogIsUntouched(t *testing.T) {
	path, _ := openGolden(t)
	db := rawDB(t, path)
	if _, err := db.ExecContext(t.Context(), "pragma user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openLog(t.Context(), path, time.Now, nil); !errors.Is(err, errNewer) {
		t.Errorf("opened a newer log: %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("a newer log was changed, %v", err)
	}
}

// A log that an older relay serves is not migrated under it by a command.
func TestServedLogIsNotMigrated(t *testing.T) {
	path, want := openGolden(t)
	lock, err := lockFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenTokens(t.Context(), path); !errors.Is(err, ErrServed) {
		t.Errorf("beside an older relay: %v", err)
	}
	db := rawDB(t, path)
	if got := dumpOfOne(t.Context(), t, db); got != want {
		t.Error(cmp.Diff(want, got))
	}
	if version, err := schemaVersion(t.Context(), db); err != nil || version != 1 {
		t.Errorf("version %d, %v", version, err)
	}
	if err := errors.Join(db.Close(), lock.release()); err != nil {
		t.Fatal(err)
	}
	tokens, err := OpenTokens(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer tokens.Close()
	if list, err := tokens.List(t.Context()); err != nil || len(list) != 3 {
		t.Errorf("afterwards: %v, %v", list, err)
	}
	// Beside a relay of the same version nothing is in the way.
	if lock, err = lockFile(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer lock.release()
	again, err := OpenTokens(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Close()
}
