package tui

import (
	"context"
	"fmt"
	"maps"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// maxSelected is how many conversations may be selected: what is done to them is one
// transaction, and one undo.
const maxSelected = 2000

// targets are the conversations that an action works on: those selected, else the
// one that is shown.
func (a *App) targets() []event.ConversationID {
	if len(a.picked) > 0 {
		return a.pickedInOrder()
	}
	if c, ok := a.target(); ok {
		return []event.ConversationID{c.ID}
	}
	return nil
}

// pickedInOrder is those selected as the list has them, and then the others: what
// was selected may have left the window.
func (a *App) pickedInOrder() []event.ConversationID {
	out := make([]event.ConversationID, 0, len(a.picked))
	for _, id := range a.list.IDs() {
		if a.picked[id] {
			out = append(out, id)
		}
	}
	if len(out) == len(a.picked) {
		return out
	}
	seen := map[event.ConversationID]bool{}
	for _, id := range out {
		seen[id] = true
	}
	for id := range a.picked {
		if !seen[id] {
			out = append(out, id)
		}
	}
	return out
}

// pick selects the conversation that is shown, or no longer.
func (a *App) pick() tea.Cmd {
	c, _ := a.target()
	picked := maps.Clone(a.picked)
	if picked == nil {
		picked = map[event.ConversationID]bool{}
	}
	switch {
	case picked[c.ID]:
		delete(picked, c.ID)
	case len(picked) >= maxSelected:
		a.say(fmt.Sprintf(a.words.Screen.Did.SelectedMostF, maxSelected))
		return nil
	default:
		picked[c.ID] = true
	}
	a.setPicked(picked)
	return nil
}

func (a *App) setPicked(picked map[event.ConversationID]bool) {
	a.picked = picked
	a.list.SetPicked(picked)
}

func (a *App) pickNone() tea.Cmd {
	a.setPicked(nil)
	return nil
}

// pickedMsg is a whole view that is to be selected.
type pickedMsg struct {
	view store.View
	ids  []event.ConversationID
	more bool
	err  error
}

// pickAll selects everything in the view, also what has not been read yet.
func (a *App) pickAll() tea.Cmd {
	v := a.view
	return a.io(func(ctx context.Context) tea.Msg {
		m := pickedMsg{view: v}
		var after store.ConversationCursor
		for {
			got, err := a.st.Conversations(ctx, v, after, rows)
			if err != nil {
				m.err = err
				return m
			}
			for i := range got {
				if m.more = len(m.ids) == maxSelected; m.more {
					return m
				}
				m.ids = append(m.ids, got[i].ID)
			}
			if len(got) < rows {
				return m
			}
			after = got[len(got)-1].Cursor(v)
		}
	})
}

func (a *App) gotPicked(m pickedMsg) tea.Cmd {
	switch {
	case m.err != nil:
		a.readError(m.err)
		return nil
	case m.view != a.view:
		return nil // the agent has gone on
	}
	picked := make(map[event.ConversationID]bool, len(m.ids))
	for _, id := range m.ids {
		picked[id] = true
	}
	a.setPicked(picked)
	if m.more {
		a.say(fmt.Sprintf(a.words.Screen.Did.SelectedMostF, maxSelected))
	} else {
		a.say(fmt.Sprintf(a.words.Screen.Did.SelectedF, len(picked)))
	}
	return nil
}
