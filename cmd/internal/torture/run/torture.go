package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// torture is one run of everything.
type torture struct {
	ctx   context.Context
	suite func(scale float64) []job
	scale float64
	fuzz  time.Duration
	only  string
	logs  string
	out   io.Writer
	// lanes is how many jobs run at once. Figures of time need one.
	lanes int
	owed  []least

	mu     sync.Mutex // of what follows, and of out
	table  table
	failed []string
}

func (t *torture) run(long time.Duration) error {
	if t.logs == "" {
		dir, err := os.MkdirTemp("", "torture-")
		if err != nil {
			return err
		}
		t.logs = dir
	}
	jobs, err := t.jobs()
	if err != nil {
		return err
	}
	began := time.Now()
	round := 0
	for round == 0 || time.Since(began) < long {
		round++
		t.round(jobs, round, func() bool { return round > 1 && time.Since(began) > long })
		if t.ctx.Err() != nil {
			break // what was run so far counts
		}
	}
	fmt.Fprintf(t.out, "\n%s in %d rounds\n\n", time.Since(began).Round(time.Second), round)
	t.table.print(t.out)
	if err := t.ctx.Err(); err != nil {
		return err
	}
	if len(t.failed) > 0 {
		return fmt.Errorf("%d jobs failed, their output is in %s: %s", len(t.failed), t.logs, strings.Join(t.failed, ", "))
	}
	return t.table.reached(t.owed)
}

// round runs every job once, until enough says so.
func (t *torture) round(jobs []job, round int, enough func() bool) {
	waiting := make(chan job)
	var running sync.WaitGroup
	for range max(1, t.lanes) {
		running.Go(func() {
			for j := range waiting {
				t.do(j, round)
			}
		})
	}
	for _, j := range jobs {
		if t.ctx.Err() != nil || enough() {
			break
		}
		waiting <- j
	}
	close(waiting)
	running.Wait()
}

// jobs are the suite's and one for each fuzz target.
func (t *torture) jobs() ([]job, error) {
	all := t.suite(t.scale)
	if t.fuzz > 0 {
		targets, err := fuzzTargets(".")
		if err != nil {
			return nil, err
		}
		for _, f := range targets {
			all = append(all, f.job(t.fuzz))
		}
	}
	var jobs []job
	for _, j := range all {
		if strings.Contains(j.name(), t.only) {
			jobs = append(jobs, j)
		}
	}
	if len(jobs) == 0 {
		return nil, errors.New("no job has that name")
	}
	return jobs, nil
}

// do runs one job. A job that fails counts as a failure of every figure it was
// to give, whatever it printed.
func (t *torture) do(j job, round int) {
	began := time.Now()
	var text bytes.Buffer
	cmd := exec.CommandContext(t.ctx, "go", j.args()...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "FRONTDESK_FAULTS=required")
	cmd.Stdout, cmd.Stderr = &text, &text
	err := cmd.Run()
	took := time.Since(began)
	figures := append(figuresIn(text.String()), j.execs(text.String())...)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.table.add(round, figures)
	verdict := "ok"
	if err != nil && j.ranOut(text.String()) {
		err = nil
	}
	if err == nil && strings.Contains(text.String(), "no tests to run") {
		err = errors.New("it ran nothing")
	}
	if err == nil {
		err = j.settled(figures)
	}
	if err != nil {
		verdict = "FAILED"
		t.keep(j, round, text.Bytes())
		t.table.blame(round, j.figures)
	}
	fmt.Fprintf(t.out, "round %d  %-6s %7.1fs  %s\n", round, verdict, took.Seconds(), j.name())
}

func (t *torture) keep(j job, round int, text []byte) {
	t.failed = append(t.failed, j.name())
	name := fmt.Sprintf("%d-%s.log", round, strings.NewReplacer("/", "_", "|", "_", " ", "_").Replace(j.name()))
	if err := os.WriteFile(filepath.Join(t.logs, name), text, 0o600); err != nil {
		fmt.Fprintln(t.out, "the output is not kept:", err)
	}
}
