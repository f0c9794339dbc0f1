package tui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	words "frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// askBlock says what blocking will do here, and at the network.
func (a *App) askBlock(block bool) tea.Cmd {
	c, _ := a.target()
	w := &a.words.People
	if block == c.Blocked {
		a.say(pick(block, w.Did.BlockedAlready, w.Did.NotBlocked))
		return nil
	}
	q := overlay.Question{Title: w.BlockTitle(a.name(&c).String()), Key: "b", Yes: w.BlockYes, Do: action.Block{Block: true}}
	q.Said = words.Said{Happened: pick(a.canBlock(&c), w.BlockSaid, w.BlockHereSaid), Do: w.TakesBack}
	if !block {
		q.Title, q.Key, q.Yes, q.Do = w.UnblockTitle(a.name(&c).String()), "u", w.UnblockYes, action.Block{}
		q.Said.Happened = w.UnblockSaid
	}
	a.push(overlay.NewConfirm(a.look, q))
	return nil
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func (a *App) canBlock(c *store.Conversation) bool {
	caps := a.caps(c)
	return a.opts.Block != nil && caps != nil && caps.Can[provider.CanBlock] > provider.Absent
}

// block blocks all conversations of the person for the team at once, then asks
// their networks: those take their time, and may refuse.
func (a *App) block(block bool) tea.Cmd {
	c, ok := a.target()
	if !ok {
		return nil
	}
	did := &a.words.People.Did
	said := fmt.Sprintf(pick(block, did.BlockedF, did.UnblockedF), a.name(&c))
	undo := &undoable{conversation: c.ID, said: said}
	all := a.identities(c)
	var do []store.Action
	for _, one := range all {
		do = append(do, store.Action{Conversation: one.ID, Body: event.Blocked{Blocked: block}})
		undo.list = append(undo.list, store.Action{Conversation: one.ID, Body: event.Blocked{Blocked: !block}})
	}
	undo.after = func(a *App) tea.Cmd { return a.blockThere(all, !block) }
	a.keepUndo(undo)
	here := a.write(func(ctx context.Context) tea.Msg {
		err := a.doEach(ctx, do)
		return wroteMsg{said: a.words.Screen.Did.Undoable(said), err: err, undo: undo}
	})
	return tea.Batch(here, a.blockThere(all, block))
}

// identities are the conversations of the person of one, as far as they are read.
func (a *App) identities(c store.Conversation) []store.Conversation {
	if len(a.person.Identities) > 0 && a.person.Identities[0].ID == c.ID {
		return a.person.Identities
	}
	return []store.Conversation{c}
}

// doEach does actions one after the other.
func (a *App) doEach(ctx context.Context, list []store.Action) error {
	for _, one := range list {
		if _, err := a.st.Do(ctx, one); err != nil {
			return err
		}
	}
	a.wake()
	return nil
}

// blockThere asks the networks, and has the team know of each that did it.
func (a *App) blockThere(all []store.Conversation, block bool) tea.Cmd {
	did, order := &a.words.People.Did, a.writes+1
	var cmds []tea.Cmd
	for _, c := range all {
		if !a.canBlock(&c) {
			continue
		}
		network := a.words.Word.Network(c.Network)
		cmds = append(cmds, a.io(func(ctx context.Context) tea.Msg {
			if err := a.opts.Block(ctx, provider.ChatKey{Account: c.Account, Chat: c.Chat}, block); err != nil {
				return peopleMsg{order: order, said: fmt.Sprintf(did.NetworkNotF, network, err)}
			}
			err := a.doEach(ctx, []store.Action{{Conversation: c.ID, Body: event.Blocked{Blocked: block, Network: true}}})
			return peopleMsg{order: order, said: fmt.Sprintf(pick(block, did.NetworkF, did.NetworkOffF), network), err: err}
		}))
	}
	return tea.Batch(cmds...)
}

// peopleMsg is what came of something that is done outside of the store.
type peopleMsg struct {
	// order is that of the next write when it was begun: it is news to what was
	// written before.
	order int
	said  string
	err   error
}

func (a *App) gotPeople(m peopleMsg) tea.Cmd {
	a.saidOf = max(a.saidOf, m.order)
	switch {
	case errors.Is(m.err, context.Canceled):
	case m.err != nil:
		a.say(fmt.Sprintf(a.words.People.Did.NotDoneF, m.err))
	default:
		a.say(m.said)
	}
	return nil
}
