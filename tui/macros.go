package tui

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// macrosMsg is this agent's macros. They are read before they are asked for: the key
// after ; waits for no disk.
type macrosMsg struct {
	turn int
	list []store.Macro
	err  error
}

func (a *App) readMacros() tea.Cmd {
	turn := a.reads.macros.ask()
	return a.io(func(ctx context.Context) tea.Msg {
		list, err := a.st.Macros(ctx)
		return macrosMsg{turn, list, err}
	})
}

func (a *App) gotMacros(m macrosMsg) tea.Cmd {
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	if !a.reads.macros.take(m.turn) {
		return nil
	}
	a.macros = m.list
	switch o := a.over.Top().(type) {
	case *overlay.MacroList:
		o.SetData(a.macros)
	case *overlay.MacroForm:
		o.SetData(a.macros)
	}
	return nil
}

// listMacros opens the list, which takes the key of one.
func (a *App) listMacros() tea.Cmd {
	about := ""
	if _, have := a.target(); have || a.many() {
		about = a.about()
	}
	a.push(overlay.NewMacroList(a.look, a.macros, about, triageKey))
	return nil
}

// macroPrefix begins the name of a palette's entry that runs a macro: its setting's name
// follows.
const macroPrefix = "macro:"

// paletteMacros are the macros as the palette has them.
func (a *App) paletteMacros() []overlay.Command {
	var out []overlay.Command
	for i := range a.macros {
		m := &a.macros[i]
		c := overlay.Command{Name: macroPrefix + m.Name(), Title: a.words.Macros.Palette(m.Title), Help: strings.ReplaceAll(event.StepsText(m.Steps), "\n", " · ")}
		if list := a.keys.Shown("macros"); list != "" && m.Key != "" && !m.Taken {
			c.Key = list + " " + m.Key
		}
		out = append(out, c)
	}
	return out
}

// paletteMacro runs the macro that an entry of the palette names; ok is false where it
// names none.
func (a *App) paletteMacro(entry string) (cmd tea.Cmd, ok bool) {
	name, ok := strings.CutPrefix(entry, macroPrefix)
	if !ok {
		return nil, false
	}
	if m, there := a.macroNamed(name); there {
		return a.runMacro(action.RunMacro{Macro: m}), true
	}
	a.say(a.words.Macros.Gone.String())
	return nil, true
}

func (a *App) macroNamed(name string) (store.Macro, bool) {
	i := slices.IndexFunc(a.macros, func(m store.Macro) bool { return m.Name() == name })
	if i < 0 {
		return store.Macro{}, false
	}
	return a.macros[i], true
}

// runMacro does a macro to everything selected, or to the conversation that is shown:
// all of it, or nothing with the reason.
func (a *App) runMacro(x action.RunMacro) tea.Cmd {
	a.over.Clear()
	ids, did := a.targets(), &a.words.Screen.Did
	switch {
	case len(ids) == 0:
		a.say(did.NoConversation)
		return nil
	case a.readOnly():
		a.say(did.ReadOnly)
		return nil
	case !x.Sure && len(ids) > 1 && x.Macro.Replies() > 0:
		return a.askMacro(x, len(ids))
	}
	a.dropStrip()
	about, undo := a.about(), &undoable{}
	if len(ids) == 1 {
		undo.conversation = ids[0]
	}
	a.keepUndo(undo)
	desk := store.MacroDesk{Now: a.now(), Capabilities: a.capsOf}
	return a.write(func(ctx context.Context) tea.Msg {
		run, err := a.st.RunMacro(ctx, x.Macro, ids, desk)
		if err != nil {
			return a.notRun(x.Macro.Title, err, undo)
		}
		if len(run.Messages)+len(run.Ops) == 0 {
			return wroteMsg{said: a.words.Macros.Nothing(x.Macro.Title), undo: undo, forGood: true}
		}
		a.wake()
		// It only orders a list: told as a failure, it would be taken for one of the run.
		_ = a.st.CountUse(ctx, event.SettingMacro, x.Macro.Name())
		undo.said = a.words.Macros.Ran(x.Macro.Title, about)
		undo.run = func(ctx context.Context) (string, error) {
			left, err := a.st.TakeBack(ctx, run.Messages, run.Back)
			return a.words.Macros.Undone(undo.said, left, run.Notes), err
		}
		b := &batch{n: len(run.Ops), ops: map[provider.OpID]bool{}}
		for _, op := range run.Ops {
			b.ops[op] = true
		}
		return wroteMsg{said: a.undoably(undo.said), undo: undo, batch: b, after: afterMacro(x.Macro, ids)}
	})
}

