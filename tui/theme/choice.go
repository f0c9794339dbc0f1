package theme

import (
	"image/color"
	"slices"
	"strings"
)

// Choice is the theme that a person asked for.
type Choice string

// The choices there are.
const (
	// Auto follows the terminal's background.
	Auto  Choice = "auto"
	Dark  Choice = "dark"
	Light Choice = "light"
	// HighContrast is black or white, after the terminal's background.
	HighContrast Choice = "contrast"
	// Sixteen uses the terminal's own sixteen colours.
	Sixteen Choice = "16"
	// None has weight and reverse video only.
	None Choice = "none"
)

// Choices returns all of them, [Auto] first.
func Choices() []Choice { return []Choice{Auto, Dark, Light, HighContrast, Sixteen, None} }

// ParseChoice reads a choice as a flag or a configuration has it; nothing is
// [Auto]. It reports whether there is such a theme.
func ParseChoice(s string) (Choice, bool) {
	c := Choice(strings.ToLower(s))
	if c == "" {
		return Auto, true
	}
	return c, slices.Contains(Choices(), c)
}

// Depth is how many colours a terminal has.
type Depth uint8

// The depths there are.
const (
	TrueColor Depth = iota
	Colors256
	Colors16
	NoColors
)

// Terminal is what is known of the terminal that is drawn on.
type Terminal struct {
	Depth Depth
	// Background is what the terminal answered; nil while it has not.
	Background color.Color
	// Silent is set when no answer is waited for any more.
	Silent bool
	// Light is the guess for a terminal that has not answered.
	Light bool
}

func (t *Terminal) dark() bool {
	if t.Background != nil {
		return isDark(t.Background)
	}
	return !t.Light
}

// For returns the theme that was chosen as a terminal can show it. Depth goes
// before choice: what has no colours shows none.
//
// The terminal's own background is left as it is where the terminal has told it
// and every ink can be read on it, or may still tell it. Otherwise the theme
// paints its own: text is never drawn on a background that nobody knows.
func For(c Choice, t Terminal) *Theme {
	dark := c == Dark || c != Light && t.dark()
	kind, p := KindDark, palette{}
	switch {
	case t.Depth == NoColors || c == None:
		return NoColor()
	case t.Depth == Colors16 || c == Sixteen:
		kind, p = KindDark16, dark16()
		if !dark {
			p = light16()
		}
	case c == HighContrast:
		kind, p = KindContrastDark, contrastTokens(dark)
	case t.Depth == Colors256:
		kind, p = KindDark256, dark256()
		if !dark {
			p = light256()
		}
	default:
		p = tokens(dark)
	}
	if !dark {
		kind++ // each light kind comes after its dark one
	}
	return build(kind, p, t.paint(kind, &p, dark))
}

// paint reports whether the theme has to paint the ground itself.
func (t *Terminal) paint(k Kind, p *palette, dark bool) bool {
	switch {
	case k == KindContrastDark || k == KindContrastLight:
		return true
	case t.Background == nil:
		return t.Silent || dark == t.Light
	case k == KindDark16 || k == KindLight16:
		return dark != isDark(t.Background)
	}
	return !p.readableOn(t.Background)
}
