package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
)

// nudge opens the team's template that keeps a conversation going, filled and ready
// to be sent after one look. Without one for the contact's language it says so, and
// the templates are there to choose from.
func (a *App) nudge() tea.Cmd {
	if !a.loaded() {
		a.then = "nudge"
		return nil
	}
	c, _ := a.thread.Conversation()
	caps := a.caps(&c)
	switch {
	case caps == nil || caps.Send[provider.Templated] <= provider.Absent:
		a.say(a.words.Screen.Did.NoTemplates)
		return nil
	case caps.Window.For == 0:
		a.say(a.words.Nudge.NoWindow)
		return nil
	case caps.Template.Unlisted:
		return a.naming(&c, caps)
	}
	a.why = false
	data := a.pickerData(&c, caps)
	p := overlay.NewPicker(a.look, data)
	a.push(p)
	list := a.readTemplates(p, data)
	return a.io(func(ctx context.Context) tea.Msg {
		nudges, err := a.st.Nudges(ctx)
		if err != nil {
			return overlayMsg{err: err}
		}
		m, ok := list().(overlayMsg)
		if !ok || m.err != nil {
			return m
		}
		name := store.NudgeFor(nudges, c.Language)
		return overlayMsg{give: func(a *App) action.Action {
			m.give(a)
			return p.Nudge(name)
		}}
	})
}
