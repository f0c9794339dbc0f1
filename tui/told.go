package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// erased lets go of a conversation of which nothing may be left: what was typed
// in it is not kept, and what was done in it is not undone.
func (a *App) erased(id event.ConversationID) tea.Cmd {
	a.undos = slices.DeleteFunc(a.undos, func(u *undoable) bool { return u.conversation == id })
	if a.picked[id] {
		picked := maps.Clone(a.picked)
		delete(picked, id)
		a.setPicked(picked)
	}
	maps.DeleteFunc(a.drafts, func(key draftKey, _ *unkept) bool { return key.conversation == id })
	if a.current != id {
		return nil
	}
	a.over.Clear()
	a.composer.Forget()
	a.say(a.words.Screen.Did.Erased)
	return a.showNothing()
}

// notice tells what the store has to say once.
func (a *App) notice(n store.Notice) tea.Cmd {
	if n.Kind == store.NoticeRefused {
		if a.partlyRefused(n) {
			return nil
		}
		return a.refused(n)
	}
	switch n.Kind {
	case store.NoticeBroadcast:
		return a.toldOfBroadcast(n)
	case store.NoticeMentioned:
		return a.called(n)
	case store.NoticeWritten, store.NoticeAssigned: // where the agent looks elsewhere
		return nil
	}
	if n.Kind == store.NoticeTemplate {
		t := n.Template
		a.say(a.words.Templates.Became(t.Name, t.Language, a.words.Word.TemplateStatus(t.Status), t.Reason))
		return nil
	}
	text := n.Text
	if text == "" && n.Error != nil {
		text = n.Error.Text
	}
	if text != "" {
		a.say(text)
	}
	return nil
}

// refusedMsg says of whom an action was refused: by now the agent is elsewhere.
type refusedMsg struct {
	conversation store.Conversation
	why          string
}

// refused reads who it was about.
func (a *App) refused(n store.Notice) tea.Cmd {
	return a.io(func(ctx context.Context) tea.Msg {
		c, err := a.st.Conversation(ctx, n.Conversation)
		if err != nil {
			c = store.Conversation{}
		}
		return refusedMsg{c, n.Text}
	})
}

func (a *App) sayRefused(m refusedMsg) {
	if m.conversation.ID == "" {
		a.say(m.why)
		return
	}
	a.say(fmt.Sprintf(a.words.Screen.Did.RefusedF, a.look.Name(&m.conversation), m.why))
}

// resume has a message of each paused inbox find out whether it works again.
func (a *App) resume() tea.Cmd {
	return a.write(func(ctx context.Context) tea.Msg {
		n, err := a.st.TryPaused(ctx, nil, true)
		a.wake()
		if n == 0 {
			return wroteMsg{said: a.words.Screen.Did.NothingPaused, err: err}
		}
		return wroteMsg{said: a.words.Screen.Did.Trying, err: err}
	})
}

// quit leaves, and asks where something would stay unsent. It counts anew, and
// after what was written before the key: the numbers on the screen are a moment
// old.
func (a *App) quit() tea.Cmd {
	return a.write(func(ctx context.Context) tea.Msg {
		c, err := a.st.Counts(ctx)
		return quitMsg{countsMsg{c, err}}
	})
}

type quitMsg struct{ countsMsg }

func (a *App) quitting(m quitMsg) tea.Cmd {
	a.takeCounts(m.countsMsg)
	o := a.counts.Outbox
	unsent := o.Queued + o.Held + o.Sending + o.Unsure
	if top := a.over.Top(); unsent > 0 && (top == nil || top != a.quitQuestion) {
		return a.askQuit(a.outboxWords())
	}
	return a.leave() // the second q was typed ahead of the question
}