// afterMacro is what the screen does once a macro was run: nothing is selected any more,
// and where it dealt with the one that is shown the next one is.
func afterMacro(m store.Macro, ids []event.ConversationID) func(*App) tea.Cmd {
	deals := slices.ContainsFunc(m.Steps, func(s event.MacroStep) bool { return s.Do == event.MacroResolve || s.Do == event.MacroSnooze })
	return func(a *App) tea.Cmd {
		if a.many() {
			if a.picked[a.current] {
				a.dealt = a.current
			}
			a.setPicked(nil)
			return nil
		}
		if deals && len(ids) == 1 && ids[0] == a.current && a.over.Len() == 0 && !a.composer.Focused() {
			return a.moveOn()
		}
		return nil
	}
}

// notRun says why nothing was done, where it is read to its end.
func (a *App) notRun(title string, err error, undo *undoable) wroteMsg {
	said, known := a.whyNotRun(err)
	if !known {
		return wroteMsg{err: err, undo: undo}
	}
	return wroteMsg{undo: undo, forGood: true, after: func(a *App) tea.Cmd {
		a.pushQuiet(overlay.NewTold(a.look, a.words.Macros.NotRun(title), said))
		return nil
	}}
}

func (a *App) whyNotRun(err error) (said words.Said, known bool) {
	var no *store.MacroRefusal
	var changed *store.MacroChangedError
	w := &a.words.Macros
	switch {
	case errors.As(err, &no):
		at := ""
		var refusal *provider.Refusal
		if errors.As(err, &refusal) {
			at = a.words.Time.At(refusal.Since, a.now())
		}
		return w.Refused(no, a.name(&no.Conversation).String(), at, a.now()), true
	case errors.As(err, &changed) && changed.By == "":
		return w.Gone, true
	case errors.As(err, &changed):
		return w.Changed(safetext.Name(string(changed.By)).String()), true
	}
	return words.Said{}, false
}

// askMacro asks before several customers are written to.
func (a *App) askMacro(x action.RunMacro, customers int) tea.Cmd {
	w := &a.words.Macros
	x.Sure = true
	a.push(overlay.NewConfirm(a.look, overlay.Question{
		Title: w.ManyTitle(x.Macro.Title), Said: w.Many(x.Macro.Replies(), customers), Key: "y", Yes: w.ManyYes, Do: x,
	}))
	return nil
}

// editMacro opens the lines of one, or empty ones.
func (a *App) editMacro(x action.EditMacro) tea.Cmd {
	m, _ := a.macroNamed(x.Name) // one that is gone by now is made anew
	a.push(overlay.NewMacroForm(a.look, a.me, m, a.macros))
	return nil
}

// keepMacro publishes one, and takes the one away whose place it has under another name.
// One that a colleague changed since it was opened is not replaced by oversight.
func (a *App) keepMacro(x action.KeepMacro) tea.Cmd {
	a.over.Pop()
	w := &a.words.Macros
	return a.write(func(ctx context.Context) tea.Msg {
		if by, changed := a.macroChanged(ctx, &x.Was); changed && !x.Over {
			return wroteMsg{said: w.ChangedForm(safetext.Name(string(by)).String()).Happened}
		}
		_, err := a.st.SetMacro(ctx, x.Macro)
		if err == nil && len(x.Was.Steps) > 0 && x.Was.Name() != x.Macro.Name() {
			_, err = a.st.RemoveMacro(ctx, x.Was.Name())
		}
		a.wake()
		return wroteMsg{said: w.Kept(x.Macro.Title), err: err}
	})
}

// macroChanged reports that a macro is another one than it was.
func (a *App) macroChanged(ctx context.Context, was *store.Macro) (by event.AgentID, changed bool) {
	list, err := a.st.Macros(ctx)
	if err != nil {
		return "", false
	}
	for i := range list {
		if list[i].Name() == was.Name() && len(was.Steps) > 0 {
			return list[i].By, !list[i].Same(was)
		}
	}
	return "", false
}

func (a *App) askRemoveMacro(x action.AskRemoveMacro) tea.Cmd {
	m, ok := a.macroNamed(x.Name)
	if !ok {
		return nil
	}
	w := &a.words.Macros
	a.push(overlay.NewConfirm(a.look, overlay.Question{
		Title: w.RemoveTitle, Said: w.Remove(m.Title), Key: "y", Yes: a.words.Canned.RemoveYes, Do: action.RemoveMacro(x),
	}))
	return nil
}

func (a *App) removeMacro(x action.RemoveMacro) tea.Cmd {
	a.over.Pop() // the question
	_, title := event.CannedOf(x.Name)
	return a.changeShared(a.words.Macros.Removed(title), func(ctx context.Context) (provider.OpID, error) {
		return a.st.RemoveMacro(ctx, x.Name)
	})
}

// doMacro does what is asked about macros.
func (a *App) doMacro(act action.Action) tea.Cmd {
	switch x := act.(type) {
	case action.RunMacro:
		return a.runMacro(x)
	case action.EditMacro:
		return a.editMacro(x)
	case action.KeepMacro:
		return a.keepMacro(x)
	case action.AskRemoveMacro:
		return a.askRemoveMacro(x)
	case action.RemoveMacro:
		return a.removeMacro(x)
	}
	return a.doPeople(act)
}
