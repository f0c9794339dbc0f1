package tuitest

import (
	"fmt"
	"html"
	"image/color"
	"strings"
)

// Size of a cell in the picture, in SVG units, and what stands above the first
// and below the last row.
const (
	cellW    = 9.0
	cellH    = 20.0
	baseline = 15.0
	edge     = 5.0
)

// SVG returns the screen as a picture: bg and fg are the terminal's own
// colours. Text stands on the grid whatever font shows it; rules and bars are
// drawn, so that they join from row to row.
func (s *Screen) SVG(bg, fg color.Color) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := picture{bg: bg, fg: fg, w: s.w, h: s.h}
	w, h := float64(s.w)*cellW, float64(s.h)*cellH+2*edge
	fmt.Fprintf(&p.b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" `, w, h, w, h)
	p.b.WriteString(`font-family="'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="15" xml:space="preserve">` + "\n")
	fmt.Fprintf(&p.b, `<clipPath id="edge"><rect width="%g" height="%g" rx="8"/></clipPath><g clip-path="url(#edge)">`+"\n", w, h)
	fmt.Fprintf(&p.b, `<rect width="%g" height="%g" fill="%s"/>`+"\n", w, h, css(bg))
	for y := range s.h {
		p.backgrounds(s, y)
		p.texts(s, y)
	}
	p.b.WriteString("</g></svg>\n")
	return p.b.String()
}

type picture struct {
	b      strings.Builder
	bg, fg color.Color
	w, h   int
}

// colors returns what the cell is drawn with; under is nil for the window's own.
func (p *picture) colors(c Cell) (ink, under color.Color) {
	ink, under = c.Fg, c.Bg
	if c.Reverse {
		ink, under = under, ink
		if under == nil {
			under = p.fg
		}
		if ink == nil {
			ink = p.bg
		}
	}
	if ink == nil {
		ink = p.fg
	}
	return ink, under
}

func (p *picture) backgrounds(s *Screen, y int) {
	for x := 0; x < s.w; {
		_, under := p.colors(s.cell(x, y))
		n := 1
		for x+n < s.w {
			c := s.cell(x+n, y)
			if _, u := p.colors(c); c.Width != 0 && css(u) != css(under) {
				break
			}
			n++
		}
		if under != nil && css(under) != css(p.bg) {
			p.background(x, y, n, under)
		}
		x += n
	}
}

// background goes on to the edge of the picture in the first and the last row.
func (p *picture) background(x, y, n int, c color.Color) {
	dy, h := 0.0, cellH
	if y == 0 {
		dy, h = -edge, h+edge
	}
	if y == p.h-1 {
		h += edge
	}
	p.rect(float64(x), y, dy, float64(n), h, c)
}

func (p *picture) rect(x float64, y int, dy, w, h float64, c color.Color) {
	fmt.Fprintf(&p.b, `<rect x="%g" y="%g" width="%g" height="%g" fill="%s"/>`+"\n",
		x*cellW, edge+float64(y)*cellH+dy, w*cellW, h, css(c))
}

// texts writes one text element for each run of narrow cells in one look, and
// one for each wide cell.
func (p *picture) texts(s *Screen, y int) {
	for x := 0; x < s.w; {
		c := s.cell(x, y)
		ink, _ := p.colors(c)
		if p.drawn(c.Text, x, y, ink) || strings.TrimSpace(c.Text) == "" {
			x += max(c.Width, 1)
			continue
		}
		run, n := c.Text, max(c.Width, 1)
		for c.Width == 1 && x+n < s.w {
			d := s.cell(x+n, y)
			if d.Width != 1 || !sameLook(c, d) || lineGlyph(d.Text) || d.Text == " " && s.cell(x+n+1, y).Text == " " {
				break // a gap ends a run, so that what stands behind it stands in its column
			}
			run += d.Text
			n++
		}
		if kept := strings.TrimRight(run, " "); c.Width == 1 {
			n -= len(run) - len(kept)
			run = kept
		}
		p.text(x, y, n, run, c)
		x += n
	}
}

// text writes a run into its n cells. Letters of other scripts are fitted as a
// whole: between joined ones there may be no gap.
func (p *picture) text(x, y, n int, run string, c Cell) {
	ink, _ := p.colors(c)
	fit := fmt.Sprintf(` textLength="%g"`, float64(n)*cellW)
	switch {
	case c.Width > 1 && emoji(run):
		fit = ` font-family="'Noto Color Emoji','Apple Color Emoji','Segoe UI Emoji'"`
	case c.Width > 1:
		fit = ""
	case len(run) > 2*n: // most are of more than two bytes
		fit += ` lengthAdjust="spacingAndGlyphs"`
	}
	fmt.Fprintf(&p.b, `<text x="%g" y="%g"%s fill="%s"%s>%s</text>`+"\n",
		float64(x)*cellW, edge+float64(y)*cellH+baseline, fit, css(ink), weight(c), html.EscapeString(run))
}

// emoji reports a wide character that has colours of its own: those of other
// scripts come before the first of them, or far behind.
func emoji(s string) bool {
	r := []rune(s)[0]
	return r >= 0x2190 && r < 0x2e80 || r >= 0x1f000 && r < 0x20000 || strings.ContainsRune(s, 0xfe0f)
}

// sameLook reports that b may stand in a run with a. A blank has no ink, whatever
// ink it was written in.
func sameLook(a, b Cell) bool {
	if b.Text == " " && !b.Reverse {
		b.Fg, b.Bold, b.Italic = a.Fg, a.Bold, a.Italic
	}
	return css(a.Fg) == css(b.Fg) && css(a.Bg) == css(b.Bg) && a.Bold == b.Bold &&
		a.Italic == b.Italic && a.Strike == b.Strike && a.Underline == b.Underline && a.Reverse == b.Reverse
}

func weight(c Cell) string {
	out := ""
	if c.Bold {
		out += ` font-weight="bold"`
	}
	if c.Italic {
		out += ` font-style="italic"`
	}
	switch {
	case c.Strike:
		out += ` text-decoration="line-through"`
	case c.Underline:
		out += ` text-decoration="underline"`
	}
	return out
}

func lineGlyph(s string) bool { return s != "" && strings.Contains("─━│▏▍", s) }

// drawn draws the glyphs that must meet their neighbours.
func (p *picture) drawn(glyph string, x int, y int, c color.Color) bool {
	switch glyph {
	case "─":
		p.rect(float64(x), y, 9.5, 1, 1, c)
	case "━":
		p.rect(float64(x), y, 8.5, 1, 3, c)
	case "│":
		p.rect(float64(x)+0.45, y, 0, 0.1, cellH, c)
	case "▏":
		p.rect(float64(x), y, 0, 0.125, cellH, c)
	case "▍":
		p.rect(float64(x), y, 0, 0.375, cellH, c)
	default:
		return false
	}
	return true
}

func css(c color.Color) string {
	if c == nil {
		return ""
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
