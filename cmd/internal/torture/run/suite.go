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
	figures []string // those it owes
	silent  bool     // a negative control: it fails or it does not, without a figure
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

// counted makes a job whose counts grow with scale; counts are pairs of a
// flag's name and its number.
func counted(scale float64, folder, tests string, figures []string, counts ...any) job {
	j := job{folder: folder, tests: tests, figures: figures, silent: len(figures) == 0}
	for i := 0; i < len(counts); i += 2 {
		n := max(1, int(float64(counts[i+1].(int))*scale))
		j.flags = append(j.flags, fmt.Sprintf("-%s=%d", counts[i], n))
	}
	return j
}
