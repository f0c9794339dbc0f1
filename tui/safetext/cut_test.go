package safetext

import (
	"math/rand/v2"
	"testing"

	"frontdesk/tui/tuitest/hostile"
)

func TestCut(t *testing.T) {
	red, off := "\x1b[31m", "\x1b[m"
	for _, c := range []struct {
		name, in string
		x, end   int
		want     string
	}{
		{"plain", "hello", 1, 3, "el" + off},
		{"past the end", "hi", 0, 4, "hi  " + off},
		{"nothing", "hello", 3, 3, ""},
		{"style from before", red + "hello" + off, 2, 4, red + "ll" + off},
		{"style that ended", red + "he" + off + "llo", 3, 5, "lo" + off},
		{"style within", "he" + red + "llo", 1, 4, "e" + red + "ll" + off},
		{"left half of a wide one", "a山b", 2, 4, " b" + off},
		{"right half of a wide one", "a山b", 0, 2, "a " + off},
		{"keycaps", "1️⃣2️⃣3️⃣", 2, 4, "2️⃣" + off},
		{"through a keycap", "1️⃣2️⃣3️⃣", 1, 5, " 2️⃣ " + off},
		{"broken style", "ab" + "\x1b[3", 0, 3, "ab " + off},
		{"style that goes on under a wide one cut in two", red + "a山b" + off, 0, 2, red + "a " + off},
	} {
		if got := (Measurer{Grapheme}).Cut(c.in, c.x, c.end); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Whatever is cut, and wherever: the cells are as many as were asked for.
func TestCutIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, e := range hostile.Texts(t) {
		text := Line(e.Text(t))
		for _, m := range methods {
			line := "\x1b[1m" + m.Pad(text, 60) + "\x1b[m│\x1b[31m" + m.Pad(text, 40) + "\x1b[m"
			for range 6 {
				x := r.IntN(90)
				end := x + 1 + r.IntN(30)
				if n := m.Method.ansi().StringWidth(m.Cut(line, x, end)); n != end-x {
					t.Fatalf("%s: cells %d to %d by method %d are %d: %+.200q", e.ID, x, end, m.Method, n, m.Cut(line, x, end))
				}
			}
		}
	}
}
