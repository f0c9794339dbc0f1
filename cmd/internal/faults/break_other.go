//go:build unix && !(linux && amd64)

package faults

import (
	"os"
	"testing"
)

// NeedPtrace skips a test here: programs are only stopped at their system calls
// on Linux on amd64.
func NeedPtrace(t testing.TB) {
	t.Helper()
	lacks(t, "programs are only broken at a system call on linux/amd64, so nothing is proved about faults there")
}

// Broken is a program one of whose system calls goes wrong.
type Broken struct{ Running }

// Start never runs here.
func (f Fault) Start(t testing.TB, root string, env []string, program string, args ...string) *Broken {
	t.Helper()
	NeedPtrace(t)
	return nil
}

// StartOn never runs here.
func (f Fault) StartOn(t testing.TB, side *os.File, root string, env []string, program string, args ...string) *Broken {
	t.Helper()
	NeedPtrace(t)
	return nil
}

// Heal ends a fault that lasts.
func (b *Broken) Heal() {}

// Hit is where it went wrong.
func (b *Broken) Hit() (Point, bool) { return Point{}, false }

// Counts are how often calls were made below root.
func (b *Broken) Counts() map[Count]int { return nil }
