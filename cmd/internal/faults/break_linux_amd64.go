package faults

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// NeedPtrace skips a test where programs cannot be stopped at their system
// calls, and fails it where FRONTDESK_FAULTS=required says that they must be.
func NeedPtrace(t testing.TB) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Start()
	if err == nil {
		err = attach(cmd.Process.Pid)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	if err == nil {
		return
	}
	lacks(t, fmt.Sprintf("ptrace does not work here, so nothing is proved about faults at a system call: %v", err))
}

// numbers are the calls that change files, by name.
var numbers = map[uint64]string{
	1: "write", 18: "pwrite64", 20: "writev", 74: "fsync", 75: "fdatasync", 77: "ftruncate", 82: "rename", 83: "mkdir",
	86: "link", 87: "unlink", 257: "openat", 258: "mkdirat", 263: "unlinkat", 264: "renameat", 265: "linkat", 316: "renameat2",
}

// Broken is a program one of whose system calls goes wrong.
type Broken struct {
	Running
	root   string
	fault  Fault
	healed atomic.Bool
	given  *os.File      // what it prints to
	heard  chan struct{} // closed when all that the program printed was read

	hit atomic.Pointer[Point]

	// What follows belongs to the tracing goroutine until the program ended.
	counts map[Count]int
}

// Start runs a program, and breaks its n-th change of a file below root. It is
// killed when the test ends.
func (f Fault) Start(t testing.TB, root string, env []string, program string, args ...string) *Broken {
	t.Helper()
	heard, told, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	b := f.start(t, nil, told, root, env, program, args)
	go func() {
		_, _ = b.out.ReadFrom(heard)
		_ = heard.Close()
		close(b.heard)
	}()
	return b
}

// StartOn is Start on a terminal, whose side for the program is closed here. What
// the program prints is the terminal's to tell: Said is empty.
func (f Fault) StartOn(t testing.TB, side *os.File, root string, env []string, program string, args ...string) *Broken {
	t.Helper()
	b := f.start(t, side, side, root, env, program, args)
	close(b.heard)
	return b
}

func (f Fault) start(t testing.TB, in, out *os.File, root string, env []string, program string, args []string) *Broken {
	t.Helper()
	b := &Broken{root: root, fault: f, given: out, heard: make(chan struct{}), counts: map[Count]int{}}
	started := make(chan error, 1)
	cmd := exec.CommandContext(t.Context(), program, args...)
	if in != nil { // a nil file is no nil reader
		cmd.Stdin = in
	}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	go b.run(cmd, env, started)
	if err := <-started; err != nil {
		t.Fatalf("start %s to break it: %v", filepath.Base(program), err)
	}
	t.Cleanup(b.end)
	return b
}

// Heal ends the fault: from the next call on nothing goes wrong.
func (b *Broken) Heal() { b.healed.Store(true) }

// Hit is where it went wrong, and false where it did not so far.
func (b *Broken) Hit() (Point, bool) {
	if hit := b.hit.Load(); hit != nil {
		return *hit, true
	}
	return Point{}, false
}

// Counts are how often calls were made below root. The program must have ended.
func (b *Broken) Counts() map[Count]int { return b.counts }

// run starts the program and follows it to its end: all that ptrace does for
// one program has to come from one thread.
func (b *Broken) run(cmd *exec.Cmd, env []string, started chan<- error) {
	runtime.LockOSThread() // and never unlocked: the thread ends with its tracees
	err := b.begin(cmd, env)
	_ = b.given.Close()
	if err == nil {
		err = attach(b.group)
	}
	if err == nil {
		err = syscall.PtraceCont(b.group, 0)
	}
	started <- err
	if err == nil {
		err = b.follow()
		_ = cmd.Wait() // it has ended; what watched over it ends too
		<-b.heard
		b.finish(err)
	}
}

const (
	traceSeccomp = 0x00000080 // PTRACE_O_TRACESECCOMP
	exitKill     = 0x00100000 // PTRACE_O_EXITKILL
	traceOptions = syscall.PTRACE_O_TRACECLONE | syscall.PTRACE_O_TRACEFORK | syscall.PTRACE_O_TRACEVFORK | traceSeccomp | exitKill

	atCall = 7 // PTRACE_EVENT_SECCOMP
)

