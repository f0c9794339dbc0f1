package tui

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// readMuted reads which conversations this agent hears nothing of.
func (a *App) readMuted() tea.Cmd {
	turn := a.reads.muted.ask()
	return a.io(func(ctx context.Context) tea.Msg {
		m := mutedMsg{turn: turn, muted: map[event.ConversationID]bool{}}
		all, err := a.st.Settings(ctx, event.SettingMute)
		for _, x := range all {
			if who, id := event.MutedBy(x.Name); who == a.me {
				m.muted[id] = true
			}
		}
		m.err = err
		return m
	})
}

func (a *App) gotMuted(m mutedMsg) tea.Cmd {
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	if a.reads.muted.take(m.turn) {
		a.look.Muted = m.muted
		a.setLook()
	}
	return nil
}

// toggleMute has the agent hear nothing more of the conversation, or again.
func (a *App) toggleMute() tea.Cmd {
	c, _ := a.target()
	set := event.Set{What: event.SettingMute, Name: event.MuteName(a.me, c.ID), Value: json.RawMessage("true")}
	said := a.words.Notify.MutedF
	if a.look.Muted[c.ID] {
		set.Value, said = nil, a.words.Notify.UnmutedF
	}
	return a.changeShared(fmt.Sprintf(said, a.name(&c)), func(ctx context.Context) (provider.OpID, error) { return a.st.Set(ctx, set) })
}

// closingSoon is how many windows that end within the hour are looked at for news.
const closingSoon = 50

// hearClosing finds out whose windows come to their end: once a minute, where the
// agent wants to be told.
func (a *App) hearClosing() tea.Cmd {
	if !a.wants(toldClosing) {
		return nil
	}
	return a.io(func(ctx context.Context) tea.Msg {
		rows, err := a.st.Conversations(ctx, store.ViewClosing, store.ConversationCursor{}, closingSoon)
		return closingMsg{rows, err}
	})
}

type closingMsg struct {
	rows []store.Conversation
	err  error
}

// gotClosing tells of each end once.
func (a *App) gotClosing(m closingMsg) tea.Cmd {
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	known := a.telling.closing
	a.telling.closing = make(map[event.ConversationID]time.Time, len(m.rows))
	var told []about
	for i := range m.rows {
		c := &m.rows[i]
		a.telling.closing[c.ID] = c.Closes
		if !known[c.ID].Equal(c.Closes) && !c.WaitingSince.IsZero() {
			told = append(told, about{kind: toldClosing, conversation: *c})
		}
	}
	return a.tell(told)
}
