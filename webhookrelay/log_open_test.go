package webhookrelay

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// What cannot be opened is not, says where and why, and holds nothing open.
func TestLogsThatCannotBeOpened(t *testing.T) {
	const loseTheEnd = "delete from event where seq > 3;"
	for name, c := range map[string]struct {
		change string // of the log
		files  func(path string) error
		says   string
	}{
		"no keys":              {"delete from meta where key = 'dedupe'", nil, "read dedupe"},
		"a table is gone":      {"drop table raw", nil, "no such table"},
		"meta is gone":         {"drop table meta", nil, "meta"},
		"junk is to be erased": {"insert or replace into meta values ('scrub', x'6a')", nil, "read what is to scrub"},
		"the epoch stays":      {loseTheEnd + "create trigger stays before update on meta begin select raise(abort, 'it stays'); end", nil, "renew the epoch"},
		"a copy stays one":     {"insert into meta values ('copy', x'6a'); create trigger stays before delete on meta begin select raise(abort, 'it stays'); end", nil, "renew the epoch"},
		"its tail is damaged":  {"update event set salt = zeroblob(16) where seq = 5", nil, "damaged"},
		"the mark is a folder": {"", func(path string) error {
			return errors.Join(os.Remove(markPath(path)), os.Mkdir(markPath(path), 0o700))
		}, "read mark"},
		"the mark leads to itself": {"", func(path string) error {
			return errors.Join(os.Remove(markPath(path)), os.Symlink(markPath(path), markPath(path)))
		}, "read mark"},
		"the mark leads nowhere": {"", func(path string) error {
			return errors.Join(os.Remove(markPath(path)), os.Symlink("/nowhere/at/all", markPath(path)))
		}, "nowhere"},
		"the log is a folder": {"", func(path string) error {
			return errors.Join(os.Remove(path), os.Mkdir(path, 0o700))
		}, "open log"},
		"its folder is a file": {"", func(path string) error {
			return errors.Join(os.RemoveAll(filepath.Dir(path)), os.WriteFile(filepath.Dir(path), nil, 0o600))
		}, "open log"},
		"the folder above is a file": {"", func(path string) error {
			above := filepath.Dir(filepath.Dir(path))
			return errors.Join(os.RemoveAll(above), os.WriteFile(above, nil, 0o600))
		}, "open log"},
		"half migrated by hand": {"pragma user_version = 2", nil, "migrate to version 3"},
		"never finished":        {"pragma user_version = 0", nil, "migrate to version 1"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "team", "data", "relay.db")
			l := busyLog(t, path)
			if _, err := l.conn.ExecContext(t.Context(), c.change); err != nil {
				t.Fatal(err)
			}
			if err := l.close(); err != nil {
				t.Fatal(err)
			}
			if c.files != nil {
				if err := c.files(path); err != nil {
					t.Fatal(err)
				}
			}
			l, err := openLog(t.Context(), path, time.Now, nil)
			if err == nil {
				_ = l.close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("it says %v", err)
			}
		})
	}
}

func TestLocksThatCannotBeTaken(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "relay.db.lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(folder, "relay.db"), filepath.Join(folder, "file", "relay.db")} {
		if _, err := lockFile(t.Context(), path); err == nil || errors.Is(err, ErrServed) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// Where the folder is gone, or something else is in the way, tending says so.
func TestTendingWithoutAFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	defer func() { _ = l.close() }()
	l.scrubbing.Store(1)
	l.path = filepath.Join(path, "nowhere")
	if err := l.scrub(t.Context(), nothingBeside); err == nil || l.scrubbing.Load() == 0 {
		t.Errorf("scrubbing: %v", err)
	}
	if _, err := l.retain(t.Context(), time.Hour); err == nil {
		t.Error("retaining worked")
	}
	l.path = path
	if err := os.MkdirAll(filepath.Join(beforePath(path, 1), "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := l.scrub(t.Context(), nothingBeside); err == nil || l.scrubbing.Load() == 0 {
		t.Errorf("scrubbing: %v", err)
	}
}

// A contact may be erased although an event of it is damaged; the damage is
// still seen.
func TestDamagedEventsAreErasedToo(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	mustAppend(t, l, said(t, l, "m1", erasedPhone, erasedWords), said(t, l, "m2", erasedPhone, erasedWords))
	if _, err := l.conn.ExecContext(t.Context(), "update event set json = cast('{' || cast(json as text) as blob) where seq = 2"); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, erasure(t, l, "e", erasedPhone))
	mustScrub(t, l)
	if n := traces(t, l, erasedWords); n != 0 {
		t.Errorf("%d traces", n)
	}
	if err := l.verify(t.Context(), 0, 3); !errors.Is(err, ErrDamaged) {
		t.Errorf("the damage is hidden: %v", err)
	}
}

// What the log writes where an event was is what the vocabulary says.
func TestTombstoneIsTheEventsOwnJSON(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 5, 0, 123_000, time.FixedZone("x", 3600))
	want, err := json.Marshal(event.TombstoneOf(7, at))
	if got := tombstone(7, at); err != nil || string(got) != string(want) {
		t.Errorf("it is %s, want %s (%v)", got, want, err)
	}
}

// The precondition of an event whose aspect was changed by one that cannot be
// read fails; nothing is said of it that is not known.
func TestConflictWithADamagedEvent(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	made := func(id string, body event.Body, seq event.Seq) entry {
		e, err := fact(id, "inbox", "c_x", "ana", body)
		if err != nil {
			t.Fatal(err)
		}
		e.expect = &event.Expect{Aspect: event.AspectStatus, Seq: seq}
		return e
	}
	mustAppend(t, l, made("r", event.Resolved{}, 0))
	if _, err := l.conn.ExecContext(t.Context(), "update event set json = x'7b' where seq = 1"); err != nil {
		t.Fatal(err)
	}
	if r := mustAppend(t, l, made("o", event.Reopened{}, 0)); r[0].Conflict == nil || *r[0].Conflict != (Conflict{Seq: 1}) {
		t.Errorf("it says %+v", r[0].Conflict)
	}
	if r := mustAppend(t, l, made("o", event.Reopened{}, 1)); r[0].Seq != 2 {
		t.Errorf("the right precondition: %+v", r)
	}
}

func TestBodiesThatCannotBeWritten(t *testing.T) {
	if _, err := fact("x", "inbox", "", "", provider.Unknown{Raw: json.RawMessage("{")}); err == nil {
		t.Error("broken JSON was encoded")
	}
	got, err := newEntry(event.Event{ID: "x", Kind: "new.kind", Body: event.Opaque{Name: "new.kind", Raw: []byte(`{ "a" : 1 }`)}})
	if err != nil || !strings.HasSuffix(string(got.tail), `"body":{"a":1}}`) {
		t.Errorf("a newer kind is %s, %v", got.tail, err)
	}
}
