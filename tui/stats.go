package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
)

// statistics opens the figures of the team. They are as of the moment at which they
// were counted: nothing counts again by itself.
func (a *App) statistics() tea.Cmd {
	var who safetext.Text
	if c, ok := a.target(); ok {
		who = a.look.Name(&c)
	}
	v := overlay.NewStats(a.look, who)
	a.push(v)
	return a.count(v)
}

// count counts the span that the view wants.
func (a *App) count(v *overlay.Stats) tea.Cmd {
	wanted, now := v.Wanted(), a.now()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	q := store.StatsQuestion{From: today.AddDate(0, 0, 1-wanted.Days), To: today.AddDate(0, 0, 1), Location: now.Location()}
	if c, ok := a.target(); ok && wanted.Only {
		q.Conversation = c.ID
	}
	var theirs tea.Cmd
	if c, ok := a.target(); ok && wanted.Only {
		theirs = a.figures(v, &c)
	}
	return tea.Batch(theirs, a.io(func(ctx context.Context) tea.Msg {
		st, err := a.st.Stats(ctx, q)
		return overlayMsg{give: func(*App) action.Action { v.SetStats(wanted, &st); return nil }, err: err}
	}))
}
