package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/webhookrelay/event"
)

// askJoin searches for whom they are one with; the same number comes first, with
// no search at all.
func (a *App) askJoin() tea.Cmd {
	w := &a.words.People
	s := overlay.NewSearchFor(a.look, w.JoinTitle, w.Search, func(id event.ConversationID) action.Action { return action.Join{With: id} })
	a.push(s)
	if len(a.person.Alike) == 0 {
		return nil
	}
	return a.do(s.Paste(a.look.Name(&a.person.Alike[0]).String()))
}

// join makes two people one; split takes the conversation out again.
func (a *App) join(with event.ConversationID) tea.Cmd {
	did := &a.words.People.Did
	return a.regroup(did.JoinedF, did.SameAlready, func(ctx context.Context, id event.ConversationID) ([]store.Regrouping, error) {
		return a.st.Joining(ctx, id, with)
	})
}

func (a *App) split() tea.Cmd {
	did := &a.words.People.Did
	return a.regroup(did.SplitF, did.NotJoined, a.st.Separating)
}

// regroup does what changes whose conversations are whose, and keeps what takes it
// back. What it is can be read only then; z waits for it.
func (a *App) regroup(format, nothing string, what func(context.Context, event.ConversationID) ([]store.Regrouping, error)) tea.Cmd {
	c, ok := a.target()
	if !ok {
		return nil
	}
	said := fmt.Sprintf(format, a.name(&c))
	undo := &undoable{conversation: c.ID, said: said}
	a.keepUndo(undo)
	return a.write(func(ctx context.Context) tea.Msg {
		list, err := what(ctx, c.ID)
		if err == nil && len(list) == 0 {
			return wroteMsg{said: nothing}
		}
		for _, g := range list {
			if err != nil {
				break
			}
			_, err = a.st.Do(ctx, store.Action{Conversation: g.Conversation, Body: event.Joined{Contact: g.Now}, Expect: event.AspectContact})
			undo.list = append(undo.list, store.Action{Conversation: g.Conversation, Body: event.Joined{Contact: g.Was}, Expect: event.AspectContact})
		}
		a.wake()
		if err != nil {
			return wroteMsg{err: err, undo: undo}
		}
		return wroteMsg{said: a.words.Screen.Did.Undoable(said)}
	})
}
