package webhookrelay

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"frontdesk/webhookrelay/event"
)

// clock is a time that a test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// posted are the sequences whose bodies are kept.
func posted(t testing.TB, l *eventLog) (seqs []int) {
	t.Helper()
	rows, err := l.read.QueryContext(t.Context(), "select seq from raw order by seq")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var seq int
		if err := rows.Scan(&seq); err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, seq)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return seqs
}

// Bodies are kept as long as is said, and what is in quarantine until it is
// settled. Events and the keys of repetitions are kept for ever.
func TestOldBodiesGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	c := &clock{at: time.Date(2026, 11, 20, 12, 5, 0, 0, time.UTC)}
	l, err := openLog(t.Context(), path, c.now, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	post := func(e entry) {
		t.Helper()
		if _, err := l.append(t.Context(), write{entries: []entry{e}, raw: []byte("body"), hook: "meta"}); err != nil {
			t.Fatal(err)
		}
	}
	retain := func(want int, kept ...int) {
		t.Helper()
		if n, err := l.retain(t.Context(), 24*time.Hour); err != nil || n != want {
			t.Errorf("%d went, want %d, %v", n, want, err)
		}
		if got := posted(t, l); !slices.Equal(got, kept) {
			t.Errorf("the bodies of %v are kept, want %v", got, kept)
		}
	}
	post(said(t, l, "m1", otherPhone, "x"))
	strange, err := fact("hook:1", "", "", "", event.Quarantined{Hook: "meta", Reason: "not JSON"})
	if err != nil {
		t.Fatal(err)
	}
	post(strange)
	c.at = c.at.Add(time.Hour)
	post(said(t, l, "m3", otherPhone, "x"))
	c.at = c.at.Add(23*time.Hour - time.Second)
	retain(0, 1, 2, 3)
	c.at = c.at.Add(2 * time.Second)
	retain(1, 2, 3)
	retain(0, 2, 3)
	c.at = c.at.Add(40 * 24 * time.Hour)
	retain(1, 2)
	if _, err := l.conn.ExecContext(t.Context(), "update quarantine set settled = 3 where seq = 2"); err != nil {
		t.Fatal(err)
	}
	retain(1)
	if r := mustAppend(t, l, said(t, l, "m1", otherPhone, "x")); !r[0].Duplicate || r[0].Seq != 1 {
		t.Errorf("a repetition after a month: %+v", r)
	}
	report, err := Check(t.Context(), path)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("the books: %q, %v", report.Findings, err)
	}
}

// One commit removes a batch and no more, oldest first; the relay goes on with
// the next tick, and then waits.
func TestOldBodiesGoInBatches(t *testing.T) {
	c := &clock{at: time.Date(2026, 11, 20, 12, 5, 0, 0, time.UTC)}
	l, err := openLog(t.Context(), filepath.Join(t.TempDir(), "relay.db"), c.now, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	for i := range retainBatch + 3 {
		if _, err := l.append(t.Context(), write{entries: []entry{said(t, l, fmt.Sprint("m", i), otherPhone, "x")}, raw: []byte("body"), hook: "meta"}); err != nil {
			t.Fatal(err)
		}
	}
	r := &Relay{log: l, now: c.now, keepRaw: time.Hour}
	c.at = c.at.Add(2 * time.Hour)
	var due retaining
	left := func(want int) {
		t.Helper()
		if err := r.retain(t.Context(), &due); err != nil {
			t.Error(err)
		}
		if got := len(posted(t, l)); got != want {
			t.Errorf("%d bodies are left, want %d", got, want)
		}
	}
	left(3)
	if got := posted(t, l); len(got) != 3 || got[0] != retainBatch+1 {
		t.Errorf("%v are left: not the newest", got)
	}
	left(0)
	if want := c.at.Add(retainEvery); !due.next.Equal(want) {
		t.Errorf("the next look is at %v, want %v", due.next, want)
	}
	if _, err := l.append(t.Context(), write{entries: []entry{said(t, l, "late", otherPhone, "x")}, raw: []byte("body"), hook: "meta"}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.conn.ExecContext(t.Context(), "update raw set at = '2026'"); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(retainEvery - 1)
	left(1)
	c.at = c.at.Add(1)
	left(0)
}

// A copy that a migration left goes when bodies of its age go.
func TestOldCopiesGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	defer l.close()
	for name, age := range map[string]time.Duration{beforePath(path, 1): 25 * time.Hour, beforePath(path, 2): 23 * time.Hour} {
		at := time.Now().Add(-age)
		err := os.WriteFile(name, nil, 0o600)
		if err == nil {
			err = os.Chtimes(name, at, at)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.retain(t.Context(), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if copies, err := copiesOf(path); err != nil || !slices.Equal(copies, []string{beforePath(path, 2)}) {
		t.Errorf("%v are kept, %v", copies, err)
	}
}
