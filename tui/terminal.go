package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"frontdesk/tui/safetext"
)

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
