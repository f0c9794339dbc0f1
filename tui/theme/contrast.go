package theme

import (
	"image/color"
	"math"

	"charm.land/lipgloss/v2"
)

// Readable is the least contrast of text with what lies under it (WCAG 2.2,
// 1.4.3); the high contrast themes keep [Enhanced] (1.4.6).
const (
	Readable = 4.5
	Enhanced = 7.0
)

// Contrast returns the contrast of two colours as WCAG 2.2 defines it, from 1
// to 21.
func Contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

// isDark reports that light text reads better than dark on a background.
func isDark(background color.Color) bool {
	return Contrast(background, color.White) >= Contrast(background, color.Black)
}

// readableOn reports that every ink but the thin rules can be read on a
// terminal's own background.
func (p *palette) readableOn(background color.Color) bool {
	for i := Text; i <= Note; i++ {
		if Contrast(p.ink[i], background) < Readable {
			return false
		}
	}
	return true
}

// contrastTokens are the shades of the high contrast themes: black or white,
// few surfaces, and inks of at least [Enhanced]. All but one green are colours of
// the fixed part of the 256, so that a terminal with 256 shows these very ones.
func contrastTokens(isDark bool) palette {
	choose := lipgloss.LightDark(isDark)
	pick := func(light, dark string) color.Color { return choose(lipgloss.Color(light), lipgloss.Color(dark)) }
	text, onText := pick("#000000", "#ffffff"), pick("#ffffff", "#000000")
	return palette{
		ink: [inks]color.Color{
			Text: text, Dim: text, Faint: pick("#303030", "#d0d0d0"),
			Accent: pick("#0000af", "#87d7ff"), OK: pick("#004a00", "#87ffaf"), Warn: pick("#5f0000", "#ffff87"),
			Bad: pick("#870000", "#ffafaf"), Read: pick("#000087", "#afd7ff"), Note: pick("#5f005f", "#ffffaf"),
			Rule: pick("#303030", "#d0d0d0"), OnChip: onText,
		},
		surface: [surfaces]color.Color{
			Base: onText, Panel: pick("#eeeeee", "#1c1c1c"), Selection: pick("#d7d7ff", "#303030"), Field: pick("#d7d7ff", "#303030"),
			BubbleIn: pick("#eeeeee", "#121212"), BubbleOut: pick("#ffffff", "#00005f"), NoteSurface: pick("#ffffd7", "#262626"),
			ChipOK: pick("#004a00", "#87ffaf"), ChipAccent: pick("#0000af", "#87d7ff"), ChipNote: pick("#5f005f", "#ffffaf"),
		},
	}
}
