package safetext

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Method is how the terminal counts cells. It must be the renderer's own: a
// row measured otherwise moves everything to its right.
type Method uint8

const (
	// WcWidth counts every code point by itself: terminals until they report
	// mode 2027. Joined emoji are then shown as their parts.
	WcWidth Method = iota
	// Grapheme counts a cluster as one glyph: terminals with mode 2027.
	Grapheme
)

func (m Method) ansi() ansi.Method {
	if m == Grapheme {
		return ansi.GraphemeWidth
	}
	return ansi.WcWidth
}

// Measurer measures and cuts text under one width method. The zero value
// measures as a terminal does that has said nothing. It is a value: pass it in.
type Measurer struct{ Method Method }

const (
	ellipsis = "…"
	zwj      = "\u200d"
)

// Show returns t as it is to be drawn: under [WcWidth] without joiners, emoji
// presentation, skin tones and keycaps, which such terminals count as cells of
// their own or draw over the next one.
func (m Measurer) Show(t Text) string {
	if m.Method == Grapheme {
		return t.s
	}
	return displayWc(t.s)
}

// Width returns the cells that the widest line of t takes.
func (m Measurer) Width(t Text) int {
	s, widest := m.Show(t), 0
	for {
		line, rest, more := strings.Cut(s, "\n")
		widest = max(widest, m.width(line))
		if !more {
			return widest
		}
		s = rest
	}
}

// Truncate returns t cut to at most w cells, with … where something was left
// out. Line feeds are shown as [NewlineMark].
func (m Measurer) Truncate(t Text, w int) string {
	s, _ := m.fit(m.oneLine(t), w)
	return s
}

// Pad returns t in exactly w cells: cut like [Measurer.Truncate], or filled
// with spaces at the right. Text that runs from right to left stays in logical
// order; its cells are counted, not moved.
func (m Measurer) Pad(t Text, w int) string {
	s, used := m.fit(m.oneLine(t), w)
	return s + spaces(w-used)
}

// PadLeft is [Measurer.Pad] with the spaces at the left.
func (m Measurer) PadLeft(t Text, w int) string {
	s, used := m.fit(m.oneLine(t), w)
	return spaces(w-used) + s
}

func (m Measurer) oneLine(t Text) string {
	s := m.Show(t)
	if strings.IndexByte(s, '\n') >= 0 {
		s = joinLines(s)
	}
	return s
}

// fit cuts the shown string s to w cells and returns it with its width.
func (m Measurer) fit(s string, w int) (string, int) {
	if w <= 0 {
		return "", 0
	}
	if len(s) <= w && isASCII(s) {
		return s, len(s)
	}
	used, keep, kept := 0, 0, 0
	for i := 0; i < len(s); {
		c, cells := m.next(s[i:])
		if used+cells > w {
			return s[:keep] + ellipsis, kept + 1
		}
		used += cells
		i += len(c)
		if used <= w-1 {
			keep, kept = i, used
		}
	}
	return s, used
}

// next returns the first cluster of the shown string s and its cells.
func (m Measurer) next(s string) (string, int) {
	c, w := cluster(s)
	if m.Method == WcWidth && len(c) > 1 {
		if r, size := utf8.DecodeRuneInString(c); size < len(c) || !simple(r) {
			w = wcWidth(c)
		}
	}
	return c, w
}

func (m Measurer) width(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return m.Method.ansi().StringWidth(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// displayWc returns s without the code points that only terminals with mode
// 2027 combine. The first code point of a cluster always stays, so a lone skin
// tone is shown as itself.
func displayWc(s string) string {
	i := strings.IndexFunc(s, combining)
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		c, _ := cluster(s[i:])
		for j, r := range c {
			if j == 0 || !combining(r) {
				b.WriteString(c[j : j+utf8.RuneLen(r)])
			}
		}
		i += len(c)
	}
	return b.String()
}

func combining(r rune) bool {
	return r == 0x200d || r == 0xfe0e || r == 0xfe0f || r == 0x20e3 || r >= 0x1f3fb && r <= 0x1f3ff
}

// blanks is what spaces are cut from, so that padding allocates nothing extra.
const blanks = "                                                                " +
	"                                                                "

func spaces(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blanks) {
		return blanks[:n]
	}
	return strings.Repeat(" ", n)
}
