package tui

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// change is what an action makes of a conversation as it stands, and what takes
// that back; nil where nothing does. Ok is false where there is nothing to do.
type change func(c *store.Conversation) (body, inverse event.Body, ok bool)

// batch is what was done to several conversations at once.
type batch struct {
	n, refused int
	ops        map[provider.OpID]bool
}

// batchOf is a batch of the operations that were done; one is empty where nothing was.
func batchOf(ops []provider.OpID) *batch {
	b := &batch{ops: map[provider.OpID]bool{}}
	for _, op := range ops {
		if op != "" {
			b.n++
			b.ops[op] = true
		}
	}
	return b
}

// manyDone is how many batches are remembered for what the team has to say of them.
const manyDone = 16

// doAll does an action to everything selected, in one transaction, and selects
// nothing any more. said is what is told, with how many in the place of a name.
func (a *App) doAll(do change, said func(many string) string) tea.Cmd {
	ids := a.targets()
	if a.picked[a.current] {
		a.dealt = a.current // it may leave the view with the others
	}
	a.setPicked(nil)
	a.dropStrip()
	undo := &undoable{}
	a.keepUndo(undo)
	words := &a.words.Screen.Did
	return a.write(func(ctx context.Context) tea.Msg {
		list, back, err := a.prepare(ctx, ids, do)
		if err != nil {
			return wroteMsg{err: err, undo: undo}
		}
		if len(list) == 0 {
			return wroteMsg{said: words.NothingToDo, undo: undo, forGood: true}
		}
		ops, err := a.st.DoAll(ctx, list)
		if err != nil {
			return wroteMsg{err: err, undo: undo}
		}
		a.wake()
		b := batchOf(ops)
		undo.said, undo.list = said(strconv.Itoa(b.n)), back
		m := wroteMsg{said: undo.said, undo: undo, batch: b, forGood: len(back) == 0}
		if !m.forGood {
			m.said = words.Undoable(m.said)
		}
		return m
	})
}

// prepare reads each conversation as it stands, and what the action makes of it. One
// that is gone is left out.
func (a *App) prepare(ctx context.Context, ids []event.ConversationID, do change) (list, back []store.Action, err error) {
	for _, id := range ids {
		c, err := a.st.Conversation(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		body, inverse, ok := do(&c)
		if !ok {
			continue
		}
		expect := event.AspectOf(body.Kind())
		list = append(list, store.Action{Conversation: c.ID, Body: body, Expect: expect})
		if inverse != nil {
			back = append(back, store.Action{Conversation: c.ID, Body: inverse, Expect: expect})
		}
	}
	return list, back, nil
}

// did keeps a batch for what the team has to say of it.
func (a *App) did(b *batch) {
	if b == nil {
		return
	}
	a.batches = append(a.batches, b)
	a.batches = a.batches[max(len(a.batches)-manyDone, 0):]
}

// partlyRefused tells how many of a batch were taken back so far, and reports false
// for an action that was of none.
func (a *App) partlyRefused(n store.Notice) bool {
	for _, b := range a.batches {
		if !b.ops[n.Op] || b.n == 1 {
			continue // of one alone it is said whose
		}
		delete(b.ops, n.Op)
		b.refused++
		a.say(fmt.Sprintf(a.words.Screen.Did.SomeRefusedF, b.refused, b.n, n.Text))
		return true
	}
	return false
}

// many reports whether an action is for a selection.
func (a *App) many() bool { return len(a.picked) > 0 }

// about is whom or how many an overlay is for.
func (a *App) about() string {
	if a.many() {
		return a.words.Triage.Many(len(a.picked))
	}
	c, _ := a.target()
	return a.name(&c).String()
}
