package faults

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
	"syscall"
	"testing"
	"time"
)

// NeedStrace skips a test where system calls cannot be traced, and fails it
// where FRONTDESK_FAULTS=required says that they must be.
func NeedStrace(t testing.TB) {
	t.Helper()
	err := exec.CommandContext(t.Context(), "strace", "-f", "-o", os.DevNull, "true").Run()
	if err == nil {
		return
	}
	const what = "strace cannot trace here, so nothing is proved about power loss and failing disks: %v"
	if os.Getenv("FRONTDESK_FAULTS") == "required" {
		t.Fatalf(what, err)
	}
	t.Skipf(what, err)
}

// DiskCalls are the system calls by which a program changes files.
const DiskCalls = "openat,open,creat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,sync_file_range," +
	"rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat"

// TalkCalls are those by which it hears and answers; of what it says, write is
// among DiskCalls.
const TalkCalls = "read"

// Strace says what to trace and what to break.
type Strace struct {
	// Calls are traced; empty traces nothing but what is injected.
	Calls string
	// Inject are strace's own words, "pwrite64:error=EIO:when=7".
	Inject []string
	// Env is added to the environment.
	Env []string
	// Plain runs the program without strace: what a fault is compared with.
	Plain bool
}

// Process is a program under strace.
type Process struct {
	cmd   *exec.Cmd
	path  string
	out   *output
	ended chan struct{}
	err   error // set before ended is closed
}

// Start runs a program under strace. It is killed when the test ends.
func (s Strace) Start(t testing.TB, program string, args ...string) *Process {
	t.Helper()
	p, err := s.start(t.Context(), filepath.Join(t.TempDir(), "trace"), program, args)
	if err != nil {
		t.Fatalf("start %s under strace: %v", filepath.Base(program), err)
	}
	t.Cleanup(func() { p.Signal(syscall.SIGKILL); <-p.ended })
	return p
}

func (s Strace) start(ctx context.Context, path, program string, args []string) (*Process, error) {
	p := &Process{path: path, out: &output{more: make(chan struct{})}, ended: make(chan struct{})}
	if s.Plain {
		p.cmd = exec.CommandContext(ctx, program, args...)
	} else {
		p.cmd = exec.CommandContext(ctx, "strace", append(s.flags(path), append([]string{program}, args...)...)...)
	}
	p.cmd.Env = append(os.Environ(), s.Env...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.Cancel = func() error { p.Signal(syscall.SIGKILL); return nil }
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		p.out.end()
		close(p.ended)
	}()
	return p, nil
}

func (s Strace) flags(path string) []string {
	flags := []string{"-f", "-qq", "-y", "-xx", "-s", "1048576", "-o", path}
	traced := s.Calls
	for _, in := range s.Inject {
		flags = append(flags, "-e", "inject="+in)
		if names, _, _ := strings.Cut(in, ":"); traced == "" {
			traced = names
		} else {
			traced += "," + names
		}
	}
	return append(flags, "--seccomp-bpf", "-e", "trace="+traced)
}

// Signal reaches the program; strace itself ends after it, or with SIGKILL.
func (p *Process) Signal(sig syscall.Signal) { _ = syscall.Kill(-p.cmd.Process.Pid, sig) }

// Wait waits until the program ended, and returns how.
func (p *Process) Wait() error {
	<-p.ended
	return p.err
}

// Ended is closed when the program ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Said is what it printed so far, on both outputs.
func (p *Process) Said() string { return p.out.String() }

// errEnded: the program ended before it said what was waited for.
var errEnded = errors.New("it ended")

// Hear waits until the program prints a line that holds the words, and returns
// the rest of that line.
func (p *Process) Hear(ctx context.Context, words string) (string, error) {
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	for {
		text, more, over := p.out.look()
		if _, rest, ok := strings.Cut(text, words); ok {
			if line, _, whole := strings.Cut(rest, "\n"); whole {
				return line, nil
			}
		}
		if over {
			return "", fmt.Errorf("%w and did not say %q: %s", errEnded, words, text)
		}
		select {
		case <-more:
		case <-limit.C:
			return "", fmt.Errorf("it did not say %q: %s", words, text)
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// Trace reads what was traced so far, which is everything once it ended.
func (p *Process) Trace(t testing.TB) []Step {
	t.Helper()
	f, err := os.Open(p.path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	steps, err := ReadTrace(f)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// Keep copies the trace to where it survives the test, with a note in front,
// and returns its path.
func (p *Process) Keep(t testing.TB, note string) string {
	t.Helper()
	from, err := os.Open(p.path)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := os.CreateTemp("", "frontdesk-trace-")
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if _, err = fmt.Fprintf(to, "0 --- %s\n", note); err == nil {
		_, err = io.Copy(to, from)
	}
	if err != nil {
		t.Fatal(err)
	}
	return to.Name()
}

// output is what a program prints, with a channel that is closed at news.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
	over bool
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.more)
	o.more = make(chan struct{})
	return o.text.Write(b)
}

func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	close(o.more)
	o.more = make(chan struct{})
}

func (o *output) look() (text string, more <-chan struct{}, over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String(), o.more, o.over
}

func (o *output) String() string {
	text, _, _ := o.look()
	return text
}
