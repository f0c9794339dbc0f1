// Package ptyscreen runs a real program in a pseudo terminal and keeps the
// screen a person would see. Tests and benchmarks of the commands use it; it
// knows nothing of frontdesk.
package ptyscreen

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// ErrEnded: the program ended before the screen showed what was waited for.
var ErrEnded = errors.New("the program ended")

// Screen is a running program and what it shows.
type Screen struct {
	cmd  *exec.Cmd // nil where somebody else started the program
	tty  *os.File
	done chan struct{}
	end  func() error

	mu      sync.Mutex
	term    *vt.Emulator
	bytes   int64
	last    time.Time
	changed chan struct{}
}

// Start runs cmd in a terminal of w by h cells. The terminal answers what a
// program asks it.
func Start(cmd *exec.Cmd, w, h int) (*Screen, error) {
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)})
	if err != nil {
		return nil, fmt.Errorf("start %s in a pty: %w", cmd.Path, err)
	}
	return newScreen(cmd, tty, w, h, cmd.Wait), nil
}

// Open makes a terminal of w by h cells for a program that somebody else starts:
// side is its standard input and both its outputs, and to be closed here once it
// has them. The screen ends when nobody has the side open any more.
func Open(w, h int) (s *Screen, side *os.File, err error) {
	tty, side, err := pty.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("open a pty: %w", err)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)}); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("size a pty: %w", err), tty.Close(), side.Close())
	}
	return newScreen(nil, tty, w, h, func() error { return nil }), side, nil
}

func newScreen(cmd *exec.Cmd, tty *os.File, w, h int, wait func() error) *Screen {
	s := &Screen{cmd: cmd, tty: tty, term: vt.NewEmulator(w, h), changed: make(chan struct{}), done: make(chan struct{})}
	s.end = sync.OnceValue(func() error {
		err := wait()
		<-s.done
		return err
	})
	go s.answer()
	go s.read()
	return s
}

// answer carries the terminal's replies back to the program; without it the
// emulator would block, also when the program is gone and nobody wants them.
func (s *Screen) answer() {
	buf := make([]byte, 1024)
	for {
		n, err := s.term.Read(buf)
		if n > 0 {
			_, _ = s.tty.Write(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

func (s *Screen) read() {
	defer close(s.done)
	defer s.hush()
	buf := make([]byte, 64<<10)
	for {
		n, err := s.tty.Read(buf)
		if n > 0 {
			s.write(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

// hush ends answer: nothing is asked any more.
func (s *Screen) hush() {
	if pipe, ok := s.term.InputPipe().(io.Closer); ok {
		_ = pipe.Close() // a pipe in memory
	}
}

func (s *Screen) write(b []byte) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = now
	s.bytes += int64(len(b))
	_, _ = s.term.Write(b) // an emulator in memory takes everything
	close(s.changed)
	s.changed = make(chan struct{})
}

// Text returns the screen, a line a row, trailing blanks cut.
func (s *Screen) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text()
}

func (s *Screen) text() string {
	var b strings.Builder
	for y := range s.term.Height() {
		var row strings.Builder
		for x := 0; x < s.term.Width(); {
			cell := s.term.CellAt(x, y)
			if cell == nil || cell.Width == 0 {
				x++
				continue
			}
			row.WriteString(cell.Content)
			x += cell.Width
		}
		b.WriteString(strings.TrimRight(row.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// Bytes returns how many bytes the program has written.
func (s *Screen) Bytes() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}

// Type writes raw bytes to the program, as a keyboard would.
func (s *Screen) Type(keys string) error {
	_, err := s.tty.WriteString(keys)
	return err
}

// Resize changes the size of the terminal, which tells the program.
func (s *Screen) Resize(w, h int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.term.Resize(w, h)
	return pty.Setsize(s.tty, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)})
}

// Wait returns as soon as ok holds for the screen; the error shows the screen
// when it never does. It returns the time from the call to the bytes that made
// ok hold.
func (s *Screen) Wait(limit time.Duration, ok func(screen string) bool) (time.Duration, error) {
	start := time.Now()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for {
		s.mu.Lock()
		text, changed := s.text(), s.changed
		s.mu.Unlock()
		if ok(text) {
			return time.Since(start), nil
		}
		select {
		case <-changed:
		case <-s.done:
			return 0, fmt.Errorf("%w; its last screen:\n%s", ErrEnded, text)
		case <-deadline.C:
			return 0, fmt.Errorf("not seen within %v; the screen:\n%s", limit, text)
		}
	}
}

// Quiet waits until nothing has been written for d.
func (s *Screen) Quiet(d time.Duration) {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-s.done:
			return
		case <-time.After(d):
			return
		}
	}
}

// Process returns the process of a program that Start started.
func (s *Screen) Process() *os.Process { return s.cmd.Process }

// Close kills a program that Start started, waits for the end of any other, and
// lets go of the terminal.
func (s *Screen) Close() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill() // it may have ended by itself
	}
	_ = s.End()
	s.tty.Close()
}

// End waits for the program to end and returns its error. It may be called
// more than once.
func (s *Screen) End() error { return s.end() }
