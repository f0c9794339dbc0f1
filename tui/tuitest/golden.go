package tuitest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden screens")

// Golden compares the screen's text with testdata/NAME.golden and shows both
// where they differ. With -update the file is written instead.
func (s *Screen) Golden(t testing.TB, name string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	got := s.Text() + "\n"
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
