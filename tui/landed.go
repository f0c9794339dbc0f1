package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
)

// colleagues finds the newest message to the customer that this agent did not
// write.
func (a *App) colleagues() (store.Message, bool) {
	return a.thread.Newest(func(m *store.Message) bool {
		return m.Kind == store.KindMessage && m.Direction == store.Outgoing && m.By != a.me
	})
}

// began notes what the thread held when a reply was begun.
func (a *App) began() {
	m, _ := a.colleagues()
	a.begunAfter = m.Key
}

// typing runs what changes the composer and notes where a reply begins.
func (a *App) typing(change func() action.Action) action.Action {
	text := a.composer.Text()
	empty := a.composer.Mode() == store.DraftReply && text == ""
	act := change()
	if a.composer.Text() != text {
		a.presence.wrote = a.now()
	}
	if empty && a.composer.Text() != "" {
		a.began()
	}
	return act
}

// landed returns a colleague's reply that came after this one was begun: the
// customer has an answer already, and the writer may not have seen it.
func (a *App) landed() (store.Message, bool) {
	if m, ok := a.colleagues(); ok && m.Key != a.begunAfter {
		return m, true
	}
	return a.landedInRow()
}

// landedInRow is a colleague's reply that the list shows already and the thread,
// which is read on its own, does not yet.
func (a *App) landedInRow() (store.Message, bool) {
	row, ok := a.list.Selected()
	c, shown := a.thread.Conversation()
	p := &row.Preview
	if !ok || !shown || row.ID != c.ID || row.LastSeq <= c.LastSeq || p.Kind != store.KindMessage || p.Direction != store.Outgoing || p.By == a.me {
		return store.Message{}, false
	}
	return store.Message{
		Kind: p.Kind, Direction: p.Direction, By: p.By, At: row.LastAt, Content: provider.Content{Kind: p.Content, Text: p.Text},
	}, true
}

// askAfter shows a colleague's reply and asks whether ours is to go as well.
// The text is in the composer again until then.
func (a *App) askAfter(m *store.Message, x action.SendText) tea.Cmd {
	if !x.Files { // those keep it
		a.composer.Restore(store.DraftReply, x.Text)
	}
	a.relayout()
	a.thread.Select(m.Key)
	x.Anyway = true
	a.askLanded(m, x)
	return a.armDraft()
}

// askTemplateAfter is askAfter for a filled template: the picker stays below.
func (a *App) askTemplateAfter(m *store.Message, x action.SendTemplate) tea.Cmd {
	a.thread.Select(m.Key)
	if p, ok := a.over.Top().(interface{ NotSent() }); ok {
		p.NotSent()
	}
	x.Anyway = true
	a.askLanded(m, x)
	return nil
}

func (a *App) askLanded(m *store.Message, do action.Action) {
	d := &a.words.Screen.Did
	who := safetext.Name(string(m.By)).String()
	if who == "" {
		who = d.SomebodyElse
	}
	text := a.look.Pen.M.Truncate(safetext.Line(plain(m)), mostOfReply)
	a.push(overlay.NewConfirm(a.look, overlay.Question{
		Title: fmt.Sprintf(d.LandedF, who, a.words.Time.Moment(m.At, a.now())),
		Said:  strings.Said{Happened: a.words.Word.Quote(text), Do: d.LandedDo},
		Key:   "s", Yes: d.SendToo, No: d.BackToWriting, Do: do,
	}))
}

// mostOfReply is how much of a colleague's reply the question shows; the thread
// has all of it.
const mostOfReply = 240
