package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// act does a team action on a conversation at once on the screen, and keeps
// what takes it back.
func (a *App) act(c store.Conversation, body event.Body, expect event.Aspect, said string, inverse event.Body) tea.Cmd {
	tell := said
	if inverse != nil {
		tell += " · " + a.words.Screen.Did.UndoHint
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

func (a *App) assignTo(to event.AgentID) tea.Cmd {
	said := func(who string) string {
		if to == "" {
			return fmt.Sprintf(a.words.Screen.Did.UnassignedF, who)
		}
		return fmt.Sprintf(a.words.Screen.Did.AssignedF, who, safetext.Name(string(to)))
	}
	return a.change(said, func(c *store.Conversation) (body, inverse event.Body, ok bool) {
		return event.Assigned{To: to, Team: c.Team}, event.Assigned{To: c.Assignee, Team: c.Team}, c.Assignee != to
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

// undoAction takes team actions back, all of them or none.
func (a *App) undoAction(u *undoable) tea.Cmd {
	words := &a.words.Screen.Did
	return a.write(func(ctx context.Context) tea.Msg {
		if len(u.list) == 0 { // it came to nothing
			return wroteMsg{said: words.NothingToUndo}
		}
		_, err := a.st.DoAll(ctx, u.list)
		a.wake()
		return wroteMsg{said: fmt.Sprintf(words.UndoneF, u.said), err: err}
	})
}

// reply lets the agent write. Where the window is closed it opens the
// templates instead and says why.
func (a *App) reply() tea.Cmd {
	if !a.loaded() {
		a.then = "reply"
		return nil
	}
	c, _ := a.thread.Conversation()
	if c.Standing.Check(provider.TextContent("")) != nil {
		return a.startWriting(store.DraftReply) // which says why nothing may go; no template may, either
	}
	if caps := a.caps(&c); caps != nil {
		state, closed := caps.Window.State(c.LastInbound, a.now())
		if state == provider.WindowShut && caps.Window.Outside == provider.TemplatesOnly {
			return a.templates(a.whyClosed(closed))
		}
	}
	return a.startWriting(store.DraftReply)
}

func (a *App) whyClosed(at time.Time) string {
	if at.IsZero() {
		return a.words.Screen.Did.WindowNever
	}
	return fmt.Sprintf(a.words.Screen.Did.WindowClosedF, a.words.Time.Moment(at, a.now()))
}

func (a *App) note() tea.Cmd {
	if a.many() {
		a.push(overlay.NewAsk(a.look, &a.words.Triage.Notes, a.about(), func(text string) action.Action { return action.NoteAll{Text: text} }))
		return nil
	}
	if !a.loaded() {
		a.then = "note"
		return nil
	}
	return a.startWriting(store.DraftNote)
}

func (a *App) startWriting(m store.DraftMode) tea.Cmd {
	a.dropStrip()
	a.freshen()
	a.composer.SetMode(m)
	a.composer.Focus()
	return a.setFocus(onThread)
}

// subject is the message that a key is about: the selected one, else the
// newest that fits.
func (a *App) subject(fits func(*store.Message) bool) (store.Message, bool) {
	if !a.loaded() {
		return store.Message{}, false
	}
	if m, ok := a.thread.Selected(); ok {
		return m, fits(&m)
	}
	return a.thread.Newest(fits)
}

// needsPerson reports the sends that wait for a decision which may be taken
// here. A failure is anybody's to try again: nothing of it has arrived, and the
// new message is one of its own. What is unsure or held is decided where it was
// written, so that two people do not send it twice.
func needsPerson(m *store.Message) bool {
	if m.Settled || m.Status >= provider.Delivered {
		return false
	}
	if scheduled(m) {
		return m.Plan.Hold != ""
	}
	return failed(m) || (m.Mine && (m.Job == event.JobUnsure || m.Job == event.JobHeld))
}

func failed(m *store.Message) bool {
	return m.Direction == store.Outgoing && (m.Status == provider.Failed || m.Job == event.JobFailed)
}

// discardable reports what D puts aside: what has not gone, and what failed.
func discardable(m *store.Message) bool {
	if m.Settled || m.Status >= provider.Delivered {
		return false
	}
	return failed(m) || scheduled(m) || (m.Mine && m.Status == provider.NoStatus && (m.Job == event.JobQueued || m.Job == event.JobHeld))
}

func (a *App) discard() tea.Cmd {
	m, ok := a.subject(discardable)
	if !ok {
		a.say(a.whyNotDiscard())
		return nil
	}
	if scheduled(&m) {
		return a.cancel(m)
	}
	return a.discardMessage(m.Key)
}

func (a *App) copyText() tea.Cmd {
	m, ok := a.subject(func(m *store.Message) bool { return m.Kind != store.KindActivity && plain(m) != "" })
	if !ok {
		a.say(a.words.Screen.Did.CopyNothing)
		return nil
	}
	return a.copy(plain(&m))
}

// copy hands a text to the terminal's clipboard, cleaned: what is pasted
// somewhere must not be able to do more there than on our screen.
func (a *App) copy(text string) tea.Cmd {
	text = safetext.Clean(text).String()
	a.say(fmt.Sprintf(a.words.Screen.Did.CopiedF, a.look.Pen.M.Truncate(safetext.Line(text), 40)))
	return tea.SetClipboard(text)
}

// plain is what a message says in words.
func plain(m *store.Message) string {
	c := &m.Content
	switch {
	case c.Text != "":
		return c.Text
	case c.Template != nil:
		return c.Template.Shown.Text()
	case c.Chosen != nil:
		return c.Chosen.Title
	case c.Place != nil:
		return fmt.Sprintf("%.6f,%.6f", c.Place.Latitude, c.Place.Longitude)
	}
	return ""
}

func (a *App) copyLink() tea.Cmd {
	c, _ := a.target()
	switch {
	case c.Link.URL != "":
		return a.copy(c.Link.URL)
	case c.Link.Ref != "":
		return a.copy(c.Link.Ref)
	}
	a.say(a.words.Screen.Did.LinkNone)
	return nil
}

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
	if n.Kind == store.NoticeMentioned {
		return a.called(n)
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
