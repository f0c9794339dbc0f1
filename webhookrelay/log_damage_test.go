package webhookrelay

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/webhookrelay/event"
)

var flipsFlag = flag.Int("flips", 100, "how many times the corruption test damages a log")

// image is a log's files at one moment: what a disk would hold.
type image struct {
	db, wal, head []byte
	older         []byte // the main file as it was earlier: what a lying write leaves
	midway        []byte // the mark as it was later than that, and earlier than now
	epoch         string
	rows          [][]byte // what a stream says, by sequence
}

func takeImage(t testing.TB, l *eventLog) (im image) {
	t.Helper()
	for suffix, into := range map[string]*[]byte{"": &im.db, "-wal": &im.wal, ".head": &im.head} {
		b, err := os.ReadFile(l.path + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		*into = b
	}
	im.epoch = l.epoch
	rows, err := l.after(t.Context(), 0, 1_000_000, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		im.rows = append(im.rows, r.json)
	}
	return im
}

func (im image) put(t testing.TB, path string) {
	t.Helper()
	old, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range old {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	for suffix, b := range map[string][]byte{"": im.db, "-wal": im.wal, ".head": im.head} {
		if len(b) == 0 && suffix != "" {
			continue
		}
		if err := os.WriteFile(path+suffix, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// images are two logs with messages, erased ones and bodies: one that was
// closed, and one whose end is in its write-ahead log only.
func images(t testing.TB) []image {
	t.Helper()
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	fill := func(from, to int) {
		for i := from; i < to; i++ {
			phone := fmt.Sprintf("502%08d", i%20)
			if _, err := l.append(t.Context(), write{
				entries: []entry{said(t, l, fmt.Sprintf("m%d", i), phone, strings.Repeat(fmt.Sprintf("text %d ", i), 1+i%40))},
				raw:     []byte("{}"), hook: "meta",
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	fill(0, 60)
	mustAppend(t, l, erasure(t, l, "e", "50200000003"))
	if err := l.checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	older := takeImage(t, l).db
	fill(60, 110)
	midway := takeImage(t, l).head
	fill(110, 160)
	hot := takeImage(t, l)
	hot.older, hot.midway = older, midway
	if len(hot.wal) < 100_000 {
		t.Fatalf("the write-ahead log has %d bytes", len(hot.wal))
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	l = newLog(t, path)
	closed := takeImage(t, l)
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	closed.wal, closed.older, closed.midway = nil, older, midway
	return []image{hot, closed}
}

// damage changes one thing, as disks do; or the mark, and now and then puts the
// log back to what it was, as people do.
func (im image) damage(rnd *rand.Rand) (image, string) {
	im.db, im.wal = slices.Clone(im.db), slices.Clone(im.wal)
	if rnd.IntN(5) == 0 {
		what := "log as it was, "
		if im.db, im.wal = im.older, nil; rnd.IntN(2) == 0 {
			return im, what + "beside its mark"
		}
		return im, what + im.damageMark(rnd)
	}
	if rnd.IntN(10) == 0 {
		return im, im.damageMark(rnd)
	}
	file, name := &im.db, "main file"
	if len(im.wal) > 0 && rnd.IntN(2) == 0 {
		file, name = &im.wal, "write-ahead log"
	}
	at := rnd.IntN(len(*file))
	switch rnd.IntN(6) {
	case 0:
		*file = (*file)[:at]
		return im, fmt.Sprintf("%s cut at %d", name, at)
	case 1: // a write that never came: the sector is what it was, or nothing
		at -= at % 512
		end := min(at+512, len(*file))
		clear((*file)[at:end])
		return im, fmt.Sprintf("%s: sector at %d lost", name, at)
	case 2:
		at = rnd.IntN(min(len(im.older), len(im.db))) &^ 4095
		copy(im.db[at:at+4096], im.older[at:])
		return im, fmt.Sprintf("main file: page at %d is an older one", at)
	}
	bit := byte(1) << rnd.IntN(8)
	(*file)[at] ^= bit
	return im, fmt.Sprintf("%s: bit %#x of byte %d", name, bit, at)
}

// damageMark changes what stands beside the log.
func (im *image) damageMark(rnd *rand.Rand) string {
	im.head = slices.Clone(im.head)
	at := rnd.IntN(len(im.head))
	switch rnd.IntN(5) {
	case 0:
		im.head = nil
		return "no mark"
	case 1:
		im.head = im.head[:at]
		return fmt.Sprintf("mark cut at %d", at)
	case 2:
		im.head = im.midway
		return "mark is an older one"
	case 3: // all that is said in it
		for _, i := range []int{rnd.IntN(markSize), markApart + rnd.IntN(markSize)} {
			im.head[i] ^= 1 << rnd.IntN(8)
		}
		return "both copies of the mark have a flipped bit"
	}
	im.head[at] ^= 1 << rnd.IntN(8)
	return fmt.Sprintf("mark: a bit of byte %d", at)
}

// truth is what plain SQLite reads: whether every row is as it was appended,
// and what integrity_check says of the file.
func (im image) truth(ctx context.Context, path string, intact [][]byte) (same, sound bool) {
	db, err := openDB(path, 1, patient)
	if err != nil {
		return false, false
	}
	defer db.Close()
	var check string
	sound = db.QueryRowContext(ctx, "pragma integrity_check(1)").Scan(&check) == nil && check == "ok"
	rows, err := db.QueryContext(ctx, "select seq, json from event order by seq")
	if err != nil {
		return false, sound
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var seq int
		var json []byte
		if rows.Scan(&seq, &json) != nil || n >= len(intact) || seq != n+1 || !bytes.Equal(json, intact[n]) {
			return false, sound
		}
		n++
	}
	return rows.Err() == nil && n == len(intact), sound
}

// served is what the relay makes of a damaged log.
type served struct {
	detected bool
	wrong    string // what must never be: a changed row streamed, a panic, a silent loss
}

func serve(ctx context.Context, path string, im image) (s served) {
	defer func() {
		if p := recover(); p != nil {
			s.wrong = fmt.Sprintf("panic: %v", p)
		}
	}()
	l, err := openLog(ctx, path, time.Now, nil)
	if err != nil {
		return served{detected: true}
	}
	defer func() { _ = l.close() }()
	if l.lost != "" {
		s.detected = true
		if l.epoch == im.epoch {
			s.wrong = "it lost events and kept its epoch"
		}
	}
	for cursor := event.Seq(0); ; {
		rows, err := l.after(ctx, cursor, 50, maxFrame)
		if err != nil {
			s.detected = true
			return s
		}
		if len(rows) == 0 {
			return s
		}
		for _, r := range rows {
			if int(r.seq) > len(im.rows) || !bytes.Equal(r.json, im.rows[r.seq-1]) {
				s.wrong = fmt.Sprintf("event %d is streamed as %.80s", r.seq, r.json)
				return s
			}
		}
		cursor = rows[len(rows)-1].seq
	}
}

// Whatever a disk does to a log, no changed event is streamed, and every change
// and loss of one is noticed. SQLite's own check, which is the negative
// control, does not notice.
func TestChangedRowsAreDetected(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	start := time.Now()
	rnd := Seeded(t)
	all := images(t)
	path := filepath.Join(t.TempDir(), "relay.db")
	var changed, missed, failures int
	for range *flipsFlag {
		im := all[rnd.IntN(len(all))]
		hurt, what := im.damage(rnd)
		hurt.put(t, path)
		same, sound := hurt.truth(t.Context(), path, im.rows)
		hurt.put(t, path)
		s := serve(t.Context(), path, im)
		switch {
		case s.wrong != "":
			failures++
			t.Errorf("%s: %s", what, s.wrong)
		case !same && !s.detected:
			failures++
			t.Errorf("%s: rows changed, and nothing was noticed", what)
		}
		if !same {
			changed++
			if sound {
				missed++
			}
		}
	}
	if *flipsFlag >= 100 && (changed < *flipsFlag/10 || missed == 0) {
		t.Errorf("of %d only %d changed rows, and integrity_check missed %d of them", *flipsFlag, changed, missed)
	}
	t.Logf("rows changed %d times, noticed each time; integrity_check missed %d of them", changed, missed)
	t.Logf("figure F5 count=%d failures=%d target=10000 took=%s", *flipsFlag, failures, time.Since(start).Round(time.Millisecond))
}

// A trouble that lasts is met four times a second, and told once a minute.
func TestComplaintsAreToldAgain(t *testing.T) {
	var c complaint
	now, one, other := time.Unix(1e9, 0), errors.New("one"), errors.New("other")
	for i, step := range []struct {
		err   error
		after time.Duration
		want  bool
	}{{one, 0, true}, {one, time.Second, false}, {other, 0, true}, {one, 0, true}, {one, complainEvery, true}, {one, -time.Hour, true}} {
		now = now.Add(step.after)
		if got := c.due(step.err, now); got != step.want {
			t.Errorf("step %d: %t", i, got)
		}
	}
}
