package tui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/conversations"
	"frontdesk/tui/thread"
	"frontdesk/webhookrelay/event"
)

// rows is how many conversations are read at first and at each edge.
const rows = 200

// reader is what is being read for a pane. A result of another generation is
// too late and is dropped; a change that comes during a read makes one more.
type reader struct {
	gen   int
	busy  bool
	again bool
	// edge is set while more rows at an edge are being read.
	edge bool
}

func (r *reader) next() int {
	r.gen++
	r.busy, r.again, r.edge = true, false, false
	return r.gen
}

type (
	changeMsg struct{ change store.Change }
	// LinkMsg is the state of the link after it has changed.
	LinkMsg   LinkState
	brokenMsg struct{ what string }
	listMsg   struct {
		gen  int
		page conversations.Page
		err  error
	}
	moreMsg struct {
		gen   int
		above bool
		rows  []store.Conversation
		edge  bool // nothing lies beyond
		err   error
	}
	threadMsg struct {
		gen    int
		fresh  bool
		data   thread.Data
		drafts map[store.DraftMode]string
		goTo   store.MessageKey
		err    error
	}
	olderMsg struct {
		gen  int
		rows []store.Message
		more bool
		err  error
	}
	countsMsg struct {
		counts store.Counts
		err    error
	}
	teamMsg struct {
		team  []store.Agent
		inbox []provider.Account
		err   error
	}
)

// io makes a command of something that reads the store. A panic in it becomes
// a message: it must not take the screen with it.
func (a *App) io(f func(ctx context.Context) tea.Msg) tea.Cmd {
	ctx := a.ctx
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = brokenMsg{fmt.Sprint(r)}
			}
		}()
		return f(ctx)
	}
}

func (a *App) broke(m brokenMsg) tea.Cmd {
	a.lists.busy, a.threads.busy, a.counting = false, false, reader{}
	a.say(fmt.Sprintf(a.words.Screen.Did.PanicF, m.what))
	return nil
}

// readError says what could not be read; a program that is ending reads
// nothing and says nothing.
func (a *App) readError(err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		a.say(fmt.Sprintf(a.words.Screen.Did.ReadFailedF, err))
	}
}

// changed reads again what a change of the store touches and the screen shows.
func (a *App) changed(c store.Change) tea.Cmd {
	var cmds []tea.Cmd
	if c.List {
		cmds = append(cmds, a.reloadList())
	}
	if a.current != "" && (c.Conversations == nil || c.Conversations[a.current]) {
		cmds = append(cmds, a.reloadThread())
	}
	if c.Counts || c.Outbox || c.List {
		cmds = append(cmds, a.readCounts())
	}
	if c.Conversations == nil || len(a.inbox) == 0 {
		cmds = append(cmds, a.readTeam())
	}
	if c.Templates {
		cmds = append(cmds, a.renewPicker())
	}
	for _, n := range c.Notices {
		a.notice(n)
	}
	return tea.Batch(cmds...)
}

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
	a.freshen()
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

// show reads a conversation and shows it from its newest message, or at one.
func (a *App) show(id event.ConversationID, at store.MessageKey) tea.Cmd {
	save := a.saveDrafts()
	if id != a.current {
		a.composer.Blur()
		a.frozen = false
		a.thread.Unselect()
	}
	a.current = id
	return tea.Batch(save, a.readThread(id, thread.Page, at, true))
}

func (a *App) reloadThread() tea.Cmd {
	if a.threads.busy {
		a.threads.again = true
		return nil
	}
	n := thread.Page
	if a.loaded() {
		n = max(n, len(a.thread.Data().Messages))
	}
	return a.readThread(a.current, n, 0, !a.loaded())
}

func (a *App) readThread(id event.ConversationID, n int, at store.MessageKey, fresh bool) tea.Cmd {
	gen := a.threads.next()
	return a.io(func(ctx context.Context) tea.Msg {
		m := threadMsg{gen: gen, fresh: fresh, goTo: at}
		if m.data.Conversation, m.err = a.st.Conversation(ctx, id); m.err != nil {
			return m
		}
		m.data.Messages, m.data.More, m.err = a.messages(ctx, id, n, at)
		if m.err != nil || !fresh {
			return m
		}
		m.drafts = map[store.DraftMode]string{}
		for _, mode := range []store.DraftMode{store.DraftReply, store.DraftNote} {
			if m.drafts[mode], m.err = a.st.Draft(ctx, id, mode); m.err != nil {
				return m
			}
		}
		return m
	})
}

// messages reads the newest n, or as many as it takes to hold the message at.
func (a *App) messages(ctx context.Context, id event.ConversationID, n int, at store.MessageKey) ([]store.Message, bool, error) {
	for {
		got, err := a.st.Messages(ctx, id, store.MessageCursor{}, n+1)
		if err != nil {
			return nil, false, err
		}
		more := len(got) > n
		if more {
			got = got[1:]
		}
		if at == 0 || !more || holds(got, at) {
			return got, more, nil
		}
		n *= 2
	}
}

