package webhookrelay

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// goldens are logs that the programs of their time left when they died with a
// send on the wire: one of every version there was.
var goldens = []struct {
	name    string
	version int
}{{"relay-v1", 1}, {"relay-v2", 2}, {"relay-v3", 3}, {"relay-v4", 4}, {"relay-v5", 5}, {"relay-v6", 6}, {"relay-v7", 7}}

// tablesOf are the tables and columns of a version.
func tablesOf(version int) []tableColumns {
	tables := slices.Clone(tablesOfOne)
	if version >= 2 {
		tables[1].columns += ", conversation, digest"
	}
	if version >= 3 {
		tables = append(tables, tableColumns{"book", "*", "hook"}, tableColumns{"quarantine", "*", "seq"})
	}
	if version >= 4 {
		tables[2].columns += ", salt, digest"
		tables[5].columns += ", epoch"
	}
	if version >= 5 {
		tables = append(tables, tableColumns{"media", "*", "account, id"})
	}
	if version >= 6 {
		tables = append(tables, tableColumns{"offer", "*", "secret"})
	}
	if version >= 7 {
		tables = append(tables, tableColumns{"consent", "*", "conversation"}, tableColumns{"consent_link", "*", "conversation, other, joined"})
	}
	return tables
}

func dumpOf(ctx context.Context, t *testing.T, db *sql.DB, version int) string {
	t.Helper()
	var out strings.Builder
	for _, table := range tablesOf(version) {
		dumpTable(ctx, t, db, table.name, "select "+table.columns+" from "+table.name+" order by "+table.order, &out)
	}
	added := regexp.MustCompile(`(?m)^meta\|` + metaUnsealed + `\|.*\n`) // what migrations wrote down
	return added.ReplaceAllString(out.String(), "")
}

// putGolden puts a log and its mark as they were left into a folder of the test's.
func putGolden(t *testing.T, name string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "relay.db")
	for from, to := range map[string]string{name + ".db": path, name + ".db.head": markPath(path)} {
		b, err := os.ReadFile(filepath.Join("testdata", from))
		if err == nil {
			err = os.WriteFile(to, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// Every file of the folder is one of the golden logs, and every version but
// one that is being made has one.
func TestEveryVersionHasAGoldenLog(t *testing.T) {
	files, err := filepath.Glob("testdata/relay-v*.db")
	if err != nil || len(files) != len(goldens) {
		t.Errorf("%d files of %d golden logs, %v", len(files), len(goldens), err)
	}
	steps, err := migrationSteps()
	if err != nil {
		t.Fatal(err)
	}
	have := map[int]bool{len(steps): true}
	for _, g := range goldens {
		have[g.version] = true
	}
	for v := range steps {
		if !have[v+1] {
			t.Errorf("version %d has no golden log", v+1)
		}
	}
}

// What any version left is all there afterwards, with its chain, its epoch, its
// mark and its books, and is gone on with where it ended.
func TestGoldenLogs(t *testing.T) {
	steps, err := migrationSteps()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range goldens {
		t.Run(g.name, func(t *testing.T) {
			path := putGolden(t, g.name)
			as := rawDB(t, putGolden(t, g.name))
			want := dumpOf(t.Context(), t, as, g.version)
			if version, err := schemaVersion(t.Context(), as); err != nil || version != g.version {
				t.Fatalf("it is of version %d, %v", version, err)
			}
			var head event.Seq
			var account, id, epoch string
			if err := as.QueryRowContext(t.Context(), `select (select max(seq) from event), account, id, (select cast(value as text) from meta where key = 'epoch')
				from (select json ->> '$.account' as account, json ->> '$.id' as id, json ->> '$.kind' as kind from event order by seq desc)
				where account is not null and kind = 'message.noted' limit 1`).Scan(&head, &account, &id, &epoch); err != nil {
				t.Fatal(err)
			}
			l := newLog(t, path)
			if got := dumpOf(t.Context(), t, l.read, g.version); got != want {
				t.Errorf("afterwards: %s", cmp.Diff(want, got))
			}
			if version, err := schemaVersion(t.Context(), l.read); err != nil || version != len(steps) {
				t.Errorf("afterwards it is of version %d of %d, %v", version, len(steps), err)
			}
			if l.lost != "" || l.epoch != epoch || l.position().seq != head {
				t.Errorf("lost %q, epoch %s, was %s, head %d, was %d", l.lost, l.epoch, epoch, l.position().seq, head)
			}
			if err := l.verify(t.Context(), 0, head); err != nil {
				t.Error(err)
			}
			ops, sends, err := l.interrupted(t.Context())
			if err != nil || len(ops) != 1 || sends[0].Op != ops[0].op {
				t.Errorf("on the wire: %+v %+v %v", ops, sends, err)
			}
			known := note(t, id, "again")
			known.account = provider.AccountID(account)
			if r := mustAppend(t, l, known, note(t, "new", "x")); !r[0].Duplicate || r[1].Seq != head+1 {
				t.Errorf("appending: %+v", r)
			}
			if err := l.close(); err != nil {
				t.Fatal(err)
			}
			if report, err := Check(t.Context(), path); err != nil || len(report.Findings) > 0 {
				t.Errorf("check: %q, %v", report.Findings, err)
			}
			if there, err := exists(beforePath(path, g.version)); err != nil || there != (g.version < len(steps)) {
				t.Errorf("a copy of before is there: %t, %v", there, err)
			}
		})
	}
}
