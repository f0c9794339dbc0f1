package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/provider"
)

// TestTallyCountsWhatAnOlderStoreHolds: a store filled before the numbers were
// kept has them after it was opened.
func TestTallyCountsWhatAnOlderStoreHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	script, err := migrations.ReadFile("migrations/0001_store.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	fill := string(script) + "pragma user_version = 1; insert into account (key, id) values (1, 'a');"
	for i, row := range []string{"'open', '', 2", "'open', 'ben', 0", "'resolved', '', 0", "'snoozed', '', 0", "'open', '', 0"} {
		fill += fmt.Sprintf("insert into conversation (id, account, status, assignee, unread) values ('c%d', 1, %s);", i, row)
	}
	if _, err := db.ExecContext(t.Context(), fill); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), Options{Path: path, Agent: "ben", Now: time.Now, NewOp: func() provider.OpID { return "op" }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for view, want := range map[View]int{ViewMine: 1, ViewUnassigned: 2, ViewAll: 4, ViewUnread: 1, ViewResolved: 1} {
		if counts.Views[view] != want {
			t.Errorf("%s counts %d, want %d", view, counts.Views[view], want)
		}
	}
}
