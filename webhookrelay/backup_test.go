package webhookrelay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/webhookrelay/event"
)

func leftovers(t testing.TB, folder string, want ...string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("the folder holds %v, want %v", names, want)
	}
}

// A backup of a log that is being written is of one moment: a whole log, which
// ends where the log was at some time while it was copied.
func TestBackupBesideTheWriter(t *testing.T) {
	folder := t.TempDir()
	l := newLog(t, filepath.Join(folder, "relay.db"))
	defer l.close()
	for i := range 300 {
		mustAppend(t, l, note(t, fmt.Sprintf("before%d", i), strings.Repeat("x", 2000)))
	}
	ctx, stop := context.WithCancel(t.Context())
	written := make(chan event.Seq)
	go func() {
		for i := 0; ctx.Err() == nil; i++ {
			_, _ = l.append(context.Background(), write{entries: []entry{note(t, fmt.Sprintf("beside%d", i), "x")}})
		}
		written <- l.position().seq
	}()
	var last event.Seq = 300
	for i := range 5 {
		to := filepath.Join(folder, "backups", fmt.Sprintf("b%d.db", i))
		head, err := Backup(t.Context(), l.path, to, time.Now())
		if err != nil || head < last {
			t.Fatalf("backup %d reaches %d after %d, %v", i, head, last, err)
		}
		last = head
		if got, err := verifyFile(t.Context(), to); err != nil || got != head {
			t.Errorf("it holds %d, not %d: %v", got, head, err)
		}
		if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("it is %v, %v", info.Mode(), err)
		}
	}
	stop()
	if all := <-written; all < last {
		t.Errorf("the log ends at %d", all)
	}
	leftovers(t, filepath.Join(folder, "backups"), "b0.db", "b1.db", "b2.db", "b3.db", "b4.db")
}

func TestBackupRefuses(t *testing.T) {
	folder := t.TempDir()
	l := newLog(t, filepath.Join(folder, "relay.db"))
	mustAppend(t, l, note(t, "a", "one"), note(t, "b", "two"), note(t, "c", "three"))
	there := filepath.Join(folder, "there.db")
	if err := os.WriteFile(there, []byte("somebody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Backup(t.Context(), l.path, there, time.Now()); !errors.Is(err, ErrBackupExists) {
		t.Errorf("over a file: %v", err)
	}
	if b, _ := os.ReadFile(there); string(b) != "somebody's" {
		t.Error("the file was written")
	}
	to := filepath.Join(folder, "b.db")
	if _, err := Backup(t.Context(), filepath.Join(folder, "none.db"), to, time.Now()); !errors.Is(err, ErrNoLog) {
		t.Errorf("of nothing: %v", err)
	}
	if _, err := Backup(t.Context(), there, to, time.Now()); err == nil {
		t.Error("of what is no log")
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Backup(stopped, l.path, to, time.Now()); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	if _, err := l.conn.ExecContext(t.Context(), `update event set json = cast(replace(json, 'two', 'TWO') as blob) where seq = 2`); err != nil {
		t.Fatal(err)
	}
	if _, err := Backup(t.Context(), l.path, to, time.Now()); !errors.Is(err, ErrDamaged) {
		t.Errorf("of a damaged log: %v", err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	leftovers(t, folder, "relay.db", "relay.db.head", "there.db")
}

// A backup that is put back is another log: what came after it is not in it,
// and its sequences will be given again.
func TestRestoredBackupHasAnotherEpoch(t *testing.T) {
	for name, keepMark := range map[string]bool{"in its place": true, "on another machine": false} {
		for _, more := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, more was written: %v", name, more), func(t *testing.T) {
				folder := t.TempDir()
				path := filepath.Join(folder, "relay.db")
				l := newLog(t, path)
				mustAppend(t, l, note(t, "a", "one"), note(t, "b", "two"))
				to := filepath.Join(folder, "backup.db")
				if _, err := Backup(t.Context(), path, to, time.Date(2026, 11, 20, 12, 5, 0, 0, time.UTC)); err != nil {
					t.Fatal(err)
				}
				if more {
					mustAppend(t, l, note(t, "c", "three"))
				}
				epoch, key := l.epoch, l.key
				if err := l.close(); err != nil {
					t.Fatal(err)
				}
				if !keepMark {
					path = filepath.Join(t.TempDir(), "relay.db")
				}
				b, err := os.ReadFile(to)
				if err == nil {
					err = os.WriteFile(path, b, 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
				l = newLog(t, path)
				renewed := l.epoch
				if renewed == epoch || l.lost == "" || string(l.key) != string(key) || l.position().seq != 2 {
					t.Errorf("epoch %s was %s, lost %q, head %d", renewed, epoch, l.lost, l.position().seq)
				}
				if r := mustAppend(t, l, note(t, "b", "two"), note(t, "d", "four")); !r[0].Duplicate || r[1].Seq != 3 {
					t.Errorf("appending: %+v", r)
				}
				if err := errors.Join(l.toldOfLoss(t.Context()), l.close()); err != nil {
					t.Fatal(err)
				}
				l = newLog(t, path)
				defer l.close()
				if l.epoch != renewed || l.lost != "" {
					t.Errorf("opened again: epoch %s was %s, lost %q", l.epoch, renewed, l.lost)
				}
			})
		}
	}
}
