package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Away is a terminal at the other end of a connection: it cannot be asked what a file
// of this machine can.
type Away struct {
	// Size is the terminal's at the start; Resized receives each newer one.
	Size    Size
	Resized <-chan Size
}

// Size is a terminal's, in cells.
type Size = struct{ Width, Height int }

// resizedMsg is the terminal's new size.
type resizedMsg Size

// options say what Bubble Tea would find out by itself: it takes what is no file for
// something without size and colours.
func (t *Away) options(env []string) []tea.ProgramOption {
	if t == nil {
		return nil
	}
	return []tea.ProgramOption{tea.WithWindowSize(t.Size.Width, t.Size.Height), tea.WithColorProfile(colorprofile.Env(env))}
}

func (t *Away) resized() <-chan Size {
	if t == nil {
		return nil
	}
	return t.Resized
}
