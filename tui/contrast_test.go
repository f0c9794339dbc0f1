package tui

import (
	"fmt"
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"frontdesk/store/storetest"
	"frontdesk/tui/theme"
	"frontdesk/tui/tuitest"
)

// pair is two colours that met on a screen, and where they were first seen.
type pair struct{ ink, under color.RGBA }

// pairs are all that were seen, with the word or glyph and the screen.
type pairs map[pair]string

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }

// collect takes every cell of the screen that shows something. Thin rules say
// nothing: they part what is parted already, and are left out.
func (p pairs) collect(s *tuitest.Screen, where string, ground, text color.Color) {
	w, h := s.Size()
	for y := range h {
		for x := range w {
			c := s.Cell(x, y)
			if strings.TrimSpace(c.Text) == "" || c.Text == theme.GlyphDivider || c.Text == theme.GlyphRule {
				continue
			}
			ink, under := c.Fg, c.Bg
			if ink == nil {
				ink = text
			}
			if under == nil {
				under = ground
			}
			if c.Reverse {
				ink, under = under, ink
			}
			k := pair{rgba(ink), rgba(under)}
			if p[k] == "" {
				p[k] = fmt.Sprintf("%q at %d,%d of %s", c.Text, x, y, where)
			}
		}
	}
}

func (p pairs) judge(t *testing.T, least float64) {
	t.Helper()
	for k, where := range p {
		if c := theme.Contrast(k.ink, k.under); c < least {
			t.Errorf("%v on %v is %.2f, want %.1f: %s", k.ink, k.under, c, least, where)
		}
	}
}

// stops are the ways from the open conversation to every kind of screen and
// overlay, each undone by esc.
func stops() []string {
	return []string{
		"", "?", "ctrl+k", "v", "s", "S", "/", "c", "a", "h", "l", "!", "t", "d", "R", "D", "w", "x", "i", "tab",
		"r", "n", "r ctrl+d", "r ctrl+t", "n @", "U", "g f", "g c", "g r", "j j", "j",
	}
}

// tour opens every conversation and goes to every stop; see is called at each.
func tour(s *tuitest.Screen, see func(where string)) {
	goAll(s)
	everything(s)
	see("the list")
	for i := range 7 {
		row := selected(s)
		s.Press("enter")
		see("thread of " + row)
		s.Press("r")
		see("writing to " + row)
		s.Press("esc", "esc", "esc")
		if i < 6 {
			s.Press("j")
		}
	}
	for _, keys := range stops() {
		s.Press(strings.Fields(keys)...)
		see(fmt.Sprintf("%q", keys))
		s.Press("esc", "esc", "esc", "g", "a")
	}
}

// lookAs shows the screen on another terminal.
func lookAs(s *tuitest.Screen, p colorprofile.Profile, ground color.Color) {
	s.Send(tea.BackgroundColorMsg{Color: ground})
	s.Send(tea.ColorProfileMsg{Profile: p})
}

// TestEveryPairCanBeRead walks through the program in each theme whose colours
// are known, and measures every two colours that meet in a cell.
func TestEveryPairCanBeRead(t *testing.T) {
	for _, c := range []struct {
		choice theme.Choice
		depths []colorprofile.Profile
		least  float64
	}{
		{theme.Auto, []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256}, theme.Readable},
		{theme.HighContrast, []colorprofile.Profile{colorprofile.TrueColor}, theme.Enhanced},
	} {
		t.Run(string(c.choice), func(t *testing.T) {
			t.Parallel() // a screen mostly waits for its next frame
			o := options(storetest.New(t))
			o.Theme = c.choice
			s := start(t, o, 160, 48)
			seen := map[string]pairs{}
			tour(s, func(where string) {
				for _, depth := range c.depths {
					for name, ground := range grounds() {
						lookAs(s, depth, ground)
						kind := fmt.Sprint(name, depth)
						if seen[kind] == nil {
							seen[kind] = pairs{}
						}
						seen[kind].collect(s, kind+", "+where, ground, color.RGBA{}) // no ink is the terminal's own here
					}
				}
			})
			for kind, p := range seen {
				t.Logf("%s: %d pairs", kind, len(p))
				p.judge(t, c.least)
				if len(p) < 20 {
					t.Errorf("%s: the tour saw %d pairs only", kind, len(p))
				}
			}
		})
	}
}

// grounds are backgrounds of terminals: the pictures', pure ones, well-known
// ones, and one on which nothing could be read as it is.
func grounds() map[string]color.Color {
	return map[string]color.Color{
		"dark": color.RGBA{0x14, 0x17, 0x1c, 0xff}, "light": color.RGBA{0xfb, 0xfb, 0xf9, 0xff},
		"middle grey": color.RGBA{0x77, 0x77, 0x77, 0xff}, "cream": color.RGBA{0xfd, 0xf6, 0xe3, 0xff},
	}
}
