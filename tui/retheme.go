package tui

import (
	"image/color"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"frontdesk/tui/theme"
)

// answerWithin is how long the screen waits for the terminal to tell its
// background before it paints one of its own. An answer that comes later still
// counts.
const answerWithin = 500 * time.Millisecond

type silentMsg struct{}

// variable is the value of an environment variable; the last one counts.
func variable(env []string, name string) (value string) {
	for _, e := range env {
		if k, v, ok := strings.Cut(e, "="); ok && k == name {
			value = v
		}
	}
	return value
}

// noColor reports whether the environment asks for no colour.
func noColor(env []string) bool { return variable(env, "NO_COLOR") != "" }

// guess is what the environment tells of a terminal before it answers itself.
// COLORFGBG is what some terminals set: the numbers of text and background, of
// which 7 and 9 to 15 are light.
func guess(env []string) theme.Terminal {
	t := theme.Terminal{}
	if noColor(env) {
		t.Depth = theme.NoColors
	}
	switch fgbg := variable(env, "COLORFGBG"); fgbg[strings.LastIndex(fgbg, ";")+1:] {
	case "7", "9", "10", "11", "12", "13", "14", "15":
		t.Light = true
	}
	return t
}

// askBackground asks the terminal, and goes on without an answer.
func (a *App) askBackground() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, a.tick(a.ctx, answerWithin, func(time.Time) tea.Msg { return silentMsg{} }))
}

// background chooses the theme by what the terminal says of its background.
func (a *App) background(c color.Color) tea.Cmd {
	a.terminal.Background = c
	a.retheme()
	return nil
}

// silent chooses the theme for a terminal that has said nothing in time.
func (a *App) silent() tea.Cmd {
	a.terminal.Silent = true
	a.dirty = false
	a.retheme()
	return nil
}

func (a *App) profile(p colorprofile.Profile) tea.Cmd {
	a.terminal.Depth = depthOf(p)
	if noColor(a.opts.Env) {
		a.terminal.Depth = theme.NoColors
	}
	a.retheme()
	return nil
}

func depthOf(p colorprofile.Profile) theme.Depth {
	switch p {
	case colorprofile.ANSI256:
		return theme.Colors256
	case colorprofile.ANSI:
		return theme.Colors16
	case colorprofile.TrueColor:
		return theme.TrueColor
	}
	return theme.NoColors
}

func (a *App) retheme() {
	th := theme.For(a.chosen, a.terminal)
	if th.Key() == a.look.Theme.Key() {
		return
	}
	a.look.Theme = th
	a.setLook()
}

// themeCommands choose a theme by hand, until the program ends: the
// configuration has the one it begins with.
func themeCommands() []command {
	var out []command
	for _, c := range theme.Choices() {
		out = append(out, command{themeCommand(c), true, func(a *App) tea.Cmd { return a.chooseTheme(c) }})
	}
	return out
}

func themeCommand(c theme.Choice) string { return "theme-" + string(c) }

func (a *App) chooseTheme(c theme.Choice) tea.Cmd {
	a.chosen = c
	a.retheme()
	did := &a.words.Screen.Did
	if a.terminal.Depth == theme.NoColors {
		a.say(did.ThemeNoColours)
		return nil
	}
	a.say(did.Theme(a.words.Screen.Commands[themeCommand(c)].Name, string(c)))
	return nil
}

// grounded has every line begin with the colours of the screen itself, where
// the theme paints them: what no pane draws is then the theme's, too.
func (a *App) grounded(lines []string) []string {
	ground := a.look.Theme.Ground()
	if ground == "" {
		return lines
	}
	for i, l := range lines {
		lines[i] = ground + l
	}
	return lines
}
