package tui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/conversations"
	"frontdesk/webhookrelay/event"
)

// showView shows another view from its top, with its first conversation.
func (a *App) showView(v store.View) tea.Cmd {
	if v != a.view && a.many() {
		a.setPicked(nil)
	}
	a.view, a.fromTop = v, true
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
	gen, keep := a.lists.next(), a.current
	if a.fromTop {
		keep = ""
	}
	return a.io(func(ctx context.Context) tea.Msg {
		m := listMsg{gen: gen, keep: keep}
		m.page, m.err = a.readPage(ctx, v, after, n, keep)
		return m
	})
}

// readPage reads n rows of a view. Where the conversation that is shown is not
// among them it reads those around it, or, where the view does not hold it, its
// row alone.
func (a *App) readPage(ctx context.Context, v store.View, after store.ConversationCursor, n int, keep event.ConversationID) (conversations.Page, error) {
	got, err := a.st.Conversations(ctx, v, after, n)
	page := conversations.Page{View: v, After: after, Rows: got, AtEnd: len(got) < n}
	if err != nil || keep == "" || page.Has(keep) {
		return page, err
	}
	c, err := a.st.Conversation(ctx, keep)
	if errors.Is(err, store.ErrNotFound) {
		return page, nil
	}
	if err != nil {
		return page, err
	}
	holds, err := a.st.Holds(ctx, v, c.ID)
	if err != nil {
		return page, err
	}
	if holds {
		if page, err = a.around(ctx, v, c); err != nil || page.Has(keep) {
			return page, err
		} // it has left between two reads
	}
	page.Kept, page.Left = &c, true
	return page, nil
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
	again = a.keep(&m) || again
	had := a.list.Kept()
	a.list.SetData(m.page)
	cmds := []tea.Cmd{a.adopt(), a.wantMore()}
	a.sayGone(had)
	if again {
		cmds = append(cmds, a.reloadList())
	}
	return tea.Batch(cmds...)
}

// keep sees to it that the page has a row for the conversation that is shown,
// and reports whether the page must be read again, because the agent has gone on
// to that one since it was asked for.
func (a *App) keep(m *listMsg) (again bool) {
	switch p := &m.page; {
	case a.current == "" || a.current == a.dealt || a.fromTop || p.Has(a.current):
		p.Kept = nil
	case p.Kept == nil || p.Kept.ID != a.current:
		p.Kept, p.Left = nil, false
		if c, ok := a.list.Selected(); ok && c.ID == a.current {
			p.Kept = &c
		}
		return m.keep != a.current
	}
	return false
}

// adopt brings selection and shown conversation together after the list has
// changed under them. What is shown stays, wherever the focus is: a key that is
// pressed at this moment was meant for it.
func (a *App) adopt() tea.Cmd {
	if a.fromTop {
		a.fromTop = false
		a.list.Home()
		return a.follow()
	}
	if a.list.Select(a.current) || a.current != "" && a.current != a.dealt {
		return nil
	}
	return a.follow()
}

// sayGone says who has left the view under the selection, once, unless something
// else was just said.
func (a *App) sayGone(had event.ConversationID) {
	c, ok := a.list.Selected()
	if !ok || c.ID != a.list.Kept() || c.ID == had || a.focus != onList || a.said != "" {
		return
	}
	if words := a.list.Apart(); words != "" {
		a.say(fmt.Sprintf(a.words.Screen.GoneF, a.name(&c), words))
	}
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
	a.current, a.dealt = "", ""
	a.list.Show("")
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
