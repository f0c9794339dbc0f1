package webhookrelay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// plainHook takes a body for the id of a message.
type plainHook struct{}

func (plainHook) Verify(*http.Request, []byte) error { return nil }

func (plainHook) Decode(body []byte) ([]provider.Event, error) {
	return []provider.Event{{ID: "m:" + string(body[:min(20, len(body))]), Route: "r", Chat: otherPhone, Body: provider.MessageReceived{Content: provider.TextContent(string(body))}}}, nil
}

func openRelay(t testing.TB, path string) *Relay {
	t.Helper()
	r, err := Open(t.Context(), Options{
		Path: path, Hooks: []Hook{{ID: "plain", Webhook: plainHook{}}},
		Accounts: []Account{{Account: provider.Account{ID: "inbox"}, Hook: "plain", Routes: []provider.Route{"r"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ask asks the relay's handler, as a network or a person would.
func ask(t testing.TB, r *Relay, method, path, body string) (status int, answer string) {
	t.Helper()
	w := httptest.NewRecorder()
	r.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
	return w.Code, w.Body.String()
}

func ids(t testing.TB, l *eventLog) map[string]bool {
	t.Helper()
	rows, err := l.after(t.Context(), 0, 1_000_000, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, r := range rows {
		var e event.Event
		if err := e.UnmarshalJSON(r.json); err != nil {
			t.Fatal(err)
		}
		all[e.ID] = true
	}
	return all
}

// A full disk answers 503, so that the network posts again; what was taken can
// be read all the while, and room is all it takes to go on.
func TestFullDiskAnswers503(t *testing.T) {
	r := openRelay(t, filepath.Join(t.TempDir(), "relay.db"))
	defer r.Close()
	post := func(id string, size int, want int) {
		t.Helper()
		if status, answer := ask(t, r, "POST", "/hooks/plain", id+strings.Repeat("x", size)); status != want {
			t.Errorf("%s: %d %s", id, status, answer)
		}
	}
	limit := func(pages string) {
		t.Helper()
		// The writer's own limit, set where the writer is.
		if _, err := r.log.append(t.Context(), write{decide: func(ctx context.Context, x *logTx) ([]entry, error) {
			if pages == "" {
				if err := x.conn.QueryRowContext(ctx, "pragma page_count").Scan(&pages); err != nil {
					return nil, err
				}
			}
			_, err := x.conn.ExecContext(ctx, "pragma max_page_count = "+pages)
			return nil, err
		}}); err != nil {
			t.Fatal(err)
		}
	}
	post("before", 0, http.StatusOK)
	head := r.log.position().seq
	limit("")
	for i := range 3 {
		post(fmt.Sprintf("full%d", i), 200_000, http.StatusServiceUnavailable)
		if got := ids(t, r.log); len(got) != int(head) || !got["m:before"] {
			t.Errorf("reading on a full disk: %v", got)
		}
		if status, _ := ask(t, r, "GET", "/healthz", ""); status != http.StatusOK {
			t.Errorf("a full disk is no reason to restart: %d", status)
		}
	}
	limit("1000000")
	post("full0", 200_000, http.StatusOK)
	post("after", 0, http.StatusOK)
	if got := ids(t, r.log); len(got) != int(head)+2 {
		t.Errorf("afterwards: %v", got)
	}
	if err := r.log.verify(t.Context(), 0, r.log.position().seq); err != nil {
		t.Error(err)
	}
}

// Which errors mean that the file may not be believed, and which do not.
func TestErrorsThatBreakTheLog(t *testing.T) {
	junk := filepath.Join(t.TempDir(), "junk.db")
	if err := os.WriteFile(junk, []byte(strings.Repeat("junk", 5000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, notADatabase := rawDB(t, junk).ExecContext(t.Context(), "select * from event")
	_, syntax := rawDB(t, filepath.Join(t.TempDir(), "x.db")).ExecContext(t.Context(), "selec")
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"not a database": {notADatabase, true},
		"damaged":        {fmt.Errorf("begin: %w", ErrDamaged), true},
		"bad SQL":        {syntax, false},
		"cancelled":      {context.Canceled, false},
		"nothing":        {nil, false},
	} {
		if got := breaks(c.err); got != c.want {
			t.Errorf("%s: %v breaks the log: %v", name, c.err, got)
		}
	}
}

// What SQLite calls an error of the disk breaks the log, a full disk does not,
// in whatever words.
func TestCodesThatBreakTheLog(t *testing.T) {
	for code, want := range map[int]bool{
		sqlite3.SQLITE_IOERR: true, sqlite3.SQLITE_IOERR_FSYNC: true, sqlite3.SQLITE_IOERR_WRITE: true,
		sqlite3.SQLITE_CORRUPT: true, sqlite3.SQLITE_CORRUPT_INDEX: true, sqlite3.SQLITE_NOTADB: true,
		sqlite3.SQLITE_IOERR_SHMSIZE: false, sqlite3.SQLITE_FULL: false, sqlite3.SQLITE_BUSY: false, sqlite3.SQLITE_ERROR: false,
	} {
		if got := breaksCode(code); got != want {
			t.Errorf("code %d breaks the log: %v", code, got)
		}
	}
}

// What was asked for before the stop is written, whichever is noticed first.
func TestNextAfterTheStop(t *testing.T) {
	l := &eventLog{queue: make(chan *write, 1), stop: make(chan struct{})}
	close(l.stop)
	for range 100 {
		l.queue <- &write{}
		if _, ok := l.next(); !ok {
			t.Fatal("a write that waits is given up")
		}
	}
	if _, ok := l.next(); ok {
		t.Error("there is a write that nobody asked for")
	}
}

// Where the log is corrupt in what a commit touches, nothing is taken any more.
func TestCorruptLogTakesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	for i := range 200 {
		mustAppend(t, l, note(t, fmt.Sprint("n", i), strings.Repeat("x", 400)))
	}
	if err := l.checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	var root int
	if err := l.conn.QueryRowContext(t.Context(), "select rootpage from sqlite_schema where name = 'sqlite_autoindex_event_1'").Scan(&root); err != nil {
		t.Fatal(err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteAt([]byte(strings.Repeat("\xff", 4096)), int64(root-1)*4096)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	l = newLog(t, path) // the rows themselves are whole
	defer l.close()
	for range 2 {
		if r, err := l.append(t.Context(), write{entries: []entry{note(t, "n0", "x")}}); err == nil {
			t.Errorf("it was taken: %+v", r)
		}
	}
	if err := l.brokenErr(); !errors.Is(err, errBroken) {
		t.Errorf("the log is written still: %v", err)
	}
	if got := len(ids(t, l)); got != 200 {
		t.Errorf("%d events can be read", got)
	}
}

// A log that is closed takes nothing, and who waits is told.
func TestClosedLogTakesNothing(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.append(t.Context(), write{}); !errors.Is(err, errClosed) {
		t.Errorf("after closing: %v", err)
	}
	// Nobody takes from this queue: only the caller's patience ends it.
	stuck := &eventLog{queue: make(chan *write), stop: make(chan struct{}), stopped: make(chan struct{})}
	if _, err := stuck.append(ctx, write{}); !errors.Is(err, context.Canceled) {
		t.Errorf("impatient: %v", err)
	}
	// Taken into the queue, and the writer ended without it, or with it.
	for _, answered := range []bool{true, false} {
		ending := &eventLog{queue: make(chan *write, 1), stop: make(chan struct{}), stopped: make(chan struct{})}
		result := make(chan error)
		go func() {
			_, err := ending.append(context.Background(), write{})
			result <- err
		}()
		w := <-ending.queue
		if answered {
			w.done <- outcome{}
		}
		close(ending.stopped)
		if err := <-result; errors.Is(err, errClosed) == answered {
			t.Errorf("answered %v: %v", answered, err)
		}
	}
	var nothing eventLog
	if err := nothing.closeFiles(); err != nil {
		t.Errorf("closing what was never opened: %v", err)
	}
}

// What waits when the log is closed is still written.
func TestClosingWritesWhatWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	held, release := make(chan struct{}, 100), make(chan struct{})
	l, err := openLog(t.Context(), path, time.Now, func() { held <- struct{}{}; <-release })
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan error, 4)
	put := func(id string) {
		go func() {
			_, err := l.append(context.Background(), write{entries: []entry{note(t, id, "x")}})
			results <- err
		}()
	}
	put("first")
	<-held // the writer is in its first commit
	for _, id := range []string{"a", "b", "c"} {
		put(id)
	}
	for len(l.queue) < 3 {
		time.Sleep(time.Millisecond)
	}
	close(l.stop)
	close(release)
	<-l.stopped
	for range 4 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	l.stmts.close()
	if err := l.closeFiles(); err != nil {
		t.Fatal(err)
	}
	l = newLog(t, path)
	defer l.close()
	if got := ids(t, l); len(got) != 4 {
		t.Errorf("the log has %v", got)
	}
}
