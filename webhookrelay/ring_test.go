package webhookrelay

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/webhookrelay/event"
)

// rowsOf makes rows of events with bodies of these sizes, dense from first.
func rowsOf(first event.Seq, sizes ...int) []row {
	rows := make([]row, len(sizes))
	for i, size := range sizes {
		rows[i] = row{seq: first + event.Seq(i), json: []byte(`"` + strings.Repeat("x", size-2) + `"`), hash: make([]byte, 32)}
	}
	return rows
}

// anySize is a size of an event, often one at the limit.
func anySize(rng *rand.Rand) int {
	switch rng.IntN(5) {
	case 0:
		return maxEvent - rng.IntN(3)
	case 1:
		return maxFrame/2 - 20 + rng.IntN(40)
	case 2:
		return 2 + rng.IntN(maxEvent-1)
	default:
		return 2 + rng.IntN(3000)
	}
}

// A frame is never larger than its limit, whatever the sizes of its events, and
// the frames of a commit hold all of it, in order.
func TestFramesKeepTheirLimit(t *testing.T) {
	rng := Seeded(t)
	for range 12 {
		sizes := make([]int, 1+rng.IntN(30))
		for i := range sizes {
			sizes[i] = anySize(rng)
		}
		rows := rowsOf(1, sizes...)
		next := event.Seq(1)
		for rest := rows; len(rest) > 0; {
			b, n := encodeFrame(rest)
			var f struct {
				Events []string `json:"events"`
				Hash   string   `json:"hash"`
			}
			if err := json.Unmarshal(b, &f); err != nil || len(f.Events) != n || n == 0 {
				t.Fatalf("%d of %d events: %v", len(f.Events), n, err)
			}
			if len(b) > maxFrame {
				t.Fatalf("a frame of %d events has %d bytes", n, len(b))
			}
			if f.Hash == "" && len(b) < maxFrame-80 {
				t.Fatalf("a frame of %d bytes tells no hash", len(b))
			}
			if n < len(rest) && len(b)+1+len(rest[n].json) < maxFrame-1 {
				t.Fatalf("a frame of %d bytes leaves one of %d out", len(b), len(rest[n].json))
			}
			rest = rest[n:]
		}
		for _, f := range framesOf(rows) {
			if f.first != next || f.last < f.first || f.message == nil {
				t.Fatalf("a frame goes from %d to %d where %d was due", f.first, f.last, next)
			}
			next = f.last + 1
		}
		if int(next) != len(rows)+1 {
			t.Fatalf("the frames end at %d of %d", next-1, len(rows))
		}
	}
}

// The same for what is read from the log, at every cursor: what was appended
// fits a frame, and what is read at once fits one too.
func TestLogReadsKeepTheFramesLimit(t *testing.T) {
	rng := Seeded(t)
	l, err := openLog(t.Context(), filepath.Join(t.TempDir(), "relay.db"), time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	for n := range 24 {
		e := note(t, fmt.Sprint("n", n), "")
		e = note(t, fmt.Sprint("n", n), strings.Repeat("x", min(anySize(rng), maxEvent-e.size())))
		if e.size() > maxEvent {
			t.Fatalf("an event of %d", e.size())
		}
		mustAppend(t, l, e)
	}
	head := l.position().seq
	for cursor := event.Seq(0); cursor < head; cursor++ {
		rows, err := l.after(t.Context(), cursor, readEvents, readBytes)
		if err != nil || len(rows) == 0 {
			t.Fatalf("after %d: %d rows, %v", cursor, len(rows), err)
		}
		b, n := encodeFrame(rows)
		if n != len(rows) || rows[0].seq != cursor+1 || len(b) > maxFrame {
			t.Errorf("after %d: %d of %d rows in %d bytes", cursor, n, len(rows), len(b))
		}
		if len(rows) > 1 && len(b) > readBytes+64 {
			t.Errorf("after %d: %d rows in %d bytes are more than is kept for a stuck reader", cursor, len(rows), len(b))
		}
	}
}

// The ring keeps a bounded number of frames, forgets the oldest wholly, and
// answers only the cursor that a frame continues.
func TestRingIsBounded(t *testing.T) {
	var r ring
	for n := event.Seq(1); n <= 100; n++ {
		r.push(framesOf(rowsOf(n, 10)))
		if len(r.frames) > ringFrames || cap(r.frames) > 4*ringFrames {
			t.Fatalf("after %d commits it keeps %d frames in room for %d", n, len(r.frames), cap(r.frames))
		}
		for _, f := range r.frames[len(r.frames):cap(r.frames)] {
			if f.message != nil {
				t.Fatal("a frame that is gone is still held")
			}
		}
	}
	for cursor := event.Seq(0); cursor <= 101; cursor++ {
		f, ok := r.next(cursor)
		if want := cursor >= 100-ringFrames && cursor < 100; ok != want || (ok && f.first != cursor+1) {
			t.Errorf("after %d: %v, %d", cursor, ok, f.first)
		}
	}
	r.push(framesOf(rowsOf(101, make50(maxEvent)...)))
	if len(r.frames) != ringFrames || r.frames[ringFrames-1].last != 150 {
		t.Errorf("after a large commit: %d frames to %d", len(r.frames), r.frames[len(r.frames)-1].last)
	}
}

func make50(size int) []int {
	sizes := make([]int, 50)
	for i := range sizes {
		sizes[i] = size
	}
	return sizes
}
