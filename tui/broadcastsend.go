package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/store/broadcast"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
)

// askBroadcast asks, with the number and what is known of the cost.
func (a *App) askBroadcast() tea.Cmd {
	look, ok := a.over.Top().(*overlay.BroadcastLook)
	if !ok {
		return nil
	}
	w := &a.words.Many
	plan, _ := look.Plan()
	n := len(plan.Recipients)
	a.push(overlay.NewConfirm(a.look, overlay.Question{
		Title: w.AskTitle, Said: w.Ask(n, w.Costs(n, plan.Template.Category)), Key: "y", Yes: w.AskYes, No: w.AskNo, Do: action.SendBroadcast{},
	}))
	return nil
}

// sendBroadcast keeps the plan, and shows how it goes.
func (a *App) sendBroadcast() tea.Cmd {
	a.over.Pop()
	look, ok := a.over.Top().(*overlay.BroadcastLook)
	if !ok {
		return nil
	}
	plan, pace := look.Plan()
	a.over.Clear()
	if a.many() {
		a.setPicked(nil)
	}
	if pace.Start.IsZero() || pace.Start.Before(a.now()) {
		pace.Start = a.now()
	}
	w := &a.words.Many
	return tea.Batch(a.broadcasts(), a.io(func(ctx context.Context) tea.Msg {
		err := plan.Queue(ctx, a.st, pace, func(int) { a.wake() })
		said := w.Kept(len(plan.Recipients))
		switch {
		case errors.Is(err, broadcast.ErrCancelled), errors.Is(err, store.ErrState):
			said = w.Cancelled.String()
		case errors.Is(err, store.ErrNotFound): // the relay refused it meanwhile, and a notice says why
			return overlayMsg{give: func(*App) action.Action { return nil }}
		case err != nil:
			said = w.NotKept.String()
		}
		return overlayMsg{give: func(*App) action.Action { return action.Say{Text: said} }}
	}))
}

// within is the span in which it is counted how fast a broadcast goes.
const within = 5 * time.Minute
