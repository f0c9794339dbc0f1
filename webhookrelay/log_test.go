package webhookrelay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

func newLog(t testing.TB, path string) *eventLog {
	t.Helper()
	l, err := openLog(t.Context(), path, time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func note(t testing.TB, id, text string) entry {
	t.Helper()
	e, err := fact(id, "inbox", "c_aaaaaaaaaaaaaaaaaaaaaaaaaa", "ana", event.Noted{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func mustAppend(t testing.TB, l *eventLog, entries ...entry) []Result {
	t.Helper()
	results, err := l.append(t.Context(), write{entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func TestStoredEventIsTheEventsOwnJSON(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	want := event.Event{
		ID: `id with "quotes" <&>`, Account: "inbox", Conversation: "c_x", Kind: event.KindNoted, Version: 1,
		By: "ana", Body: event.Noted{Text: "müde\u2028 <b>"},
	}
	made, err := newEntry(want)
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, made)
	rows, err := l.after(t.Context(), 0, 10, maxFrame)
	if err != nil || len(rows) != 1 {
		t.Fatalf("after: %d rows, %v", len(rows), err)
	}
	var got event.Event
	if err := json.Unmarshal(rows[0].json, &got); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, rows[0].json) {
		t.Errorf("stored %s, but its own form is %s", rows[0].json, again)
	}
	want.Seq, want.At = 1, got.At
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSequenceIsDenseUnderConcurrency(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	const writers, each = 16, 50
	var wg sync.WaitGroup
	seqs := make(chan event.Seq, writers*each)
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				results, err := l.append(context.Background(), write{entries: []entry{note(t, fmt.Sprintf("n%d.%d", w, i/2), "x")}})
				if err != nil {
					t.Error(err)
					return
				}
				if duplicate := i%2 == 1; results[0].Duplicate != duplicate {
					t.Errorf("duplicate is %v, want %v", results[0].Duplicate, duplicate)
				} else if !duplicate {
					seqs <- results[0].Seq
				}
			}
		})
	}
	wg.Wait()
	close(seqs)
	seen := map[event.Seq]bool{}
	for seq := range seqs {
		if seen[seq] {
			t.Errorf("sequence %d was given twice", seq)
		}
		seen[seq] = true
	}
	for seq := event.Seq(1); seq <= writers*each/2; seq++ {
		if !seen[seq] {
			t.Errorf("sequence %d was not given", seq)
		}
	}
	if head := l.position().seq; head != writers*each/2 {
		t.Errorf("head is %d, want %d", head, writers*each/2)
	}
}

func TestReopeningKeepsEpochAndSequence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	mustAppend(t, l, note(t, "one", "1"), note(t, "two", "2"))
	epoch, key, head := l.epoch, l.key, l.position()
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	l = newLog(t, path)
	defer l.close()
	if l.epoch != epoch || !bytes.Equal(l.key, key) || l.position().seq != 2 || !bytes.Equal(l.position().hash, head.hash) {
		t.Errorf("reopened as %s at %d, was %s at %d", l.epoch, l.position().seq, epoch, head.seq)
	}
	if r := mustAppend(t, l, note(t, "two", "2"), note(t, "three", "3")); !r[0].Duplicate || r[0].Seq != 2 || r[1].Seq != 3 {
		t.Errorf("results %+v", r)
	}
	other := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer other.close()
	if other.epoch == epoch || bytes.Equal(other.key, key) {
		t.Error("another log has the same epoch or key")
	}
}

func TestNewerSchemaIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	if _, err := l.conn.ExecContext(t.Context(), "pragma user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := openLog(t.Context(), path, time.Now, nil); !errors.Is(err, errNewer) {
		t.Errorf("opened a newer log: %v", err)
	}
}

func TestChainDetectsAChangedRow(t *testing.T) {
	changes := map[string]string{
		"text":    `update event set json = cast(replace(json, 'two', 'TWO') as blob) where seq = 2`,
		"salt":    `update event set salt = zeroblob(16) where seq = 2`,
		"hash":    `update event set hash = zeroblob(32) where seq = 2`,
		"missing": `delete from event where seq = 2`,
		"swapped": `update event set json = (select json from event where seq = 3), salt = (select salt from event where seq = 3) where seq = 2`,
		"cut off": `delete from event where seq >= 4`,
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
			defer l.close()
			mustAppend(t, l, note(t, "a", "one"), note(t, "b", "two"), note(t, "c", "three"), note(t, "d", "four"))
			if err := l.verify(t.Context(), 0, 4); err != nil {
				t.Fatalf("untouched: %v", err)
			}
			res, err := l.conn.ExecContext(t.Context(), change)
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := res.RowsAffected(); n != 1 {
				t.Fatalf("changed %d rows", n)
			}
			if err := l.verify(t.Context(), 0, 4); !errors.Is(err, ErrDamaged) {
				t.Errorf("not detected: %v", err)
			}
		})
	}
}

func TestOpenVerifiesTheTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	mustAppend(t, l, note(t, "a", "one"), note(t, "b", "two"), note(t, "c", "three"))
	if _, err := l.conn.ExecContext(t.Context(), `update event set json = cast(replace(json, 'two', 'TWO') as blob) where seq = 2`); err != nil {
		t.Fatal(err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := openLog(t.Context(), path, time.Now, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("opened a damaged log: %v", err)
	}
}

// A log that lost its end, or had it replaced, is another log: terminals must
// not go on as if nothing had happened.
func TestLostEventsMakeANewEpoch(t *testing.T) {
	const cutTheEnd = "delete from event where seq > 2"
	for name, c := range map[string]struct {
		change string
		again  bool // events are appended where others were
		mark   func(t *testing.T, path string)
		lost   bool
	}{
		"untouched":     {},
		"cut off":       {change: cutTheEnd, lost: true},
		"replaced":      {change: cutTheEnd, again: true, lost: true},
		"emptied":       {change: "delete from event", lost: true},
		"mark is older": {mark: func(t *testing.T, path string) { writeMark(t, path, 1) }},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "relay.db")
			l := newLog(t, path)
			mustAppend(t, l, note(t, "a", "one"), note(t, "b", "two"), note(t, "c", "three"))
			epoch := l.epoch
			if _, err := l.conn.ExecContext(t.Context(), c.change); err != nil {
				t.Fatal(err)
			}
			if c.again { // by a program that knows nothing of marks
				before := l.mark
				l.mark, l.head = mark{}, position{}
				mustAppend(t, l, note(t, "d", "other"), note(t, "e", "other"))
				l.mark = before
			}
			if err := l.close(); err != nil {
				t.Fatal(err)
			}
			if c.mark != nil {
				c.mark(t, path)
			}
			l = newLog(t, path)
			defer func() { l.close() }()
			if lost := l.lost != ""; lost != c.lost || (l.epoch != epoch) != c.lost {
				t.Errorf("lost %q, epoch %s, was %s", l.lost, l.epoch, epoch)
			}
			renewed, lost := l.epoch, l.lost
			if err := l.close(); err != nil {
				t.Fatal(err)
			}
			// Until it was told, as by the administrator's commands it is not.
			if l = newLog(t, path); l.lost != lost || l.epoch != renewed {
				t.Errorf("opened once more: lost %q, epoch %s, was %s", l.lost, l.epoch, renewed)
			}
			if err := errors.Join(l.toldOfLoss(t.Context()), l.close()); err != nil {
				t.Fatal(err)
			}
			if l = newLog(t, path); l.lost != "" || l.epoch != renewed {
				t.Errorf("opened after it was told: lost %q, epoch %s, was %s", l.lost, l.epoch, renewed)
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// writeMark marks an earlier head, as power loss may leave it.
func writeMark(t *testing.T, path string, seq event.Seq) {
	t.Helper()
	l := newLog(t, path)
	defer l.close()
	p := position{seq: seq}
	if err := l.conn.QueryRowContext(t.Context(), "select hash from event where seq = ?", int64(seq)).Scan(&p.hash); err != nil {
		t.Fatal(err)
	}
	if err := l.mark.begin(p); err != nil {
		t.Fatal(err)
	}
}

// A request is one unit: where one of its preconditions fails, nothing of it
// is appended, and the rest of its group is.
func TestConflictRefusesTheWholeRequestOnly(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	conv := event.ConversationID("c_aaaaaaaaaaaaaaaaaaaaaaaaaa")
	resolve := func(id string, seq event.Seq) entry {
		e, err := fact(id, "inbox", conv, "ben", event.Resolved{})
		if err != nil {
			t.Fatal(err)
		}
		e.expect = &event.Expect{Aspect: event.AspectStatus, Seq: seq}
		return e
	}
	if r := mustAppend(t, l, resolve("r1", 0)); r[0].Seq != 1 {
		t.Fatalf("first: %+v", r)
	}
	r := mustAppend(t, l, note(t, "n1", "x"), resolve("r2", 0))
	want := []Result{{}, {Conflict: &Conflict{Seq: 1, By: "ben", Kind: event.KindResolved}}}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
	if head := l.position().seq; head != 1 {
		t.Errorf("head is %d after a conflict", head)
	}
	if r := mustAppend(t, l, resolve("r1", 0)); !r[0].Duplicate || r[0].Seq != 1 {
		t.Errorf("a repetition is in conflict with itself: %+v", r)
	}
	if r := mustAppend(t, l, resolve("r3", 1)); r[0].Seq != 2 {
		t.Errorf("right precondition: %+v", r)
	}
}

// A full disk refuses, keeps what was taken, and is over when there is room.
func TestFullDiskIsSurvived(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	mustAppend(t, l, note(t, "before", "x"))
	var pages int
	if err := l.conn.QueryRowContext(t.Context(), "pragma page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := l.conn.ExecContext(t.Context(), fmt.Sprintf("pragma max_page_count = %d", pages)); err != nil {
		t.Fatal(err)
	}
	large := note(t, "large", string(bytes.Repeat([]byte("x"), 100_000)))
	if _, err := l.append(t.Context(), write{entries: []entry{large}}); err == nil {
		t.Fatal("a full disk took an event")
	}
	if rows, err := l.after(t.Context(), 0, 10, maxFrame); err != nil || len(rows) != 1 {
		t.Fatalf("reading on a full disk: %d rows, %v", len(rows), err)
	}
	if _, err := l.conn.ExecContext(t.Context(), "pragma max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	if r := mustAppend(t, l, large); r[0].Seq != 2 || r[0].Duplicate {
		t.Errorf("after room was made: %+v", r)
	}
}

func TestFactThatChangesBackIsToldAgain(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	for i, step := range []struct {
		name    string
		changed bool
	}{{"A", true}, {"A", false}, {"B", true}, {"A", true}, {"B", true}, {"B", false}} {
		body := event.AccountDefined{Account: provider.Account{ID: "inbox", Name: step.name}}
		changed, err := l.appendChanged(t.Context(), "account:inbox", "inbox", body)
		if err != nil || changed != step.changed {
			t.Errorf("step %d: changed %v, %v", i, changed, err)
		}
	}
	if head := l.position().seq; head != 4 {
		t.Errorf("head is %d, want 4", head)
	}
}

// Two processes may append to one log: the second head is read where it
// counts.
func TestSecondWriterKeepsTheChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	first, second := newLog(t, path), newLog(t, path)
	defer first.close()
	defer second.close()
	mustAppend(t, first, note(t, "a", "1"))
	mustAppend(t, second, note(t, "b", "2"))
	if r := mustAppend(t, first, note(t, "c", "3"), note(t, "b", "2")); r[0].Seq != 3 || !r[1].Duplicate || r[1].Seq != 2 {
		t.Errorf("results %+v", r)
	}
	if err := second.refresh(t.Context()); err != nil || second.position().seq != 3 {
		t.Errorf("the other one sees %d, %v", second.position().seq, err)
	}
	if err := first.verify(t.Context(), 0, 3); err != nil {
		t.Error(err)
	}
}

func TestFramesStayWithinTheLimit(t *testing.T) {
	var rows []row
	for i := range 40 {
		rows = append(rows, row{seq: event.Seq(i + 1), json: bytes.Repeat([]byte("x"), maxFrame/16)})
	}
	rows = append(rows, row{seq: 41, json: bytes.Repeat([]byte("x"), maxEvent)})
	var next event.Seq = 1
	for len(rows) > 0 {
		f, n := frameOf(rows)
		size := 0
		for _, r := range rows[:n] {
			size += len(r.json) + 1
		}
		if f.first != next || f.last != next+event.Seq(n)-1 || size+13 > maxFrame+1 {
			t.Errorf("frame %d to %d with %d bytes", f.first, f.last, size)
		}
		next, rows = f.last+1, rows[n:]
	}
	if next != 42 {
		t.Errorf("frames end at %d", next-1)
	}
}
