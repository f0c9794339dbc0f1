// Package line draws one row of the screen: pieces of known width from the
// left and from the right, in exactly the cells the row has. It knows colours
// and widths and nothing of messages; what it is given as plain string must be
// the program's own words, remote text comes as a safetext.Text.
package line

import (
	"strings"

	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// Piece is a word or more in one style, with its width.
type Piece struct {
	Style theme.Style
	Text  string
	Cells int
}

// Pen measures and makes pieces under one width method. It is a value.
type Pen struct{ M safetext.Measurer }

// Own makes a piece of the program's own words.
func (p Pen) Own(st theme.Style, s string) Piece {
	return Piece{st, s, p.Width(s)}
}

// Width returns the cells of one of the program's own words.
func (p Pen) Width(s string) int {
	if ascii(s) {
		return len(s)
	}
	return p.M.Width(safetext.Line(s))
}

// Remote makes a piece of remote text, cut to at most w cells.
func (p Pen) Remote(st theme.Style, t safetext.Text, w int) Piece {
	s := p.M.Truncate(t, w)
	if ascii(s) {
		return Piece{st, s, len(s)}
	}
	return Piece{st, s, p.M.Width(safetext.Line(s))}
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Row writes pieces into exactly Width cells on one surface.
type Row struct {
	b     strings.Builder
	width int
	used  int
	fill  theme.Style
}

// New begins a row of w cells; what no piece covers is drawn in fill.
func New(w int, fill theme.Style) *Row {
	r := &Row{width: w, fill: fill}
	r.b.Grow(2*w + 96)
	return r
}

// Room returns the cells that are left.
func (r *Row) Room() int { return r.width - r.used }

// Space writes n blanks, as far as there is room.
func (r *Row) Space(n int) *Row {
	n = min(n, r.Room())
	if n > 0 {
		r.fill.Render(&r.b, Blank(n))
		r.used += n
	}
	return r
}

// Put writes a piece. One that does not fit whole is left out, since a word cut
// in the middle is another word; Put then reports false.
func (r *Row) Put(p Piece) bool {
	if p.Cells > r.Room() {
		return false
	}
	p.Style.Render(&r.b, p.Text)
	r.used += p.Cells
	return true
}

// Raw writes a string that is already drawn and takes the given cells.
func (r *Row) Raw(s string, cells int) bool {
	if cells > r.Room() {
		return false
	}
	r.b.WriteString(s)
	r.used += cells
	return true
}

// Right fills the row so that pieces of n cells end margin cells before its
// right edge.
func (r *Row) Right(n, margin int) *Row { return r.Space(r.Room() - n - margin) }

// String fills the rest of the row and returns it.
func (r *Row) String() string {
	r.Space(r.Room())
	return r.b.String()
}

const blanks = "                                                                " +
	"                                                                "

// Blank returns n spaces.
func Blank(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blanks) {
		return blanks[:n]
	}
	return strings.Repeat(" ", n)
}

// Rule returns a thin rule of n cells.
func Rule(n int) string { return strings.Repeat("─", max(n, 0)) }
