package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/overlay"
	"frontdesk/webhookrelay/event"
)

// linking opens what the conversation is linked to, to be written or changed.
func (a *App) linking() tea.Cmd {
	c, ok := a.target()
	if !ok {
		return nil
	}
	rule := provider.LinkRule{}
	if caps := a.caps(&c); caps != nil {
		rule = caps.Link
	}
	l := overlay.NewLinking(a.look, c, rule)
	a.push(l)
	return a.io(func(ctx context.Context) tea.Msg {
		patterns, err := a.st.LinkPatterns(ctx)
		return overlayMsg{err: err, give: func(*App) action.Action { l.SetPatterns(patterns); return nil }}
	})
}

// linkTo ties the conversation that the overlay was opened on, and no other.
func (a *App) linkTo(x action.LinkTo) tea.Cmd {
	a.over.Pop()
	c, ok := a.target()
	if !ok || c.ID != x.Conversation {
		return nil
	}
	said := fmt.Sprintf(a.words.Screen.Did.LinkedF, a.name(&c), line.Ref(&x.Link))
	if x.Link.Ref == "" {
		said = fmt.Sprintf(a.words.Screen.Did.UnlinkedF, a.name(&c))
	}
	return a.act(c, x.Link, event.AspectLink, said, c.Link)
}
