package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/cmd/internal/ptyscreen"
)

// TestFirstScreen: without a configuration there is one screen with three keys, and each
// leads where it says. Another key does nothing.
func TestFirstScreen(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	dir := filepath.Join(t.TempDir(), "new")
	begin := func(t *testing.T) *person {
		cmd := exec.Command(program(t), "--dir", dir)
		cmd.Env = append(os.Environ(), "TERM=xterm-256color", "TZ=UTC", "LC_ALL=C.UTF-8", "TMPDIR="+t.TempDir())
		s, err := ptyscreen.Start(cmd, 80, 24)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		p := &person{t: t, Screen: s}
		p.reads("Nothing is set up in", "d  look around", "s  set it up", "q  not now")
		return p
	}
	p := begin(t)
	p.types("xq")
	if err := p.End(); err != nil {
		t.Errorf("q: %v", err)
	}
	p = begin(t)
	p.types("s")
	p.reads("This sets frontdesk up in", "Your name in the team")
	p = begin(t)
	p.types("d")
	p.reads("TRIAGE", "live")
	p.types("\x0b")
	p.reads("Esc back")
	p.types("tour")
	p.reads("› tour")
	p.types("\r")
	p.reads("TOUR 1/10", "Press j to go")
	p.leaves()
	if _, err := os.Stat(filepath.Join(dir, "config.toml")); err == nil {
		t.Error("a configuration was written")
	}
}

// TestFirstWithoutATerminal: one line that names both ways on, and exit code 1.
func TestFirstWithoutATerminal(t *testing.T) {
	out, err := exec.Command(program(t), "--dir", t.TempDir()).CombinedOutput()
	said := string(out)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "frontdesk init") || !strings.Contains(said, "frontdesk demo") {
		t.Errorf("%v: %s", err, said)
	}
}
