package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/conversations"
	"frontdesk/tui/overlay"
	"frontdesk/tui/thread"
	"frontdesk/webhookrelay/event"
)

// rows is how many conversations are read at first and at each edge.
const rows = 200

// reader is what is being read for a pane. A result of another generation is
// too late and is dropped; a change that comes during a read makes one more.
type reader struct {
	gen   int
	busy  bool
	again bool
	// edge is set while more rows at an edge are being read.
	edge bool
}

func (r *reader) next() int {
	r.gen++
	r.busy, r.again, r.edge = true, false, false
	return r.gen
}

type (
	changeMsg struct{ change store.Change }
	// LinkMsg is the state of the link after it has changed.
	LinkMsg   LinkState
	brokenMsg struct{ what string }
	listMsg   struct {
		gen  int
		page conversations.Page
		// keep is the conversation that was shown when the page was asked for.
		keep event.ConversationID
		err  error
	}
	moreMsg struct {
		gen   int
		above bool
		rows  []store.Conversation
		edge  bool // nothing lies beyond
		err   error
	}
	threadMsg struct {
		gen    int
		fresh  bool
		data   thread.Data
		person store.Contact
		drafts map[store.DraftMode]string
		goTo   store.MessageKey
		err    error
	}
	olderMsg struct {
		gen  int
		rows []store.Message
		more bool
		err  error
	}
	countsMsg struct {
		counts store.Counts
		err    error
	}
	countsPauseMsg struct{}
	teamMsg        struct {
		turn  int
		team  []store.Agent
		teams []store.Team
		inbox []provider.Account
		err   error
	}
)

// io makes a command of something that reads the store. A panic in it becomes
// a message: it must not take the screen with it.
func (a *App) io(f func(ctx context.Context) tea.Msg) tea.Cmd {
	ctx := a.ctx
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = brokenMsg{fmt.Sprint(r)}
			}
		}()
		return f(ctx)
	}
}

func (a *App) broke(m brokenMsg) tea.Cmd {
	a.lists.busy, a.threads.busy, a.counting = false, false, reader{}
	a.telling.busy, a.telling.running = false, false
	a.say(fmt.Sprintf(a.words.Screen.Did.PanicF, m.what))
	return nil
}

// readError says what could not be read; a program that is ending reads
// nothing and says nothing.
func (a *App) readError(err error) {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
	case store.IsBroken(err):
		a.say(a.words.Screen.Did.ReadDamaged.String())
	default:
		a.say(fmt.Sprintf(a.words.Screen.Did.ReadFailedF, err))
	}
}

// changed reads again what a change of the store touches and the screen shows.
func (a *App) changed(c store.Change) tea.Cmd {
	var cmds []tea.Cmd
	if c.List {
		cmds = append(cmds, a.reloadList())
	}
	if a.current != "" && a.concerned(c) {
		cmds = append(cmds, a.reloadThread())
	}
	if c.Counts || c.Outbox || c.List {
		cmds = append(cmds, a.readCounts())
	}
	if c.Conversations == nil || c.Settings || len(a.inbox) == 0 {
		cmds = append(cmds, a.readTeam())
	}
	if c.Settings || c.Conversations == nil {
		cmds = append(cmds, a.readCanned(), a.readMacros(), a.readMuted(), a.readSaved())
	}
	if c.Templates {
		cmds = append(cmds, a.renewPicker(), a.renewShelves())
	}
	if c.List || c.Outbox || c.Publish {
		cmds = append(cmds, a.renewBroadcasts())
	}
	cmds = append(cmds, a.hear(c.Notices))
	for _, n := range c.Notices {
		if n.Kind == store.NoticeErased {
			cmds = append(cmds, a.erased(n.Conversation))
			continue
		}
		cmds = append(cmds, a.notice(n))
	}
	return tea.Batch(cmds...)
}

// readCounts reads the numbers of the views and of the outbox, once for all
// that changes while they are read and for a while after.
func (a *App) readCounts() tea.Cmd {
	if a.counting.busy {
		a.counting.again = true
		return nil
	}
	a.counting = reader{busy: true}
	v := a.view
	return a.io(func(ctx context.Context) tea.Msg {
		c, err := a.st.Counts(ctx)
		if _, standing := c.Views[v]; err == nil && !standing {
			if n, ok := c.Views[v.By("")]; ok { // the same in another order
				c.Views[v] = n
			} else {
				c.Views[v], err = a.st.Count(ctx, v)
			}
		}
		return countsMsg{c, err}
	})
}

// countsPause is the least time between two readings of the counts: they are
// asked for on every change and are the dearest thing to read, and nobody
// reads four numbers a second.
const countsPause = 250 * time.Millisecond

func (a *App) gotCounts(m countsMsg) tea.Cmd {
	pause := a.tick(a.ctx, countsPause, func(time.Time) tea.Msg { return countsPauseMsg{} })
	return tea.Batch(a.takeCounts(m), pause)
}

// countsPaused reads the counts again where something changed meanwhile.
func (a *App) countsPaused() tea.Cmd {
	again := a.counting.again
	a.counting = reader{}
	if again {
		return a.readCounts()
	}
	a.dirty = false
	return nil
}

func (a *App) takeCounts(m countsMsg) tea.Cmd {
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	a.counts = m.counts
	return nil
}

func (a *App) readTeam() tea.Cmd {
	turn := a.reads.team.ask()
	return a.io(func(ctx context.Context) tea.Msg {
		m := teamMsg{turn: turn}
		if m.team, m.err = a.st.Agents(ctx); m.err == nil {
			m.teams, m.err = a.st.Teams(ctx)
		}
		if m.err == nil {
			m.inbox, m.err = a.st.Accounts(ctx)
		}
		return m
	})
}

func (a *App) gotTeam(m teamMsg) tea.Cmd {
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	if !a.reads.team.take(m.turn) {
		return nil
	}
	a.composer.SetTeam(slices.DeleteFunc(slices.Clone(m.team), func(g store.Agent) bool { return g.Role == event.RoleGone }))
	a.inbox = map[provider.AccountID]provider.Account{}
	a.setTeam(m.team, m.teams)
	for _, acc := range m.inbox {
		a.inbox[acc.ID] = acc
	}
	a.composer.SetSilent(a.readOnly())
	switch top := a.over.Top().(type) {
	case *overlay.Assign:
		top.SetAgents(a.assignable())
	case *overlay.Start:
		top.SetInboxes(a.startInboxes())
	}
	if c, ok := a.thread.Conversation(); ok {
		a.contact.SetData(c, a.inboxName(c.Account))
	}
	return nil
}

func (a *App) inboxName(id provider.AccountID) string {
	acc := a.inbox[id]
	switch {
	case acc.Name != "":
		return acc.Name
	case acc.Address != "":
		return acc.Address
	}
	return string(id)
}

// linked shows the link. One that came or went may have brought the relay's word
// of the time: what waits for an instant would then wait too long, or not long
// enough.
func (a *App) linked(s LinkState) tea.Cmd {
	turned := !s.Since.Equal(a.link.Since)
	a.link = s
	var alone tea.Cmd
	if !s.Live {
		alone = a.alone()
	}
	if !turned {
		return alone
	}
	a.setLook()
	return tea.Batch(alone, a.armMinute(), a.armTurn())
}
