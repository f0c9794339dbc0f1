package edit

import (
	"unicode/utf8"

	"frontdesk/tui/safetext"
)

// row is a stretch of the text that stands on one row of the screen.
type row struct {
	from, to int
	// soft means that the next row continues the same line.
	soft bool
}

// layout is the rows of a text at a width; it is kept until one of them
// changes.
type layout struct {
	valid  bool
	rev    int
	width  int
	method safetext.Method
	rows   []row
}

// minWidth is the narrowest text area: one wide character and the cursor.
const minWidth = 3

// Wrap lays the text out in w cells, the last of which is kept for the cursor,
// and returns the number of rows: at least one.
func (b *Buffer) Wrap(m safetext.Measurer, w int) int {
	w = max(w, minWidth)
	l := &b.layout
	if l.valid && l.rev == b.rev && l.width == w && l.method == m.Method {
		return len(l.rows)
	}
	*l = layout{valid: true, rev: b.rev, width: w, method: m.Method, rows: l.rows[:0]}
	from := 0
	for i := 0; i <= len(b.text); i++ {
		if i == len(b.text) || b.text[i] == '\n' {
			l.rows = b.wrapLine(l.rows, m, from, i, w-1)
			from = i + 1
		}
	}
	return len(l.rows)
}

// wrapLine appends the rows of the line from…to. Spaces at the end of a row
// hang over it, so that a word never begins with the space before it.
func (b *Buffer) wrapLine(rows []row, m safetext.Measurer, from, to, limit int) []row {
	start, used, brk := from, 0, -1
	for i := from; i < to; {
		c := cluster(b.text[i:to])
		n := cells(m, c)
		space := c == " "
		if !space && i > start && (b.text[i-1] == ' ' || breaksHere(b.text, start, i)) {
			brk = i
		}
		if used+n > limit && !space && i > start {
			if brk <= start {
				brk = i
			}
			rows = append(rows, row{start, brk, true})
			start, used = brk, b.span(m, brk, i)
			brk = -1
			if used+n > limit && i > start {
				rows = append(rows, row{start, i, true})
				start, used = i, 0
			}
		}
		used += n
		i += len(c)
	}
	return append(rows, row{start, to, false})
}

// breaksHere reports that a row may end before i though no space stands there.
func breaksHere(text string, start, i int) bool {
	if text[i] < utf8.RuneSelf && text[i-1] < utf8.RuneSelf {
		return text[i-1] == '-' && !closes(rune(text[i]))
	}
	next, _ := utf8.DecodeRuneInString(text[i:])
	last, _ := utf8.DecodeLastRuneInString(text[start:i])
	if closes(next) {
		return false
	}
	return breaks(next) || breaks(last) || last == '-'
}

// breaks reports scripts that are written without spaces, and emoji.
func breaks(r rune) bool {
	return r >= 0x2e80 && r < 0xa4d0 || r >= 0xac00 && r < 0xd7a4 ||
		r >= 0xf900 && r < 0xfb00 || r >= 0xff00 && r < 0xff61 ||
		r >= 0x1f300 && r < 0x1fb00 || r >= 0x20000 && r < 0x40000
}

// closes reports punctuation that may not begin a row.
func closes(r rune) bool {
	switch r {
	case '、', '。', '，', '．', '！', '？', '：', '；', '）', '」', '』', '】', '〉', '》', 'ー', '…',
		',', '.', '!', '?', ':', ';', ')', ']', '}':
		return true
	}
	return false
}

// cells returns the width of one cluster as it is drawn.
func cells(m safetext.Measurer, c string) int {
	if len(c) == 1 && c[0] >= ' ' && c[0] < 0x7f {
		return 1
	}
	return m.Width(safetext.Clean(c))
}

func (b *Buffer) span(m safetext.Measurer, from, to int) int {
	n := 0
	for from < to {
		c := cluster(b.text[from:to])
		n += cells(m, c)
		from += len(c)
	}
	return n
}

// Row returns the text of row i after Wrap; its cells are those Wrap was given
// at most, but for spaces that hang over its end.
func (b *Buffer) Row(i int) safetext.Text {
	r := b.layout.rows[i]
	return safetext.Clean(b.text[r.from:r.to])
}

// Cursor returns the cell and the row of the cursor after Wrap. The cell is
// below the width, so that the cursor is never outside.
func (b *Buffer) Cursor(m safetext.Measurer) (x, y int) {
	y = b.cursorRow()
	r := b.layout.rows[y]
	return min(b.span(m, r.from, b.at), b.layout.width-1), y
}

func (b *Buffer) cursorRow() int {
	for i, r := range b.layout.rows {
		if b.at < r.to || b.at == r.to && !r.soft {
			return i
		}
	}
	return len(b.layout.rows) - 1
}

func (b *Buffer) rowStart() int {
	if !b.layout.valid {
		return b.lineStart()
	}
	return b.layout.rows[b.relaid().cursorRow()].from
}

func (b *Buffer) rowEnd() int {
	if !b.layout.valid {
		return b.lineEnd()
	}
	return b.endOf(b.relaid().cursorRow())
}

// endOf is the last place of row i: for one that goes on, before its last
// character, since the border itself is the next row's first place.
func (b *Buffer) endOf(i int) int {
	r := b.layout.rows[i]
	if r.soft {
		return b.left(r.to)
	}
	return r.to
}

// relaid brings the rows up to date at the width they last had.
func (b *Buffer) relaid() *Buffer {
	b.Wrap(safetext.Measurer{Method: b.layout.method}, b.layout.width)
	return b
}

// vertical moves by rows of the screen and keeps the column. Beyond the first
// and the last row it goes to the beginning and to the end.
func (b *Buffer) vertical(by int) {
	if !b.layout.valid {
		return
	}
	b.relaid()
	b.joiner = false
	m := safetext.Measurer{Method: b.layout.method}
	x, y := b.Cursor(m)
	if b.sticky == 0 {
		b.sticky = x + 1
	}
	switch y += by; {
	case y < 0:
		b.at = 0
		return
	case y >= len(b.layout.rows):
		b.at = len(b.text)
		return
	}
	b.at = b.place(m, y, b.sticky-1)
}

// place returns the border in row y that is nearest below column x.
func (b *Buffer) place(m safetext.Measurer, y, x int) int {
	r, used := b.layout.rows[y], 0
	i, end := r.from, b.endOf(y)
	for i < end {
		c := cluster(b.text[i:r.to])
		n := cells(m, c)
		if used+n > x {
			break
		}
		used += n
		i += len(c)
	}
	return i
}

// Visible returns, of a buffer of one line, the stretch around the cursor that
// fits into w cells, and the cursor's cell in it.
func (b *Buffer) Visible(m safetext.Measurer, w int) (t safetext.Text, x int) {
	b.Wrap(m, w)
	x, y := b.Cursor(m)
	return b.Row(y), x
}
