package safetext

import (
	"strings"
	"unicode/utf8"
)

// Wrap returns t in lines of at most w cells. It breaks at spaces and between
// wide characters, and inside a word only when the word alone is wider than a
// line (an address, a number). Line feeds of t are kept; an empty text is one
// empty line.
func (m Measurer) Wrap(t Text, w int) []string {
	w = max(w, 1)
	s := m.Show(t)
	lines := make([]string, 0, 4)
	for {
		par, rest, more := strings.Cut(s, "\n")
		if len(par) <= w && isASCII(par) {
			lines = append(lines, par)
		} else {
			for _, r := range m.breaks(par, w, w) {
				lines = append(lines, m.slice(par, r, w))
			}
		}
		if !more {
			return lines
		}
		s = rest
	}
}

// span is a range of bytes of a paragraph that makes one line.
type span struct{ from, to int }

// slice returns the line r of par; a cluster wider than the whole line is shown
// as an ellipsis, since no part of it can be.
func (m Measurer) slice(par string, r span, w int) string {
	s := par[r.from:r.to]
	if c, cells := m.first(s); len(c) == len(s) && cells > w {
		return ellipsis
	}
	return s
}

func (m Measurer) first(s string) (string, int) {
	if s == "" {
		return "", 0
	}
	return m.next(s)
}

// breaks returns the lines of one paragraph: the first at most w cells, the
// following at most rest. Spaces at a break belong to no line.
func (m Measurer) breaks(par string, w, rest int) []span {
	var out []span
	start, used := 0, 0    // of the line being filled
	brk, brkNext := -1, -1 // where it can end, and where the next one then starts
	inSpace := false
	wide := false // the cluster before allows a break after it
	limit := w
	for i := 0; i < len(par); {
		c, cells := m.next(par[i:])
		space := c == " "
		switch {
		case space && !inSpace && i > start:
			brk, brkNext = i, i+1
		case space && brk >= 0 && brkNext == i:
			brkNext = i + 1
		case !space && i > start && !inSpace && (wide || breaksBefore(c)) && !sticks(c):
			brk, brkNext = i, i
		}
		if used+cells > limit && i > start {
			if space {
				// Spaces never start a line: they hang over this one's end.
				inSpace = true
				i += len(c)
				continue
			}
			if brk <= start {
				brk, brkNext = i, i
			}
			out = append(out, trimmed(par, start, brk))
			start, limit = brkNext, rest
			used = m.width(par[start:i])
			brk, brkNext = -1, -1
			if used+cells > limit && start < i { // the carried word alone does not fit
				out = append(out, span{start, i})
				start, used = i, 0
			}
		}
		used += cells
		inSpace, wide = space, breaksAfter(c)
		i += len(c)
	}
	if inSpace && m.width(par[start:]) > limit {
		return append(out, trimmed(par, start, len(par)))
	}
	return append(out, span{start, len(par)})
}

func trimmed(par string, from, to int) span {
	return span{from, from + len(strings.TrimRight(par[from:to], " "))}
}

// breaksBefore reports scripts that are written without spaces.
func breaksBefore(c string) bool {
	r, _ := utf8.DecodeRuneInString(c)
	return ideographic(r)
}

func breaksAfter(c string) bool {
	r, _ := utf8.DecodeRuneInString(c)
	return ideographic(r) || r == '-'
}

func ideographic(r rune) bool {
	return r >= 0x2e80 && r < 0xa4d0 || r >= 0xac00 && r < 0xd7a4 ||
		r >= 0xf900 && r < 0xfb00 || r >= 0xff00 && r < 0xff61 ||
		r >= 0x1f300 && r < 0x1fb00 || r >= 0x20000 && r < 0x40000
}

// sticks reports punctuation that may not begin a line.
func sticks(c string) bool {
	return strings.Contains("、。，．！？：；）」』】〉》〕］｝ー…,.!?:;)]}", c)
}
