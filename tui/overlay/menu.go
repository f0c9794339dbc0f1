package overlay

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

const menuWidth = 46

// Option is one thing a Menu offers.
type Option struct {
	// Hint is its key and its words.
	words.Hint
	// Now is set on the one that holds already.
	Now bool
	Do  action.Action
}

// Menu is a short list, each of whose options has a key.
type Menu struct {
	frame
	choice
	say     *words.Choose
	options []Option
}

var _ Overlay = (*Menu)(nil)

// NewMenu returns a menu; the bar stands on what holds already.
func NewMenu(look *line.Look, say *words.Choose, options []Option) *Menu {
	m := &Menu{frame: newFrame(look), say: say, options: options}
	for i, o := range options {
		if o.Now {
			m.at = i
		}
	}
	return m
}

// Key implements Overlay.
func (m *Menu) Key(k tea.KeyPressMsg) action.Action {
	defer m.changed()
	switch name := k.String(); {
	case name == "esc":
		return action.Close{}
	case name == "enter":
		return m.options[m.at].Do
	case name == "j":
		m.choice.key("down", len(m.options))
	case name == "k":
		m.choice.key("up", len(m.options))
	case m.choice.key(name, len(m.options)):
	default:
		for _, o := range m.options {
			if o.Key == name {
				return o.Do
			}
		}
	}
	return nil
}

// Paste implements Overlay: a pasted letter chooses nothing.
func (m *Menu) Paste(string) action.Action { return nil }

// Cursor implements Overlay: there is none.
func (m *Menu) Cursor() (x, y int, ok bool) { return 0, 0, false }

// View implements Overlay.
func (m *Menu) View() []string {
	if m.valid {
		return m.rows
	}
	s := m.sheet(menuWidth)
	s.title(m.say.Title, "", "")
	for i, o := range m.options {
		r, surface := s.item(i == m.at)
		r.Put(s.pen().Own(m.look.Theme.Style(theme.Text, surface).Bold(), o.Key))
		r.Space(2)
		s.text(r, m.look.Theme.Style(theme.Text, surface), safetext.Line(o.Does), r.Room())
		if p := s.pen().Own(m.look.Theme.Style(theme.Dim, surface), m.say.Now); o.Now && p.Cells+s.pad < r.Room() {
			r.Right(p.Cells, s.pad).Put(p)
		}
		s.add(r)
	}
	s.gap()
	s.hints(m.say.Hints)
	s.done()
	return m.rows
}
