// Package tuitest runs a Bubble Tea model against a terminal emulator and lets
// a test look at the screen: what a person would see, cell by cell, not the
// bytes that drew it. It is test support and is imported by tests only.
package tuitest

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// patience bounds every wait. It is generous: it only decides how long a
// failing test takes.
const patience = 20 * time.Second

// Screen is one program on one emulated terminal. Its methods are for the
// test's goroutine. The program gets no input and so asks the terminal nothing:
// a test sends what the terminal would have answered.
type Screen struct {
	t    testing.TB
	prog *tea.Program
	done chan struct{}
	last tea.Model // the model after the end, once done is closed

	mu      sync.Mutex
	term    *vt.Emulator
	w, h    int
	lastCR  bool
	cursor  bool   // visible
	title   string // the program's, without the frame mark
	frame   int    // the newest barrier whose frame is on the screen
	wrote   []byte // what the program has written, where that is kept
	changed chan struct{}

	barriers int

	replyMu sync.Mutex
	replies bytes.Buffer
}

// Option changes the terminal that [New] makes.
type Option func(*options)

type options struct {
	codePoints, recorded bool
	background           color.Color
	profile              colorprofile.Profile
}

// On makes a terminal whose background is c. It has 24-bit colour and the dark
// one of the pictures otherwise. Nil never tells its background.
func On(c color.Color) Option { return func(o *options) { o.background = c } }

// Colors makes a terminal with fewer colours.
func Colors(p colorprofile.Profile) Option { return func(o *options) { o.profile = p } }

// Recorded keeps what the program writes, for [Screen.Wrote].
func Recorded() Option { return func(o *options) { o.recorded = true } }

// CodePoints makes a terminal that has not reported mode 2027, so that the
// program counts cells by code point. The emulator itself always counts
// grapheme clusters: text on which the two disagree (Devanagari, lone flags)
// then moves what is to its right, as it would on a real terminal that is silent
// about what it does.
func CodePoints() Option { return func(o *options) { o.codePoints = true } }

// New starts model on a terminal of w by h cells and returns when its first
// frame is on the screen. The terminal reports mode 2027, since it does count
// grapheme clusters, and its background. The program ends with the test.
func New(t testing.TB, model tea.Model, w, h int, opts ...Option) *Screen {
	t.Helper()
	o := options{background: color.RGBA{0x14, 0x17, 0x1c, 0xff}, profile: colorprofile.TrueColor}
	for _, set := range opts {
		set(&o)
	}
	s := &Screen{
		t: t, w: w, h: h, term: vt.NewEmulator(w, h), cursor: true,
		done: make(chan struct{}), changed: make(chan struct{}, 1),
	}
	if o.recorded {
		s.wrote = make([]byte, 0, 1<<16)
	}
	s.term.SetCallbacks(vt.Callbacks{
		CursorVisibility: func(v bool) { s.cursor = v },
		Title:            s.setTitle,
	})
	drained := make(chan struct{})
	go func() { // the emulator answers queries into a pipe and blocks when nobody reads
		defer close(drained)
		_, _ = io.Copy(replies{s}, s.term)
	}()
	s.prog = tea.NewProgram(&framed{inner: model},
		tea.WithInput(nil), tea.WithOutput(s), tea.WithWindowSize(w, h),
		tea.WithColorProfile(o.profile), tea.WithFPS(120),
		tea.WithEnvironment([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}),
		tea.WithoutSignalHandler(), tea.WithoutCatchPanics())
	go s.run()
	t.Cleanup(func() { s.stop(drained) })
	if !o.codePoints {
		s.prog.Send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
	}
	if o.background != nil {
		s.prog.Send(tea.BackgroundColorMsg{Color: o.background})
	}
	s.Settle()
	return s
}

func (s *Screen) run() {
	defer close(s.done)
	m, err := s.prog.Run()
	if f, ok := m.(*framed); ok {
		s.last = f.inner
	}
	if err != nil {
		s.t.Errorf("the program ended with an error: %v", err)
	}
}

func (s *Screen) stop(drained <-chan struct{}) {
	s.prog.Quit()
	select {
	case <-s.done:
	case <-time.After(patience):
		s.t.Errorf("the program does not end; something blocks its Update")
		return
	}
	// Closing the emulator would race with its reader; closing the pipe does not.
	if c, ok := s.term.InputPipe().(io.Closer); ok {
		_ = c.Close()
	}
	<-drained
}

// Write receives what the program draws. Without a terminal below it Bubble
// Tea counts on the line discipline to return the carriage.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	out := make([]byte, 0, len(p)+64)
	for _, c := range p {
		if c == '\n' && !s.lastCR {
			out = append(out, '\r')
		}
		s.lastCR = c == '\r'
		out = append(out, c)
	}
	if s.wrote != nil {
		s.wrote = append(s.wrote, p...)
	}
	_, err := s.term.Write(out)
	s.mu.Unlock()
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return len(p), err
}

// Wrote returns what the program has written since the last call. The screen
// must have been made with [Recorded].
func (s *Screen) Wrote() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.wrote
	s.wrote = make([]byte, 0, 1<<16)
	return out
}

// Replies returns what the terminal has answered so far: a program that asks it
// nothing and shows nothing that does gets no answer.
func (s *Screen) Replies() string {
	s.replyMu.Lock()
	defer s.replyMu.Unlock()
	return s.replies.String()
}

