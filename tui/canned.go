package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/webhookrelay/event"
)

// cannedMsg is what this agent is offered after a slash. It is read before it is
// asked for: a key waits for no disk.
type cannedMsg struct {
	turn int
	list []store.Canned
	err  error
}

func (a *App) readCanned() tea.Cmd {
	turn := a.reads.canned.ask()
	return a.io(func(ctx context.Context) tea.Msg {
		list, err := a.st.Canned(ctx)
		return cannedMsg{turn, list, err}
	})
}

func (a *App) gotCanned(m cannedMsg) tea.Cmd {
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	if !a.reads.canned.take(m.turn) {
		return nil
	}
	a.canned = m.list
	if l, ok := a.over.Top().(*overlay.CannedList); ok {
		l.SetData(a.canned)
	}
	return nil
}

// suggest opens the list at the cursor. Without any the slash is a letter.
func (a *App) suggest() tea.Cmd {
	c, ok := a.thread.Conversation()
	if !ok || len(a.canned) == 0 {
		return a.insert(action.Insert{Text: "/"})
	}
	all := make([]overlay.Filled, len(a.canned))
	for i := range a.canned {
		all[i] = overlay.Filled{Canned: a.canned[i], Filled: a.canned[i].Fill(&c, a.myName())}
	}
	a.push(overlay.NewCanned(a.look, all))
	return nil
}

// myName is what this agent is called.
func (a *App) myName() string {
	i := slices.IndexFunc(a.team, func(g store.Agent) bool { return g.ID == a.me })
	if i >= 0 && a.team[i].Name != "" {
		return a.team[i].Name
	}
	return string(a.me)
}

// insert puts a text in the composer, at its cursor, as if it had been typed.
func (a *App) insert(x action.Insert) tea.Cmd {
	if _, ok := a.over.Top().(*overlay.Canned); ok {
		a.over.Pop()
	}
	a.freshen()
	if c, ok := a.cannedNamed(x.Canned); ok && len(c.Files) > 0 {
		a.takeCannedFiles(&c)
	}
	cmds := []tea.Cmd{a.do(a.typing(func() action.Action { return a.composer.Paste(x.Text) })), a.armDraft()}
	a.relayout()
	if x.Canned != "" {
		cmds = append(cmds, a.write(func(ctx context.Context) tea.Msg {
			// It only orders a list: told as a failure, it would be taken for one of the
			// text.
			_ = a.st.CountUse(ctx, event.SettingCanned, x.Canned)
			return wroteMsg{}
		}))
	}
	return tea.Batch(cmds...)
}

// takeCannedFiles puts the files of a canned response before the reply.
func (a *App) takeCannedFiles(c *store.Canned) {
	if a.composer.Mode() == store.DraftNote {
		a.say(a.words.Attach.NotHere)
		return
	}
	files := make([]action.File, len(c.Files))
	for i, f := range c.Files {
		files[i].CannedFile = f
	}
	a.putFiles(files)
}

// cannedList opens every canned response.
func (a *App) cannedList() tea.Cmd {
	a.push(overlay.NewCannedList(a.look, a.canned))
	return nil
}

func (a *App) cannedNamed(name string) (store.Canned, bool) {
	i := slices.IndexFunc(a.canned, func(c store.Canned) bool { return c.Name() == name })
	if i < 0 {
		return store.Canned{}, false
	}
	return a.canned[i], true
}

// editCanned opens the lines of one, or empty ones.
func (a *App) editCanned(x action.EditCanned) tea.Cmd {
	c, _ := a.cannedNamed(x.Name) // one that is gone by now is made anew
	names := make([]string, len(a.canned))
	for i := range a.canned {
		names[i] = a.canned[i].Name()
	}
	a.push(overlay.NewCannedForm(a.look, a.me, c, names))
	return nil
}

// keepCanned publishes one, and takes the one away whose place it has under another
// name.
func (a *App) keepCanned(x action.KeepCanned) tea.Cmd {
	if len(x.Paths) > 0 {
		return a.shareCannedFiles(x)
	}
	a.over.Pop()
	return a.changeShared(a.words.Canned.Kept(x.Canned.Code), func(ctx context.Context) (provider.OpID, error) {
		if x.Was == "" {
			return a.st.SetCanned(ctx, x.Canned)
		}
		return a.st.RenameCanned(ctx, x.Was, x.Canned)
	})
}

// changeShared writes what the team shares.
func (a *App) changeShared(said string, set func(context.Context) (provider.OpID, error)) tea.Cmd {
	return a.write(func(ctx context.Context) tea.Msg {
		_, err := set(ctx)
		a.wake()
		return wroteMsg{said: said, err: err}
	})
}

func (a *App) askRemoveCanned(x action.AskRemoveCanned) tea.Cmd {
	c, ok := a.cannedNamed(x.Name)
	if !ok {
		return nil
	}
	w := &a.words.Canned
	a.push(overlay.NewConfirm(a.look, overlay.Question{
		Title: w.RemoveTitle, Said: w.Remove(c.Code), Key: "y", Yes: w.RemoveYes, Do: action.RemoveCanned(x),
	}))
	return nil
}

func (a *App) removeCanned(x action.RemoveCanned) tea.Cmd {
	a.over.Pop() // the question
	_, code := event.CannedOf(x.Name)
	return a.changeShared(a.words.Canned.Removed(code), func(ctx context.Context) (provider.OpID, error) {
		return a.st.RemoveCanned(ctx, x.Name)
	})
}
