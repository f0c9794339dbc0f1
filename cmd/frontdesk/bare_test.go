package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"frontdesk/cmd/internal/ptyscreen"
)

// TestBareTerminal: a terminal that can do nothing, that is made smaller and
// larger a thousand times and is for a moment one cell, shows plain text and is
// worked on afterwards as before.
func TestBareTerminal(t *testing.T) {
	cmd := exec.Command(program(t), "demo", "--dir", t.TempDir(), "--seed", "3", "--speed", "0.01")
	cmd.Env = append(os.Environ(), "TERM=dumb", "LANG=C", "LC_ALL=C", "NO_COLOR=1", "TZ=UTC")
	s, err := ptyscreen.Start(cmd, 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	p := &person{t: t, Screen: s}
	p.reads("frontdesk", "TRIAGE", "Juan P")
	for n := range 1000 {
		w, h := 1+n*37%200, 1+n*13%60
		if n%100 == 0 {
			w, h = 1, 1
		}
		if err := s.Resize(w, h); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Resize(80, 24); err != nil {
		t.Fatal(err)
	}
	p.types("?")
	p.reads("Keys", "select the next conversation")
	p.types("\x1b")
	p.sees("the list again", func(screen string) bool {
		return strings.Contains(screen, "TRIAGE") && strings.Contains(screen, "Juan P") && !strings.Contains(screen, "select the next")
	})
	p.leaves()
}
