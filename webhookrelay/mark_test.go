package webhookrelay

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/webhookrelay/event"
)

// marks are what may have become of the mark, and whether a mark is left of it.
var marks = map[string]struct {
	change func(b []byte) []byte // of the file; nil for none
	left   bool
}{
	"whole":                  {func(b []byte) []byte { return b }, true},
	"missing":                {func([]byte) []byte { return nil }, false},
	"emptied":                {func([]byte) []byte { return []byte{} }, false},
	"cut in the first copy":  {func(b []byte) []byte { return b[:20] }, false},
	"cut in the second copy": {func(b []byte) []byte { return b[:markApart+20] }, true},
	"flipped in the first":   {func(b []byte) []byte { b[3] ^= 1; return b }, true},
	"flipped in the second":  {func(b []byte) []byte { b[markApart+3] ^= 1; return b }, true},
	"flipped in both":        {func(b []byte) []byte { b[3] ^= 1; b[markApart+45] ^= 1; return b }, false},
	"nothing but zeros":      {func(b []byte) []byte { return make([]byte, len(b)) }, false},
}

func changeMark(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(markPath(path))
	if err == nil {
		if b = change(b); b == nil {
			err = os.Remove(markPath(path))
		} else {
			err = os.WriteFile(markPath(path), b, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A log that went back is another log, whatever became of the mark beside it.
// One that is where it was is the same log as long as one copy of its mark is
// left; without any, nobody can say where it was.
func TestLogThatWentBackIsAnother(t *testing.T) {
	for name, c := range marks {
		for _, back := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, went back: %t", name, back), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "relay.db")
				l := newLog(t, path)
				mustAppend(t, l, note(t, "a", "one"), note(t, "b", "two"))
				if err := l.close(); err != nil {
					t.Fatal(err)
				}
				older, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				l = newLog(t, path)
				for i := range 3 { // each copy of the mark is later than the older log
					mustAppend(t, l, note(t, fmt.Sprint("c", i), "three"))
				}
				epoch := l.epoch
				if err := l.close(); err != nil {
					t.Fatal(err)
				}
				if back {
					if err := os.WriteFile(path, older, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				changeMark(t, path, c.change)
				l = newLog(t, path)
				other := back || !c.left
				if (l.epoch != epoch) != other || (l.lost != "") != other {
					t.Errorf("epoch %s was %s, lost %q", l.epoch, epoch, l.lost)
				}
				if !c.left && !strings.Contains(l.lost, markPath(path)) {
					t.Errorf("it does not name the mark: %q", l.lost)
				}
				epoch = l.epoch
				if err := errors.Join(l.toldOfLoss(t.Context()), l.close()); err != nil {
					t.Fatal(err)
				}
				if l = newLog(t, path); l.epoch != epoch || l.lost != "" {
					t.Errorf("opened again: epoch %s was %s, lost %q", l.epoch, epoch, l.lost)
				}
				if err := l.close(); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

// An empty log that is put back is another one too, but nothing can be said to
// be lost of it.
func TestEmptyLogThatIsPutBackIsAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	if err := newLog(t, path).close(); err != nil {
		t.Fatal(err)
	}
	empty, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l := newLog(t, path)
	epoch := l.epoch
	mustAppend(t, l, note(t, "a", "one"))
	if err := errors.Join(l.close(), os.WriteFile(path, empty, 0o600), os.Remove(markPath(path))); err != nil {
		t.Fatal(err)
	}
	l = newLog(t, path)
	defer l.close()
	if l.epoch == epoch || l.lost != "" {
		t.Errorf("epoch %s was %s, lost %q", l.epoch, epoch, l.lost)
	}
}

// Wherever a power cut tears the write of a mark, a whole one is left, and it is
// the head of now or of one commit before.
func TestTornMarkIsAnOlderOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	for n := range 4 {
		was := l.position()
		before, err := os.ReadFile(markPath(path))
		if err != nil {
			t.Fatal(err)
		}
		mustAppend(t, l, note(t, fmt.Sprint(n), "x"))
		after, err := os.ReadFile(markPath(path))
		if err != nil {
			t.Fatal(err)
		}
		torn := filepath.Join(t.TempDir(), "relay.db")
		for at := range after {
			if before[at] == after[at] {
				continue
			}
			b := append(slices.Clone(after[:at]), before[at:]...)
			if err := os.WriteFile(markPath(torn), b, 0o600); err != nil {
				t.Fatal(err)
			}
			p, ok, err := readMark(torn)
			if err != nil || !ok || p.seq != was.seq || !bytes.Equal(p.hash, was.hash) {
				t.Errorf("commit %d torn at %d: %v %t %v, want %v", n, at, p, ok, err, was)
			}
		}
		if p, ok, err := readMark(path); err != nil || !ok || p.seq != l.position().seq {
			t.Errorf("commit %d whole: %v %t %v", n, p, ok, err)
		}
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
}

// A mark that could not be written is an older one, and the next is written in
// the same place: the last whole one is never what is written over.
func TestFailedMarkLeavesTheOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	mustAppend(t, l, note(t, "a", "one"))
	whole := l.mark
	shut, err := os.Open(markPath(path)) // takes no write
	if err != nil {
		t.Fatal(err)
	}
	defer shut.Close()
	l.mark.file = shut
	mustAppend(t, l, note(t, "b", "two"))
	mustAppend(t, l, note(t, "c", "three"))
	if l.mark.next != whole.next {
		t.Errorf("copy %d is next, and %d is the older one", l.mark.next, whole.next)
	}
	if p, ok, err := readMark(path); err != nil || !ok || p.seq != 1 {
		t.Errorf("marked: %v %t %v", p, ok, err)
	}
	l.mark.file = whole.file
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
}

// Whatever the copies said, both say the head at the end, and the older one was
// written first: the power may go between the two.
func TestMarkBeginsWithTheOlderCopy(t *testing.T) {
	at := func(seq event.Seq, hash byte) position {
		return position{seq: seq, hash: bytes.Repeat([]byte{hash}, 32)}
	}
	for name, c := range map[string]struct {
		copies [markCopies]position
		p      position
		next   int // after both were written it is the one that was written first
	}{
		"the second is older":      {[2]position{at(5, 1), at(4, 2)}, at(6, 3), 1},
		"the first is older":       {[2]position{at(4, 2), at(5, 1)}, at(6, 3), 0},
		"both knew what is gone":   {[2]position{at(9, 1), at(8, 2)}, at(6, 3), 1},
		"another log, as long":     {[2]position{at(6, 1), at(5, 2)}, at(6, 3), 1},
		"another log, both copies": {[2]position{at(6, 1), at(6, 1)}, at(6, 3), 0},
	} {
		m, err := openMark(filepath.Join(t.TempDir(), "relay.db"))
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range c.copies {
			m.next = i
			if err := m.write(p); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.begin(c.p); err != nil {
			t.Fatal(err)
		}
		for i := range markCopies {
			if got, ok, err := readCopy(m.file, i); err != nil || !ok || got.seq != c.p.seq || !bytes.Equal(got.hash, c.p.hash) {
				t.Errorf("%s: copy %d says %v %t %v", name, i, got, ok, err)
			}
		}
		if m.next != c.next {
			t.Errorf("%s: copy %d was written first", name, m.next)
		}
		if err := m.file.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A mark that cannot be read again is not written over: nobody knows which of
// its copies is the older one.
func TestMarkThatCannotBeRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	p := position{seq: 7, hash: bytes.Repeat([]byte{7}, 32)}
	m, err := openMark(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(m.begin(p), m.file.Close()); err != nil {
		t.Fatal(err)
	}
	if m.file, err = os.OpenFile(markPath(path), os.O_WRONLY, 0); err != nil {
		t.Fatal(err)
	}
	defer m.file.Close()
	if err := m.begin(position{seq: 8, hash: bytes.Repeat([]byte{8}, 32)}); err == nil {
		t.Error("it was written over")
	}
	if got, ok, err := readMark(path); err != nil || !ok || got.seq != p.seq {
		t.Errorf("marked: %v %t %v", got, ok, err)
	}
}

// The first programs kept no mark: their logs lost nothing by that. From then on
// there is one, and it may not go.
func TestLogFromBeforeMarks(t *testing.T) {
	path, _ := openGolden(t)
	remove(t, markPath(path))
	l := newLog(t, path)
	epoch := l.epoch
	if l.lost != "" || epoch != "5x4r7gyqazb677rr" {
		t.Errorf("lost %q, epoch %s", l.lost, epoch)
	}
	if p, ok, err := readMark(path); err != nil || !ok || p.seq != 99 {
		t.Errorf("marked: %v %t %v", p, ok, err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	remove(t, markPath(path))
	l = newLog(t, path)
	defer l.close()
	if l.lost == "" || l.epoch == epoch {
		t.Errorf("without its mark: lost %q, epoch %s", l.lost, l.epoch)
	}
}

// A loss is told by the relay that is started next, also where one of the
// administrator's commands met it first, and once.
func TestLossIsToldOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	mustAppend(t, l, note(t, "a", "one"))
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	remove(t, markPath(path))
	tokens, err := OpenTokens(t.Context(), path)
	if err == nil {
		err = tokens.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} {
		var said bytes.Buffer
		r, err := Open(t.Context(), Options{Path: path, Now: time.Now, Logger: slog.New(slog.NewTextHandler(&said, nil))})
		if err == nil {
			err = r.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(said.String(), "frontdesk store rebuild"); got != want {
			t.Errorf("told %d times, want %d: %s", got, want, said.String())
		}
	}
}
