package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// runner runs packages with their mutants, one package after the other.
type runner struct {
	jobs int
	// A run may take floor, and factor times what it takes without a mutant.
	floor  time.Duration
	factor int
	says   io.Writer // what it is at
}

// found is what became of all mutants.
type found struct {
	verdicts []verdict
	left     []string // operators without a mutant
}

// run judges the mutants of all parts. An error means that there is no verdict:
// the code as it is does not build, or does not pass.
func (r *runner) run(ctx context.Context, parts []part) (found, error) {
	var all found
	for _, p := range parts {
		one, err := r.part(ctx, p)
		if err != nil {
			return found{}, err
		}
		all.verdicts = append(all.verdicts, one.verdicts...)
		all.left = append(all.left, one.left...)
	}
	return all, nil
}

func (r *runner) part(ctx context.Context, p part) (found, error) {
	scratch, err := os.MkdirTemp(fast(), "mutate")
	if err != nil {
		return found{}, err
	}
	defer os.RemoveAll(scratch)
	s, err := load(ctx, p.folder)
	if err != nil {
		return found{}, err
	}
	out, err := write(s, p)
	if err != nil {
		return found{}, err
	}
	b, err := build(ctx, s, out, p, scratch)
	if err != nil {
		return found{}, err
	}
	tests, err := r.record(ctx, b)
	if err != nil {
		return found{}, err
	}
	fmt.Fprintf(r.says, "%s: %d mutants, %d tests\n", p.folder, len(out.mutants), len(tests))
	verdicts := make([]verdict, len(out.mutants))
	r.each(len(verdicts), func(i int) { verdicts[i] = r.judge(ctx, b, out.mutants[i], tests) })
	left := make([]string, len(out.left))
	for i, at := range out.left {
		left[i] = place(p.folder, at)
	}
	return found{verdicts, left}, ctx.Err()
}

// fast is the folder for temporary files: the order of writes matters to the
// tests, and no disk does.
func fast() string {
	if dir := os.Getenv("TMPDIR"); dir != "" {
		return dir
	}
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return os.TempDir()
}

// each does n things, jobs at once.
func (r *runner) each(n int, do func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range r.jobs {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// A reach is what one test does with the code as it is.
type reach struct {
	test    string
	takes   time.Duration
	mutants []int
}

// record runs each test alone and notes which mutants it reaches.
func (r *runner) record(ctx context.Context, b *binary) ([]reach, error) {
	names, err := b.tests(ctx)
	if err != nil {
		return nil, err
	}
	tests, errs := make([]reach, len(names)), make([]error, len(names))
	r.each(len(names), func(i int) { tests[i], errs[i] = b.record(ctx, names[i]) })
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return tests, nil
}

func (b *binary) record(ctx context.Context, test string) (reach, error) {
	file := filepath.Join(b.scratch, test+".reached")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return reach{}, err
	}
	ran := b.run(ctx, execution{tests: []string{test}, reach: file, limit: 5 * time.Minute})
	if ran.end != passed {
		return reach{}, fmt.Errorf("%s of %s does not pass by itself with the code as it is (%s):\n%s", test, b.dir, ran.end, ran.output)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return reach{}, err
	}
	got := reach{test: test, takes: ran.took}
	for _, line := range strings.Fields(string(text)) {
		id, err := strconv.Atoi(line)
		if err != nil {
			return reach{}, fmt.Errorf("read what %s reached: %w", test, err)
		}
		got.mutants = append(got.mutants, id)
	}
	return got, nil
}
