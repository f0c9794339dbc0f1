package main

import (
	"fmt"
	"strings"
)

// job is one call of go test.
type job struct {
	folder  string
	tests   string // a pattern; empty for a fuzz target
	fuzz    string
	flags   []string
	figures []string // those it owes; none for what only holds or does not
}

func (j job) name() string {
	return strings.TrimSpace(j.folder + " " + j.tests + j.fuzz)
}

func (j job) args() []string {
	args := []string{"test", "-count=1", "-timeout=60m"}
	if j.fuzz != "" {
		args = append(args, "-run=^$", "-fuzz=^"+j.fuzz+"$")
	} else {
		args = append(args, "-v", "-run=^("+j.tests+")$")
	}
	args = append(args, j.folder)
	return append(args, j.flags...)
}

// owes makes a job that gives figures.
func owes(figures, folder, tests string, counts ...string) job {
	return job{folder: folder, tests: tests, flags: counts, figures: strings.Fields(figures)}
}

// holds makes a job whose tests hold or do not.
func holds(folder, tests string, counts ...string) job {
	return job{folder: folder, tests: tests, flags: counts}
}

const programs = "./cmd/internal/torture"

// wholeSuite is one round of `make torture`.
func wholeSuite(scale float64) []job {
	n := func(name string, count int) string {
		return fmt.Sprintf("-%s=%d", name, max(1, int(float64(count)*scale)))
	}
	return []job{
		owes("F3", programs, "TestPowerLoss", n("images", 20_000)),
		holds(programs, "TestPowerLossNormalLoses", n("images", 300)),
		owes("F14", programs, "TestBacklogToAColdTerminal", n("backlog", 300_000)),
	}
}

// ciSlice is what CI holds: enough of everything to see that it still works.
func ciSlice(float64) []job {
	return []job{
		owes("F3", programs, "TestPowerLoss", "-images=10000"),
		holds(programs, "TestPowerLossNormalLoses", "-images=300"),
	}
}
