package webhookrelay

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/internal/durable"
	"frontdesk/webhookrelay/event"
)

// killedLog is the log of a relay that was killed: of its 5 events some are in the
// journal alone.
func killedLog(t *testing.T, folder string) (path string) {
	t.Helper()
	from := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, from)
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		mustAppend(t, l, note(t, id, id))
	}
	path = filepath.Join(folder, "relay.db")
	for _, suffix := range []string{"", "-wal", ".head"} {
		if err := copyFile(from+suffix, path+suffix); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func headOf(t *testing.T, path string) (head event.Seq, epoch string, lost string) {
	t.Helper()
	l := newLog(t, path)
	defer func() { _ = l.close() }()
	return l.position().seq, l.epoch, l.lost
}

// A recovery that is cut off at any point before the new log has its name leaves
// the old one with all its events, whoever comes next: the relay, a command, a
// backup, or the recovery again, also from the name that it had given it.
func TestRecoveryCutOffIsUndone(t *testing.T) {
	untilAside := func(path, aside string) error { return keepAside(path, aside) }
	untilGone := func(path, aside string) error {
		return errors.Join(keepAside(path, aside), durable.Remove(path+"-wal", path+"-shm"))
	}
	lookedAt := func(path, aside string) error {
		return errors.Join(untilGone(path, aside), os.WriteFile(path+"-wal", nil, 0o600)) // as who only looks leaves it
	}
	next := map[string]func(t *testing.T, path, aside string) error{
		"the relay": func(t *testing.T, path, _ string) error {
			r, err := Open(t.Context(), Options{Path: path})
			if err != nil {
				return err
			}
			return r.Close()
		},
		"a command": func(t *testing.T, path, _ string) error {
			tokens, err := OpenTokens(t.Context(), path)
			if err != nil {
				return err
			}
			return tokens.Close()
		},
		"a backup": func(t *testing.T, path, _ string) error {
			head, err := Backup(t.Context(), path, filepath.Join(t.TempDir(), "b"), time.Now())
			if err == nil && head != 5 {
				t.Errorf("the backup ends at %d", head)
			}
			return err
		},
		"the recovery": func(t *testing.T, path, _ string) error {
			done, err := Recover(t.Context(), Recovery{Path: path, From: path, Now: time.Now()})
			if err == nil && done.Saved != 5 {
				t.Errorf("%d were saved", done.Saved)
			}
			return err
		},
		"the recovery by its other name": func(t *testing.T, path, aside string) error {
			done, err := Recover(t.Context(), Recovery{Path: path, From: aside, Now: time.Now()})
			if err == nil && done.Saved != 5 {
				t.Errorf("%d were saved", done.Saved)
			}
			return err
		},
	}
	for at, cut := range map[string]func(path, aside string) error{"aside": untilAside, "journal gone": untilGone, "looked at since": lookedAt} {
		for who, comes := range next {
			t.Run(at+", then "+who, func(t *testing.T) {
				path := killedLog(t, t.TempDir())
				aside, err := asideName(path, time.Unix(0, 0))
				if err != nil {
					t.Fatal(err)
				}
				if err := cut(path, aside); err != nil {
					t.Fatal(err)
				}
				if err := comes(t, path, aside); err != nil {
					t.Fatal(err)
				}
				if head, _, lost := headOf(t, path); head != 5 || lost != "" {
					t.Errorf("the log ends at %d, lost %q", head, lost)
				}
				if there, err := exists(aside); err != nil || there {
					t.Errorf("its second name is there: %t, %v", there, err)
				}
			})
		}
	}
}

// Where somebody wrote to a log whose journal had been taken away, nothing is
// put over what they wrote, and what was taken stays.
func TestRecoveryCutOffAndWrittenSince(t *testing.T) {
	path := killedLog(t, t.TempDir())
	aside, err := asideName(path, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(keepAside(path, aside), durable.Remove(path+"-wal", path+"-shm"), os.WriteFile(path+"-wal", []byte("new"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := mend(path); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{aside, aside + "-wal", aside + ".head"} {
		if there, err := exists(name); err != nil || !there {
			t.Errorf("%s is gone, %v", filepath.Base(name), err)
		}
	}
	if text, err := os.ReadFile(path + "-wal"); err != nil || string(text) != "new" {
		t.Errorf("the journal holds %q, %v", text, err)
	}
}

// The next relay removes what recoveries and migrations had on their way, and
// nothing else: it may hold whom a later event erased.
func TestWhatWasOnItsWayGoes(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "relay.db")
	gone := []string{"relay.db.recover-abcdef27", "relay.db.before-1.abcdef27", "relay.db.before-12.abcdef27-journal"}
	stays := []string{
		"relay.db.before-1", "relay.db.before-1.abcdef28", "relay.db.before-1.abcdef277", "relay.db.before-x.abcdef27", "relay.db.before-1.old",
		"relay.db.recover-mine", "relay.db.damaged-20260101T000000", "backup.db", "relay.db.before-",
	}
	for _, name := range slices.Concat(gone, stays) {
		name = filepath.Join(folder, name)
		if strings.Contains(name, recoverMark) {
			name = filepath.Join(name, "relay.db")
			if err := os.Mkdir(filepath.Dir(name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range gone {
		if there, err := exists(filepath.Join(folder, name)); err != nil || there {
			t.Errorf("%s is there, %v", name, err)
		}
	}
	for _, name := range stays {
		if there, err := exists(filepath.Join(folder, name)); err != nil || !there {
			t.Errorf("%s is gone, %v", name, err)
		}
	}
}

// Two recoveries within a second keep two logs.
func TestRecoverTwiceAtOnce(t *testing.T) {
	path := killedLog(t, t.TempDir())
	var asides []string
	for range 3 {
		done, err := Recover(t.Context(), Recovery{Path: path, From: path, Now: time.Unix(0, 0)})
		if err != nil {
			t.Fatal(err)
		}
		if there, err := exists(done.Aside); err != nil || !there || slices.Contains(asides, done.Aside) {
			t.Errorf("the old log is %s, %v", done.Aside, err)
		}
		asides = append(asides, done.Aside)
	}
}
