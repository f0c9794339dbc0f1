// Package theme is every colour and weight on the screen. A [Theme] is built
// once and never changes; a [Style] is a finished pair of escape sequences, so
// that drawing a row costs a copy. The package knows no widget and decides
// nothing about layout.
package theme

import (
	"image/color"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Kind tells themes apart: a cache of drawn rows is keyed by it.
type Kind uint8

// The themes there are.
const (
	KindDark Kind = iota
	KindLight
	KindDark16
	KindLight16
	KindDark256
	KindLight256
	KindContrastDark
	KindContrastLight
	KindPlain
)

// Theme is one finished set of styles. Each field is an ink on [Base]; put it
// on another surface with [Style.On].
type Theme struct {
	Kind Kind

	Text, Dim, Faint                   Style
	Accent, OK, Warn, Bad, Read, Note  Style
	Rule                               Style
	ReplyChip, NoteChip                Style
	TriageChip, WriteChip, UnreadBadge Style
	prefixes                           [inks][surfaces][attrs]string
	background, foreground             color.Color
	// ground is what unstyled cells are drawn in; empty where the terminal's own
	// colours are used as they are.
	ground, reset string
}

// NoColor returns the theme for NO_COLOR: weight and reverse video only.
func NoColor() *Theme { return build(KindPlain, palette{}, false) }

// Background is the colour that contrast is computed against, for a picture of
// the screen; nil where it is the user's and not known: sixteen colours, none.
func (t *Theme) Background() color.Color { return t.background }

// Foreground is the colour of [Theme.Text]; nil like [Theme.Background].
func (t *Theme) Foreground() color.Color { return t.foreground }

// Ground is the sequence that every line of the screen begins with: the colours
// of the screen itself, where the theme paints them. Empty where it leaves them
// to the terminal.
func (t *Theme) Ground() string { return t.ground }

// Key tells themes apart that draw otherwise, for caches of what is drawn.
func (t *Theme) Key() uint8 {
	if t.ground != "" {
		return uint8(t.Kind)<<1 | 1
	}
	return uint8(t.Kind) << 1
}

// Style returns ink i on surface s.
func (t *Theme) Style(i Ink, s Surface) Style {
	return Style{t: t, ink: i, surface: s, prefix: t.prefixes[i][s][0]}
}

// build makes the theme; where it does not paint the ground, Base stays the
// terminal's own.
func build(k Kind, p palette, paint bool) *Theme {
	t := &Theme{Kind: k, reset: reset}
	if !indexed16(p.surface[Base]) {
		t.background, t.foreground = p.surface[Base], p.ink[Text]
	}
	if !paint {
		p.surface[Base] = nil
	}
	for i := range inks {
		for s := range surfaces {
			for a := range attrs {
				t.prefixes[i][s][a] = sgr(k, p, i, s, a)
			}
		}
	}
	if paint {
		t.ground = t.prefixes[Text][Base][0]
		t.reset += t.ground
	}
	t.Text, t.Dim, t.Faint = t.Style(Text, Base), t.Style(Dim, Base), t.Style(Faint, Base)
	t.Accent, t.OK, t.Warn = t.Style(Accent, Base), t.Style(OK, Base), t.Style(Warn, Base)
	t.Bad, t.Read, t.Note = t.Style(Bad, Base), t.Style(Read, Base), t.Style(Note, Base)
	t.Rule = t.Style(Rule, Base)
	t.ReplyChip = t.Style(OnChip, ChipOK).Bold()
	t.NoteChip = t.Style(OnChip, ChipNote).Bold()
	t.TriageChip = t.Style(OnChip, ChipAccent).Bold()
	t.WriteChip = t.Style(OnChip, ChipOK).Bold()
	t.UnreadBadge = t.Style(OnChip, ChipAccent).Bold()
	return t
}

// sgr builds the sequence that begins a style; empty when there is nothing to
// say.
func sgr(k Kind, p palette, i Ink, s Surface, a attr) string {
	seq := ansi.Style{}
	if a&bold != 0 {
		seq = seq.Bold()
	}
	if a&italic != 0 {
		seq = seq.Italic(true)
	}
	if a&strike != 0 {
		seq = seq.Strikethrough(true)
	}
	if a&underline != 0 {
		seq = seq.Underline(true)
	}
	if k == KindPlain && (s == Selection || s >= ChipOK) {
		seq = seq.Reverse(true)
	}
	if c := p.ink[i]; c != nil {
		seq = seq.ForegroundColor(c)
	}
	if c := p.surface[s]; c != nil {
		seq = seq.BackgroundColor(c)
	}
	if len(seq) == 0 {
		return ""
	}
	return seq.String()
}

// attr is a set of weights.
type attr uint8

const (
	bold attr = 1 << iota
	italic
	strike
	underline
	attrs
)

// Style is an ink on a surface in some weight. It carries both colours, so an
// inner span ends without tearing a hole into the row it stands on. The zero
// Style writes text as it is.
type Style struct {
	prefix  string
	t       *Theme
	ink     Ink
	surface Surface
	attr    attr
}

const reset = "\x1b[m"

// Render writes s in the style to dst.
func (y Style) Render(dst *strings.Builder, s string) {
	if y.prefix == "" || s == "" {
		dst.WriteString(s)
		return
	}
	dst.WriteString(y.prefix)
	dst.WriteString(s)
	dst.WriteString(y.t.reset)
}

// Wrap returns s in the style.
func (y Style) Wrap(s string) string {
	if y.prefix == "" || s == "" {
		return s
	}
	return y.prefix + s + y.t.reset
}

// On returns the same ink and weight on another surface.
func (y Style) On(s Surface) Style {
	y.surface = s
	return y.again()
}

// Ink returns the same surface and weight in another ink.
func (y Style) Ink(i Ink) Style {
	y.ink = i
	return y.again()
}

// Bold returns the style in bold: for what is unread, selected or a name.
func (y Style) Bold() Style { return y.with(bold) }

// Italic returns the style in italics, for a customer's own markup.
func (y Style) Italic() Style { return y.with(italic) }

// Strike returns the style struck through, for a customer's own markup.
func (y Style) Strike() Style { return y.with(strike) }

// Underline returns the style underlined.
func (y Style) Underline() Style { return y.with(underline) }

func (y Style) with(a attr) Style {
	y.attr |= a
	return y.again()
}

func (y Style) again() Style {
	if y.t != nil {
		y.prefix = y.t.prefixes[y.ink][y.surface][y.attr]
	}
	return y
}

// GaugeWidth is the cells of a [Theme.Gauge].
const GaugeWidth = 4

// Gauge returns four cells, the first n of them filled in the style fill.
func (t *Theme) Gauge(n int, fill Style) string {
	n = min(max(n, 0), GaugeWidth)
	var b strings.Builder
	b.Grow(64)
	fill.Render(&b, strings.Repeat(GlyphGauge, n))
	fill.Ink(Faint).Render(&b, strings.Repeat(GlyphRule, GaugeWidth-n))
	return b.String()
}
