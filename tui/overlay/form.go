package overlay

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

const (
	blankWidth = 68
	formLabels = 18
)

// FormLine is one thing to fill in: what it is called, what stands there, and an
// example for where nothing does.
type FormLine struct{ Label, Value, Prompt string }

// Form is a few named lines to fill in.
type Form struct {
	frame
	choice
	title, about string
	hints        []words.Hint
	lines        []FormLine
	typed        []edit.Buffer
	then         func([]string) action.Action
}

var _ Overlay = (*Form)(nil)

// NewForm returns the form; about is whom it is of. then is asked, once Enter is
// pressed, what the texts mean; an action.Say leaves the form open.
func NewForm(look *line.Look, title, about string, lines []FormLine, then func([]string) action.Action) *Form {
	f := &Form{frame: newFrame(look), title: title, about: about, hints: look.Words.People.FormHints, lines: lines, then: then}
	f.typed = make([]edit.Buffer, len(lines))
	for i := range lines {
		f.typed[i].Single, f.typed[i].Max = true, 1024
		f.typed[i].Set(lines[i].Value)
	}
	return f
}

// SetHints replaces the row of keys.
func (f *Form) SetHints(hints []words.Hint) { f.hints = hints }

// Key implements Overlay.
func (f *Form) Key(k tea.KeyPressMsg) action.Action {
	defer f.changed()
	switch name := k.String(); {
	case name == "esc":
		return action.Close{}
	case name == "enter":
		out := make([]string, len(f.typed))
		for i := range f.typed {
			out[i] = f.typed[i].Text()
		}
		return f.then(out)
	case name == "tab":
		f.at = (f.at + 1) % len(f.lines)
	case name == "shift+tab":
		f.at = (f.at + len(f.lines) - 1) % len(f.lines)
	case f.choice.key(name, len(f.lines)):
	case f.typed[f.at].Key(name):
	case k.Text != "":
		f.typed[f.at].Insert(k.Text)
	}
	return nil
}

// Paste implements Overlay.
func (f *Form) Paste(s string) action.Action {
	f.typed[f.at].Insert(s)
	f.changed()
	return nil
}

// Cursor implements Overlay.
func (f *Form) Cursor() (x, y int, ok bool) {
	f.View()
	return f.curX, f.curY, f.cur
}

// View implements Overlay.
func (f *Form) View() []string {
	if !f.valid {
		f.draw()
	}
	return f.rows
}

func (f *Form) draw() {
	s := f.sheet(blankWidth)
	s.title(f.title, f.about, "")
	from, to := f.window(len(f.lines), s.room(listHeight, s.hintRows()+1))
	labels := min(formLabels, s.inner()/3)
	for i := from; i < to; i++ {
		r := s.row()
		ink := theme.Dim
		if i == f.at {
			ink = theme.Accent
		}
		before := r.Room()
		s.text(r, s.style(ink), safetext.Line(f.lines[i].Label), labels-1)
		r.Space(labels - (before - r.Room()))
		s.field(r, &f.typed[i], s.inner()-labels, f.lines[i].Prompt, i == f.at)
		s.add(r)
	}
	s.gap()
	s.hints(f.hints)
	s.done()
}
