package theme

import (
	"image/color"

	"charm.land/lipgloss/v2"
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
	// Faint is what is read last: times, hints, network names.
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
	// Base is the screen itself: the terminal's own background where it can be
	// read on, else painted.
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

// tokens are the shades of the design, light and dark side by side, in 24-bit
// colour.
func tokens(isDark bool) palette {
	choose := lipgloss.LightDark(isDark)
	pick := func(light, dark string) color.Color { return choose(lipgloss.Color(light), lipgloss.Color(dark)) }
	return palette{
		ink: [inks]color.Color{
			Text:   pick("#1d2229", "#e4e8ee"),
			Dim:    pick("#464e59", "#aab4c2"),
			Faint:  pick("#5f6873", "#8993a4"),
			Accent: pick("#2f55d4", "#7c9cff"),
			OK:     pick("#16764a", "#4cc38a"),
			Warn:   pick("#8f5c00", "#f0b429"),
			Bad:    pick("#c2272d", "#f2676b"),
			Read:   pick("#0a6ab0", "#53b7f5"),
			Note:   pick("#7a5b00", "#e7c66b"),
			Rule:   pick("#d5d7d2", "#2b323d"),
			OnChip: pick("#fbfbf9", "#14171c"),
		},
		surface: [surfaces]color.Color{
			Base:        pick("#fbfbf9", "#14171c"),
			Panel:       pick("#f2f2ee", "#191d24"),
			Selection:   pick("#e3e9f7", "#232a36"),
			Field:       pick("#e3e9f7", "#232a36"),
			BubbleIn:    pick("#efefea", "#20262f"),
			BubbleOut:   pick("#e2ebfb", "#1d2b3f"),
			NoteSurface: pick("#fbf1cf", "#2a2618"),
			ChipOK:      pick("#16764a", "#4cc38a"),
			ChipAccent:  pick("#2f55d4", "#7c9cff"),
			ChipNote:    pick("#7a5b00", "#e7c66b"),
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
			Text: i(254), Dim: i(250), Faint: i(247), Accent: i(111), OK: i(78), Warn: i(214), Bad: i(210),
			Read: i(75), Note: i(222), Rule: i(238), OnChip: i(233),
		},
		surface: [surfaces]color.Color{
			Base: i(233), Panel: i(234), Selection: i(236), Field: i(236), BubbleIn: i(235), BubbleOut: i(236), NoteSurface: i(235),
			ChipOK: i(78), ChipAccent: i(111), ChipNote: i(222),
		},
	}
}

func light256() palette {
	i := func(n uint8) color.Color { return ansi.IndexedColor(n) }
	return palette{
		ink: [inks]color.Color{
			Text: i(234), Dim: i(238), Faint: i(241), Accent: i(26), OK: i(22), Warn: i(94), Bad: i(124),
			Read: i(25), Note: i(58), Rule: i(252), OnChip: i(231),
		},
		surface: [surfaces]color.Color{
			Base: i(231), Panel: i(255), Selection: i(254), Field: i(254), BubbleIn: i(255), BubbleOut: i(254), NoteSurface: i(230),
			ChipOK: i(22), ChipAccent: i(26), ChipNote: i(58),
		},
	}
}
