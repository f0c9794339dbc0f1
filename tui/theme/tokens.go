package theme

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// Ink is what a foreground colour means. A meaning never changes its colour
// and is never told by colour alone.
type Ink uint8

const (
	// Text is what is read.
	Text Ink = iota
	// Dim is what is read second: previews, the line's own words.
	Dim
	// Faint is what may be missed: times, hints, network names.
	Faint
	// Accent is focus, selection, unread, new.
	Accent
	// OK is an open window, delivered, live, the customer's side.
	OK
	// Warn is a window closing, what may not have been sent, marketing.
	Warn
	// Bad is failed, closed, paused.
	Bad
	// Read is read ticks, links, buttons.
	Read
	// Note is what only the team sees.
	Note
	// Rule is thin lines between panes; it carries no information.
	Rule
	// OnChip is the word inside a chip or badge.
	OnChip
	inks
)

// Surface is what lies under text.
type Surface uint8

const (
	// Base is the screen itself: the terminal's own background.
	Base Surface = iota
	// Panel is a header, the status line, an overlay.
	Panel
	// Selection is the selected row.
	Selection
	// Field is where something is typed.
	Field
	// BubbleIn is a customer's message.
	BubbleIn
	// BubbleOut is ours.
	BubbleOut
	// NoteSurface is a note, and the composer when it is closed.
	NoteSurface
	// ChipOK, ChipAccent and ChipNote lie under the word of a chip.
	ChipOK
	ChipAccent
	ChipNote
	surfaces
)

type palette struct {
	ink     [inks]color.Color
	surface [surfaces]color.Color
}

type rgb = color.RGBA

func hex(v uint32) rgb {
	return rgb{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

func dark() palette {
	return palette{
		ink: [inks]color.Color{
			Text: hex(0xe4e8ee), Dim: hex(0x9aa5b4), Faint: hex(0x6b7688),
			Accent: hex(0x7c9cff), OK: hex(0x4cc38a), Warn: hex(0xf0b429), Bad: hex(0xf2676b),
			Read: hex(0x53b7f5), Note: hex(0xe7c66b), Rule: hex(0x2b323d), OnChip: hex(0x14171c),
		},
		surface: [surfaces]color.Color{
			Base: hex(0x14171c), Panel: hex(0x191d24), Selection: hex(0x232a36), Field: hex(0x232a36),
			BubbleIn: hex(0x20262f), BubbleOut: hex(0x1d2b3f), NoteSurface: hex(0x2a2618),
			ChipOK: hex(0x4cc38a), ChipAccent: hex(0x7c9cff), ChipNote: hex(0xe7c66b),
		},
	}
}

func light() palette {
	return palette{
		ink: [inks]color.Color{
			Text: hex(0x1d2229), Dim: hex(0x545d69), Faint: hex(0x7b8490),
			Accent: hex(0x2f55d4), OK: hex(0x16764a), Warn: hex(0x8f5c00), Bad: hex(0xc2272d),
			Read: hex(0x0a6ab0), Note: hex(0x7a5b00), Rule: hex(0xd5d7d2), OnChip: hex(0xfbfbf9),
		},
		surface: [surfaces]color.Color{
			Base: hex(0xfbfbf9), Panel: hex(0xf2f2ee), Selection: hex(0xe3e9f7), Field: hex(0xe3e9f7),
			BubbleIn: hex(0xefefea), BubbleOut: hex(0xe2ebfb), NoteSurface: hex(0xfbf1cf),
			ChipOK: hex(0x16764a), ChipAccent: hex(0x2f55d4), ChipNote: hex(0x7a5b00),
		},
	}
}

// dark256 and light256 are chosen from the fixed part of the 256 colours: the
// nearest to a dark surface would be a bright blue, since below the greys the
// cube has few dark colours.
func dark256() palette {
	i := func(n uint8) color.Color { return ansi.IndexedColor(n) }
	return palette{
		ink: [inks]color.Color{
			Text: i(254), Dim: i(248), Faint: i(244), Accent: i(111), OK: i(78), Warn: i(214), Bad: i(210),
			Read: i(75), Note: i(222), Rule: i(238), OnChip: i(233),
		},
		surface: [surfaces]color.Color{
			Panel: i(234), Selection: i(236), Field: i(236), BubbleIn: i(235), BubbleOut: i(236), NoteSurface: i(235),
			ChipOK: i(78), ChipAccent: i(111), ChipNote: i(222),
		},
	}
}

func light256() palette {
	i := func(n uint8) color.Color { return ansi.IndexedColor(n) }
	return palette{
		ink: [inks]color.Color{
			Text: i(234), Dim: i(239), Faint: i(241), Accent: i(26), OK: i(22), Warn: i(94), Bad: i(124),
			Read: i(25), Note: i(58), Rule: i(252), OnChip: i(231),
		},
		surface: [surfaces]color.Color{
			Panel: i(255), Selection: i(254), Field: i(254), BubbleIn: i(255), BubbleOut: i(254), NoteSurface: i(230),
			ChipOK: i(22), ChipAccent: i(26), ChipNote: i(58),
		},
	}
}

// dark16 and light16 use the sixteen colours for meaning and leave every
// surface but the selection and the chips to the terminal: its shades are
// chosen by the user, and only text on the default background is sure to be
// readable. A bar, a chip or a word marks what the surface would have.
func dark16() palette {
	return palette{
		ink: [inks]color.Color{
			Text: ansi.BrightWhite, Dim: ansi.White, Faint: ansi.White,
			Accent: ansi.BrightBlue, OK: ansi.BrightGreen, Warn: ansi.BrightYellow, Bad: ansi.BrightRed,
			Read: ansi.BrightCyan, Note: ansi.BrightYellow, Rule: ansi.BrightBlack, OnChip: ansi.Black,
		},
		surface: chips16(ansi.BrightBlack, ansi.BrightGreen, ansi.BrightBlue, ansi.BrightYellow),
	}
}

func light16() palette {
	return palette{
		ink: [inks]color.Color{
			Text: ansi.Black, Dim: ansi.Black, Faint: ansi.BrightBlack,
			Accent: ansi.Blue, OK: ansi.Green, Warn: ansi.Magenta, Bad: ansi.Red,
			Read: ansi.Blue, Note: ansi.Magenta, Rule: ansi.BrightBlack, OnChip: ansi.BrightWhite,
		},
		surface: chips16(nil, ansi.Green, ansi.Blue, ansi.Magenta),
	}
}

func chips16(selection, ok, accent, note color.Color) [surfaces]color.Color {
	return [surfaces]color.Color{Selection: selection, ChipOK: ok, ChipAccent: accent, ChipNote: note}
}
