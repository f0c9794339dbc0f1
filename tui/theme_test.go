package tui

import (
	"context"
	"fmt"
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"frontdesk/store/storetest"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/tui/tuitest"
)

// TestScreensInEveryTheme: what each cell wears, for every size and theme.
func TestScreensInEveryTheme(t *testing.T) {
	dark, light := color.RGBA{0x14, 0x17, 0x1c, 0xff}, color.RGBA{0xfb, 0xfb, 0xf9, 0xff}
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, options(storetest.New(t)), size.w, size.h, "Grace", "It is. Shall I book it?")
			everything(s)
			var b strings.Builder
			for _, look := range []struct {
				name    string
				command string
				depth   colorprofile.Profile
				ground  color.Color
			}{
				{"dark", "auto", colorprofile.TrueColor, dark},
				{"light", "auto", colorprofile.TrueColor, light},
				{"light on dark", "light", colorprofile.TrueColor, dark},
				{"dark, 256 colours", "auto", colorprofile.ANSI256, dark},
				{"dark, high contrast", "contrast", colorprofile.TrueColor, dark},
				{"light, sixteen colours", "auto", colorprofile.ANSI, light},
				{"no colours", "auto", colorprofile.ASCII, dark},
			} {
				lookAs(s, look.depth, look.ground)
				byPalette(s, "theme-"+look.command)
				fmt.Fprintf(&b, "== %s\n%s", look.name, s.Dress())
			}
			tuitest.GoldenText(t, "theme-"+size.name, b.String())
		})
	}
}

// byPalette runs a theme's command and takes what it says away.
func byPalette(s *tuitest.Screen, command string) {
	name := words.English().Screen.Commands[command].Name
	s.Press("ctrl+k")
	s.Type(name)
	s.Press("enter")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "› "+name) })
	s.Press("end") // a key takes away what was said
}

// A terminal that never tells its background gets one painted, once no answer is
// waited for any more; one that answers late is believed.
func TestATerminalThatNeverAnswers(t *testing.T) {
	for env, kind := range map[string]theme.Kind{"": theme.KindDark, "COLORFGBG=0;15": theme.KindLight, "COLORFGBG=15;0": theme.KindDark} {
		o := options(storetest.New(t))
		o.Env = []string{env}
		a := New(t.Context(), o)
		alarms := 0
		a.tick = func(_ context.Context, d time.Duration, f func(time.Time) tea.Msg) tea.Cmd {
			if d == answerWithin {
				alarms++
				a.handle(f(o.Now()))
			}
			return nil
		}
		a.resize(80, 24)
		if a.look.Theme.Kind != kind || a.look.Theme.Ground() != "" {
			t.Errorf("%q: at first theme %d, ground %q", env, a.look.Theme.Kind, a.look.Theme.Ground())
		}
		a.askBackground()
		if alarms != 1 || a.look.Theme.Kind != kind || a.look.Theme.Ground() == "" {
			t.Errorf("%q: after %d alarms theme %d, ground %q", env, alarms, a.look.Theme.Kind, a.look.Theme.Ground())
		}
		for y, l := range strings.Split(a.View().Content, "\n") {
			if !strings.HasPrefix(l, a.look.Theme.Ground()) {
				t.Errorf("%q: row %d does not begin with the ground", env, y)
			}
		}
		a.handle(tea.BackgroundColorMsg{Color: color.White})
		if a.look.Theme.Kind != theme.KindLight || a.look.Theme.Ground() != "" {
			t.Errorf("%q: a late answer is not believed: theme %d", env, a.look.Theme.Kind)
		}
	}
}

// In a painted theme no cell is left to the terminal, also below the last row of
// a list, beside an overlay and in a screen that is too small.
func TestThePaintedGroundHasNoHoles(t *testing.T) {
	o := options(storetest.New(t))
	o.Theme = theme.HighContrast
	s := start(t, o, 120, 40)
	whole := func(where string) {
		t.Helper()
		w, h := s.Size()
		for y := range h {
			for x := range w {
				if c := s.Cell(x, y); c.Bg == nil && c.Width > 0 {
					t.Fatalf("%s: the cell %d,%d is the terminal's own:\n%s", where, x, y, s.Text())
				}
			}
		}
	}
	tour(s, whole)
	s.Resize(30, 8)
	whole("too small")
}
