package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// binary is the test program of a package with all of its mutants inside.
type binary struct {
	path, dir string
	scratch   string
	flags     []string
}

// build makes the test program of s, with the files of a schema in place of its
// own, in a folder of its own.
func build(ctx context.Context, s *source, out *schema, p part, scratch string) (*binary, error) {
	replace := map[string]string{}
	for base, text := range out.files {
		path := filepath.Join(scratch, base)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, err
		}
		replace[filepath.Join(s.dir, base)] = path
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	list := filepath.Join(scratch, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return nil, err
	}
	b := &binary{path: filepath.Join(scratch, "package.test"), dir: s.dir, scratch: scratch}
	if _, err := goTool(ctx, "test", "-c", "-vet=off", "-ldflags=-s", "-overlay", list, "-o", b.path, p.folder); err != nil {
		return nil, fmt.Errorf("build %s with its mutants: %w", p.folder, err)
	}
	deps, err := goTool(ctx, "list", "-test", "-deps", p.folder)
	if slices.Contains(strings.Fields(deps), "pgregory.net/rapid") {
		b.flags = []string{"-rapid.nofailfile"} // a failure of a mutant is none to keep
	}
	return b, err
}

// tests returns the names of what the program tests, fuzz seeds and examples
// among them.
func (b *binary) tests(ctx context.Context) ([]string, error) {
	r := b.run(ctx, execution{more: []string{"-test.list=."}, limit: time.Minute})
	if r.end != passed {
		return nil, fmt.Errorf("list the tests of %s: %s", b.dir, r.end)
	}
	return slices.DeleteFunc(strings.Fields(r.output), func(name string) bool {
		return !strings.HasPrefix(name, "Test") && !strings.HasPrefix(name, "Fuzz") && !strings.HasPrefix(name, "Example")
	}), nil
}

// An execution is one run of the program.
type execution struct {
	id    int // the mutant, or 0
	tests []string
	more  []string
	reach string // the file for what is reached, or empty
	limit time.Duration
}

// How an execution ended.
type end string

const (
	passed  end = "passed"
	failed  end = "failed"
	tooLong end = "too long"
	// strange is an end that no failed test has.
	strange end = "strange"
)

type result struct {
	end    end
	output string
	took   time.Duration
}

// run runs the program in the folder of its package, as `go test` does, with a
// folder for its temporary files that is gone afterwards, as its children are.
func (b *binary) run(ctx context.Context, e execution) result {
	tmp, err := os.MkdirTemp(b.scratch, "run")
	if err != nil {
		return result{end: strange, output: err.Error()}
	}
	defer os.RemoveAll(tmp)
	ctx, cancel := context.WithTimeout(ctx, e.limit)
	defer cancel()
	args := append([]string{"-test.failfast", "-test.run=^(" + strings.Join(e.tests, "|") + ")$"}, b.flags...)
	cmd := exec.CommandContext(ctx, b.path, append(args, e.more...)...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp, fmt.Sprintf("MUTATE_ID=%d", e.id), "MUTATE_REACHED="+e.reach)
	var out capped
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	withChildren(cmd)
	began := time.Now()
	err = cmd.Run()
	return result{end: judge(ctx, err, out.String()), output: out.String(), took: time.Since(began)}
}

var (
	saysFailed = regexp.MustCompile(`(?m)^(--- FAIL: |goleak: Errors on successful test run)`)
	saysPanic  = regexp.MustCompile(`(?m)^(panic: |fatal error: )`)
	noMemory   = regexp.MustCompile(`(?m)^fatal error: .*(out of memory|cannot allocate)`)
)

// judge tells a test that failed from all else that has an exit code: 1 with
// the word of a test (or of the check for goroutines at the end), or 2 with
// Go's own, when the code under test took the program with it.
func judge(ctx context.Context, err error, output string) end {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return passed
	case ctx.Err() != nil, noMemory.MatchString(output):
		return tooLong
	case !errors.As(err, &exit):
		return strange
	case exit.ExitCode() == 1 && saysFailed.MatchString(output), exit.ExitCode() == 2 && saysPanic.MatchString(output):
		return failed
	}
	return strange
}

var failedTest = regexp.MustCompile(`(?m)^--- FAIL: (\S+) `)

// whoFailed returns the tests that say they failed; none if the program ended
// before one could.
func whoFailed(output string) []string {
	var names []string
	for _, m := range failedTest.FindAllStringSubmatch(output, -1) {
		names = append(names, m[1])
	}
	return names
}

var begunTest = regexp.MustCompile(`(?m)^=== RUN +([^/\s]+)$`)

// begun returns the tests that began, if the program was to say so (-test.v).
func begun(output string) []string {
	var names []string
	for _, m := range begunTest.FindAllStringSubmatch(output, -1) {
		names = append(names, m[1])
	}
	return names
}

// capped keeps the first and the last of what is written: a mutant can write
// without end, and a panic tells of every goroutine.
type capped struct {
	mu         sync.Mutex
	head, tail bytes.Buffer
}

const capBytes = 256 << 10

func (c *capped) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.head.Len() < capBytes {
		return c.head.Write(p)
	}
	if c.tail.Len() > capBytes {
		c.tail.Reset()
	}
	return c.tail.Write(p)
}

func (c *capped) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.head.String() + c.tail.String()
}
