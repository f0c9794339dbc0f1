package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// act does a team action on a conversation at once on the screen, and keeps
// what takes it back.
func (a *App) act(c store.Conversation, body event.Body, expect event.Aspect, said string, inverse event.Body) tea.Cmd {
	tell := said
	if inverse != nil {
		tell = a.words.Screen.Did.Undoable(said)
	}
	return a.actAfter(nil, c, body, expect, said, tell, inverse)
}

// actAfter is act for what is done only where what was written before it went
// well, nil where nothing was, and with words of its own for the status line;
// none where what was done is told elsewhere.
func (a *App) actAfter(well *bool, c store.Conversation, body event.Body, expect event.Aspect, said, tell string, inverse event.Body) tea.Cmd {
	undo := &undoable{conversation: c.ID, said: said, list: []store.Action{{Conversation: c.ID, Body: inverse, Expect: expect}}}
	if inverse != nil {
		a.keepUndo(undo)
	}
	return a.write(func(ctx context.Context) tea.Msg {
		if well != nil && !*well {
			return wroteMsg{skipped: true, undo: undo}
		}
		if _, err := a.st.Do(ctx, store.Action{Conversation: c.ID, Body: body, Expect: expect}); err != nil {
			return wroteMsg{err: err, undo: undo}
		}
		a.wake()
		return wroteMsg{said: tell}
	})
}

func (a *App) name(c *store.Conversation) safetext.Text { return a.look.Name(c) }

// resolve closes the conversation at once; a resolved one is taken back. Then
// the next one is shown, or this one stays.
func (a *App) resolve(next bool) tea.Cmd { return a.resolveAfter(nil, next) }

// resolveAfter resolves where what was written before it went well.
func (a *App) resolveAfter(well *bool, next bool) tea.Cmd {
	if a.many() && well == nil {
		return a.doAll(resolving, func(n string) string { return fmt.Sprintf(a.words.Screen.Did.ResolvedF, n) })
	}
	c, _ := a.target()
	if c.Status == store.StatusResolved {
		return a.reopen()
	}
	said := fmt.Sprintf(a.words.Screen.Did.ResolvedF, a.name(&c))
	// The strip names who was resolved and the key that takes it back.
	cmds := []tea.Cmd{a.actAfter(well, c, event.Resolved{}, event.AspectStatus, said, "", undoResolved(&c))}
	cmds = append(cmds, a.offerResolution(c))
	if next {
		cmds = append(cmds, a.moveOn())
	}
	return tea.Batch(cmds...)
}

// undoResolved takes a resolution back together with what it ended.
func undoResolved(c *store.Conversation) event.Body {
	u := &event.Undone{Unread: c.Unread, Marked: c.Marked, WaitingSince: c.WaitingSince}
	if c.Status == store.StatusSnoozed || !c.SnoozedUntil.IsZero() {
		u.Snoozed = &event.Snoozed{Until: c.SnoozedUntil}
	}
	return event.Reopened{Undone: u}
}

func resolving(c *store.Conversation) (body, inverse event.Body, ok bool) {
	return event.Resolved{}, undoResolved(c), c.Status != store.StatusResolved
}

// moveOn shows the next conversation, or the one before where there is none:
// the one that was dealt with leaves the view.
func (a *App) moveOn() tea.Cmd {
	if c, ok := a.list.Selected(); ok && c.ID == a.current && !a.list.Move(1) && !a.list.Move(-1) {
		a.dealt = a.current
	}
	return tea.Batch(a.follow(), a.wantMore())
}

func (a *App) reopen() tea.Cmd {
	c, _ := a.target()
	if c.Status != store.StatusResolved {
		a.say(a.words.Screen.Did.NotResolved)
		return nil
	}
	said := fmt.Sprintf(a.words.Screen.Did.ReopenedF, a.name(&c))
	return a.act(c, event.Reopened{}, event.AspectStatus, said, event.Resolved{Resolution: c.Resolution})
}

func (a *App) described(x action.Describe) tea.Cmd {
	a.over.Pop()
	said := a.words.Screen.Did.Described
	return a.write(func(ctx context.Context) tea.Msg {
		_, err := a.st.Do(ctx, store.Action{Conversation: x.Conversation, Body: event.Described{Resolution: x.Resolution}})
		a.wake()
		return wroteMsg{said: said, err: err}
	})
}

// change does an action to everything selected, or to the conversation that is
// shown. said has whom or how many in it.
func (a *App) change(said func(string) string, do change) tea.Cmd {
	if a.many() {
		return a.doAll(do, said)
	}
	c, have := a.target()
	if !have {
		return nil
	}
	body, inverse, ok := do(&c)
	if !ok {
		return nil
	}
	return a.act(c, body, event.AspectOf(body.Kind()), said(a.name(&c).String()), inverse)
}

// mark sets the team's unread mark, or takes it and the count away.
func (a *App) mark(unread bool) tea.Cmd {
	f := a.words.Screen.Did.ReadF
	if unread {
		f = a.words.Screen.Did.UnreadF
	}
	return a.change(func(who string) string { return fmt.Sprintf(f, who) }, func(c *store.Conversation) (body, inverse event.Body, ok bool) {
		back := event.Marked{Unread: !unread}
		if !unread {
			back.Count = c.Unread
		}
		return event.Marked{Unread: unread}, back, unread != (c.Unread > 0 || c.Marked)
	})
}

// undo takes the last action back and goes to where it was.
func (a *App) undo() tea.Cmd {
	if len(a.undos) == 0 {
		a.say(a.words.Screen.Did.NothingToUndo)
		return nil
	}
	a.dropStrip()
	u := a.undos[len(a.undos)-1]
	a.undos = a.undos[:len(a.undos)-1]
	var do tea.Cmd
	if u.back != nil {
		do = a.undoOther(u, fmt.Sprintf(a.words.Screen.Did.UndoneF, u.said))
	} else {
		do = a.undoAction(u)
	}
	if u.after != nil {
		do = tea.Batch(do, u.after(a))
	}
	if u.conversation == "" || u.conversation == a.current {
		return do
	}
	return tea.Batch(do, a.show(u.conversation, 0), a.reloadList())
}

// undoAction takes team actions back, all of them or none but what somebody else changed
// since.
func (a *App) undoAction(u *undoable) tea.Cmd {
	words := &a.words.Screen.Did
	return a.write(func(ctx context.Context) tea.Msg {
		if u.run != nil {
			said, err := u.run(ctx)
			a.wake()
			return wroteMsg{said: said, err: err}
		}
		if len(u.list) == 0 { // it came to nothing
			return wroteMsg{said: words.NothingToUndo}
		}
		ops, lost, err := a.st.Undo(ctx, u.list)
		if err != nil {
			return wroteMsg{err: err}
		}
		a.wake()
		b := batchOf(ops)
		said := fmt.Sprintf(words.UndoneF, u.said)
		if len(lost) > 0 { // theirs stands, and is not taken back
			since := words.Since(safetext.Name(string(lost[0].By)).String(), lost[0].Kind)
			said = words.NotUndone(len(lost), len(u.list), since)
		}
		return wroteMsg{said: said, batch: b}
	})
}
