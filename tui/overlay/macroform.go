package overlay

import (
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// The lines of a macro, in their order.
const (
	macroName = iota
	macroKey
	macroSteps
	macroWhose
	macroLines
)

// MacroForm makes or changes a macro.
type MacroForm struct {
	frame
	me    event.AgentID
	was   store.Macro // as it was when it was opened; without steps for a new one
	now   []store.Macro
	name  edit.Buffer
	key   edit.Buffer
	steps edit.Buffer
	mine  bool
	focus int
	tried bool
	// over is set once the agent was told that it was changed meanwhile.
	over bool
}

var _ Overlay = (*MacroForm)(nil)

// NewMacroForm returns the lines with what the macro m is, or empty ones where it has no
// steps. all are those there are.
func NewMacroForm(look *line.Look, me event.AgentID, m store.Macro, all []store.Macro) *MacroForm {
	f := &MacroForm{frame: newFrame(look), me: me, was: m, now: all, mine: m.Owner != ""}
	f.name.Single, f.name.Max, f.key.Single, f.key.Max = true, store.MaxLabel, true, 1
	f.steps.Max = event.MaxSteps * event.MaxStep
	f.name.Set(m.Title)
	f.key.Set(m.Key)
	f.steps.Set(event.StepsText(m.Steps))
	if len(m.Steps) > 0 {
		f.focus = macroSteps
	}
	return f
}

// SetData takes the macros as they are now; what was typed stays.
func (f *MacroForm) SetData(all []store.Macro) {
	f.now = all
	f.changed()
}

// Key implements Overlay.
func (f *MacroForm) Key(k tea.KeyPressMsg) action.Action {
	defer f.changed()
	switch name := k.String(); name {
	case "esc":
		return action.Close{}
	case "enter", "kpenter":
		return f.enter()
	case "tab":
		f.focus = (f.focus + 1) % macroLines
	case "shift+tab":
		f.focus = (f.focus + macroLines - 1) % macroLines
	case "ctrl+j", "alt+enter", "shift+enter":
		f.typed("", "\n")
	default:
		f.typed(name, k.Text)
	}
	return nil
}

// buffer is the line that has the keys; nil where it is a choice.
func (f *MacroForm) buffer() *edit.Buffer {
	switch f.focus {
	case macroName:
		return &f.name
	case macroKey:
		return &f.key
	case macroSteps:
		return &f.steps
	}
	return nil
}

func (f *MacroForm) typed(name, text string) {
	b := f.buffer()
	switch {
	case b == nil:
		if text == " " || name == "left" || name == "right" {
			f.mine = !f.mine
		}
	case name != "" && b.Key(name), text == "":
	default:
		b.Insert(text)
	}
}

// Paste implements Overlay.
func (f *MacroForm) Paste(s string) action.Action {
	if b := f.buffer(); b != nil {
		b.Insert(strings.ReplaceAll(s, "\r\n", "\n"))
	}
	f.changed()
	return nil
}

func (f *MacroForm) macro() store.Macro {
	m := store.Macro{Title: f.name.Text(), Macro: event.Macro{Key: strings.TrimSpace(f.key.Text()), Steps: event.ParseSteps(f.steps.Text())}}
	if title, err := store.Label(m.Title); err == nil {
		m.Title = title
	}
	if f.mine {
		m.Owner = f.me
	}
	return m
}

func (f *MacroForm) enter() action.Action {
	f.tried = true
	if at, said := f.fault(); said.Happened != "" {
		f.focus = at
		return action.Say{Text: said.String()}
	}
	if said := f.conflict(); said.Happened != "" && !f.over {
		f.over = true
		return action.Say{Text: said.String()}
	}
	return action.KeepMacro{Macro: f.macro(), Was: f.was, Over: f.over}
}

// conflict says that the macro is not what it was when it was opened.
func (f *MacroForm) conflict() words.Said {
	if len(f.was.Steps) == 0 {
		return words.Said{}
	}
	for i := range f.now {
		if one := &f.now[i]; one.Name() == f.was.Name() {
			if one.Same(&f.was) {
				return words.Said{}
			}
			return f.look.Words.Macros.ChangedForm(safetext.Name(string(one.By)).String())
		}
	}
	return words.Said{}
}

// fault is the first line that is wrong, and why.
func (f *MacroForm) fault() (at int, said words.Said) {
	m, w := f.macro(), &f.look.Words.Macros
	other := func(same func(*store.Macro) bool) bool {
		return slices.ContainsFunc(f.now, func(one store.Macro) bool { return one.Name() != f.was.Name() && same(&one) })
	}
	_, err := m.Set()
	var label *store.LabelError
	var bad *event.MacroError
	switch {
	case errors.As(err, &label) && (f.tried || !f.name.Empty()):
		return macroName, f.look.Words.Triage.NotALabel(label.Reason)
	case errors.Is(err, store.ErrMacroName):
		return macroName, w.Slash
	case other(func(one *store.Macro) bool { return one.Name() == m.Name() }):
		return macroName, w.Taken
	case m.Key != "" && other(func(one *store.Macro) bool { return one.Key == m.Key && one.Owner == m.Owner }):
		return macroKey, w.KeyTaken
	case errors.As(err, &bad) && f.tried:
		if bad.Fault == event.MacroBadKey {
			return macroKey, w.Fault(bad.Fault, bad.Step)
		}
		return macroSteps, w.Fault(bad.Fault, bad.Step)
	}
	return 0, words.Said{}
}

// View implements Overlay.
func (f *MacroForm) View() []string {
	if !f.valid {
		f.redraw()
	}
	return f.rows
}

// Cursor implements Overlay.
func (f *MacroForm) Cursor() (x, y int, ok bool) {
	f.View()
	return f.curX, f.curY, f.cur
}

func (f *MacroForm) redraw() {
	w := &f.look.Words.Macros
	s := f.sheet(formWidth)
	s.title(w.Title, f.was.Title, "")
	cells := 0
	for _, name := range []string{f.look.Words.Triage.Save.NameLabel, w.Key, w.Steps, f.look.Words.Triage.Save.ForLabel} {
		cells = max(cells, s.pen().Width(name))
	}
	head := func(at int, name string) *line.Row {
		ink := theme.Dim
		if f.focus == at {
			ink = theme.Accent
		}
		r := s.row()
		p := s.pen().Own(s.style(ink), name)
		r.Put(p)
		return r.Space(cells - p.Cells + 2)
	}
	f.line(s, head(macroName, f.look.Words.Triage.Save.NameLabel), &f.name, w.NameHint, macroName)
	f.line(s, head(macroKey, w.Key), &f.key, w.KeyHint, macroKey)
	if f.steps.Empty() {
		f.line(s, head(macroSteps, w.Steps), &f.steps, w.StepsHint, macroSteps)
	} else {
		s.area(&f.steps, max(s.inner()-cells-2, 1), f.focus == macroSteps, func(first bool) *line.Row {
			if first {
				return head(macroSteps, w.Steps)
			}
			return head(macroSteps, "")
		})
	}
	f.whose(s, head(macroWhose, f.look.Words.Triage.Save.ForLabel))
	s.gap()
	f.tell(s)
	s.gap()
	s.hints(w.FormHints)
	s.done()
}

func (f *MacroForm) line(s *sheet, r *line.Row, in *edit.Buffer, hint string, at int) {
	s.field(r, in, r.Room()-s.pad, hint, f.focus == at)
	s.add(r)
}

func (f *MacroForm) whose(s *sheet, r *line.Row) {
	text := f.look.Words.Triage.Save.Everybody
	if f.mine {
		text = f.look.Words.Canned.ForMe
	}
	if f.focus == macroWhose {
		text += " · " + f.look.Words.Canned.ChangeWhose
	}
	s.own(r, theme.Text, text)
	s.add(r)
}

// tell says what is wrong, that a colleague changed it, or what may be written.
func (f *MacroForm) tell(s *sheet) {
	_, said := f.fault()
	if said.Happened == "" {
		said = f.conflict()
	}
	if said.Happened != "" {
		s.said(theme.Bad, theme.GlyphFailed+" "+said.String())
		return
	}
	s.said(theme.Dim, f.look.Words.Macros.Explain)
}