// attach takes a program that was just started, and stands at its first
// instruction, and chooses the calls that it is to stop at.
func attach(process int) error {
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(process, &status, 0, nil); err != nil {
		return err
	}
	if err := syscall.PtraceSetOptions(process, traceOptions); err != nil {
		return err
	}
	return filter(process)
}

// follow stops at each call that changes a file, of each thread and of each
// program that this one starts, until all are gone.
func (b *Broken) follow() error {
	var end error
	for {
		var status syscall.WaitStatus
		thread, err := syscall.Wait4(-b.group, &status, syscall.WALL, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.ECHILD):
			return end
		case err != nil:
			return err
		}
		if !status.Stopped() {
			if thread == b.group {
				end = exit(status)
			}
			continue
		}
		pass := 0
		switch sig := status.StopSignal(); {
		case status.TrapCause() == atCall:
			b.enter(thread)
		case sig == syscall.SIGTRAP, sig == syscall.SIGSTOP: // ptrace's own: a thread was made, or begins
		default:
			pass = int(sig)
		}
		_ = syscall.PtraceCont(thread, pass) // a thread that is being killed cannot go on, and is waited for
	}
}

func exit(status syscall.WaitStatus) error {
	switch {
	case status.Signaled():
		return fmt.Errorf("signal: %s", status.Signal())
	case status.ExitStatus() != 0:
		return fmt.Errorf("exit status %d", status.ExitStatus())
	}
	return nil
}

// enter is called when a thread is about to make a call.
func (b *Broken) enter(thread int) {
	var regs syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(thread, &regs); err != nil {
		return
	}
	name, ok := numbers[regs.Orig_rax]
	if !ok {
		return
	}
	path := b.path(thread, name, &regs)
	if path != b.root && !strings.HasPrefix(path, b.root+"/") {
		return
	}
	path = strings.TrimPrefix(path, b.root+"/")
	for _, key := range []Count{{}, {Call: name}, {Path: path}, {Call: name, Path: path}} {
		b.counts[key]++
	}
	f := b.fault
	if f.At == 0 || f.Call != "" && f.Call != name || f.Path != "" && f.Path != path || b.healed.Load() {
		return
	}
	n := b.counts[Count{f.Call, f.Path}]
	if n != f.At && !(f.Lasts && n > f.At) {
		return
	}
	b.hit.CompareAndSwap(nil, &Point{Call: name, Path: path, Nth: b.counts[Count{Call: name}]})
	b.goWrong(thread, name, &regs)
}

// notOne is the number of no call: none is made, and what the register of
// answers holds is the answer.
const notOne = ^uint64(0)

func (b *Broken) goWrong(thread int, name string, regs *syscall.PtraceRegs) {
	f := b.fault
	switch {
	case f.Kill:
		b.Signal(syscall.SIGKILL)
		return
	case f.Short > 0:
		regs.Rdx = min(regs.Rdx, uint64(f.Short))
	case f.Errno != 0:
		regs.Orig_rax, regs.Rax = notOne, uint64(-int64(f.Errno))
	case f.Lie:
		regs.Orig_rax, regs.Rax = notOne, 0
		if strings.Contains(name, "write") {
			regs.Rax = regs.Rdx
		}
	}
	_ = syscall.PtraceSetRegs(thread, regs)
}

// path is the file a call is about.
func (b *Broken) path(thread int, name string, regs *syscall.PtraceRegs) string {
	var at uint64
	switch name {
	case "openat", "mkdirat", "unlinkat", "linkat", "renameat", "renameat2":
		at = regs.Rsi
	case "rename", "mkdir", "link", "unlink":
		at = regs.Rdi
	default:
		path, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", thread, int32(regs.Rdi)))
		return strings.TrimSuffix(path, " (deleted)")
	}
	text := make([]byte, 512)
	n, _ := syscall.PtracePeekData(thread, uintptr(at), text)
	path, _, _ := bytes.Cut(text[:n], []byte{0})
	return filepath.Clean(string(path))
}
