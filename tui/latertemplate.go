package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
)

// doLater is about filled templates that go at a time.
func (a *App) doLater(act action.Action) tea.Cmd {
	switch x := act.(type) {
	case action.TemplateLater:
		return a.templateLater(x.Send)
	case action.ScheduleTemplate:
		return a.scheduleTemplate(x)
	}
	return nil
}

// templateLater asks when. The picker stays below with what is filled in.
func (a *App) templateLater(x action.SendTemplate) tea.Cmd {
	about := string(x.To.Chat)
	if c, ok := a.thread.Conversation(); ok && c.Account == x.To.Account && c.Chat == x.To.Chat {
		about = a.name(&c).String()
	}
	a.push(overlay.NewLater(a.look, a.words.Later.Title, about, time.Time{}, func(due time.Time) action.Action {
		return action.ScheduleTemplate{Send: x, Due: due}
	}))
	return nil
}

// scheduleTemplate keeps a filled template for its time, when the window, the template
// and the customer's wish are looked at again.
func (a *App) scheduleTemplate(x action.ScheduleTemplate) tea.Cmd {
	if x.Send.Edits != 0 {
		return a.reword(x.Send, x.Due)
	}
	a.over.Clear()
	a.thread.Unselect()
	a.thread.Bottom()
	c, ok := a.thread.Conversation()
	if to := x.Send.To; !ok || c.Account != to.Account || c.Chat != to.Chat {
		c = store.Conversation{Account: to.Account, Chat: to.Chat}
	}
	m := x.Send.Message
	out := a.outgoing(&c, provider.Content{Kind: provider.Templated, Text: m.Shown.Text(), Template: &m})
	said := a.words.Later.Scheduled(x.Due, a.now())
	undo := &undoable{conversation: c.ID, said: said}
	var kept store.MessageKey
	undo.back = func(ctx context.Context) error { return a.st.Unschedule(ctx, kept) }
	a.keepUndo(undo)
	return tea.Batch(a.remember(&x.Send), a.write(func(ctx context.Context) tea.Msg {
		var err error
		if kept, err = a.st.Schedule(ctx, out, x.Due, ""); err != nil {
			return wroteMsg{err: err, undo: undo}
		}
		a.wake()
		return wroteMsg{said: a.undoably(said)}
	}))
}

// reword gives a scheduled template other values, and another time where one is said.
func (a *App) reword(x action.SendTemplate, due time.Time) tea.Cmd {
	m, ok := a.inPlan(x.Edits)
	if !ok {
		return nil
	}
	a.over.Clear()
	filled := x.Message
	was, content := m.Content, provider.Content{Kind: provider.Templated, Text: filled.Shown.Text(), Template: &filled}
	said := a.words.Later.Reworded
	if !due.IsZero() {
		said = a.words.Later.Scheduled(due, a.now())
	}
	undo := &undoable{conversation: a.current, said: said, back: func(ctx context.Context) error {
		return a.st.Replan(ctx, m.Key, store.Replan{Due: m.Due, Content: &was})
	}}
	a.keepUndo(undo)
	return tea.Batch(a.remember(&x), a.write(func(ctx context.Context) tea.Msg {
		err := a.st.Replan(ctx, m.Key, store.Replan{Due: due, Content: &content})
		return a.planned(a.undoably(said), err, undo)
	}))
}

// refillTemplate opens the picker over a scheduled template, filled as it stands.
func (a *App) refillTemplate(m store.Message) tea.Cmd {
	c, ok := a.thread.Conversation()
	caps := a.caps(&c)
	if !ok || caps == nil || caps.Template.Unlisted || m.Content.Template == nil {
		a.say(a.words.Later.OnlyText)
		return nil
	}
	a.why = false
	data := a.pickerData(&c, caps)
	p := overlay.NewPicker(a.look, data)
	a.push(p)
	list := a.readTemplates(p, data)
	return a.io(func(context.Context) tea.Msg {
		read, ok := list().(overlayMsg)
		if !ok || read.err != nil {
			return read
		}
		return overlayMsg{give: func(a *App) action.Action {
			read.give(a)
			return p.Edit(m.Key, m.Content.Template)
		}}
	})
}
