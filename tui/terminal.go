package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// noColor reports whether the environment asks for no colour.
func noColor(env []string) bool {
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, "NO_COLOR="); ok && v != "" {
			return true
		}
	}
	return false
}

// background chooses the theme by what the terminal says of its background.
func (a *App) background(dark bool) tea.Cmd {
	a.light = !dark
	a.retheme()
	return nil
}

func (a *App) profile(p colorprofile.Profile) tea.Cmd {
	a.depth = p
	a.retheme()
	return nil
}

func (a *App) retheme() {
	th := theme.New(!a.light)
	switch {
	case noColor(a.opts.Env) || a.depth == colorprofile.NoTTY || a.depth == colorprofile.ASCII:
		th = theme.NoColor()
	case a.depth == colorprofile.ANSI256:
		th = theme.New256(!a.light)
	case a.depth == colorprofile.ANSI:
		th = theme.New16(!a.light)
	}
	if th.Kind == a.look.Theme.Kind {
		return
	}
	a.look.Theme = th
	a.setLook()
}

// modeReport learns how the terminal counts cells. From now on everything is
// measured as the renderer measures it; the other way round a row with an emoji
// would move all that stands at its right.
func (a *App) modeReport(m tea.ModeReportMsg) tea.Cmd {
	if m.Mode != ansi.ModeUnicodeCore || a.look.Pen.M.Method == safetext.Grapheme {
		return nil
	}
	if m.Value == ansi.ModeReset || m.Value == ansi.ModeSet || m.Value == ansi.ModePermanentlySet {
		a.look.Pen.M.Method = safetext.Grapheme
		a.setLook()
	}
	return nil
}

// setLook gives theme, width method and the present instant to every pane.
func (a *App) setLook() {
	look := *a.look
	look.Now = a.now()
	a.look = &look
	a.list.SetLook(a.look)
	a.thread.SetLook(a.look)
	a.contact.SetLook(a.look)
	a.over.SetLook(a.look)
	a.composer.SetTheme(look.Theme)
	a.composer.SetMeasurer(look.Pen.M)
	a.composer.Tick(look.Now)
	a.relayout()
	a.dirty = true
}
