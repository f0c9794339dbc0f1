package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// again decides over a send that failed, is unsure or is held. One that the
// network refused after it had taken it has no job any more: it is tried again
// at once, as a new message.
func (a *App) again() tea.Cmd {
	if !a.loaded() {
		a.then = "again"
		return nil
	}
	m, ok := a.undecided()
	if !ok {
		a.say(a.whyNotAgain())
		return nil
	}
	switch m.Job {
	case event.JobScheduled:
		return a.choose(m)
	case event.JobUnsure, event.JobHeld, event.JobFailed:
		a.push(overlay.NewUnsure(a.look, m, a.waitsFor(&m)))
		return nil
	}
	return a.sendAgain(m.Key)
}

// undecided is the message that R is about: the selected one, else the newest
// that needs a person. Where that one is held the question is about what it
// waits for.
func (a *App) undecided() (store.Message, bool) {
	if m, ok := a.thread.Selected(); ok {
		return m, needsPerson(&m) || scheduled(&m)
	}
	m, ok := a.thread.Newest(needsPerson)
	if !ok {
		return a.thread.Newest(scheduled)
	}
	if m.Job != event.JobHeld {
		return m, ok
	}
	if key := a.waitsFor(&m); key != 0 {
		return a.thread.Newest(func(m *store.Message) bool { return m.Key == key })
	}
	return m, true
}

// waitsFor is the unsure message that a held one waits for, where it is in the
// thread and may be decided here; else 0.
func (a *App) waitsFor(held *store.Message) store.MessageKey {
	if held.Job != event.JobHeld {
		return 0
	}
	messages := a.thread.Data().Messages
	for i := range messages {
		if m := &messages[i]; m.Key < held.Key && m.Job == event.JobUnsure && needsPerson(m) {
			return m.Key
		}
	}
	return 0
}

// decide goes from the choice over a held message to that over the unsure one.
func (a *App) decide(key store.MessageKey) tea.Cmd {
	a.over.Pop()
	m, ok := a.thread.Newest(func(m *store.Message) bool { return m.Key == key })
	if !ok || !needsPerson(&m) {
		return nil
	}
	a.thread.Select(key)
	a.push(overlay.NewUnsure(a.look, m, 0))
	return nil
}

// theirs reports a send that waits for the decision of whoever wrote it.
func theirs(m *store.Message) bool {
	open := m.Direction == store.Outgoing && !m.Settled && m.Status < provider.Delivered
	return open && !m.Mine && (m.Job == event.JobUnsure || m.Job == event.JobHeld)
}

// whyNotAgain says what of it R cannot decide: of the selected message, or of
// all that are here.
func (a *App) whyNotAgain() string {
	d := &a.words.Screen.Did
	if m, ok := a.thread.Selected(); ok {
		switch {
		case theirs(&m):
			return fmt.Sprintf(d.SelectedTheirsF, a.whose(&m))
		case failed(&m) && m.Settled:
			return d.FailedSettled
		}
		return d.SelectedFine
	}
	if m, ok := a.thread.Newest(theirs); ok {
		return fmt.Sprintf(d.TheirsF, a.whose(&m))
	}
	if m, ok := a.thread.Newest(failed); ok && m.Settled {
		return d.FailedSettled
	}
	if data := a.thread.Data(); data.More && data.Conversation.Failed+data.Conversation.Unsure > 0 {
		return d.FurtherUp
	}
	return d.NothingFailed
}

// whyNotDiscard says the same of D.
func (a *App) whyNotDiscard() string {
	if _, ok := a.thread.Selected(); ok {
		return a.words.Screen.Did.SelectedWent
	}
	return a.words.Screen.Did.NothingQueued
}

// whose is the agent who wrote a message.
func (a *App) whose(m *store.Message) string {
	who := safetext.Name(string(m.By)).String()
	switch {
	case m.By == a.me:
		return a.words.Screen.You
	case who == "":
		return a.words.Screen.Did.SomebodyElse
	}
	return who
}

// renewOverlay gives an open overlay the newer rows: a receipt may have settled
// what it asks about.
func (a *App) renewOverlay() tea.Cmd {
	switch o := a.over.Top().(type) {
	case *overlay.Unsure:
		if m, ok := a.thread.Newest(func(m *store.Message) bool { return m.Key == o.Message() }); ok && !o.SetMessage(m, a.waitsFor(&m)) {
			a.over.Pop()
		}
	case *overlay.Planned:
		if m, ok := a.thread.Newest(func(m *store.Message) bool { return m.Key == o.Message() }); !ok || !o.SetMessage(m) {
			a.over.Pop()
		}
	case *overlay.Details:
		return a.readEvents(o)
	case *overlay.Picker:
		if c, ok := a.thread.Conversation(); ok {
			o.SetConversation(c)
		}
	}
	return nil
}
