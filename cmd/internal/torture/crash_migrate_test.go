//go:build unix

package torture

import (
	"compress/gzip"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
)

// TestMigrationSweep kills a program at each change it makes while it brings a
// file of an older version up to date, for every version that was released:
// the next start ends with the same rows as one that was never disturbed.
func TestMigrationSweep(t *testing.T) {
	faults.NeedPtrace(t)
	random := faults.Rand(faults.Seed(t, *seedFlag), 0)
	began := time.Now()
	count, failed, all := 0, 0, 0
	list := append(storeMigrations(t, builds.Program(t, "frontdesk")), logMigrations(t, builds.Program(t, "webhookrelay"))...)
	for _, m := range list {
		s := sweep{t: t, random: random}
		s.migration(t, m)
		count, failed, all = count+len(s.points), failed+s.failed, all+len(s.trials)
	}
	t.Logf("figure F21 count=%d failures=%d target=%d took=%s", count, failed, all, time.Since(began))
}

// migration kills a program at each change it makes while it migrates a file.
func (s *sweep) migration(t *testing.T, m *migration) {
	t.Helper()
	places := make([]*migration, sweepers)
	for i := range places {
		place := *m
		place.root = memoryFolder(t)
		places[i] = &place
	}
	want, changes := places[0].undisturbed(t)
	for n := range changes {
		s.add(false, faults.Fault{At: n + 1, Kill: true})
	}
	s.run(func(worker int, f trial) (faults.Point, bool, error) { return places[worker].killed(t, f.Fault, want) })
}

// migration is a file of an older version and the program that opens it.
type migration struct {
	program string
	args    func(root string) []string
	made    string // a folder with the file in it
	file    string // below the folder
	root    string
}

// storeMigrations are all stores of older versions that the repository keeps.
func storeMigrations(t *testing.T, program string) (list []*migration) {
	t.Helper()
	stores, _ := filepath.Glob("../../../store/testdata/store-*.db.gz")
	for _, path := range stores {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "config.toml"), []byte("relay = \"http://127.0.0.1:1\"\nagent = \"ana\"\ntoken = \"file:token\"\n"))
		write(t, filepath.Join(dir, "token"), []byte("fd_none_none"))
		write(t, filepath.Join(dir, "store.db"), unpacked(t, path))
		list = append(list, &migration{
			program: program, made: dir, file: "store.db",
			args: func(root string) []string { return []string{"conversations", "list", "--dir", root} },
		})
	}
	if len(list) == 0 {
		t.Fatal("there are no stores of older versions")
	}
	return list
}

// logMigrations are all logs of older versions that the repository keeps.
func logMigrations(t *testing.T, program string) (list []*migration) {
	t.Helper()
	logs, _ := filepath.Glob("../../../webhookrelay/testdata/relay-v*.db")
	for _, path := range logs {
		f := newRelayFolder(t, "")
		if err := os.Mkdir(filepath.Join(f.root, "data"), 0o700); err != nil {
			t.Fatal(err)
		}
		for from, to := range map[string]string{path: f.log(), path + ".head": f.log() + ".head"} {
			content, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			write(t, to, content)
		}
		list = append(list, &migration{
			program: program, made: f.root, file: "data/relay.db",
			args: func(root string) []string {
				return []string{"token", "list", "--config", filepath.Join(root, "relay.toml")}
			},
		})
	}
	if len(list) == 0 {
		t.Fatal("there are no logs of older versions")
	}
	return list
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func unpacked(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// undisturbed migrates without a fault, and returns all rows and the number of
// changes that took.
func (m *migration) undisturbed(t *testing.T) (rows []string, changes int) {
	t.Helper()
	if err := anew(m.root, m.made); err != nil {
		t.Fatal(err)
	}
	p := faults.Fault{}.Start(t, m.root, rigEnv(), m.program, m.args(m.root)...)
	if err := p.Wait(); err != nil {
		t.Fatalf("migrate %s: %v\n%s", m.file, err, p.Said())
	}
	rows, err := allRows(t.Context(), filepath.Join(m.root, m.file))
	if err != nil || len(rows) == 0 {
		t.Fatalf("read %s: %d rows, %v", m.file, len(rows), err)
	}
	return rows, p.Counts()[faults.Count{}]
}

func (m *migration) killed(t *testing.T, f faults.Fault, want []string) (point faults.Point, hit bool, err error) {
	if err := anew(m.root, m.made); err != nil {
		return point, false, err
	}
	p := f.Start(t, m.root, rigEnv(), m.program, m.args(m.root)...)
	_ = p.Wait()
	point, hit = p.Hit()
	point.Path = filepath.Base(m.made) + "/" + point.Path // each version's points are its own
	again := exec.CommandContext(t.Context(), m.program, m.args(m.root)...)
	again.Env = append(os.Environ(), rigEnv()...)
	if out, err := again.CombinedOutput(); err != nil {
		return point, hit, fmt.Errorf("the next start: %w\n%s", err, out)
	}
	have, err := allRows(t.Context(), filepath.Join(m.root, m.file))
	for i := 0; err == nil && i < max(len(have), len(want)); i++ {
		if i >= len(have) || i >= len(want) || have[i] != want[i] {
			err = fmt.Errorf("%s has other rows than one that was not disturbed: %.300q, not %.300q", m.file, have[min(i, len(have)-1)], want[min(i, len(want)-1)])
		}
	}
	return point, hit, err
}

// drawn are columns that each migration draws by lot, or counts.
const drawn = "('log.store', 'log.writes')"

// allRows are the rows of every table of ours in a file, the index of the
// search left out.
func allRows(ctx context.Context, path string) (rows []string, err error) {
	db, err := openToLook(path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	tables, err := stringsOf(ctx, db, `select name from sqlite_schema where type = 'table' and name not like 'sqlite\_%' escape '\' and name not like '%\_fts%' escape '\'`)
	if err != nil {
		return nil, err
	}
	for _, table := range tables {
		columns, err := stringsOf(ctx, db, "select 'quote(\"' || name || '\")' from pragma_table_info('"+table+"') where '"+table+".' || name not in "+drawn)
		if err != nil {
			return nil, err
		}
		more, err := stringsOf(ctx, db, "select '"+table+" ' || "+strings.Join(columns, " || ' ' || ")+" from "+table)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	slices.Sort(rows)
	return rows, nil
}

func openToLook(path string) (*sql.DB, error) { return sql.Open("sqlite", "file:"+path+"?mode=ro") }

func stringsOf(ctx context.Context, db *sql.DB, query string) (list []string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
