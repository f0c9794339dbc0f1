package tuitest

import (
	"flag"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

var update = flag.Bool("update", false, "rewrite the golden screens")

// Golden compares the screen's text with testdata/NAME.golden and shows both
// where they differ. With -update the file is written instead.
func (s *Screen) Golden(t testing.TB, name string) {
	t.Helper()
	GoldenText(t, name, s.Text()+"\n")
}

// GoldenText is [Screen.Golden] for any text.
func GoldenText(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with -update if this screen is right:\n%s", err, got)
	}
	if got != string(want) {
		t.Errorf("the screen is not %s; -update rewrites it if this is right:\n%s", path, lineDiff(string(want), got))
	}
}

// Dress returns what every cell of the screen wears: a line for each row, in
// which "b12" are twelve cells in the look b, and what the looks are.
func (s *Screen) Dress() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows, legend strings.Builder
	names := map[string]string{}
	for y := range s.h {
		last, n := "", 0
		for x := range s.w {
			look := s.cell(x, y).look()
			if names[look] == "" {
				names[look] = letters(len(names))
				fmt.Fprintf(&legend, "%s = %s\n", names[look], look)
			}
			if name := names[look]; name != last {
				run(&rows, last, n)
				last, n = name, 0
			}
			n++
		}
		run(&rows, last, n)
		rows.WriteByte('\n')
	}
	return rows.String() + legend.String()
}

func run(b *strings.Builder, name string, n int) {
	if n > 0 {
		fmt.Fprintf(b, "%s%d ", name, n)
	}
}

func letters(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return letters(n/26-1) + letters(n%26)
}

// look is what the cell wears, in words. A blank shows no ink.
func (c Cell) look() string {
	out := shade(c.Bg)
	if c.Text != " " || c.Reverse {
		out = shade(c.Fg) + " on " + out
	}
	for _, a := range []struct {
		set  bool
		word string
	}{{c.Bold, "bold"}, {c.Italic, "italic"}, {c.Strike, "struck"}, {c.Underline, "underlined"}, {c.Reverse, "reversed"}} {
		if a.set && c.Text != " " || a.set && a.word == "reversed" {
			out += " " + a.word
		}
	}
	return out
}

// shade names one of the sixteen colours by its number, and any other by what it is.
func shade(c color.Color) string {
	switch i := c.(type) {
	case nil:
		return "own"
	case ansi.BasicColor:
		return fmt.Sprintf("%d", i)
	}
	return css(c)
}

// lineDiff shows got with the lines of want that differ above them.
func lineDiff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var b strings.Builder
	for i := range max(len(w), len(g)) {
		a, c := at(w, i), at(g, i)
		if a == c {
			fmt.Fprintf(&b, "  %s\n", c)
			continue
		}
		fmt.Fprintf(&b, "- %s\n+ %s\n", a, c)
	}
	return b.String()
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}
