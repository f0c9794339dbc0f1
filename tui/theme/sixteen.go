package theme

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// dark16 and light16 use the sixteen colours for meaning and leave every
// surface but the chips to the terminal: its shades are chosen by the user, and
// only text on the default background is sure to be readable. A bar, a chip or
// a word marks what the surface would have. On dark there is no blue: in many
// tables it is too dark to read.
func dark16() palette {
	return palette{
		ink: [inks]color.Color{
			Text: ansi.BrightWhite, Dim: ansi.White, Faint: ansi.White,
			Accent: ansi.BrightCyan, OK: ansi.BrightGreen, Warn: ansi.BrightYellow, Bad: ansi.BrightRed,
			Read: ansi.Cyan, Note: ansi.BrightYellow, Rule: ansi.BrightBlack, OnChip: ansi.Black,
		},
		surface: chips16(ansi.Black, ansi.BrightGreen, ansi.BrightCyan, ansi.BrightYellow),
	}
}

func light16() palette {
	return palette{
		ink: [inks]color.Color{
			Text: ansi.Black, Dim: ansi.Black, Faint: ansi.BrightBlack,
			Accent: ansi.Blue, OK: ansi.Green, Warn: ansi.Magenta, Bad: ansi.Red,
			Read: ansi.Blue, Note: ansi.Magenta, Rule: ansi.BrightBlack, OnChip: ansi.BrightWhite,
		},
		surface: chips16(ansi.BrightWhite, ansi.Green, ansi.Blue, ansi.Magenta),
	}
}

func chips16(base, ok, accent, note color.Color) [surfaces]color.Color {
	return [surfaces]color.Color{Base: base, ChipOK: ok, ChipAccent: accent, ChipNote: note}
}

// indexed16 reports that a colour is one of the sixteen, whose shade is the
// user's and not known. So is no colour at all.
func indexed16(c color.Color) bool {
	_, basic := c.(ansi.BasicColor)
	return basic || c == nil
}
