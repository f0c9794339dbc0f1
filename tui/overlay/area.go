package overlay

import (
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/theme"
)

// formRows is how many rows of a text are shown at once.
const formRows = 8

// area writes a text of several lines in cells, over as many rows as there is room for:
// those around the cursor. head begins each row, the first one with the text's name.
func (s *sheet) area(in *edit.Buffer, cells int, focused bool, head func(first bool) *line.Row) {
	n, rows := in.Wrap(s.pen().M, cells), min(formRows, s.room(s.f.h, s.hintRows()+5))
	x, y := in.Cursor(s.pen().M)
	top := max(min(y-rows/2, n-rows), 0)
	for i := top; i < min(top+rows, n); i++ {
		r := head(i == top)
		if focused && i == y {
			s.cur, s.x, s.y = true, min(s.w-r.Room()+x, s.w-1), len(s.rows)
		}
		s.text(r, s.style(theme.Text), in.Row(i), cells)
		s.add(r)
	}
}
