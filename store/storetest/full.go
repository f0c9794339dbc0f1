package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
)

// FillDisk leaves an open store no room: SQLite answers each of its writes as it
// does on a full disk, until makeRoom. It puts a table into the file that a store
// does not have, so the store cannot be opened again.
func FillDisk(t testing.TB, path string) (makeRoom func()) {
	t.Helper()
	run := func(script string) {
		t.Helper()
		db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
		if err == nil {
			_, err = db.ExecContext(context.WithoutCancel(t.Context()), script)
		}
		if err != nil {
			t.Fatal(fmt.Errorf("fill the disk: %w", err))
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	// A table that has used its last number takes no row more, and SQLite calls
	// that full as well.
	run(`create table if not exists brim (n integer primary key autoincrement);
		insert or ignore into brim values (9223372036854775807);
		create trigger brimming before update on log begin insert into brim (n) values (null); end`)
	return func() {
		t.Helper()
		run("drop trigger brimming")
	}
}
