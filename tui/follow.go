package tui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// toggleFollow follows the conversation, or follows it no more.
func (a *App) toggleFollow() tea.Cmd {
	c, _ := a.target()
	follow, f := !slices.Contains(c.Followers, a.me), a.words.Screen.Did.FollowingF
	if !follow {
		f = a.words.Screen.Did.UnfollowedF
	}
	return a.act(c, event.Followed{Follow: follow}, event.AspectNone, fmt.Sprintf(f, a.name(&c)), event.Followed{Follow: !follow})
}

// calledMsg is a note that calls this agent, with its conversation.
type calledMsg struct {
	conversation store.Conversation
	by           event.AgentID
	text         string
}

// called reads where the note was written.
func (a *App) called(n store.Notice) tea.Cmd {
	return a.io(func(ctx context.Context) tea.Msg {
		c, err := a.st.Conversation(ctx, n.Conversation)
		if err != nil {
			return nil // erased since: there is nothing to be told of
		}
		return calledMsg{c, n.By, n.Text}
	})
}

// sayCalled tells of the note, and rings where the terminal is not looked at.
func (a *App) sayCalled(m calledMsg) tea.Cmd {
	a.say(fmt.Sprintf(a.words.Screen.Did.MentionedF, safetext.Name(string(m.by)), a.look.Name(&m.conversation), safetext.Line(m.text)))
	return nil
}

// sayAvailable tells the team whether this agent takes conversations.
func sayAvailable(state event.Availability) func(*App) tea.Cmd {
	return func(a *App) tea.Cmd {
		said := a.words.Screen.Did.Available[state]
		return a.write(func(ctx context.Context) tea.Msg {
			if _, err := a.st.Available(ctx, state); err != nil {
				return wroteMsg{err: err}
			}
			a.wake()
			return wroteMsg{said: said}
		})
	}
}
