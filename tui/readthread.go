package tui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/thread"
	"frontdesk/webhookrelay/event"
)

// show reads a conversation and shows it from its newest message, or at one.
func (a *App) show(id event.ConversationID, at store.MessageKey) tea.Cmd {
	save := a.saveDrafts()
	if id != a.current {
		a.composer.Blur()
		a.frozen, a.dealt = false, ""
		a.thread.Unselect()
	}
	a.current = id
	a.list.Show(id)
	// A conversation that is shown keeps its composer: drafts that are read
	// again would come over what has been typed meanwhile.
	return tea.Batch(save, a.readThread(id, thread.Page, at, !a.loaded()))
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
		if m.err == nil {
			m.person, m.err = a.st.Contact(ctx, id)
		}
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
	c := m.data.Conversation
	m.data.SeenSeq, m.data.New = c.SeenSeq, c.New
	if old := a.thread.Data(); a.frozen && old.Conversation.ID == c.ID {
		m.data.SeenSeq, m.data.New = old.SeenSeq, old.New
	}
	a.thread.SetData(m.data)
	a.person = m.person
	a.contact.SetData(c, a.inboxName(c.Account))
	a.contact.SetPerson(m.person)
	a.setComposer(m)
	if m.goTo != 0 {
		a.thread.Select(m.goTo)
	}
	a.relayout()
	cmds := []tea.Cmd{a.seeIfLooked(), a.olderIfWanted(), a.renewOverlay()}
	if again {
		cmds = append(cmds, a.reloadThread())
	}
	return tea.Batch(append(cmds, a.begin()...)...)
}

// setComposer shows the conversation in the composer, at the instant for which
// everything else is drawn: two answers to how long a window is open are one
// too many.
func (a *App) setComposer(m threadMsg) {
	c := m.data.Conversation
	if !m.fresh {
		a.composer.Update(c, a.caps(&c), a.look.Now)
		return
	}
	a.composer.Open(c, a.caps(&c), a.look.Now)
	for mode, text := range m.drafts {
		a.composer.SetDraft(mode, a.newest(draftKey{c.ID, mode}, text))
	}
	a.began()
}

func (a *App) threadError(err error) tea.Cmd {
	a.then, a.early = "", nil
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
