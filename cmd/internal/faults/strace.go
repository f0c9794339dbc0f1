//go:build unix

package faults

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// NeedStrace skips a test where system calls cannot be traced, and fails it
// where FRONTDESK_FAULTS=required says that they must be.
func NeedStrace(t testing.TB) {
	t.Helper()
	err := exec.CommandContext(t.Context(), "strace", "-f", "-o", os.DevNull, "true").Run()
	if err == nil {
		return
	}
	lacks(t, fmt.Sprintf("strace cannot trace here, so nothing is proved about power loss: %v", err))
}

// DiskCalls are the system calls by which a program changes files.
const DiskCalls = "openat,open,creat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,sync_file_range," +
	"rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat"

// TalkCalls are those by which it hears and answers; of what it says, write is
// among DiskCalls.
const TalkCalls = "read"

// Strace says what to trace.
type Strace struct {
	Calls string
	// Env is added to the environment.
	Env []string
}

// Process is a program under strace.
type Process struct {
	Running
	path string
}

// Start runs a program under strace. It is killed when the test ends.
func (s Strace) Start(t testing.TB, program string, args ...string) *Process {
	t.Helper()
	p := &Process{path: filepath.Join(t.TempDir(), "trace")}
	cmd := exec.CommandContext(t.Context(), "strace", append(s.flags(p.path), append([]string{program}, args...)...)...)
	if err := p.begin(cmd, s.Env); err != nil {
		t.Fatalf("start %s under strace: %v", filepath.Base(program), err)
	}
	go func() { p.finish(cmd.Wait()) }()
	t.Cleanup(p.end)
	return p
}

func (s Strace) flags(path string) []string {
	return []string{"-f", "-qq", "-y", "-xx", "-s", "1048576", "--seccomp-bpf", "-o", path, "-e", "trace=" + s.Calls}
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

// Keep copies the trace to where it survives the test, with the traced folder
// in front, and returns its path.
func (p *Process) Keep(t testing.TB, root string) string {
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
	if _, err = fmt.Fprintf(to, "0 --- %s\n", root); err == nil {
		_, err = io.Copy(to, from)
	}
	if err != nil {
		t.Fatal(err)
	}
	return to.Name()
}

// Kept reads a trace that was kept, and the folder it is about.
func Kept(t testing.TB, path string) (root string, steps []Step) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if steps, err = ReadTrace(bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(string(first), "0 --- "), steps
}
