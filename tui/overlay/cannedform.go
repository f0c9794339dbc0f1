package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// The lines of a canned response, in their order.
const (
	cannedCode = iota
	cannedText
	cannedFiles
	cannedWhose
	cannedLines
)

// CannedForm makes or changes a canned response.
type CannedForm struct {
	frame
	me event.AgentID
	// was is the name of the one that is changed; empty for a new one.
	was   string
	names []string
	code  edit.Buffer
	text  edit.Buffer
	// kept are files that the relay has, paths names more of this machine.
	kept  []event.CannedFile
	paths edit.Buffer
	completing
	// said is why it could not be kept, until a key is pressed; going that it is tried.
	said  string
	going bool
	mine  bool
	focus int
	tried bool
}

var _ Overlay = (*CannedForm)(nil)

// NewCannedForm returns the lines with what the response c is, or empty ones where
// it has no code. names are those that are taken.
func NewCannedForm(look *line.Look, me event.AgentID, c store.Canned, names []string) *CannedForm {
	f := &CannedForm{frame: newFrame(look), me: me, names: names, mine: c.Owner != ""}
	f.code.Single, f.code.Max = true, event.MaxCode
	f.code.Set(c.Code)
	f.text.Set(c.Text)
	f.paths.Single, f.paths.Max = true, longestInput
	f.kept = slices.Clone(c.Files)
	if c.Code != "" {
		f.was, f.focus = c.Name(), cannedText
	}
	return f
}

// Key implements Overlay.
func (f *CannedForm) Key(k tea.KeyPressMsg) action.Action {
	defer f.changed()
	f.said = ""
	name := k.String()
	if path := f.lastPath(); name == "tab" && f.focus == cannedFiles && f.asks(path) {
		return action.CompletePath{Typed: path}
	}
	f.forget()
	switch name {
	case "esc":
		return action.Close{}
	case "enter", "kpenter":
		return f.enter()
	case "tab":
		f.focus = (f.focus + 1) % cannedLines
	case "shift+tab":
		f.focus = (f.focus + cannedLines - 1) % cannedLines
	case "ctrl+j", "alt+enter", "shift+enter":
		f.insert("\n")
	default:
		f.typed(name, k.Text)
	}
	return nil
}

func (f *CannedForm) typed(name, text string) {
	switch f.focus {
	case cannedWhose:
		if text == " " || name == "left" || name == "right" {
			f.mine = !f.mine
		}
	case cannedCode:
		if !f.code.Key(name) {
			f.insert(text)
		}
	case cannedFiles:
		f.typedPath(name, text)
	default:
		if !f.text.Key(name) {
			f.insert(text)
		}
	}
}

func (f *CannedForm) insert(s string) {
	switch {
	case s == "" || f.focus == cannedWhose:
	case f.focus == cannedCode:
		f.code.Insert(strings.TrimPrefix(s, "/"))
	case f.focus == cannedFiles:
		f.paths.Insert(strings.ReplaceAll(strings.TrimRight(s, "\r\n"), "\n", pathsApart))
	default:
		f.text.Insert(s)
	}
}

// Paste implements Overlay.
func (f *CannedForm) Paste(s string) action.Action {
	f.insert(s)
	f.changed()
	return nil
}

func (f *CannedForm) canned() store.Canned {
	c := store.Canned{Code: f.code.Text(), Text: f.text.Text(), Files: f.kept}
	if f.mine {
		c.Owner = f.me
	}
	return c
}

func (f *CannedForm) enter() action.Action {
	f.tried = true
	if f.going {
		return action.Say{Text: f.look.Words.Attach.Sharing}
	}
	if at, said := f.fault(); said.Happened != "" {
		f.focus = at
		return action.Say{Text: said.String()}
	}
	paths := f.named()
	f.going = len(paths) > 0
	return action.KeepCanned{Canned: f.canned(), Was: f.was, Paths: paths}
}

// fault is the first line that is wrong, and why.
func (f *CannedForm) fault() (at int, said words.Said) {
	c, w := f.canned(), &f.look.Words.Canned
	switch {
	case !event.GoodCode(c.Code) && (c.Code != "" || f.tried):
		return cannedCode, w.BadCode
	case c.Name() != f.was && slices.Contains(f.names, c.Name()):
		return cannedCode, w.Taken
	case len(f.kept)+len(f.named()) > event.MaxCannedFiles:
		return cannedFiles, f.look.Words.Attach.FilesMost
	case strings.TrimSpace(c.Text) == "" && len(f.kept)+len(f.named()) == 0 && f.tried:
		return cannedText, w.NoText
	}
	return 0, words.Said{}
}

// View implements Overlay.
func (f *CannedForm) View() []string {
	if !f.valid {
		f.redraw()
	}
	return f.rows
}

// Cursor implements Overlay.
func (f *CannedForm) Cursor() (x, y int, ok bool) {
	f.View()
	return f.curX, f.curY, f.cur
}

func (f *CannedForm) redraw() {
	w := &f.look.Words.Canned
	s := f.sheet(formWidth)
	s.title(w.Title, f.was, "")
	label := 0
	for _, name := range []string{w.Code, w.Body, f.look.Words.Attach.Files, f.look.Words.Triage.Save.ForLabel} {
		label = max(label, s.pen().Width(name))
	}
	r := f.label(s, cannedCode, w.Code, label)
	s.field(r, &f.code, min(r.Room()-s.pad, event.MaxCode+3), w.CodeHint, f.focus == cannedCode)
	s.add(r)
	f.body(s, label)
	f.files(s, label)
	f.whose(s, label)
	s.gap()
	f.remark(s)
	s.gap()
	s.hints(w.FormHints)
	s.done()
}

func (f *CannedForm) label(s *sheet, at int, name string, cells int) *line.Row {
	ink := theme.Dim
	if f.focus == at {
		ink = theme.Accent
	}
	r := s.row()
	p := s.pen().Own(s.style(ink), name)
	r.Put(p)
	return r.Space(cells - p.Cells + 2)
}

// body is the text over as many rows as there is room for, those around the cursor.
func (f *CannedForm) body(s *sheet, label int) {
	w := &f.look.Words.Canned
	cells := max(s.inner()-label-2, 1)
	if f.text.Empty() {
		r := f.label(s, cannedText, w.Body, label)
		s.field(r, &f.text, cells, w.BodyHint, f.focus == cannedText)
		s.add(r)
		return
	}
	s.area(&f.text, cells, f.focus == cannedText, func(first bool) *line.Row {
		if first {
			return f.label(s, cannedText, w.Body, label)
		}
		return f.label(s, cannedText, "", label)
	})
}

func (f *CannedForm) whose(s *sheet, label int) {
	w := &f.look.Words.Canned
	r := f.label(s, cannedWhose, f.look.Words.Triage.Save.ForLabel, label)
	text := f.look.Words.Triage.Save.Everybody
	if f.mine {
		text = w.ForMe
	}
	if f.focus == cannedWhose {
		text += " · " + w.ChangeWhose
	}
	s.own(r, theme.Text, text)
	s.add(r)
}
