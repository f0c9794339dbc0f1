package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/webhookrelay/event"
)

// later opens the line for a time under what is written. The text stays in the box
// until the time is taken.
func (a *App) later(x action.SendLater) tea.Cmd {
	c, ok := a.thread.Conversation()
	if !ok {
		return nil
	}
	a.push(overlay.NewLater(a.look, a.words.Later.Title, a.name(&c).String(), a.closes(&c), func(due time.Time) action.Action {
		return action.Schedule{Text: x.Text, Due: due}
	}))
	return nil
}

// closes is when free text ends in a conversation; zero where it does not end or did
// so already.
func (a *App) closes(c *store.Conversation) time.Time {
	caps := a.caps(c)
	if caps == nil {
		return time.Time{}
	}
	state, at := caps.Window.State(c.LastInbound, a.now())
	if state != provider.WindowOpen {
		return time.Time{}
	}
	return at
}

// schedule keeps what is written for its time.
func (a *App) schedule(x action.Schedule) tea.Cmd {
	c, ok := a.thread.Conversation()
	if !ok {
		return nil
	}
	a.over.Pop()
	a.composer.Take(store.DraftReply)
	a.relayout()
	a.thread.Bottom()
	out := a.outgoing(&c, provider.TextContent(x.Text))
	said := a.words.Later.Scheduled(x.Due, a.now())
	key, undo := draftKey{c.ID, store.DraftReply}, &undoable{conversation: c.ID, said: said}
	held := a.underway(key, x.Text)
	var kept store.MessageKey
	undo.back = func(ctx context.Context) error { return a.st.Unschedule(ctx, kept) }
	a.keepUndo(undo)
	return a.write(func(ctx context.Context) tea.Msg {
		held.writing.Lock()
		defer held.writing.Unlock()
		var err error
		if kept, err = a.st.Schedule(ctx, out, x.Due, ""); err != nil {
			return wroteMsg{err: err, back: &unsaved{c.ID, store.DraftReply, x.Text}, undo: undo}
		}
		held.done.Store(true)
		a.wake()
		return a.sent(ctx, a.undoably(said), key)
	})
}

func (a *App) keepUndo(u *undoable) {
	a.undos = append(a.undos, u)
	a.undos = a.undos[max(len(a.undos)-maxUndos, 0):]
}

func (a *App) undoably(said string) string { return a.words.Screen.Did.Undoable(said) }

// undoOther takes back what is no team action.
func (a *App) undoOther(u *undoable, said string) tea.Cmd {
	return a.write(func(ctx context.Context) tea.Msg {
		err := u.back(ctx)
		if errors.Is(err, store.ErrState) || errors.Is(err, store.ErrNotFound) {
			return wroteMsg{said: a.words.Later.NotThere}
		}
		a.wake()
		return wroteMsg{said: said, err: err}
	})
}

// scheduled reports a message that waits for its time.
func scheduled(m *store.Message) bool { return m.Job == event.JobScheduled }

// moveLater asks for another time of one that is scheduled.
func (a *App) moveLater(key store.MessageKey) tea.Cmd {
	m, ok := a.inPlan(key)
	if !ok {
		return nil
	}
	c, _ := a.thread.Conversation()
	closes := time.Time{}
	if m.Content.Kind != provider.Templated {
		closes = a.closes(&c)
	}
	a.over.Clear()
	a.push(overlay.NewLater(a.look, a.words.Later.Move, a.name(&c).String(), closes, func(due time.Time) action.Action {
		return action.Replan{Message: key, Due: due}
	}))
	return nil
}

// inPlan is a message of the thread that waits for its time.
func (a *App) inPlan(key store.MessageKey) (store.Message, bool) {
	m, ok := a.thread.Newest(func(m *store.Message) bool { return m.Key == key && scheduled(m) })
	if !ok {
		a.over.Clear()
		a.say(a.words.Later.NotThere)
	}
	return m, ok
}

// replan sets another time, or has it go now.
func (a *App) replan(x action.Replan) tea.Cmd {
	m, ok := a.inPlan(x.Message)
	if !ok {
		return nil
	}
	said, due, was := a.words.Later.Moved, x.Due, m.Due
	var undo *undoable
	if x.Now {
		said, due = a.words.Later.Sent, a.now()
	} else {
		undo = &undoable{conversation: a.current, said: said, back: func(ctx context.Context) error { return a.st.Reschedule(ctx, m.Key, was) }}
		a.keepUndo(undo)
		said = a.undoably(a.words.Later.Scheduled(due, a.now()))
	}
	a.over.Clear()
	return a.write(func(ctx context.Context) tea.Msg {
		err := a.st.Replan(ctx, m.Key, store.Replan{Due: due, Anyway: x.Now})
		return a.planned(said, err, undo)
	})
}

// planned says what came of a change of a scheduled message.
func (a *App) planned(said string, err error, undo *undoable) wroteMsg {
	if errors.Is(err, store.ErrState) || errors.Is(err, store.ErrNotFound) {
		return wroteMsg{said: a.words.Later.NotThere}
	}
	if err != nil {
		return wroteMsg{err: err, undo: undo}
	}
	a.wake()
	return wroteMsg{said: said}
}

// cancel puts a scheduled message aside; z schedules the same again, as a message of
// its own.
func (a *App) cancel(m store.Message) tea.Cmd {
	c, ok := a.target()
	if !ok {
		return nil
	}
	a.over.Clear()
	again := provider.Outgoing{
		To: provider.ChatKey{Account: c.Account, Chat: c.Chat}, Content: m.Content, ReplyTo: m.ReplyTo, Link: m.Plan.Link,
	}
	said := a.words.Later.Aside
	undo := &undoable{conversation: c.ID, said: said, back: func(ctx context.Context) error {
		_, err := a.st.Schedule(ctx, again, m.Due, m.Broadcast)
		return err
	}}
	a.keepUndo(undo)
	return a.write(func(ctx context.Context) tea.Msg {
		return a.planned(a.undoably(said), a.st.Unschedule(ctx, m.Key), undo)
	})
}

// cancelled is cancel for the choice over one.
func (a *App) cancelled(key store.MessageKey) tea.Cmd {
	m, ok := a.inPlan(key)
	if !ok {
		return nil
	}
	return a.cancel(m)
}

// rewrite takes a scheduled text back into the box, to be sent or scheduled anew.
func (a *App) rewrite(key store.MessageKey) tea.Cmd {
	m, ok := a.inPlan(key)
	if !ok {
		return nil
	}
	a.over.Clear()
	if m.Content.Kind == provider.Templated {
		return a.refillTemplate(m)
	}
	if m.Content.Kind != provider.Text {
		a.say(a.words.Later.OnlyText)
		return nil
	}
	begin := a.startWriting(store.DraftReply)
	a.composer.Restore(store.DraftReply, m.Content.Text)
	a.relayout()
	return tea.Batch(begin, a.armDraft(), a.write(func(ctx context.Context) tea.Msg {
		return a.planned(a.words.Later.Taken, a.st.Unschedule(ctx, m.Key), nil)
	}))
}

// choose opens the choice over a scheduled message.
func (a *App) choose(m store.Message) tea.Cmd {
	told := a.words.Later.Goes(m.Due, a.now())
	if m.Plan.Hold != "" {
		told = a.words.Later.Held(m.Plan.Hold)
	}
	a.push(overlay.NewPlanned(a.look, m, told))
	return nil
}
