package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
)

// A bit that turns over where a row says of what type its values are is damage,
// and is told as that: SQLite reads the row and finds nothing wrong.
func TestAValueOfAnotherTypeIsDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := storetest.OpenWith(t, direct(path))
	if err := s.Apply(t.Context(), storetest.NewLog().People()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range []string{
		"pragma writable_schema = 1",
		"update sqlite_schema set sql = replace(sql, 'strict', '') where name = 'message'",
		"pragma writable_schema = reset",
		"update message set status = x'ff'",
		"pragma writable_schema = 1",
		"update sqlite_schema set sql = sql || ' strict' where name = 'message'",
		"pragma writable_schema = reset",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	_, err = s.Messages(t.Context(), storetest.ID(storetest.Grace), store.MessageCursor{}, 10)
	if !store.IsBroken(err) {
		t.Errorf("the thread is read with %v", err)
	}
}
