package tui

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/event"
)

// childEnv makes this test binary the program that runs in tmux.
const childEnv = "FRONTDESK_IN_TMUX"

// The keys that the child answers itself, as tmux calls them.
const (
	markKey    = "F10"
	repaintKey = "F11"
	arriveKey  = "F12"
)

// framedChild puts into the window title how many of those keys were answered,
// where the first divider is, and which frame the screen is to show.
type framedChild struct {
	*App
	arrive func() error
	marks  int
	// smear writes past the renderer, which does not know of it.
	smear bool
}

type marked struct{ err error }

func (f *framedChild) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	done := func() tea.Msg { return marked{} }
	switch m := msg.(type) {
	case marked:
		if m.err != nil {
			panic(m.err)
		}
		f.marks++
		return f, nil
	case tea.KeyPressMsg:
		switch m.Code {
		case tea.KeyF10:
			if f.smear {
				return f, tea.Sequence(tea.Raw("\x1b7\x1b[6;6Hsmeared\x1b8"), done)
			}
			return f, done
		case tea.KeyF11:
			return f, tea.Sequence(tea.ClearScreen, done)
		case tea.KeyF12:
			return f, func() tea.Msg { return marked{f.arrive()} }
		}
	}
	_, cmd := f.App.Update(msg)
	return f, cmd
}

func (f *framedChild) View() tea.View {
	v := f.App.View()
	v.WindowTitle = fmt.Sprintf("mark %d size %dx%d column %d frame %s", f.marks, f.w, f.h, f.column(), frameHash(v.Content))
	return v
}

// column is that of the first thin line; 0 where there is none to be seen.
func (f *framedChild) column() int {
	if f.lay.tooSmall || f.modal() || len(f.lay.dividers) == 0 {
		return 0
	}
	return f.lay.dividers[0]
}

// TestProgramInTmux is the program that [TestIncrementalScreenInTmux] drives: the
// real screen on a real terminal, over a store with texts of many scripts. By
// itself it proves nothing.
func TestProgramInTmux(t *testing.T) {
	if os.Getenv(childEnv) == "" {
		t.Skip("it is run by TestIncrementalScreenInTmux")
	}
	st, log := storetest.NewWithLog(t)
	texts := hostile.Texts(t)
	n := 0
	arrive := func() error {
		text := texts[n%len(texts)].Text(t)
		chat := provider.ChatID(fmt.Sprintf("34622%06d", n%40))
		log.At = storetest.Now.Add(time.Duration(n) * time.Millisecond)
		n++
		return st.Apply(context.Background(), []event.Event{
			log.Inbound(chat, text[:min(len(text), 200)], text[:min(len(text), 2000)], storetest.Now),
			log.Inbound(storetest.Grace, "Grace Obi", text[:min(len(text), 2000)], storetest.Now),
		})
	}
	for range 30 {
		if err := arrive(); err != nil {
			t.Fatal(err)
		}
	}
	f := &framedChild{App: New(t.Context(), options(st)), arrive: arrive}
	if os.Getenv(childEnv) == "wrong" {
		f.smear = true
		f.modeReport(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
	}
	if _, err := tea.NewProgram(f, tea.WithFPS(120)).Run(); err != nil {
		t.Fatal(err)
	}
}
