package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

// Tour is whether the screen teaches its keys. Where there is none it is neither shown
// nor offered: what is pressed on it is done, and only a demo's customers are nobody.
type Tour uint8

// The zero value has no tour. TourOffered has it in the palette, TourBegun begins with it.
const (
	TourNone Tour = iota
	TourOffered
	TourBegun
)

// touring is how far the tour is: on while its line is shown, over once every step is
// done and the last line stands.
type touring struct {
	on   bool
	step int
}

// tourSteps are the commands that it teaches, in their order. A step is done once its
// command was run, by whatever key or way.
func tourSteps() []string {
	return []string{"next", "reply", strings.TourSend, "next-needing", "assign-me", "resolve", "undo", "search", "palette", "help"}
}

func tourCommands() []command {
	return []command{
		{"tour", true, func(a *App) tea.Cmd { return a.tourTo(a.opts.Tour != TourNone) }},
		{"tour-leave", true, func(a *App) tea.Cmd { return a.tourTo(false) }},
	}
}

// tourTo begins the tour, or takes it away.
func (a *App) tourTo(on bool) tea.Cmd {
	a.tour = touring{on: on}
	a.relayout()
	return nil
}

// offered reports whether the palette has a command: those of the tour in a demo alone,
// its end while it is there.
func (a *App) offered(name string) bool {
	switch name {
	case "tour":
		return a.opts.Tour != TourNone
	case "tour-leave":
		return a.tour.on
	}
	return true
}

// toured goes on where what was done is the step's. After the last one the next command
// takes the line away.
func (a *App) toured(name string) {
	steps := tourSteps()
	switch {
	case !a.tour.on || a.then == name: // it waits for its conversation still
	case a.tour.step == len(steps):
		a.tourTo(false)
	case steps[a.tour.step] == name:
		a.tour.step++
	}
}

// tourRows is how many lines the tour takes from the panes.
func (a *App) tourRows() int {
	if a.tour.on {
		return 1
	}
	return 0
}

// tourLine is what to do next, above the status line and above everything that lies on
// top.
func (a *App) tourLine() string {
	st := a.look.Theme.Style(theme.Text, theme.Panel)
	r := line.New(a.w, st)
	steps, w := tourSteps(), &a.words.Tour
	n := min(a.tour.step+1, len(steps))
	r.Put(a.look.Pen.Own(a.look.Theme.NoteChip, fmt.Sprintf(" %s %d/%d ", w.Chip, n, len(steps))))
	r.Space(1).Put(a.look.Pen.Remote(st, safetext.Line(a.tourSays()), max(r.Room()-1, 0)))
	quit := a.look.Pen.Own(a.look.Theme.Style(theme.Dim, theme.Panel), w.Quit(a.keyOf("palette")))
	if r.Room() > quit.Cells+2 {
		r.Right(quit.Cells, 1)
		r.Put(quit)
	}
	return r.String()
}

func (a *App) tourSays() string {
	steps, w := tourSteps(), &a.words.Tour
	if a.tour.step == len(steps) {
		return w.Over(a.keyOf("help"), a.keyOf("palette"))
	}
	step := steps[a.tour.step]
	key, does := a.keyOf(step), w.Does[step]
	switch {
	case step == strings.TourSend && !a.composer.Focused() && !a.modal():
		return w.Write(a.keyOf("reply"), does)
	case step == strings.TourSend:
		return w.Press(a.words.Composer.ReplyHints[0].Key, does)
	case a.modal():
		return w.Close(key, does)
	case a.composer.Focused() && step != "palette":
		return w.Leave(key, does)
	}
	return w.Press(key, does)
}

// keyOf is the key of a command as the screen writes it; of one without a key, how to
// find it by its name.
func (a *App) keyOf(command string) string {
	if key := a.keys.Shown(command); key != "" {
		return key
	}
	return a.keys.Shown("palette") + " " + a.words.Screen.Commands[command].Name
}
