package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
)

func TestNewerSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "create table later (x); pragma user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), storetest.Options(path, 0))
	var newer *store.NewerSchemaError
	if !errors.As(err, &newer) || newer.Have != 99 {
		t.Fatalf("error is %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was touched: %v", err)
	}
	if !strings.Contains(err.Error(), "use the newer frontdesk") {
		t.Errorf("it does not say what to do: %v", err)
	}
}

func TestOddPaths(t *testing.T) {
	for _, name := range []string{"with space.db", "100%.db", "what?.db", "a#b.db", "ñandú.db"} {
		path := filepath.Join(t.TempDir(), "new folder", name)
		s := storetest.Open(t, path)
		if c, err := s.Cursor(t.Context()); err != nil || c.Epoch != storetest.Epoch {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

func TestOneProcessHoldsTheLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	one, two := storetest.Open(t, path), storetest.OpenWith(t, storetest.Options(path, 100))
	release, held, err := one.Lock(t.Context())
	if err != nil || held {
		t.Fatalf("%v %v", held, err)
	}
	if _, held, err := two.Lock(t.Context()); err != nil || !held {
		t.Fatalf("locked twice: %v %v", held, err)
	}
	release()
	release, held, err = two.Lock(t.Context())
	if err != nil || held {
		t.Fatalf("not let go: %v %v", held, err)
	}
	release()
}
