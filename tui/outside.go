package tui

import (
	"context"
	"os/exec"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// Outside is a text that is edited by another program.
type Outside struct {
	// Program takes the terminal while it runs.
	Program *exec.Cmd
	// Read returns the text as it is now, Remove ends it: no copy is left.
	Read   func() (string, error)
	Remove func()
}

type (
	// outsideMsg says that the other program may begin.
	outsideMsg struct {
		Outside
		of  edited
		err error
	}
	// editedMsg is the text as it came back.
	editedMsg struct {
		of   edited
		text string
		err  error
	}
)

// edited is which text is edited: by then another conversation may be shown.
type edited struct {
	conversation event.ConversationID
	mode         store.DraftMode
	before       string
}

// editOutside writes the draft where the agent's own editor finds it.
func (a *App) editOutside() tea.Cmd {
	c, ok := a.thread.Conversation()
	if !ok {
		return nil
	}
	if a.opts.Editor == nil {
		a.say(a.words.Screen.Did.NoEditor)
		return nil
	}
	of := edited{conversation: c.ID, mode: a.composer.Mode(), before: a.composer.Text()}
	return a.io(func(ctx context.Context) tea.Msg {
		o, err := a.opts.Editor(ctx, of.before)
		return outsideMsg{o, of, err}
	})
}

// outside gives the terminal away until the editor ends.
func (a *App) outside(m outsideMsg) tea.Cmd {
	if m.err != nil {
		a.say(m.err.Error())
		return nil
	}
	return tea.ExecProcess(m.Program, func(failed error) tea.Msg {
		defer m.Remove()
		text, err := m.Read()
		if failed != nil {
			err = failed
		}
		return editedMsg{m.of, text, err}
	})
}

// edited takes the text back. It is the draft it was taken from, whatever is shown
// by now; one that went out or was changed meanwhile is not touched.
func (a *App) gotEdited(m editedMsg) tea.Cmd {
	did := &a.words.Screen.Did
	switch c, ok := a.thread.Conversation(); {
	case m.err != nil:
		a.say(did.EditorFailed)
		return nil
	case m.text == m.of.before:
		return nil
	case !ok || c.ID != m.of.conversation || a.composer.Mode() != m.of.mode || a.composer.Text() != m.of.before:
		a.say(did.EditedElsewhere)
		return nil
	}
	a.freshen()
	if left := a.composer.Edited(m.text); left > 0 {
		a.say(a.words.Composer.TooMuch(left))
	}
	a.relayout()
	return a.armDraft()
}
