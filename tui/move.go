package tui

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/conversations"
	"frontdesk/tui/overlay"
)

// move goes to the next row of the focused pane.
func (a *App) move(n int) tea.Cmd {
	switch a.focus {
	case onThread:
		a.thread.Move(n)
		return a.olderIfWanted()
	case onContact:
		a.contact.Scroll(n)
		return nil
	}
	return a.moveList(n)
}

// moveList selects the next conversation, wherever the focus is, and shows it.
func (a *App) moveList(n int) tea.Cmd {
	a.list.Move(n)
	return tea.Batch(a.follow(), a.wantMore())
}

func (a *App) page(n int) tea.Cmd {
	switch a.focus {
	case onThread:
		a.thread.PageBy(n)
		return a.olderIfWanted()
	case onContact:
		a.contact.Scroll(n * a.lay.contact.h)
		return nil
	}
	a.list.PageBy(n)
	return tea.Batch(a.follow(), a.wantMore())
}

// edge goes to the beginning or the end.
func (a *App) edge(end bool) tea.Cmd {
	switch a.focus {
	case onThread:
		a.thread.Unselect()
		if end {
			a.thread.Bottom()
			return nil
		}
		a.thread.Top()
		return a.olderIfWanted()
	case onContact:
		a.contact.Scroll(map[bool]int{true: 1 << 20, false: -1 << 20}[end])
		return nil
	}
	if !end && a.list.After() != (store.ConversationCursor{}) {
		return a.showView(a.view)
	}
	if end {
		a.list.End()
	} else {
		a.list.Home()
	}
	return tea.Batch(a.follow(), a.wantMore())
}

// turn gives the keys to the next pane that is shown.
func (a *App) turn(n int) tea.Cmd {
	panes := 2
	if a.lay.contact.w > 0 || a.lay.single {
		panes = 3
	}
	next := focus((int(a.focus) + n + panes) % panes)
	if next != onList && a.current == "" {
		return nil
	}
	return a.setFocus(next)
}

func (a *App) setFocus(f focus) tea.Cmd {
	a.focus = f
	if f != onThread {
		a.thread.Unselect()
	}
	a.relayout()
	return a.seeIfLooked()
}

// openSelected gives the keys to the thread: from now on it counts as seen.
func (a *App) openSelected() tea.Cmd {
	if a.focus == onContact {
		return a.contactMenu()
	}
	return a.setFocus(onThread)
}

// back goes to the list, or takes the contact away.
func (a *App) back() tea.Cmd {
	if a.focus == onContact && a.lay.single {
		return a.setFocus(onThread)
	}
	if a.focus == onList && a.many() {
		return a.pickNone()
	}
	cmd := a.setFocus(onList)
	return tea.Batch(cmd, a.adopt())
}

func (a *App) toggleContact() tea.Cmd {
	if a.lay.single || a.w < wide {
		if a.focus == onContact {
			return a.setFocus(onThread)
		}
		if a.current == "" {
			return nil
		}
		return a.setFocus(onContact)
	}
	a.contacts = !a.contacts
	if a.focus == onContact {
		a.focus = onThread
	}
	a.relayout()
	return nil
}

// seeIfLooked moves this agent's watermark while the thread is open before
// their eyes. It does not mark anything read for the team.
func (a *App) seeIfLooked() tea.Cmd {
	if a.focus != onThread || a.blurred || !a.loaded() {
		return nil
	}
	a.frozen = true
	c, _ := a.thread.Conversation()
	moved := slices.Contains(c.Followers, a.me) && c.LastSeq > c.SeenSeq
	if c.New == 0 && !c.Mentioned && !moved {
		return a.wonder(&c)
	}
	shown := tea.Batch(a.showRead(&c), a.wonder(&c))
	return tea.Batch(shown, a.write(func(ctx context.Context) tea.Msg {
		// Nobody asked for it, and the next look tries again: told as a failure, it
		// would be taken for one of what was done.
		_ = a.st.See(ctx, c.ID)
		return wroteMsg{}
	}))
}

func (a *App) looked(yes bool) tea.Cmd {
	a.blurred = !yes
	return a.seeIfLooked()
}

// moveNeeding goes to the next conversation that is unread, waits, failed or
// is unsure, however far it is.
func (a *App) moveNeeding(forward bool) tea.Cmd {
	var from store.ConversationCursor
	if c, ok := a.list.Selected(); ok {
		from = c.Cursor(a.view)
	}
	v := a.view
	gen := a.lists.next()
	return a.io(func(ctx context.Context) tea.Msg {
		c, err := a.st.NextNeeding(ctx, v, from, forward)
		if errors.Is(err, store.ErrNotFound) {
			return foundMsg{gen: gen, none: true}
		}
		if err != nil {
			return foundMsg{gen: gen, err: err}
		}
		page, err := a.around(ctx, v, c)
		return foundMsg{gen: gen, conv: c, page: page, err: err}
	})
}

// foundMsg is a conversation that was looked for, with the window of the view
// around it.
type foundMsg struct {
	gen  int
	none bool
	conv store.Conversation
	page conversations.Page
	at   store.MessageKey
	open bool
	err  error
}

// around reads a window of the view that holds c.
func (a *App) around(ctx context.Context, v store.View, c store.Conversation) (conversations.Page, error) {
	page := conversations.Page{View: v}
	above, err := a.st.ConversationsBefore(ctx, v, c.Cursor(v), rows+1)
	if err != nil {
		return page, err
	}
	if len(above) > rows {
		page.After, above = above[0].Cursor(v), above[1:]
	}
	n := len(above) + rows
	page.Rows, err = a.st.Conversations(ctx, v, page.After, n)
	page.AtEnd = len(page.Rows) < n
	return page, err
}

func (a *App) found(m foundMsg) tea.Cmd {
	if m.gen != a.lists.gen {
		return nil
	}
	a.lists.busy = false
	switch {
	case m.none:
		a.say(a.words.Screen.Did.NoMoreNeeding)
		return a.reloadIfAgain()
	case m.err != nil:
		a.readError(m.err)
		return a.reloadIfAgain()
	}
	a.view = m.page.View
	cmd := a.show(m.conv.ID, m.at)
	a.list.SetData(m.page)
	a.list.Select(m.conv.ID)
	if m.open {
		cmd = tea.Batch(cmd, a.setFocus(onThread))
	}
	return tea.Batch(cmd, a.reloadIfAgain(), a.wantMore())
}

func (a *App) reloadIfAgain() tea.Cmd {
	if !a.lists.again {
		return nil
	}
	return a.reloadList()
}

// openFound opens a conversation that a search found, in the view that has it.
func (a *App) openFound(x action.OpenConversation) tea.Cmd {
	if s, ok := a.over.Top().(*overlay.Search); ok {
		a.walk.hits, a.walk.at = s.Hits()
	}
	a.over.Clear()
	gen := a.lists.next()
	now := a.view
	return a.io(func(ctx context.Context) tea.Msg {
		c, err := a.st.Conversation(ctx, x.ID)
		if err != nil {
			return foundMsg{gen: gen, err: err}
		}
		v := store.ViewAll
		if c.Status == store.StatusResolved {
			v = store.ViewResolved
		} else if c.Status == store.StatusSnoozed {
			v = store.ViewSnoozed
		} else if now == store.ViewMine && c.Assignee == a.me {
			v = now
		}
		page, err := a.around(ctx, v, c)
		return foundMsg{gen: gen, conv: c, page: page, at: x.Message, open: true, err: err}
	})
}
