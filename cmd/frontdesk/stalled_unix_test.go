//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"frontdesk/store"
)

// deaf is a terminal that answers nothing it is asked, and stops taking what it
// is sent when it is told to.
type deaf struct {
	tty  *os.File
	mu   sync.Mutex
	term *vt.Emulator
	seen strings.Builder
	// stalled is set once mu is held for good.
	stalled bool
}

func (d *deaf) read() {
	buf := make([]byte, 4096)
	for {
		n, err := d.tty.Read(buf)
		d.mu.Lock()
		_, _ = d.term.Write(buf[:n]) // an emulator in memory takes everything
		d.seen.Write(buf[:n])
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (d *deaf) shows(t *testing.T, what string, ok func(screen, bytes string) bool) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) { // another process, which tells nobody
		d.mu.Lock()
		screen, bytes := d.term.String(), d.seen.String()
		d.mu.Unlock()
		if ok(screen, bytes) {
			return
		}
		if time.Since(began) > patience {
			t.Fatalf("waited for %s; the screen:\n%s", what, screen)
		}
	}
}

// TestATerminalThatAnswersNothingAndStalls: an unknown terminal that answers no
// question is drawn on, with a background of the theme's own, and takes keys. When
// it takes nothing any more the program still ends, and keeps what was typed.
func TestATerminalThatAnswersNothingAndStalls(t *testing.T) {
	t.Parallel() // it mostly waits
	dir := t.TempDir()
	cmd := exec.Command(program(t), "demo", "--dir", dir, "--seed", "3", "--speed", "0.01")
	cmd.Env = append(os.Environ(), "TERM=nobody-knows-it", "COLORTERM=truecolor", "LANG=C.UTF-8", "LC_ALL=", "TZ=UTC")
	d := openDeaf(t, cmd)
	d.shows(t, "the painted list", func(screen, bytes string) bool {
		return strings.Contains(screen, "Juan P") && strings.Contains(screen, "live") && strings.Contains(bytes, "48;2;20;23;28")
	})
	if _, err := d.tty.WriteString("rhalf a sentence"); err != nil {
		t.Fatal(err)
	}
	d.shows(t, "the draft", func(screen, _ string) bool { return strings.Contains(screen, "half a sentence") })
	d.stall(t)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("the program does not end in a terminal that takes nothing")
	}
	if got := draftIn(t, dir); got != "half a sentence" {
		t.Errorf("the draft is %q", got)
	}
}

// openDeaf starts a program in such a terminal of 80 by 24 cells.
func openDeaf(t *testing.T, cmd *exec.Cmd) *deaf {
	t.Helper()
	blocking, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Dup(int(blocking.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(syscall.SetNonblock(fd, true), blocking.Close()); err != nil {
		t.Fatal(err)
	}
	d := &deaf{tty: os.NewFile(uintptr(fd), "pty"), term: vt.NewEmulator(80, 24)}
	var running sync.WaitGroup
	running.Go(func() { _, _ = io.Copy(io.Discard, d.term) }) // what the emulator would answer
	running.Go(d.read)
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // where it has not ended
		_ = d.tty.Close()
		if d.stalled {
			d.mu.Unlock()
		}
		if pipe, ok := d.term.InputPipe().(io.Closer); ok {
			_ = pipe.Close()
		}
		running.Wait()
	})
	return d
}

// stall takes nothing any more, and has the program draw until it takes no key,
// either: then it waits for the terminal.
func (d *deaf) stall(t *testing.T) {
	t.Helper()
	d.mu.Lock() // for good: read waits for it
	d.stalled = true
	for {
		if err := d.tty.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := d.tty.WriteString("\x0c"); errors.Is(err, os.ErrDeadlineExceeded) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// draftIn is the one reply that was begun in a folder's store.
func draftIn(t *testing.T, dir string) (draft string) {
	t.Helper()
	st, err := store.Open(t.Context(), storeOptions(filepath.Join(dir, "store.db"), &config{Agent: demoAgent}, time.Now))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	all, err := st.Conversations(t.Context(), store.ViewAll, store.ConversationCursor{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		text, err := st.Draft(t.Context(), all[i].ID, store.DraftReply)
		if err != nil {
			t.Fatal(err)
		}
		draft += text
	}
	return draft
}
