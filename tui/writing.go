package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
)

// reply lets the agent write. Where the window is closed it opens the
// templates instead and says why.
func (a *App) reply() tea.Cmd {
	if !a.loaded() {
		a.then = "reply"
		return nil
	}
	c, _ := a.thread.Conversation()
	if c.Standing.Check(provider.TextContent("")) != nil {
		return a.startWriting(store.DraftReply) // which says why nothing may go; no template may, either
	}
	if caps := a.caps(&c); caps != nil {
		state, closed := caps.Window.State(c.LastInbound, a.now())
		if state == provider.WindowShut && caps.Window.Outside == provider.TemplatesOnly {
			return a.templates(a.whyClosed(closed))
		}
	}
	return a.startWriting(store.DraftReply)
}

func (a *App) whyClosed(at time.Time) string {
	if at.IsZero() {
		return a.words.Screen.Did.WindowNever
	}
	return fmt.Sprintf(a.words.Screen.Did.WindowClosedF, a.words.Time.Moment(at, a.now()))
}

func (a *App) note() tea.Cmd {
	if a.many() {
		a.push(overlay.NewAsk(a.look, &a.words.Triage.Notes, a.about(), func(text string) action.Action { return action.NoteAll{Text: text} }))
		return nil
	}
	if !a.loaded() {
		a.then = "note"
		return nil
	}
	return a.startWriting(store.DraftNote)
}

func (a *App) startWriting(m store.DraftMode) tea.Cmd {
	a.dropStrip()
	a.freshen()
	a.composer.SetMode(m)
	a.composer.Focus()
	return a.setFocus(onThread)
}
