package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/tui/action"
)

// key gives a key to what has the keys: the top overlay, the composer, or the
// table of commands. Redrawing works everywhere.
func (a *App) key(k tea.KeyPressMsg) tea.Cmd {
	if k.String() == "ctrl+l" {
		return tea.ClearScreen
	}
	a.said, a.dealt = "", ""
	if a.over.Len() > 0 {
		act := a.over.Key(k)
		if _, pass := act.(action.Pass); !pass {
			return a.do(act)
		}
	}
	if a.composer.Focused() {
		return a.writeKey(k)
	}
	if a.then != "" && a.threads.busy && k.String() != "ctrl+c" {
		return a.keepEarly(k)
	}
	return a.press(k)
}

// keepEarly keeps a key that was pressed before what an earlier key asked for
// could begin. As a command it would do what nobody wanted: the e of a reply
// that is typed at once would resolve the conversation.
func (a *App) keepEarly(k tea.KeyPressMsg) tea.Cmd {
	if k.String() == "esc" {
		a.then, a.early = "", nil
		return nil
	}
	a.early = append(a.early, k)
	return nil
}

// begin runs what waited for its conversation, and types what was typed
// meanwhile where there is now something to type into. Elsewhere (the window was
// closed and the templates are open) it would choose without having been seen.
func (a *App) begin() []tea.Cmd {
	then, early := a.then, a.early
	if then == "" {
		return nil
	}
	a.then, a.early = "", nil
	cmds := []tea.Cmd{a.run(then)}
	for _, k := range early {
		if a.over.Len() > 0 || !a.composer.Focused() {
			break
		}
		cmds = append(cmds, a.writeKey(k))
	}
	return cmds
}

// writeKey is a key in WRITE. The clock comes first, so that no key goes into a
// window that has closed.
func (a *App) writeKey(k tea.KeyPressMsg) tea.Cmd {
	name := k.String()
	if name == "ctrl+c" || name == a.keys.Typing("palette") {
		return a.run(map[bool]string{true: "quit", false: "palette"}[name == "ctrl+c"])
	}
	a.freshen()
	act := a.typing(func() action.Action { return a.composer.Key(k) })
	if name == "esc" {
		a.composer.Blur()
	}
	cmd := a.do(act)
	a.relayout()
	return tea.Batch(cmd, a.armDraft())
}

func (a *App) paste(text string) tea.Cmd {
	if a.over.Len() > 0 {
		act := a.over.Paste(text)
		if _, pass := act.(action.Pass); !pass {
			return a.do(act)
		}
	}
	if !a.composer.Focused() {
		return nil
	}
	a.freshen()
	cmd := a.do(a.typing(func() action.Action { return a.composer.Paste(strings.ReplaceAll(text, "\r\n", "\n")) }))
	a.relayout()
	return tea.Batch(cmd, a.armDraft())
}

// do does what a pane or an overlay asks for.
func (a *App) do(act action.Action) tea.Cmd {
	switch x := act.(type) {
	case nil:
		return nil
	case action.Close:
		a.over.Pop()
		return nil
	case action.OpenConversation:
		return a.openFound(x)
	case action.SendText:
		return a.sendText(x)
	case action.SaveNote:
		return a.saveNote(x)
	case action.SaveDraft:
		return a.saveDraft(x)
	case action.SendTemplate:
		return a.sendTemplate(x)
	case action.TemplateLater, action.ScheduleTemplate:
		return a.doLater(x)
	case action.Assign:
		return a.assigned(x)
	case action.LinkTo:
		return a.linkTo(x)
	case action.Attach:
		return a.lookAtFiles(x)
	case action.Describe:
		return a.described(x)
	}
	return a.doTriage(act)
}

// doTriage is about what comes next in a conversation, and about views.
func (a *App) doTriage(act action.Action) tea.Cmd {
	switch x := act.(type) {
	case action.Snooze:
		return a.snoozeUntil(x.Until)
	case action.Relabel:
		return a.relabel(x)
	case action.Unlist:
		return a.unlist(x.Label)
	case action.Prioritize:
		return a.prioritize(x.Priority)
	case action.NoteAll:
		return a.noteAll(x.Text)
	case action.Export:
		return a.exportFile(x)
	case action.SortBy:
		return a.sortBy(x.Order)
	case action.ShowView:
		return a.goToView(x.View)
	case action.SaveView:
		return a.keepView(x.View)
	case action.RemoveView:
		return a.forgetView(x.View)
	}
	return a.doMore(act)
}

func (a *App) doMore(act action.Action) tea.Cmd {
	switch x := act.(type) {
	case action.Run:
		return a.runFromOverlay(x.Command)
	case action.SendLater:
		return a.later(x)
	case action.Schedule:
		return a.schedule(x)
	case action.Replan:
		return a.replan(x)
	case action.MoveLater:
		return a.moveLater(x.Message)
	case action.Rewrite:
		return a.rewrite(x.Message)
	case action.CancelLater:
		return a.cancelled(x.Message)
	case action.Decide:
		return a.decide(x.Message)
	case action.SendAgain:
		return a.sendAgain(x.Message)
	case action.MarkSent:
		return a.markSent(x.Message)
	case action.Discard:
		return a.discardMessage(x.Message)
	case action.Release:
		return a.release(x.Message)
	case action.Query:
		return a.query(x.Text)
	case action.OpenLink:
		return a.opened(x)
	case action.Quit:
		return a.leave()
	case action.Lose:
		return tea.Quit
	case action.Say:
		a.say(x.Text)
		return a.armSilence(x.For)
	}
	return a.doShared(act)
}

// doShared does what is asked about things that the team shares.
func (a *App) doShared(act action.Action) tea.Cmd {
	switch x := act.(type) {
	case action.FindPeople:
		return a.findPeople(x)
	case action.Begin:
		return a.beginWith(x)
	case action.SendFirst:
		return a.sendFirst(x.To, provider.TextContent(x.Text))
	case action.EditOutside:
		return a.editOutside()
	case action.AttachHere:
		return a.attachHere()
	case action.CompletePath:
		return a.completePath(x)
	case action.Suggest:
		return a.suggest()
	case action.Insert:
		return a.insert(x)
	case action.EditTemplate:
		return a.editTemplate(x)
	case action.KeepTemplate:
		return a.keepTemplate(x)
	case action.AskDeleteTemplate:
		return a.askDeleteTemplate(x)
	case action.DeleteTemplate:
		return a.deleteTemplate(x)
	case action.SyncTemplates:
		return a.syncTemplates()
	case action.EditCanned:
		return a.editCanned(x)
	case action.KeepCanned:
		return a.keepCanned(x)
	case action.AskRemoveCanned:
		return a.askRemoveCanned(x)
	case action.RemoveCanned:
		return a.removeCanned(x)
	}
	if cmd := a.doMany(act); cmd != nil {
		return cmd
	}
	return a.doMacro(act)
}
