package faults

import (
	"fmt"
	"os"
	"syscall"
	"testing"
)

// Fault is what goes wrong at one change of a file: exactly one of Kill, Errno,
// Short and Lie.
type Fault struct {
	// Call is "pwrite64", "fsync", …; empty counts all that change files.
	Call string
	// Path, below the root, counts those of one file alone; empty for all.
	Path string
	// At is which one of them, from 1; 0 for none. The threads of a program are
	// counted together.
	At int
	// Lasts makes every one from there on go wrong, until Heal.
	Lasts bool

	// Kill ends the program before the call.
	Kill bool
	// Errno is returned, and nothing done.
	Errno syscall.Errno
	// Short is how many bytes of a write are written, and said to be.
	Short int
	// Lie says that all was done, and nothing is.
	Lie bool
}

func (f Fault) String() string {
	switch {
	case f.Kill:
		return "kill"
	case f.Errno != 0:
		return f.Errno.Error()
	case f.Short > 0:
		return "short write"
	case f.Lie:
		return "lying write"
	}
	return "no fault"
}

// Count names calls that are counted together: those of a name, of a file, of
// both, or all.
type Count struct{ Call, Path string }

// Point is where something went wrong.
type Point struct {
	Call string
	Path string // below the root
	Nth  int
}

func (p Point) String() string { return fmt.Sprintf("%s %d of %s", p.Call, p.Nth, p.Path) }

// lacks skips a test for what this system cannot do, loudly, unless faults are
// required here.
func lacks(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("FRONTDESK_FAULTS") == "required" {
		t.Fatal(what)
	}
	t.Skip(what)
}
