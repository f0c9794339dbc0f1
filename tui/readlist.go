package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/conversations"
)

// showView shows another view from its top, with its first conversation.
func (a *App) showView(v store.View) tea.Cmd {
	a.view, a.pinned, a.fromTop = v, false, true
	a.focus = onList
	a.composer.Blur()
	a.relayout()
	return a.readList(v, store.ConversationCursor{}, rows)
}

func (a *App) reloadList() tea.Cmd {
	if a.lists.busy {
		a.lists.again = true
		return nil
	}
	after := a.list.After()
	if a.list.View() != a.view {
		after = store.ConversationCursor{}
	}
	return a.readList(a.view, after, max(rows, a.list.Len()))
}

func (a *App) readList(v store.View, after store.ConversationCursor, n int) tea.Cmd {
	gen := a.lists.next()
	return a.io(func(ctx context.Context) tea.Msg {
		got, err := a.st.Conversations(ctx, v, after, n)
		return listMsg{gen, conversations.Page{View: v, After: after, Rows: got, AtEnd: len(got) < n}, err}
	})
}

// gotList shows a page and keeps the shown conversation selected.
func (a *App) gotList(m listMsg) tea.Cmd {
	if m.gen != a.lists.gen {
		return nil
	}
	again := a.lists.again
	a.lists.busy, a.lists.again = false, false
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	a.list.SetData(m.page)
	cmds := []tea.Cmd{a.adopt(), a.wantMore()}
	if again {
		cmds = append(cmds, a.reloadList())
	}
	return tea.Batch(cmds...)
}

// adopt brings selection and shown conversation together after the list has
// changed under them: what is being read or written stays.
func (a *App) adopt() tea.Cmd {
	if a.fromTop {
		a.fromTop = false
		a.list.Home()
		return a.follow()
	}
	if a.current != "" && a.list.Select(a.current) {
		return nil
	}
	if a.current != "" && (a.pinned || a.focus != onList || a.composer.Focused()) {
		return nil
	}
	return a.follow()
}

// follow shows the selected conversation.
func (a *App) follow() tea.Cmd {
	c, ok := a.list.Selected()
	if !ok {
		return a.showNothing()
	}
	if c.ID == a.current {
		return nil
	}
	return a.show(c.ID, 0)
}

func (a *App) showNothing() tea.Cmd {
	save := a.saveDrafts()
	a.current, a.pinned = "", false
	a.threads.next()
	a.threads.busy = false
	a.thread.Clear()
	a.contact.Clear()
	a.composer.Blur()
	a.relayout()
	return save
}

// wantMore reads rows at the edges before the selection gets there.
func (a *App) wantMore() tea.Cmd {
	below, above := a.list.Wants()
	if a.lists.edge || a.lists.busy || !below && !above {
		return nil
	}
	a.lists.edge = true
	gen, v := a.lists.gen, a.view
	if below {
		last := a.list.Last()
		return a.io(func(ctx context.Context) tea.Msg {
			got, err := a.st.Conversations(ctx, v, last, rows)
			return moreMsg{gen, false, got, len(got) < rows, err}
		})
	}
	first := a.list.First()
	return a.io(func(ctx context.Context) tea.Msg {
		got, err := a.st.ConversationsBefore(ctx, v, first, rows+1)
		return moreMsg{gen, true, got, len(got) <= rows, err}
	})
}

func (a *App) gotMore(m moreMsg) tea.Cmd {
	if m.gen != a.lists.gen {
		return nil
	}
	a.lists.edge = false
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	switch {
	case !m.above:
		a.list.Append(m.rows, m.edge)
	case m.edge:
		a.list.Prepend(m.rows, store.ConversationCursor{})
	default:
		// The row above those asked for is the place they begin below.
		a.list.Prepend(m.rows[1:], m.rows[0].Cursor(a.view))
	}
	return nil
}
