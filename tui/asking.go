package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/webhookrelay/event"
)

// asked is what networks were asked about conversations in this run.
type asked struct {
	// next is where the history of each goes on; present once a page was read.
	next map[event.ConversationID]string
	// windows are those whose window was asked for by itself; once is enough.
	windows map[event.ConversationID]bool
}

// fetchOlder has the network's own history of the conversation read back, the next
// page at each time. What the team had not comes into the thread by itself.
func (a *App) fetchOlder() tea.Cmd {
	c, _ := a.target()
	w := &a.words.Past
	if !a.answers(&c, provider.CallHistory) {
		a.say(w.Cannot)
		return nil
	}
	cursor, before := a.asked.next[c.ID]
	if before && cursor == "" {
		a.say(w.Read(0, 0, 0, false))
		return nil
	}
	a.say(w.Reading)
	call := provider.Call{What: provider.CallHistory, Chat: c.ChatOf(), Cursor: cursor}
	order := a.writes + 1
	return a.io(func(ctx context.Context) tea.Msg {
		got, err := a.opts.Ask(ctx, call)
		if err != nil || got.Past == nil {
			return askedMsg{order: order, said: fmt.Sprintf(w.FailedF, why(err))}
		}
		return askedMsg{order: order, of: c.ID, past: got.Past, said: w.Read(got.Past.Found, got.Past.New, got.Past.Odd, got.Past.Next != "")}
	})
}

func why(err error) string {
	if err == nil {
		return "?"
	}
	return err.Error()
}

// askWindow has the network say whether the window is open.
func (a *App) askWindow() tea.Cmd {
	c, _ := a.target()
	if !a.answers(&c, provider.CallWindow) {
		a.say(a.words.Past.Cannot)
		return nil
	}
	a.say(a.words.Past.Reading)
	return a.windowOf(&c, true)
}

// wonder asks for the window, once, where nothing is known of it here: no message of
// the customer's is in the log.
func (a *App) wonder(c *store.Conversation) tea.Cmd {
	if !c.LastInbound.IsZero() || a.focus != onThread || a.asked.windows[c.ID] || !a.answers(c, provider.CallWindow) {
		return nil
	}
	if a.asked.windows == nil {
		a.asked.windows = map[event.ConversationID]bool{}
	}
	a.asked.windows[c.ID] = true
	return a.windowOf(c, false)
}

func (a *App) windowOf(c *store.Conversation, aloud bool) tea.Cmd {
	call, id, order := provider.Call{What: provider.CallWindow, Chat: c.ChatOf()}, c.ID, a.writes+1
	return a.io(func(ctx context.Context) tea.Msg {
		got, err := a.opts.Ask(ctx, call)
		m := askedMsg{order: order, of: id, window: got.Window}
		if err != nil || got.Window == nil {
			m.window = nil
			if aloud {
				m.said = fmt.Sprintf(a.words.Past.FailedF, why(err))
			}
		} else if aloud {
			m.says = true
		}
		return m
	})
}

// askedMsg is what a network said about a conversation.
type askedMsg struct {
	order  int
	of     event.ConversationID
	past   *provider.Past
	window *provider.WindowWord
	said   string
	says   bool // the window is said in the last line, too
}

func (a *App) gotAsked(m askedMsg) tea.Cmd {
	a.saidOf = max(a.saidOf, m.order)
	if m.past != nil {
		if a.asked.next == nil {
			a.asked.next = map[event.ConversationID]string{}
		}
		a.asked.next[m.of] = m.past.Next
	}
	if m.window != nil {
		a.thread.SetWord(m.of, m.window)
		if m.says {
			m.said = a.words.Past.Window(m.window, a.now())
		}
	}
	if m.said != "" {
		a.say(m.said)
	}
	return nil
}

// figures brings the network's own figures of the conversation beside ours.
func (a *App) figures(v *overlay.Stats, c *store.Conversation) tea.Cmd {
	if !a.answers(c, provider.CallFigures) {
		return nil
	}
	v.AwaitFigures()
	call, id := provider.Call{What: provider.CallFigures, Chat: c.ChatOf()}, c.ID
	return a.io(func(ctx context.Context) tea.Msg {
		got, err := a.opts.Ask(ctx, call)
		return overlayMsg{give: func(a *App) action.Action {
			if now, ok := a.target(); ok && now.ID == id {
				v.SetFigures(got.Figures, err)
			}
			return nil
		}}
	})
}
