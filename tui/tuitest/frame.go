package tuitest

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// barrier is a message that changes nothing but the mark in the window title:
// when the terminal has seen the mark, it has seen every frame before it. This
// is how a test waits for the renderer without a clock.
type barrier int

// framed puts the mark into the title of the model it wraps.
type framed struct {
	inner tea.Model
	mark  int
}

const markSign = "\u2063frame "

func (f *framed) Init() tea.Cmd { return f.inner.Init() }

func (f *framed) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if b, ok := msg.(barrier); ok {
		f.mark = int(b)
		return f, nil
	}
	var cmd tea.Cmd
	f.inner, cmd = f.inner.Update(msg)
	return f, cmd
}

func (f *framed) View() tea.View {
	v := f.inner.View()
	v.WindowTitle += markSign + strconv.Itoa(f.mark)
	return v
}

// setTitle is called by the emulator while a frame is written.
func (s *Screen) setTitle(title string) {
	own, mark, ok := strings.Cut(title, markSign)
	if !ok {
		return // the program clears the title as it ends
	}
	s.title = own
	if n, err := strconv.Atoi(mark); err == nil {
		s.frame = n
	}
}
