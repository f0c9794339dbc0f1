package webhookrelay

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

// lines is a webhook of one event a line, signed by being there.
type lines struct{}

func (lines) Verify(*http.Request, []byte) error { return nil }

func (lines) Decode(body []byte) (events []provider.Event, err error) {
	for id := range strings.FieldsSeq(string(body)) {
		events = append(events, provider.Event{ID: "m:" + id, Chat: "1", Body: provider.MessageReceived{Message: provider.MessageID(id)}})
	}
	return events, nil
}

// What a full disk made the relay refuse is counted with the next commit, on
// both sides of the sum, and the POSTs that come again are received anew.
func TestRefusedIsCountedWithTheNextCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	r, err := Open(t.Context(), Options{
		Path: path, Hooks: []Hook{{ID: "a", Webhook: lines{}}},
		Accounts: []Account{{Account: provider.Account{ID: "x"}, Hook: "a", Routes: []provider.Route{""}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	handler := r.Handler()
	post := func(body string) int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", "/hooks/a", strings.NewReader(body)))
		return w.Code
	}
	pages := func(n int) {
		t.Helper()
		if _, err := r.log.conn.ExecContext(t.Context(), fmt.Sprintf("pragma max_page_count = %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	if got := post("1 2"); got != http.StatusOK {
		t.Fatalf("status %d", got)
	}
	pages(1) // no page more than there are
	large := "3 3" + strings.Repeat(" ", 400_000)
	for range 3 {
		if got := post(large); got != http.StatusServiceUnavailable {
			t.Fatalf("on a full disk: status %d", got)
		}
	}
	pages(1 << 30)
	for _, body := range []string{"4", "1 4"} {
		if got := post(body); got != http.StatusOK {
			t.Fatalf("when it is emptied: status %d", got)
		}
	}
	report, err := Check(t.Context(), path)
	if err != nil || len(report.Findings) > 0 {
		t.Fatalf("%v %v", report.Findings, err)
	}
	got := report.Books.Hooks[0]
	posts := Tally{Received: 6, Stored: 2, Duplicate: 1, Refused: 3}
	events := Tally{Received: 5 + 3*2, Stored: 3, Duplicate: 2, Refused: 3 * 2}
	if got.Posts != posts || got.Events != events {
		t.Errorf("books: %+v", got)
	}
}

// A commit that fails takes no count with it, and loses none.
func TestSlipsGoBackWhenTheCommitFails(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer func() { _ = l.close() }()
	l.slips.add("a", HookBook{Rejected: 2})
	if _, err := l.conn.ExecContext(t.Context(), "create temp trigger no before insert on book begin select raise(abort, 'no'); end"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.append(t.Context(), write{}); err == nil {
		t.Fatal("the commit did not fail")
	}
	if _, err := l.conn.ExecContext(t.Context(), "drop trigger no"); err != nil {
		t.Fatal(err)
	}
	l.slips.add("a", HookBook{Rejected: 1})
	if _, err := l.append(t.Context(), write{}); err != nil {
		t.Fatal(err)
	}
	hooks, err := readPages(t.Context(), l.read)
	if err != nil || len(hooks) != 1 || hooks[0].Rejected != 3 || !l.slips.empty() {
		t.Errorf("%+v %v", hooks, err)
	}
}

// What is removed on purpose is no loss.
func TestWhatIsRemovedIsCounted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	for range 2 {
		if err := countGone(t.Context(), l.conn, 3, 5); err != nil {
			t.Fatal(err)
		}
	}
	for key, want := range map[string]int64{metaGoneRaw: 6, metaGoneEvent: 10} {
		if n, err := readGone(t.Context(), l.read, key); err != nil || n != want {
			t.Errorf("%s: %d %v", key, n, err)
		}
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	report, err := Check(t.Context(), path)
	if err != nil || len(report.Findings) != 2 {
		t.Errorf("removed and never made: %q %v", report.Findings, err)
	}
}

// Forgeries come by the thousand; the log says so once a minute, with their
// number.
func TestRejectionsAreToldNowAndThen(t *testing.T) {
	var c rejections
	now := time.Unix(1_790_000_000, 0)
	if n := c.count("a", now); n != 1 {
		t.Errorf("the first: %d", n)
	}
	for range 500 {
		if n := c.count("a", now.Add(time.Second)); n != 0 {
			t.Errorf("within the minute: %d", n)
		}
	}
	if n := c.count("b", now.Add(time.Second)); n != 1 {
		t.Errorf("another hook: %d", n)
	}
	if n := c.count("a", now.Add(rejectionsEvery)); n != 501 {
		t.Errorf("a minute later: %d", n)
	}
	if n := c.count("a", now.Add(-time.Hour)); n != 1 {
		t.Errorf("a clock set back: %d", n)
	}
}

func TestCheckLeavesOtherFormsAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	steps, err := migrationSteps()
	if err != nil {
		t.Fatal(err)
	}
	for version, want := range map[int]error{1: ErrOlder, len(steps) + 1: errNewer} {
		if _, err := l.conn.ExecContext(t.Context(), fmt.Sprintf("pragma user_version = %d", version)); err != nil {
			t.Fatal(err)
		}
		if _, err := Check(t.Context(), path); !errors.Is(err, want) {
			t.Errorf("version %d: %v, want %v", version, err, want)
		}
	}
	_ = l.close()
}
