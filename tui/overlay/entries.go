package overlay

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/edit"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// entry is one named line to type in.
type entry struct {
	// id names it for its overlay.
	id, label string
	// hint stands in it while it is empty and is never taken.
	hint string
	buf  edit.Buffer
}

func (e *entry) text() string { return e.buf.Text() }

// entries are lines to type in, one of which has the keys.
type entries struct {
	list  []entry
	focus int
}

// add appends a line with what stands in it.
func (e *entries) add(id, label, hint, text string) {
	one := entry{id: id, label: label, hint: hint}
	one.buf.Single, one.buf.Max = true, longestInput
	one.buf.Set(text)
	e.list = append(e.list, one)
}

// of returns what stands in a line; empty where there is none.
func (e *entries) of(id string) string {
	if i := e.find(id); i >= 0 {
		return e.list[i].text()
	}
	return ""
}

func (e *entries) put(id, text string) {
	if i := e.find(id); e.list[i].text() != text {
		e.list[i].buf.Set(text)
	}
}

func (e *entries) find(id string) int {
	return slices.IndexFunc(e.list, func(one entry) bool { return one.id == id })
}

// goTo gives a line the keys, where there is one of that name.
func (e *entries) goTo(id string) {
	if i := e.find(id); i >= 0 {
		e.focus = i
	}
}

// key types, or goes to another line, and round at the ends.
func (e *entries) key(k tea.KeyPressMsg) {
	switch name := k.String(); name {
	case "tab", "down":
		e.focus = (e.focus + 1) % len(e.list)
	case "shift+tab", "up":
		e.focus = (e.focus + len(e.list) - 1) % len(e.list)
	default:
		if in := &e.list[e.focus].buf; !in.Key(name) && k.Text != "" {
			in.Insert(k.Text)
		}
	}
}

// draw writes as many lines as there is room for, those around the focus.
func (e *entries) draw(s *sheet, room int) {
	most := max(min(room, len(e.list)), 1)
	from := max(min(e.focus-most/2, len(e.list)-most), 0)
	label := 0
	for i := range e.list {
		label = max(label, s.pen().Width(safetext.Line(e.list[i].label).String()))
	}
	label = min(label, s.inner()/3)
	for i := from; i < from+most; i++ {
		one, ink := &e.list[i], theme.Dim
		if i == e.focus {
			ink = theme.Accent
		}
		r := s.row()
		name := s.pen().Remote(s.style(ink), safetext.Line(one.label), label)
		r.Put(name)
		r.Space(label - name.Cells + 2)
		s.field(r, &one.buf, r.Room()-s.pad, one.hint, i == e.focus)
		s.add(r)
	}
}