// replies keeps what the emulator answers. It has a lock of its own: the
// emulator answers while it is written to.
type replies struct{ s *Screen }

func (r replies) Write(p []byte) (int, error) {
	r.s.replyMu.Lock()
	defer r.s.replyMu.Unlock()
	return r.s.replies.Write(p)
}

// Send hands the program a message and waits until the screen shows what came
// of it at once. What comes of commands is waited for with [Screen.WaitFor].
func (s *Screen) Send(msg tea.Msg) {
	s.t.Helper()
	s.prog.Send(msg)
	s.Settle()
}

// Type presses a key for each character of text.
func (s *Screen) Type(text string) {
	s.t.Helper()
	for _, r := range text {
		s.prog.Send(Key(string(r)))
	}
	s.Settle()
}

// Press presses keys by name: "j", "G", "ctrl+k", "shift+tab", "enter", "esc",
// "pgdown".
func (s *Screen) Press(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		s.prog.Send(Key(k))
	}
	s.Settle()
}

// Paste pastes text, as a terminal with bracketed paste does.
func (s *Screen) Paste(text string) {
	s.t.Helper()
	s.Send(tea.PasteMsg{Content: text})
}

// Click presses and releases the left button on a cell.
func (s *Screen) Click(x, y int) {
	s.t.Helper()
	m := tea.Mouse{X: x, Y: y, Button: tea.MouseLeft}
	s.prog.Send(tea.MouseClickMsg(m))
	s.Send(tea.MouseReleaseMsg(m))
}

// Resize changes the size of the terminal.
func (s *Screen) Resize(w, h int) {
	s.t.Helper()
	s.mu.Lock()
	s.w, s.h = w, h
	s.term.Resize(w, h)
	s.mu.Unlock()
	s.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

// Settle waits until everything sent so far is handled and drawn. A program
// that has ended is settled.
func (s *Screen) Settle() {
	s.t.Helper()
	s.barriers++
	want := s.barriers
	s.prog.Send(barrier(want))
	s.wait("the frame to be drawn", func() bool { return s.frame >= want || s.ended() })
}

// WaitFor waits until cond holds for the screen's text. It looks whenever the
// program has drawn, and fails the test with the screen when it never holds.
func (s *Screen) WaitFor(cond func(screen string) bool) {
	s.t.Helper()
	s.wait("a condition on the screen", func() bool { return cond(s.text()) })
}

// WaitText waits until the screen shows want.
func (s *Screen) WaitText(want string) {
	s.t.Helper()
	s.wait(fmt.Sprintf("%q on the screen", want), func() bool { return strings.Contains(s.text(), want) })
}

// WaitEnd waits until the program has ended and returns its model.
func (s *Screen) WaitEnd() tea.Model {
	s.t.Helper()
	select {
	case <-s.done:
		return s.last
	case <-time.After(patience):
		s.t.Fatalf("the program has not ended; the screen:\n%s", s.Text())
		return nil
	}
}

func (s *Screen) wait(what string, ok func() bool) {
	s.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	done := s.done
	for {
		s.mu.Lock()
		good := ok()
		s.mu.Unlock()
		if good {
			return
		}
		select {
		case <-s.changed:
		case <-done:
			done = nil // look once more, then only the deadline is left
		case <-deadline.C:
			s.t.Fatalf("waited %v for %s; the screen:\n%s", patience, what, s.Text())
		}
	}
}

func (s *Screen) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// Text returns the rows of the screen without the blanks at their ends and
// without the empty rows below the last one.
func (s *Screen) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text()
}

// Row returns one row without the blanks at its end.
func (s *Screen) Row(y int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.row(y)
}

// Size returns the size of the terminal in cells.
func (s *Screen) Size() (w, h int) { return s.w, s.h }

// Title returns the window title that the program has set.
func (s *Screen) Title() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.title
}

// Cursor returns where the cursor is and whether it is shown.
func (s *Screen) Cursor() (x, y int, visible bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.term.CursorPosition()
	return p.X, p.Y, s.cursor
}

// Cell is one cell of the screen. Text is empty for the second half of a wide
// character. Fg and Bg are nil where the terminal's own colour shows.
type Cell struct {
	Text                                     string
	Width                                    int
	Fg, Bg                                   color.Color
	Bold, Italic, Strike, Underline, Reverse bool
}

// Cell returns the cell at column x of row y.
func (s *Screen) Cell(x, y int) Cell {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cell(x, y)
}

func (s *Screen) cell(x, y int) Cell {
	c := s.term.CellAt(x, y)
	if c == nil {
		return Cell{Text: " ", Width: 1}
	}
	a := c.Style.Attrs
	return Cell{
		Text: c.Content, Width: c.Width, Fg: c.Style.Fg, Bg: c.Style.Bg,
		Bold: a&uv.AttrBold != 0, Italic: a&uv.AttrItalic != 0,
		Strike: a&uv.AttrStrikethrough != 0, Reverse: a&uv.AttrReverse != 0,
		Underline: c.Style.Underline != uv.UnderlineNone,
	}
}

func (s *Screen) row(y int) string {
	var b strings.Builder
	for x := range s.w {
		b.WriteString(s.cell(x, y).Text)
	}
	return strings.TrimRight(b.String(), " ")
}

func (s *Screen) text() string {
	rows := make([]string, s.h)
	for y := range rows {
		rows[y] = s.row(y)
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n")
}
