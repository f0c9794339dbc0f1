package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
)

// timers are the few clocks there are: one to the first instant at which
// something in sight changes by itself, one a minute for what is shown in
// minutes, one after a pause in typing. Nothing else ticks.
type timers struct {
	turn int
	// turnAt is what the clock waits for, zero where none is set; stopTurn ends
	// it: one that is not waited for any more would stay for a day.
	turnAt   time.Time
	stopTurn context.CancelFunc
	minute   int
	draft    bool
	retry    bool
	silence  int
}

type (
	turnMsg    struct{ gen int }
	minuteMsg  struct{ gen int }
	silenceMsg struct{ gen int }
	draftMsg   struct{}
)

// alarm is a clock that goes off after d, unless ctx ends first.
func alarm(ctx context.Context, d time.Duration, f func(time.Time) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return nil
		case at := <-timer.C:
			return f(at)
		}
	}
}

// turns is the first instant after the look's own at which something in sight
// changes by itself: a window of the thread or of a row closes, a target is missed, an unsure
// message becomes a person's to decide.
func (a *App) turns() time.Time {
	at, row := a.thread.Turns(), a.list.Turns()
	if at.IsZero() || !row.IsZero() && row.Before(at) {
		return row
	}
	return at
}

// freshen draws everything for the present instant where the one that is shown
// is no longer true: in another minute, after something in sight has changed by
// itself, and when the relay has set the clock back. It returns what comes next.
func (a *App) freshen() (turns time.Time) {
	now, at := a.now(), a.turns()
	minute := now.Truncate(time.Minute).Equal(a.look.Now.Truncate(time.Minute))
	if minute && !now.Before(a.look.Now) && (at.IsZero() || at.After(now)) {
		return at
	}
	a.setLook()
	return a.turns()
}

// keepTime brings what is shown up to the present and sets the clock for what
// comes next, where that is another instant than the one that is waited for.
func (a *App) keepTime() tea.Cmd {
	if a.freshen().Equal(a.timers.turnAt) {
		return nil
	}
	return a.armTurn()
}

// armTurn waits for what comes next, by the clock that the relay corrects.
func (a *App) armTurn() tea.Cmd {
	if a.timers.stopTurn != nil {
		a.timers.stopTurn()
	}
	a.timers.turn++
	a.timers.turnAt = a.turns()
	if a.timers.turnAt.IsZero() {
		return nil
	}
	var ctx context.Context
	ctx, a.timers.stopTurn = context.WithCancel(a.ctx)
	gen := a.timers.turn
	return a.tick(ctx, a.timers.turnAt.Sub(a.now()), func(time.Time) tea.Msg { return turnMsg{gen} })
}

// turned lets the clock be set anew: it may have gone off too early, since it
// was set before a correction. A window that has closed may also have left the
// view.
func (a *App) turned(m turnMsg) tea.Cmd {
	if m.gen != a.timers.turn {
		a.dirty = false
		return nil
	}
	a.timers.turnAt = time.Time{}
	return tea.Batch(a.readCounts(), a.readTimed())
}

// readTimed reads the view again where time alone brings rows into it or takes
// them out: windows close, and what is unsure is so for ever longer.
func (a *App) readTimed() tea.Cmd {
	switch a.view.By("") {
	case store.ViewClosing, store.ViewUnsure, store.ViewFollowUp, store.ViewLate, store.ViewDue:
		return a.reloadList()
	}
	if a.view.Query().Order == store.OrderWindow {
		return a.reloadList()
	}
	return nil
}

// armMinute waits for the next full minute.
func (a *App) armMinute() tea.Cmd {
	a.timers.minute++
	gen := a.timers.minute
	now := a.now()
	return a.tick(a.ctx, now.Truncate(time.Minute).Add(time.Minute).Sub(now), func(time.Time) tea.Msg { return minuteMsg{gen} })
}

func (a *App) minute(m minuteMsg) tea.Cmd {
	if m.gen != a.timers.minute {
		a.dirty = false
		return nil
	}
	a.setLook()
	if a.opts.Link != nil {
		a.link = a.opts.Link()
	}
	return tea.Batch(a.armMinute(), a.armTurn(), a.readCounts(), a.readTimed(), a.hearClosing())
}

// pauseInTyping is after how long what was typed is kept on disk.
const pauseInTyping = 400 * time.Millisecond

func (a *App) armDraft() tea.Cmd {
	if a.timers.draft || !a.composer.Dirty() {
		return nil
	}
	a.timers.draft = true
	return a.tick(a.ctx, pauseInTyping, func(time.Time) tea.Msg { return draftMsg{} })
}

func (a *App) draftPause() tea.Cmd {
	a.timers.draft = false
	return a.saveDrafts()
}

// armSilence takes what was said away after a while; the next key does in any
// case.
func (a *App) armSilence(after time.Duration) tea.Cmd {
	if after <= 0 {
		return nil
	}
	a.timers.silence++
	gen := a.timers.silence
	return a.tick(a.ctx, after, func(time.Time) tea.Msg { return silenceMsg{gen} })
}

func (a *App) silence(m silenceMsg) tea.Cmd {
	if m.gen == a.timers.silence {
		a.said = ""
	}
	return nil
}
