package overlay

import (
	"strings"

	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// frame is what every overlay has: the free cells, the look, and the drawn
// rows until something changes.
type frame struct {
	look  *line.Look
	w, h  int
	valid bool
	rows  []string
	curX  int
	curY  int
	cur   bool
}

func newFrame(look *line.Look) frame { return frame{look: look, w: 80, h: 24} }

// SetSize implements Overlay.
func (f *frame) SetSize(w, h int) { f.w, f.h, f.valid = max(w, 1), max(h, 1), false }

// SetLook implements Overlay.
func (f *frame) SetLook(look *line.Look) { f.look, f.valid = look, false }

// changed forgets the drawn rows.
func (f *frame) changed() { f.valid = false }

// roomy reports that blank rows may stand between the parts.
func (f *frame) roomy() bool { return f.h >= 16 }

// sheet is the rows of an overlay being drawn, all of one width.
type sheet struct {
	f    *frame
	w    int
	rows []string
	fill theme.Surface
	// pad is the blank cells at either side.
	pad int
	cur bool
	x   int
	y   int
}

// leastAround is the least room around an overlay that still shows something:
// narrower strips of the panes would be torn words.
const leastAround = 16

// sheet begins the rows of an overlay of at most w cells, or of all there are
// where hardly any would be left beside it.
func (f *frame) sheet(w int) *sheet {
	if f.w-w < leastAround {
		w = f.w
	}
	return &sheet{f: f, w: max(w, 1), fill: theme.Panel, pad: min(2, f.w/20)}
}

// column begins the rows of a part of a sheet.
func (s *sheet) column(w int) *sheet { return &sheet{f: s.f, w: w, fill: s.fill} }

func (s *sheet) style(i theme.Ink) theme.Style { return s.f.look.Theme.Style(i, s.fill) }

func (s *sheet) pen() line.Pen { return s.f.look.Pen }

// inner is the width between the pads.
func (s *sheet) inner() int { return max(s.w-2*s.pad, 1) }

// row begins a row after the pad.
func (s *sheet) row() *line.Row { return line.New(s.w, s.style(theme.Text)).Space(s.pad) }

func (s *sheet) add(r *line.Row) { s.rows = append(s.rows, r.String()) }

func (s *sheet) blank() { s.add(line.New(s.w, s.style(theme.Text))) }

// gap is a blank row where there is room for such.
func (s *sheet) gap() {
	if s.f.roomy() {
		s.blank()
	}
}

// own writes the program's own words, cut to the room.
func (s *sheet) own(r *line.Row, i theme.Ink, text string) {
	r.Put(s.pen().Remote(s.style(i), safetext.Line(text), max(r.Room()-s.pad, 0)))
}

// text writes remote text, cut to n cells.
func (s *sheet) text(r *line.Row, st theme.Style, t safetext.Text, n int) {
	r.Put(s.pen().Remote(st, t, max(min(n, r.Room()-s.pad), 0)))
}

// para writes words over as many rows as they take.
func (s *sheet) para(i theme.Ink, text string) { s.indented(i, 0, text) }

func (s *sheet) indented(i theme.Ink, by int, text string) {
	if text == "" {
		return
	}
	for _, l := range s.pen().M.Wrap(safetext.Clean(text), s.inner()-by) {
		r := s.row().Space(by)
		s.own(r, i, l)
		s.add(r)
	}
}

// lines are the rows that para would take for words.
func (s *sheet) lines(text string) []string {
	if text == "" {
		return nil
	}
	return s.pen().M.Wrap(safetext.Clean(text), s.inner())
}

// cut writes wrapped words in at most n rows; the last one shows that they go
// on.
func (s *sheet) cut(i theme.Ink, lines []string, n int) {
	if n < len(lines) {
		lines = append(lines[:n-1:n-1], strings.Join(lines[n-1:], " "))
	}
	for _, l := range lines {
		r := s.row()
		s.own(r, i, l)
		s.add(r)
	}
}

// title writes the head of a sheet: what it is, about what, and a count at the
// right; what has no room is left out, the count first.
func (s *sheet) title(title, about, count string) {
	s.gap()
	r := s.row()
	r.Put(s.pen().Remote(s.style(theme.Text).Bold(), safetext.Line(title), s.inner()))
	tail := s.pen().Own(s.style(theme.Faint), count)
	left := r.Room() - s.pad
	if about != "" && left > 8 {
		most := left - 3
		if tail.Cells > 0 && most-tail.Cells-3 >= 12 {
			most -= tail.Cells + 3
		}
		r.Space(3)
		s.text(r, s.style(theme.Dim), safetext.Line(about), most)
	}
	if tail.Cells > 0 && r.Room()-s.pad-2 >= tail.Cells {
		r.Right(tail.Cells, s.pad).Put(tail)
	}
	s.add(r)
	s.gap()
}

// prompt writes a line to type in, and takes the cursor when it has the focus.
func (s *sheet) prompt(in *edit.Buffer, placeholder string, focused bool) {
	r := s.row()
	r.Put(s.pen().Own(s.style(theme.Accent), "› "))
	s.input(r, in, s.inner()-2, placeholder, focused)
	s.add(r)
}

// input writes what is typed in w cells of the row r.
func (s *sheet) input(r *line.Row, in *edit.Buffer, w int, placeholder string, focused bool) {
	w = min(w, r.Room())
	if w < 1 {
		return
	}
	shown, x := in.Visible(s.pen().M, w)
	if focused {
		s.cur, s.x, s.y = true, min(s.w-r.Room()+x, s.w-1), len(s.rows)
	}
	if in.Empty() {
		r.Put(s.pen().Remote(s.style(theme.Faint), safetext.Line(placeholder), w))
		return
	}
	if !focused { // from its beginning: nobody moves in it
		shown = safetext.Line(in.Text())
	}
	r.Put(s.pen().Remote(s.style(theme.Text), shown, w))
}

// room is the rows left for the middle when tail rows follow.
func (s *sheet) room(most, tail int) int { return max(min(most, s.f.h)-len(s.rows)-tail, 1) }

// hintRows is how many rows hints takes.
func (s *sheet) hintRows() int {
	if s.f.roomy() {
		return 2
	}
	return 1
}

// fillTo adds blank rows until there are n.
func (s *sheet) fillTo(n int) {
	for len(s.rows) < n {
		s.blank()
	}
}

// done keeps the rows as the frame's, cut to the room.
func (s *sheet) done() {
	f := s.f
	f.rows = s.rows[:min(len(s.rows), f.h)]
	f.cur, f.curX, f.curY = s.cur && s.y < len(f.rows), s.x, s.y
	f.valid = true
}

// beside puts right next to left with a thin line between them.
func (s *sheet) beside(left, right *sheet) {
	n := max(len(left.rows), len(right.rows))
	left.fillTo(n)
	right.fillTo(n)
	divider := s.style(theme.Rule).Wrap(theme.GlyphDivider)
	for i := range n {
		r := line.New(s.w, s.style(theme.Text))
		r.Raw(left.rows[i], left.w)
		r.Raw(divider, 1)
		r.Raw(right.rows[i], right.w)
		s.add(r)
	}
}

// choice is a selection in a list of n things of which rows are shown.
type choice struct {
	at  int
	top int
}

// key moves the selection and reports whether the key was one of its own.
func (c *choice) key(name string, n int) bool {
	switch name {
	case "up", "ctrl+p":
		c.at--
	case "down", "ctrl+n":
		c.at++
	case "pgup":
		c.at -= 8
	case "pgdown":
		c.at += 8
	default:
		return false
	}
	c.clamp(n)
	return true
}

func (c *choice) clamp(n int) { c.at = max(min(c.at, n-1), 0) }

// window returns the first and the end of what is shown in rows.
func (c *choice) window(n, rows int) (from, to int) {
	c.clamp(n)
	c.top = max(min(c.top, c.at), c.at-rows+1, 0)
	c.top = max(min(c.top, n-rows), 0)
	return c.top, min(c.top+rows, n)
}

// item begins a row of a list: a bar and another surface where it is chosen.
func (s *sheet) item(chosen bool) (*line.Row, theme.Surface) {
	if !chosen {
		return s.row().Space(2), s.fill
	}
	r := line.New(s.w, s.f.look.Theme.Style(theme.Text, theme.Selection))
	r.Space(s.pad)
	r.Put(s.pen().Own(s.f.look.Theme.Style(theme.Accent, theme.Selection), theme.GlyphBar))
	r.Space(1)
	return r, theme.Selection
}

// field writes a line to type in, on its own surface, in w cells of the row r.
func (s *sheet) field(r *line.Row, in *edit.Buffer, w int, placeholder string, focused bool) {
	w = min(w, r.Room())
	if w < 1 {
		return
	}
	f := s.column(w)
	f.fill, f.pad = theme.Field, min(1, w/8)
	row := f.row()
	f.input(row, in, f.inner(), placeholder, focused)
	if f.cur {
		s.cur, s.x, s.y = true, s.w-r.Room()+f.x, len(s.rows)
	}
	r.Raw(row.String(), w)
}