func holds(ms []store.Message, key store.MessageKey) bool {
	for i := range ms {
		if ms[i].Key == key {
			return true
		}
	}
	return false
}

// gotThread shows what was read. What this agent had not seen when the
// conversation was opened stays marked until another one is.
func (a *App) gotThread(m threadMsg) tea.Cmd {
	if m.gen != a.threads.gen {
		return nil
	}
	again := a.threads.again
	a.threads.busy, a.threads.again = false, false
	if m.err != nil {
		return a.threadError(m.err)
	}
	a.freshen()
	c := m.data.Conversation
	m.data.SeenSeq, m.data.New = c.SeenSeq, c.New
	if old := a.thread.Data(); a.frozen && old.Conversation.ID == c.ID {
		m.data.SeenSeq, m.data.New = old.SeenSeq, old.New
	}
	a.thread.SetData(m.data)
	a.contact.SetData(c, a.inboxName(c.Account))
	a.setComposer(m)
	if m.goTo != 0 {
		a.thread.Select(m.goTo)
	}
	a.relayout()
	cmds := []tea.Cmd{a.armClosing(), a.seeIfLooked(), a.olderIfWanted(), a.renewOverlay()}
	if again {
		cmds = append(cmds, a.reloadThread())
	}
	if then := a.then; then != "" {
		a.then = ""
		cmds = append(cmds, a.run(then))
	}
	return tea.Batch(cmds...)
}

func (a *App) setComposer(m threadMsg) {
	c := m.data.Conversation
	if !m.fresh {
		a.composer.Update(c, a.caps(&c), a.now())
		return
	}
	a.composer.Open(c, a.caps(&c), a.now())
	for mode, text := range m.drafts {
		a.composer.SetDraft(mode, text)
	}
}

func (a *App) threadError(err error) tea.Cmd {
	a.then = ""
	if errors.Is(err, store.ErrNotFound) {
		a.say(a.words.Screen.Did.NotFound)
		return a.showNothing()
	}
	a.readError(err)
	return nil
}

// olderIfWanted pages upward before the reader gets to the top.
func (a *App) olderIfWanted() tea.Cmd {
	if a.threads.edge || a.threads.busy || !a.loaded() || !a.thread.WantsOlder() {
		return nil
	}
	if len(a.thread.Data().Messages) >= thread.Page && a.thread.AtBottom() {
		return nil
	}
	a.threads.edge = true
	gen, id, oldest := a.threads.gen, a.current, a.thread.Oldest()
	return a.io(func(ctx context.Context) tea.Msg {
		got, err := a.st.Messages(ctx, id, oldest, thread.Page+1)
		more := len(got) > thread.Page
		if more {
			got = got[1:]
		}
		return olderMsg{gen, got, more, err}
	})
}

func (a *App) gotOlder(m olderMsg) tea.Cmd {
	if m.gen != a.threads.gen {
		return nil
	}
	a.threads.edge = false
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	a.thread.Prepend(m.rows, m.more)
	return nil
}

func (a *App) readCounts() tea.Cmd {
	if a.counting.busy {
		a.counting.again = true
		return nil
	}
	a.counting = reader{busy: true}
	return a.io(func(ctx context.Context) tea.Msg {
		c, err := a.st.Counts(ctx)
		return countsMsg{c, err}
	})
}

func (a *App) gotCounts(m countsMsg) tea.Cmd {
	again := a.counting.again
	a.counting = reader{}
	ring := a.takeCounts(m)
	if again {
		return tea.Batch(ring, a.readCounts())
	}
	return ring
}

func (a *App) takeCounts(m countsMsg) tea.Cmd {
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	more := m.counts.Views[store.ViewUnread] > a.counts.Views[store.ViewUnread]
	ring := a.opts.Bell && a.blurred && more && a.counts.Views != nil
	a.counts = m.counts
	if ring {
		return tea.Raw("\a")
	}
	return nil
}

func (a *App) readTeam() tea.Cmd {
	return a.io(func(ctx context.Context) tea.Msg {
		var m teamMsg
		if m.team, m.err = a.st.Agents(ctx); m.err == nil {
			m.inbox, m.err = a.st.Accounts(ctx)
		}
		return m
	})
}

func (a *App) gotTeam(m teamMsg) tea.Cmd {
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	a.team, a.inbox = m.team, map[provider.AccountID]provider.Account{}
	for _, acc := range m.inbox {
		a.inbox[acc.ID] = acc
	}
	if c, ok := a.thread.Conversation(); ok {
		a.contact.SetData(c, a.inboxName(c.Account))
	}
	return nil
}

func (a *App) inboxName(id provider.AccountID) string {
	acc := a.inbox[id]
	switch {
	case acc.Name != "":
		return acc.Name
	case acc.Address != "":
		return acc.Address
	}
	return string(id)
}

func (a *App) linked(s LinkState) tea.Cmd {
	a.link = s
	return nil
}
