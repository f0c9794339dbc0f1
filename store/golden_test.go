package store_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// golden are the schemas of every version that was ever released.
var golden = []int{1, 2, 3, 4, 5}

// unpack puts a golden store where the test can use it.
func unpack(t testing.TB, schema int) (path string) {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("testdata/store-%d.db.gz", schema))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "store.db")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func direct(path string) store.Options {
	opt := storetest.Options(path, 1000)
	opt.Direct = func(provider.AccountID) bool { return true }
	return opt
}

// rawQuery reads a file as SQLite has it, every value as its own literal.
func rawQuery(t testing.TB, path, query string) (rows []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	got, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer got.Close()
	columns, err := got.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for got.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := got.Scan(values...); err != nil {
			t.Fatal(err)
		}
		var row strings.Builder
		for i, v := range values {
			fmt.Fprintf(&row, "%s=%v ", columns[i], *v.(*any))
		}
		rows = append(rows, row.String())
	}
	if err := got.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// rawTables are the tables that hold rows of ours, with their columns.
func rawTables(t testing.TB, path string) map[string]string {
	t.Helper()
	tables := map[string]string{}
	for _, row := range rawQuery(t, path, `select t.name as t, group_concat(c.name, ', ') as c from sqlite_schema t
		join pragma_table_info(t.name) c where t.type = 'table' and t.name not like '%\_fts%' escape '\' group by t.name`) {
		name, columns, ok := strings.Cut(strings.TrimSpace(row), " c=")
		if !ok {
			t.Fatal(row)
		}
		tables[strings.TrimPrefix(name, "t=")] = columns
	}
	return tables
}

// rawDump is everything in the tables and columns.
func rawDump(t testing.TB, path string, tables map[string]string) map[string][]string {
	t.Helper()
	dump := map[string][]string{}
	for table, columns := range tables {
		rows := rawQuery(t, path, "select "+columns+" from "+table)
		slices.Sort(rows)
		dump[table] = rows
	}
	return dump
}

func diffDumps(t *testing.T, what string, want, got map[string][]string) {
	t.Helper()
	for table, rows := range want {
		if !slices.Equal(rows, got[table]) {
			t.Errorf("%s: table %s had %d rows\n%s\nhas %d\n%s", what, table, len(rows), strings.Join(rows, "\n"),
				len(got[table]), strings.Join(got[table], "\n"))
		}
	}
}

// TestGoldenStores: every released version's store is brought up to date with
// everything in it, and can be had back as it was.
func TestGoldenStores(t *testing.T) {
	for _, schema := range golden {
		t.Run(fmt.Sprint(schema), func(t *testing.T) {
			path := unpack(t, schema)
			tables := rawTables(t, path)
			want := rawDump(t, path, tables)
			if len(want["intent_job"]) != 7 || len(want["message"]) < 20 {
				t.Fatalf("the golden store holds %d jobs and %d messages", len(want["intent_job"]), len(want["message"]))
			}
			s, err := store.Open(t.Context(), direct(path))
			if err != nil {
				t.Fatal(err)
			}
			copied := fmt.Sprintf("%s.before-%d", path, schema)
			diffDumps(t, "the copy", want, rawDump(t, copied, tables))
			if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the copy: %v, %v", info, err)
			}
			diffDumps(t, "the store", want, rawDump(t, path, tables))
			usable(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			// The next start finds it well, and needs the copy no longer.
			again := storetest.OpenWith(t, direct(path))
			if _, err := os.Stat(copied); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the copy stays: %v", err)
			}
			usable(t, again)
		})
	}
}

// usable looks at a golden store as the screen would.
func usable(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	counts, err := s.Counts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if o := counts.Outbox; o.Queued != 1 || o.Held != 1 || o.Sending != 1 || o.Unsure != 1 || o.Failed != 1 || counts.Quarantined != 1 {
		t.Errorf("counts are %+v", counts)
	}
	if hits, err := s.Search(ctx, "boleto", store.SearchCursor{}, 10); err != nil || len(hits) == 0 {
		t.Errorf("search finds %v, %v", hits, err)
	}
	if text, err := s.Draft(ctx, storetest.ID(storetest.Yuki), store.DraftReply); err != nil || text != "来週の金曜日" {
		t.Errorf("draft %q, %v", text, err)
	}
	thread, err := s.Messages(ctx, storetest.ID(storetest.Bruno), store.MessageCursor{}, 100)
	if err != nil || len(thread) < 3 || thread[len(thread)-1].Job != event.JobHeld || thread[len(thread)-2].Job != event.JobUnsure {
		t.Errorf("thread %+v, %v", thread, err)
	}
	if c, err := s.Cursor(ctx); err != nil || c.Epoch != storetest.Epoch || c.Seq == 0 {
		t.Errorf("cursor %+v, %v", c, err)
	}
	if list, err := s.Unpublished(ctx, 100); err != nil || len(list) < 2 {
		t.Errorf("unpublished %+v, %v", list, err)
	}
}

// TestAFailedMigrationChangesNothing: all steps or none, and the copy stays.
func TestAFailedMigrationChangesNothing(t *testing.T) {
	for _, schema := range golden {
		path := unpack(t, schema)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		// Something the newest step makes is in the way.
		if _, err := db.ExecContext(t.Context(), "alter table message add column due integer"); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		tables := rawTables(t, path)
		want := rawDump(t, path, tables)
		if _, err := store.Open(t.Context(), direct(path)); err == nil || !strings.Contains(err.Error(), "migrate to schema") {
			t.Fatalf("error is %v", err)
		}
		diffDumps(t, "the store", want, rawDump(t, path, rawTables(t, path)))
		if got := rawQuery(t, path, "pragma user_version"); got[0] != fmt.Sprintf("user_version=%d ", schema) {
			t.Errorf("schema is %v", got)
		}
		diffDumps(t, "the copy", want, rawDump(t, fmt.Sprintf("%s.before-%d", path, schema), tables))
	}
}

// TestNewerStoreIsUntouched: not a byte of a newer program's store is changed,
// also when it was not closed and its journal is full.
func TestNewerStoreIsUntouched(t *testing.T) {
	from := unpack(t, 2)
	db, err := sql.Open("sqlite", "file:"+from+"?_pragma=journal_mode(wal)&_pragma=wal_autocheckpoint(0)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "create table later (x); insert into later values ('a'); pragma user_version = 99"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "store.db")
	before := map[string][]byte{}
	for _, beside := range []string{"", "-wal"} {
		raw, err := os.ReadFile(from + beside)
		if err != nil || len(raw) == 0 {
			t.Fatal(len(raw), err)
		}
		before[beside] = raw
		if err := os.WriteFile(path+beside, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err = store.Open(t.Context(), direct(path))
	var newer *store.NewerSchemaError
	if !errors.As(err, &newer) || newer.Have != 99 {
		t.Fatalf("error is %v", err)
	}
	for beside, want := range before {
		if got, err := os.ReadFile(path + beside); err != nil || !bytes.Equal(want, got) {
			t.Errorf("store.db%s was touched: %v", beside, err)
		}
	}
}
