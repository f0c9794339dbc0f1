package overlay

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

// Told is something to be read to its end: why what was asked for was not done.
type Told struct {
	frame
	heading string
	said    strings.Said
}

var _ Overlay = (*Told)(nil)

// NewTold returns it under a heading.
func NewTold(look *line.Look, heading string, said strings.Said) *Told {
	return &Told{frame: newFrame(look), heading: heading, said: said}
}

// Key implements Overlay: any key closes it, and does nothing else.
func (t *Told) Key(tea.KeyPressMsg) action.Action { return action.Close{} }

// Paste implements Overlay.
func (t *Told) Paste(string) action.Action { return nil }

// View implements Overlay.
func (t *Told) View() []string {
	if !t.valid {
		s := t.sheet(confirmWidth)
		s.title(t.heading, "", "")
		s.gap()
		s.para(theme.Text, t.said.Happened)
		s.gap()
		s.para(theme.Dim, t.said.Do)
		s.gap()
		s.hints(t.look.Words.Macros.ToldHints)
		s.done()
	}
	return t.rows
}

// Cursor implements Overlay.
func (t *Told) Cursor() (x, y int, ok bool) { return 0, 0, false }
