package store

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/provider"
)

// TestShapeIsTheMigrations: the shape that is expected is the one that all
// migrations together make; who adds a migration renews both numbers.
func TestShapeIsTheMigrations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(t.Context(), Options{Path: path, Now: time.Now, NewOp: func() provider.OpID { return "op" }})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := steps()
	if err != nil || len(all) != shapedSchema {
		t.Errorf("shapedSchema is %d of %d migrations (%v)", shapedSchema, len(all), err)
	}
	db, err := readOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got, err := shape(t.Context(), db); err != nil || got != newestShape {
		t.Errorf("the shape is %q, expected %q (%v)", got, newestShape, err)
	}
}

// TestARenamedColumnIsDamage: SQLite itself finds nothing wrong with it.
func TestARenamedColumnIsDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	opt := Options{Path: path, Now: time.Now, NewOp: func() provider.OpID { return "op" }}
	s, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	exec(t.Context(), t, path, "alter table message rename column job_since to job_sincf")
	if _, err := Open(t.Context(), opt); !IsBroken(err) {
		t.Errorf("it opens with %v", err)
	}
}

func exec(ctx context.Context, t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, statement); err != nil {
		t.Fatal(err)
	}
}
