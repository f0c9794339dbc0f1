package webhookrelay

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// replaceFile puts another file under the descriptors that this process has of
// a path, and returns what puts them back: what SQLite writes there next meets
// a disk that fails in the other file's way.
func replaceFile(t testing.TB, path, other string, flags int) (restore func()) {
	t.Helper()
	f, err := os.OpenFile(other, flags, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc here: what a failed flush does is proved by the fault suite alone")
	}
	var puts []func()
	for _, fd := range fds {
		target, err := os.Readlink("/proc/self/fd/" + fd.Name())
		if err != nil || target != path {
			continue
		}
		var n int
		if _, err := fmt.Sscan(fd.Name(), &n); err != nil {
			t.Fatal(err)
		}
		if n == int(f.Fd()) {
			continue // other is the path itself
		}
		saved, err := syscall.Dup(n)
		if err == nil {
			err = syscall.Dup3(int(f.Fd()), n, syscall.O_CLOEXEC)
		}
		if err != nil {
			t.Fatal(err)
		}
		puts = append(puts, func() {
			_ = syscall.Dup3(saved, n, syscall.O_CLOEXEC)
			_ = syscall.Close(saved)
		})
	}
	if len(puts) == 0 {
		t.Fatalf("%s is not open", path)
	}
	return func() {
		for _, put := range puts {
			put()
		}
	}
}

// A flush or a write that failed once stops the writer for good, also when the
// disk says afterwards that all is well: it may have dropped what it was to
// flush. Only opening the log again, which reads what is there, helps. What was
// answered with 200 is there.
func TestFailedFlushStopsTheWriter(t *testing.T) {
	for name, c := range map[string]struct {
		other string
		flags int
		code  int // SQLite's
	}{
		"the flush fails":     {"/dev/null", os.O_RDWR, sqlite3.SQLITE_IOERR_FSYNC}, // takes every write and cannot be flushed
		"the write fails":     {"/dev/null", os.O_RDONLY, sqlite3.SQLITE_IOERR_WRITE},
		"neither can be done": {"/", os.O_RDONLY, 0},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "relay.db")
			r := openRelay(t, path)
			post := func(id string) int {
				status, _ := ask(t, r, "POST", "/hooks/plain", id)
				return status
			}
			if got := post("before"); got != http.StatusOK {
				t.Fatalf("before: %d", got)
			}
			restore := replaceFile(t, path+"-wal", c.other, c.flags)
			if got := post("during"); got != http.StatusServiceUnavailable {
				t.Errorf("while the disk fails: %d", got)
			}
			restore()
			for i := range 5 {
				if got := post(fmt.Sprint("after", i)); got != http.StatusServiceUnavailable {
					t.Errorf("after it failed once: %d", got)
				}
			}
			err := r.log.brokenErr()
			if !errors.Is(err, errBroken) || strings.Count(err.Error(), "restart") != 1 {
				t.Errorf("it says %v", err)
			}
			if se := new(sqlite.Error); !errors.As(err, &se) || (c.code != 0 && se.Code() != c.code) {
				t.Errorf("it was not the failure that was meant: %v", err)
			}
			if status, answer := ask(t, r, "GET", "/healthz", ""); status != http.StatusServiceUnavailable {
				t.Errorf("healthz: %d %s", status, answer)
			}
			_ = r.Close()
			r = openRelay(t, path)
			defer r.Close()
			if status, _ := ask(t, r, "GET", "/healthz", ""); status != http.StatusOK {
				t.Errorf("healthz after a restart: %d", status)
			}
			if got := post("again"); got != http.StatusOK {
				t.Errorf("after a restart: %d", got)
			}
			if got := ids(t, r.log); !got["m:before"] || !got["m:again"] || got["m:during"] || got["m:after0"] {
				t.Errorf("the log has %v", got)
			}
		})
	}
}

// An I/O that fails while what was erased is moved out of the write-ahead log
// stops the writer like any other.
func TestFailedScrubStopsTheWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	defer func() { _ = l.close() }()
	if err := l.checkpoint(t.Context()); err != nil { // its connection has the file from here on
		t.Fatal(err)
	}
	mustAppend(t, l, said(t, l, "m1", erasedPhone, erasedWords), erasure(t, l, "e", erasedPhone))
	// The file itself, which takes no write now: of one without its size SQLite says,
	// where the log is large and its journal small, that the log is corrupt.
	restore := replaceFile(t, path, path, os.O_RDONLY)
	err := l.scrub(t.Context(), nothingBeside)
	restore()
	if se := new(sqlite.Error); !errors.As(err, &se) || se.Code() != sqlite3.SQLITE_IOERR_WRITE {
		t.Fatalf("it was not the failure that was meant: %v", err)
	}
	if _, err := l.append(t.Context(), write{entries: []entry{note(t, "n", "after")}}); !errors.Is(err, errBroken) {
		t.Errorf("after it failed once: %v", err)
	}
}

// A log whose head cannot be marked is not opened: it could go back unnoticed.
func TestHeadThatCannotBeMarked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	mustAppend(t, l, note(t, "a", "one"))
	if err := errors.Join(l.close(), os.Remove(markPath(path)), os.Symlink("/dev/full", markPath(path))); err != nil {
		t.Fatal(err)
	}
	l, err := openLog(t.Context(), path, time.Now, nil)
	if err == nil {
		_ = l.close()
	}
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "mark the head") {
		t.Errorf("it says %v", err)
	}
}
