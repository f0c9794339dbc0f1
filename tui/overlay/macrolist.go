package overlay

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// MacroList is what stands open after ;: every macro with its key, which runs it. It is
// not narrowed by typing, since a letter is a key here.
type MacroList struct {
	frame
	choice
	all   []store.Macro
	about string
	// keyOf names a key as the keyboard's place says it, for layouts that are not Latin.
	keyOf func(tea.KeyPressMsg) string
}

var _ Overlay = (*MacroList)(nil)

// NewMacroList returns the list, with a row for a new one at its end. about is whom a
// macro would be run for.
func NewMacroList(look *line.Look, all []store.Macro, about string, keyOf func(tea.KeyPressMsg) string) *MacroList {
	l := &MacroList{frame: newFrame(look), about: about, keyOf: keyOf}
	l.SetData(all)
	return l
}

// SetData takes a newer list; what is chosen stays chosen where it is still there.
func (l *MacroList) SetData(all []store.Macro) {
	chosen := ""
	if l.at < len(l.all) {
		chosen = l.all[l.at].Name()
	}
	l.all = all
	for i := range all {
		if all[i].Name() == chosen {
			l.at = i
		}
	}
	l.clamp(len(all) + 1)
	l.changed()
}

// Key implements Overlay.
func (l *MacroList) Key(k tea.KeyPressMsg) action.Action {
	defer l.changed()
	there := l.at < len(l.all)
	switch name := k.String(); {
	case name == "esc":
		return action.Close{}
	case name == "enter" || name == "kpenter":
		if there {
			return action.RunMacro{Macro: l.all[l.at]}
		}
		return action.EditMacro{}
	case name == "ctrl+e" && there:
		return action.EditMacro{Name: l.all[l.at].Name()}
	case name == "ctrl+d" && there:
		return action.AskRemoveMacro{Name: l.all[l.at].Name()}
	case l.choice.key(name, len(l.all)+1), k.Text == "":
		return nil
	}
	for _, name := range []string{k.Text, l.keyOf(k)} {
		for i := range l.all {
			if l.all[i].Key == name && !l.all[i].Taken {
				return action.RunMacro{Macro: l.all[i]}
			}
		}
	}
	return action.Say{Text: l.look.Words.Macros.NoKey(safetext.Line(k.Text).String())}
}

// Paste implements Overlay: a pasted letter runs nothing.
func (l *MacroList) Paste(string) action.Action { return nil }

// View implements Overlay.
func (l *MacroList) View() []string {
	if !l.valid {
		l.redraw()
	}
	return l.rows
}

// Cursor implements Overlay.
func (l *MacroList) Cursor() (x, y int, ok bool) { return 0, 0, false }

// stepsShown is how many steps of the chosen one are told.
const stepsShown = 6

func (l *MacroList) redraw() {
	w := &l.look.Words.Macros
	s := l.sheet(formWidth)
	s.title(w.Title, l.about, "")
	s.gap()
	if len(l.all) == 0 {
		s.para(theme.Dim, w.None)
	}
	from, to := l.window(len(l.all)+1, s.room(listHeight, s.hintRows()+stepsShown+2))
	for i := from; i < to; i++ {
		if i < len(l.all) {
			l.macro(s, &l.all[i], i == l.at)
			continue
		}
		r, surface := s.item(i == l.at)
		r.Put(s.pen().Own(l.look.Theme.Style(theme.Accent, surface), w.New))
		s.add(r)
	}
	if l.at < len(l.all) {
		m := &l.all[l.at]
		s.gap()
		s.cut(theme.Text, s.lines(event.StepsText(m.Steps)), min(stepsShown, s.room(s.f.h, s.hintRows()+1)))
		s.para(theme.Dim, l.look.Words.Canned.Count(m.Uses))
	}
	s.gap()
	s.hints(w.Hints)
	s.done()
}

// macro is one of the list: its key, its name, whose it is.
func (l *MacroList) macro(s *sheet, m *store.Macro, chosen bool) {
	r, surface := s.item(chosen)
	st := func(i theme.Ink) theme.Style { return l.look.Theme.Style(i, surface) }
	key, tell := m.Key, s.whose(m.Owner != "", m.Pending)
	if m.Taken {
		key, tell = "", l.look.Words.Macros.Keyless
	}
	s.text(r, st(theme.Accent), safetext.Line(key), 1)
	r.Space(3 - len(key))
	tail := s.pen().Own(st(theme.Dim), tell)
	s.text(r, st(theme.Text), safetext.Name(m.Title), r.Room()-tail.Cells-s.pad-2)
	if tail.Cells > 0 && r.Room()-s.pad-1 >= tail.Cells {
		r.Right(tail.Cells, s.pad).Put(tail)
	}
	s.add(r)
}
