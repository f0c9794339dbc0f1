//go:build unix

package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Running is a program that a test runs, in a process group of its own.
type Running struct {
	group int
	out   *output
	ended chan struct{}
	err   error // set before ended is closed
}

// begin starts the command.
func (r *Running) begin(cmd *exec.Cmd, env []string) error {
	r.out, r.ended = &output{more: make(chan struct{})}, make(chan struct{})
	cmd.Env = append(os.Environ(), env...)
	if cmd.Stdout == nil {
		cmd.Stdout, cmd.Stderr = r.out, r.out
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.Cancel = func() error { r.Signal(syscall.SIGKILL); return nil }
	if err := cmd.Start(); err != nil {
		return err
	}
	r.group = cmd.Process.Pid
	return nil
}

// finish says that the program ended, and how.
func (r *Running) finish(err error) {
	r.err = err
	r.out.end()
	close(r.ended)
}

// end kills the program, if it still runs.
func (r *Running) end() {
	select {
	case <-r.ended:
	default:
		r.Signal(syscall.SIGKILL)
		<-r.ended
	}
}

// Signal reaches the program; strace around it ends after it, or with SIGKILL.
func (r *Running) Signal(sig syscall.Signal) { _ = syscall.Kill(-r.group, sig) }

// Wait waits until the program ended, and returns how.
func (r *Running) Wait() error {
	<-r.ended
	return r.err
}

// Ended is closed when the program ended.
func (r *Running) Ended() <-chan struct{} { return r.ended }

// Said is what it printed so far, on both outputs.
func (r *Running) Said() string {
	text, _, _ := r.out.look()
	return text
}

// ErrEnded: the program ended before it said what was waited for.
var ErrEnded = errors.New("it ended")

// Hear waits until the program prints a line that holds the words, and returns
// the rest of that line.
func (r *Running) Hear(ctx context.Context, words string) (string, error) {
	limit := time.NewTimer(3 * time.Minute) // it only decides how long a failing test takes
	defer limit.Stop()
	for {
		text, more, over := r.out.look()
		if _, rest, ok := strings.Cut(text, words); ok {
			if line, _, whole := strings.Cut(rest, "\n"); whole {
				return line, nil
			}
		}
		if over {
			return "", fmt.Errorf("%w and did not say %q: %s", ErrEnded, words, text)
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

// ReadFrom takes what comes from a pipe until its end.
func (o *output) ReadFrom(from io.Reader) (int64, error) {
	buf := make([]byte, 4096)
	for n := int64(0); ; {
		k, err := from.Read(buf)
		_, _ = o.Write(buf[:k])
		n += int64(k)
		switch {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return n, err
		}
	}
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
