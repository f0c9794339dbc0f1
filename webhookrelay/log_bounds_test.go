package webhookrelay

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/webhookrelay/event"
)

// A group is at most maxGroup entries, a write of none counting for one; what is
// left waits for the next commit.
func TestGroupsAreBounded(t *testing.T) {
	for _, c := range []struct{ each, first, waiting, want int }{
		{1, 1, maxGroup + 80, maxGroup},
		{0, 1, maxGroup + 80, maxGroup},
		{maxGroup - 1, 1, 5, 2},
		{2, 1, maxGroup, 1 + (maxGroup-1+1)/2},
		{1, maxGroup, 5, 1},
		{1, 1, 3, 4},
	} {
		l := &eventLog{queue: make(chan *write, queueLength)}
		for range c.waiting {
			l.queue <- &write{entries: make([]entry, c.each)}
		}
		if got := len(l.gather(&write{entries: make([]entry, c.first)})); got != c.want {
			t.Errorf("%d writes of %d entries behind one of %d: %d in the first group, want %d", c.waiting, c.each, c.first, got, c.want)
		}
	}
}

// What waits while a commit runs shares the next one.
func TestWhatWaitsSharesACommit(t *testing.T) {
	held, commits := make(chan struct{}), make(chan struct{}, 100)
	l, err := openLog(t.Context(), filepath.Join(t.TempDir(), "relay.db"), time.Now, func() {
		commits <- struct{}{}
		<-held
	})
	if err != nil {
		t.Fatal(err)
	}
	const waiting = 20
	done := make(chan error, waiting+1)
	add := func(n int) {
		e := note(t, fmt.Sprint("n", n), "x")
		go func() {
			_, err := l.append(t.Context(), write{entries: []entry{e}})
			done <- err
		}()
	}
	add(0)
	<-commits // it is durable, and the writer is held
	for n := 1; n <= waiting; n++ {
		add(n)
	}
	for len(l.queue) < waiting && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
	close(held)
	for range waiting + 1 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := l.close(); err != nil {
		t.Error(err)
	}
	if len(commits) != 1 {
		t.Errorf("%d commits for %d writes that waited together, want 1", len(commits), waiting)
	}
}

// At most so many events, and at most so many bytes of them, but at least one.
func TestReadsKeepTheirBounds(t *testing.T) {
	l := openTestLog(t, false) // ten events
	all, err := l.after(t.Context(), 0, 100, maxFrame)
	if err != nil || len(all) != 10 {
		t.Fatalf("%d events, %v", len(all), err)
	}
	two := len(all[4].json) + len(all[5].json) + 2 // events 5 and 6, with what parts them
	for _, c := range []struct {
		cursor  event.Seq
		n, size int
		want    int
	}{
		{0, 1, maxFrame, 1},
		{0, 3, maxFrame, 3},
		{4, 1, maxFrame, 1},
		{4, 3, maxFrame, 3},
		{9, 5, maxFrame, 1},
		{10, 5, maxFrame, 0},
		{4, 10, two, 2},
		{4, 10, two - 1, 1},
		{4, 10, 1, 1},
	} {
		rows, err := l.after(t.Context(), c.cursor, c.n, c.size)
		if err != nil || len(rows) != c.want {
			t.Errorf("after %d at most %d and %d bytes: %d events (%v), want %d", c.cursor, c.n, c.size, len(rows), err, c.want)
		}
		for i, r := range rows {
			if r.seq != c.cursor+1+event.Seq(i) {
				t.Errorf("after %d comes %d", c.cursor, r.seq)
			}
		}
	}
}

// Whatever an id holds, it is written as encoding/json writes it.
func TestStringsAreWrittenAsJSON(t *testing.T) {
	strange := []string{"", "plain", "\u2028", "\u2029", "é", "\xe2\x80", "\U0010ffff"}
	for c := range 256 {
		strange = append(strange, string([]byte{byte(c)}), "a"+string([]byte{byte(c)})+"z")
	}
	for _, s := range strange {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := appendString([]byte("x"), s); string(got) != "x"+string(want) {
			t.Errorf("%+q is written %s, want %s", s, got[1:], want)
		}
	}
}

// A commit of nothing wakes nobody; what another process appended wakes all.
func TestOnlyAHeadThatMovesWakes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l, other := newLog(t, path), newLog(t, path)
	defer other.close()
	defer l.close()
	_, changed := l.watch()
	mustAppend(t, l)
	select {
	case <-changed:
		t.Error("woken for nothing")
	default:
	}
	mustAppend(t, other, note(t, "n1", "x"))
	if err := l.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
	default:
		t.Error("not woken for what another process appended")
	}
	if head, _ := l.watch(); head.seq != 1 {
		t.Errorf("the head is %d, want 1", head.seq)
	}
}

// What is decided inside a transaction follows what was given to it, all of it,
// and the body that both came from is kept beside the first.
func TestDecidedEntriesFollow(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	mustAppend(t, l, note(t, "n0", "x"))
	results, err := l.append(t.Context(), write{
		entries: []entry{note(t, "n1", "x"), note(t, "n0", "x")}, raw: []byte("body"), hook: "plain",
		decide: func(context.Context, *logTx) ([]entry, error) {
			return []entry{note(t, "n2", "x"), note(t, "n1", "x"), note(t, "n3", "x")}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Result{{Seq: 2}, {Seq: 1, Duplicate: true}, {Seq: 3}, {Seq: 2, Duplicate: true}, {Seq: 4}}
	if fmt.Sprint(results) != fmt.Sprint(want) {
		t.Errorf("results %v, want %v", results, want)
	}
	if rows, err := l.after(t.Context(), 0, 9, maxFrame); err != nil || len(rows) != 4 {
		t.Errorf("%d events, %v", len(rows), err)
	}
	var seq event.Seq
	var body string
	if err := l.read.QueryRowContext(t.Context(), "select seq, body from raw").Scan(&seq, &body); err != nil || seq != 2 || body != "body" {
		t.Errorf("kept %q at %d, %v", body, seq, err)
	}
}
