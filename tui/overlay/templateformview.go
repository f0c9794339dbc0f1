package overlay

import (
	"strings"

	"frontdesk/provider"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// bodyRows is how many rows of a body are shown at once.
const bodyRows = 6

// View implements Overlay.
func (f *TemplateForm) View() []string {
	if !f.valid {
		f.redraw()
	}
	return f.rows
}

// Cursor implements Overlay.
func (f *TemplateForm) Cursor() (x, y int, ok bool) {
	f.View()
	return f.curX, f.curY, f.cur
}

func (f *TemplateForm) redraw() {
	w := &f.look.Words.Templates
	s := f.sheet(min(max(f.w*8/10, pickerLeast), pickerMost))
	title, about := w.FormTitle, f.shelves[f.shelf].called()
	if f.is.ID != "" {
		title, about = w.EditTitle, f.is.Name+" "+f.is.Language
	}
	count := ""
	if f.sent {
		count = w.Asking
	}
	s.title(title, about, count)
	room := s.room(pickerHeight, s.hintRows()+1)
	if f.w >= sideBySide {
		left := s.column(s.w * 11 / 20)
		left.pad = s.pad
		right := s.column(s.w - left.w - 1)
		right.pad = min(s.pad, 1)
		f.form(left, room)
		f.preview(right, room)
		left.fillTo(room)
		right.fillTo(room)
		s.take(left, 0)
		s.beside(left, right)
	} else {
		c := s.column(s.w)
		c.pad = s.pad
		f.form(c, room*2/3)
		f.preview(c, room-len(c.rows))
		c.fillTo(room)
		s.adopt(c)
	}
	s.gap()
	s.hints(w.FormHints)
	s.done()
}

// form draws the lines around the focus that there is room for.
func (f *TemplateForm) form(s *sheet, room int) {
	label := 0
	for i := range f.lines {
		label = max(label, s.pen().Width(safetext.Line(f.lines[i].label).String()))
	}
	label = min(label, s.inner()/3)
	high := func(i int) int {
		if f.lines[i].buf.Single || f.lines[i].buf.Empty() {
			return 1
		}
		return min(bodyRows, f.lines[i].buf.Wrap(s.pen().M, textCells(s, label)), max(room/2, 1))
	}
	from, used := f.focus, high(f.focus)
	to := from + 1
	for grew := true; grew; {
		grew = false
		if from > 0 && used+high(from-1) <= room {
			from, grew = from-1, true
			used += high(from)
		}
		if to < len(f.lines) && used+high(to) <= room {
			used, to, grew = used+high(to), to+1, true
		}
	}
	for i := from; i < to; i++ {
		f.line(s, i, label, high(i))
	}
}

func (f *TemplateForm) line(s *sheet, i, label, rows int) {
	l := &f.lines[i]
	ink := theme.Dim
	if i == f.focus {
		ink = theme.Accent
	}
	r := s.row()
	name := s.pen().Remote(s.style(ink), safetext.Line(l.label), label)
	r.Put(name)
	r.Space(label - name.Cells + 2)
	switch {
	case l.choices != nil:
		r.Space(1)
		s.text(r, s.style(theme.Text), safetext.Line(l.buf.Text()), r.Room()-s.pad)
		if i == f.focus {
			r.Space(2)
			s.text(r, s.style(theme.Dim), safetext.Line(l.hint), r.Room()-s.pad)
		}
		s.add(r)
	case l.buf.Single || l.buf.Empty():
		s.field(r, &l.buf, r.Room()-s.pad, l.hint, i == f.focus)
		s.add(r)
	default:
		f.body(s, l, label, rows, i == f.focus)
	}
}

// textCells is the width of a text of several rows, which begins where other lines do.
func textCells(s *sheet, label int) int { return max(s.inner()-label-3, 1) }

// body draws a text of several rows, those around the cursor.
func (f *TemplateForm) body(s *sheet, l *formLine, label, rows int, focused bool) {
	cells := textCells(s, label)
	n := l.buf.Wrap(s.pen().M, cells)
	x, y := l.buf.Cursor(s.pen().M)
	top := max(min(y-rows/2, n-rows), 0)
	ink := theme.Dim
	if focused {
		ink = theme.Accent
	}
	for i := top; i < top+rows; i++ {
		r, name := s.row(), ""
		if i == top {
			name = l.label
		}
		p := s.pen().Remote(s.style(ink), safetext.Line(name), label)
		r.Put(p)
		r.Space(label - p.Cells + 3)
		if focused && i == y {
			s.cur, s.x, s.y = true, min(s.w-r.Room()+x, s.w-1), len(s.rows)
		}
		s.text(r, s.style(theme.Text), l.buf.Row(i), cells)
		s.add(r)
	}
}

// preview is the template with its examples as a customer will see it, and what the
// network would refuse.
func (f *TemplateForm) preview(s *sheet, room int) {
	if room < 2 {
		return
	}
	w, t := f.look.Words, f.template()
	tail := s.column(s.w)
	tail.pad = s.pad
	problems := f.problems()
	most := max(min(len(problems), room/5), 1)
	for _, p := range problems[:min(most, len(problems))] {
		tail.said(theme.Bad, theme.GlyphFailed+" "+f.words(p))
	}
	switch n := len(problems) - most; {
	case n > 0:
		tail.said(theme.Bad, w.Templates.More(n))
	case len(problems) == 0 && f.ready():
		tail.said(theme.OK, theme.GlyphSent+" "+w.Templates.Clean)
	}
	values := exampleValues(&t)
	for _, v := range t.Fields() {
		if _, have := values[v.Key()]; !have && v.Media == "" {
			values[v.Key()] = provider.Value{Text: "{{" + v.Name + "}}"}
		}
	}
	if f.roomy() {
		r := s.row()
		s.text(r, s.style(theme.Faint), safetext.Line(w.Templates.Seen), s.inner())
		s.add(r)
		s.blank()
	}
	left := room - len(tail.rows) - len(s.rows) - 1
	if f.w < sideBySide {
		left = room - len(tail.rows) - 1
	}
	rows := drawn(s, f.look, &t, values)
	f.top = max(min(f.top, len(rows)-max(left, 1)), 0)
	if left > 0 {
		s.rows = append(s.rows, rows[f.top:min(f.top+left, len(rows))]...)
	}
	s.blank()
	s.adopt(tail)
}

// ready reports that nothing is missing either, whether or not it was tried.
func (f *TemplateForm) ready() bool {
	t := f.template()
	s := &f.shelves[f.shelf]
	return strings.TrimSpace(t.Name) != "" && len(s.Table.LintDraft(&t, s.Templates)) == 0
}
