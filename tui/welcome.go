package tui

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

// Choice is what somebody wants who opens frontdesk for the first time.
type Choice uint8

// The zero value is to leave.
const (
	ChoseQuit Choice = iota
	ChoseDemo
	ChoseSetup
)

// Welcome shows the one screen of a program without a configuration in folder, and
// returns what was chosen. in and out are the terminal, env is the environment.
func Welcome(ctx context.Context, folder string, chosen theme.Choice, env []string, in io.Reader, out io.Writer) (Choice, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := newWelcome(ctx, folder, chosen, env)
	terminal, over := newOutput(ctx, out, leaveWithin)
	defer over()
	err := runGuarded(ctx, w, tea.WithInput(in), tea.WithOutput(terminal), tea.WithEnvironment(env))
	if err != nil {
		return ChoseQuit, fmt.Errorf("show the first screen: %w", err)
	}
	return w.choice, nil
}

type welcome struct {
	ctx      context.Context
	words    *words.Catalogue
	folder   string
	env      []string
	chosen   theme.Choice
	terminal theme.Terminal
	look     line.Look
	w, h     int
	choice   Choice
}

func newWelcome(ctx context.Context, folder string, chosen theme.Choice, env []string) *welcome {
	w := &welcome{ctx: ctx, words: words.English(), folder: folder, chosen: chosen, env: env, terminal: guess(env)}
	w.retheme()
	return w
}

func (w *welcome) retheme() { w.look.Theme = theme.For(w.chosen, w.terminal) }

// Init implements tea.Model.
func (w *welcome) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, alarm(w.ctx, answerWithin, func(time.Time) tea.Msg { return silentMsg{} }))
}

// Update implements tea.Model.
func (w *welcome) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		return w, w.key(triageKey(m))
	case tea.WindowSizeMsg:
		w.w, w.h = m.Width, m.Height
	case tea.BackgroundColorMsg:
		w.terminal.Background = m.Color
	case silentMsg:
		w.terminal.Silent = true
	case tea.ColorProfileMsg:
		if w.terminal.Depth = depthOf(m.Profile); noColor(w.env) {
			w.terminal.Depth = theme.NoColors
		}
	}
	w.retheme()
	return w, nil
}

func (w *welcome) key(name string) tea.Cmd {
	t := &w.words.Welcome
	switch name {
	case t.Demo.Key:
		w.choice = ChoseDemo
	case t.Setup.Key:
		w.choice = ChoseSetup
	case t.Quit.Key, "esc", "ctrl+c":
		w.choice = ChoseQuit
	default:
		return nil
	}
	return tea.Quit
}

func (w *welcome) title() string { return w.words.Screen.Brand }

// View implements tea.Model.
func (w *welcome) View() tea.View {
	v := tea.NewView(w.draw())
	v.AltScreen = true
	v.WindowTitle = w.title()
	return v
}

// draw puts the words into the middle, or from the top left where there is no room.
func (w *welcome) draw() string {
	rows := w.rows()
	lines := make([]string, w.h)
	top := max((w.h-len(rows))/2, 0)
	for y := range lines {
		r := line.New(w.w, w.look.Theme.Text)
		if i := y - top; i >= 0 && i < len(rows) {
			r.Space(max((w.w-w.widest(rows))/2, 0))
			for _, p := range rows[i] {
				r.Put(p)
			}
		}
		lines[y] = w.look.Theme.Ground() + r.String()
	}
	return strings.Join(lines, "\n")
}

func (w *welcome) rows() [][]line.Piece {
	t, pen, th := &w.words.Welcome, &w.look.Pen, w.look.Theme
	dim := th.Style(theme.Dim, theme.Base)
	rows := [][]line.Piece{
		{pen.Own(th.Text.Bold(), w.words.Screen.Brand)},
		{pen.Own(th.Text, t.Head)},
		nil,
		{pen.Remote(dim, safetext.Line(fmt.Sprintf(t.MissingF, w.folder)), max(w.w, 0))},
		nil,
	}
	for _, h := range []words.Hint{t.Demo, t.Setup, t.Quit} {
		rows = append(rows, []line.Piece{pen.Own(th.Text.Bold(), h.Key), pen.Own(th.Text, "  "), pen.Remote(th.Text, safetext.Line(h.Does), max(w.w-3, 0))})
	}
	return rows
}

func (w *welcome) widest(rows [][]line.Piece) int {
	most := 0
	for _, row := range rows {
		n := 0
		for _, p := range row {
			n += p.Cells
		}
		most = max(most, n)
	}
	return most
}
