package safetext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is a stretch of one line in one look.
type Span struct {
	Text   string
	Bold   bool
	Italic bool
	Strike bool
	Mono   bool
	// Quote is set on every span of a quoted line, its bar included.
	Quote bool
}

// quoteBar and itemDot are what "> " and "- " are drawn as.
const (
	quoteBar = "▏ "
	itemDot  = "· "
	// minMarkWidth is the narrowest line with room for a hanging indent.
	minMarkWidth = 8
)

// Markup returns t in lines of at most w cells with WhatsApp's markup applied:
// *bold*, _italic_, ~strike~, `code`, ```block```, "> " quotes, "- " and "1. "
// items. Markup that is not closed on its line is shown as it was typed. The
// cost is linear in the text.
func (m Measurer) Markup(t Text, w int) [][]Span {
	w = max(w, 1)
	out := make([][]Span, 0, 4)
	fenced := false
	for _, line := range strings.Split(m.Show(t), "\n") {
		p := paragraph{}
		p.prefix(line, fenced || w < minMarkWidth)
		fenced = p.inline(fenced)
		out = m.layout(out, &p, w)
	}
	return out
}

// look is a set of the attributes of a Span.
type look uint8

const (
	bold look = 1 << iota
	italic
	strike
	mono
)

// run is text in one look, by bytes of the paragraph's text.
type run struct {
	to   int
	look look
}

// paragraph is one line of the source: its text without markers, the runs that
// cover it, and what its first and following lines on the screen begin with.
type paragraph struct {
	src          string
	text         string
	runs         []run
	first, later string
	quote        bool
}

// prefix takes the line's quote or item mark off.
func (p *paragraph) prefix(line string, asTyped bool) {
	p.src = line
	if asTyped {
		return
	}
	switch {
	case strings.HasPrefix(line, "> "):
		p.src, p.first, p.later, p.quote = line[2:], quoteBar, quoteBar, true
	case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "* "):
		p.src, p.first, p.later = line[2:], itemDot, "  "
	default:
		n := numbered(line)
		p.src, p.first, p.later = line[n:], line[:n], spaces(n)
	}
}

// numbered returns the length of a leading "12. ", or 0.
func numbered(line string) int {
	n := 0
	for n < len(line) && n < 3 && line[n] >= '0' && line[n] <= '9' {
		n++
	}
	if n > 0 && strings.HasPrefix(line[n:], ". ") {
		return n + 2
	}
	return 0
}

// inline finds the marked runs of p.src and reports whether a block is still
// open at its end.
func (p *paragraph) inline(fenced bool) bool {
	if !fenced && !strings.ContainsAny(p.src, "*_~`") {
		p.text = p.src
		return false
	}
	marks := pairs(p.src, &fenced)
	var b strings.Builder
	var now look
	if len(marks) > 0 && marks[0].width == 0 {
		now, marks = mono, marks[1:]
	}
	at := 0
	for _, k := range marks {
		if k.at > at {
			b.WriteString(p.src[at:k.at])
			p.runs = append(p.runs, run{b.Len(), now})
		}
		now ^= k.look
		at = k.at + k.width
	}
	if at < len(p.src) {
		b.WriteString(p.src[at:])
		p.runs = append(p.runs, run{b.Len(), now})
	}
	p.text = b.String()
	return fenced
}

// mark is a marker that counts: where it is, how long, and what it toggles.
type mark struct {
	at, width int
	look      look
}

var looks = [128]look{'*': bold, '_': italic, '~': strike, '`': mono}

// pairs returns the markers of one line that have a partner, in order. A block
// left open by an earlier line comes as a marker of no width at the start. It
// reads the line once: an opener waits in its slot until its partner comes, and
// a closed pair discards the openers inside it that found none. A marker with a
// combining mark on it is text: without it the mark would change its cell.
func pairs(s string, fenced *bool) []mark {
	var found []mark
	if *fenced {
		found = append(found, mark{0, 0, mono})
	}
	open := [mono + 1]int{} // index in found plus one, by look
	prev := rune(' ')
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if strings.HasPrefix(s[i:], "```") && !joins(s[i+3:]) {
			found = append(found, mark{i, 3, mono})
			*fenced = !*fenced
			prev, i = '`', i+3
			continue
		}
		if r < 128 && looks[r] != 0 && !*fenced && (open[mono] == 0 || looks[r] == mono) && !joins(s[i+size:]) {
			next, _ := utf8.DecodeRuneInString(s[i+size:])
			found = pair(found, &open, mark{i, 1, looks[r]}, prev, next)
		}
		prev, i = r, i+size
	}
	kept := found[:0]
	for _, k := range found {
		if k.width != 1 || k.look&closed != 0 {
			k.look &^= closed
			kept = append(kept, k)
		}
	}
	return kept
}

// closed marks, while pairs works, a marker that found its partner.
const closed look = 1 << 7

func pair(found []mark, open *[mono + 1]int, k mark, prev, next rune) []mark {
	if o := open[k.look]; o > 0 && !unicode.IsSpace(prev) && !wordly(next) && found[o-1].at+1 < k.at {
		found[o-1].look |= closed
		for i, at := range open {
			if at >= o {
				open[i] = 0
			}
		}
		k.look |= closed
		return append(found, k)
	}
	if !wordly(prev) && next != utf8.RuneError && !unicode.IsSpace(next) {
		found = append(found, k)
		open[k.look] = len(found)
	}
	return found
}

func wordly(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r)) }

// layout wraps p and appends its lines to out.
func (m Measurer) layout(out [][]Span, p *paragraph, w int) [][]Span {
	room := w - m.width(p.first)
	for i, r := range m.breaks(p.text, room, room) {
		lead := p.later
		if i == 0 {
			lead = p.first
		}
		out = append(out, m.spans(p, r, lead, room))
	}
	return out
}

func (m Measurer) spans(p *paragraph, r span, lead string, room int) []Span {
	line := make([]Span, 0, 2)
	if lead != "" {
		line = append(line, Span{Text: lead, Quote: p.quote})
	}
	if s := m.slice(p.text, r, room); s == ellipsis || len(p.runs) == 0 {
		return append(line, Span{Text: s, Quote: p.quote})
	}
	from := 0
	for _, k := range p.runs {
		lo, hi := max(from, r.from), min(k.to, r.to)
		from = k.to
		if lo >= hi {
			continue
		}
		line = append(line, Span{
			Text: p.text[lo:hi], Quote: p.quote,
			Bold: k.look&bold != 0, Italic: k.look&italic != 0,
			Strike: k.look&strike != 0, Mono: k.look&mono != 0,
		})
	}
	return line
}
