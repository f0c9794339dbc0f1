package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
)

// timers are the generations of the few clocks there are: one to the instant
// at which the open conversation's window closes, one a minute for what is
// shown in minutes, one after a pause in typing. Nothing else ticks.
type timers struct {
	closing int
	// stopClosing ends the clock that was set before: one that is not waited for
	// any more would stay for a day, with the commands it came with.
	stopClosing context.CancelFunc
	minute      int
	draft       bool
	silence     int
}

type (
	closingMsg struct{ gen int }
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

// armClosing waits for the instant at which the window of the shown
// conversation closes, by the clock that the relay corrects.
func (a *App) armClosing() tea.Cmd {
	if a.timers.stopClosing != nil {
		a.timers.stopClosing()
	}
	var ctx context.Context
	ctx, a.timers.stopClosing = context.WithCancel(a.ctx)
	a.timers.closing++
	gen := a.timers.closing
	return tea.Batch(a.untilClosed(ctx, gen), a.untilRipe(ctx, gen))
}

// untilRipe waits until an unsure message is a person's to decide.
func (a *App) untilRipe(ctx context.Context, gen int) tea.Cmd {
	now := a.now()
	at, ok := a.thread.Ripens(now)
	if !ok {
		return nil
	}
	return a.tick(ctx, at.Sub(now), func(time.Time) tea.Msg { return closingMsg{gen} })
}

func (a *App) untilClosed(ctx context.Context, gen int) tea.Cmd {
	c, ok := a.thread.Conversation()
	if !ok {
		return nil
	}
	caps := a.caps(&c)
	if caps == nil {
		return nil
	}
	now := a.now()
	state, closes := caps.Window.State(c.LastInbound, now)
	if state != provider.WindowOpen {
		return nil
	}
	return a.tick(ctx, closes.Sub(now), func(time.Time) tea.Msg { return closingMsg{gen} })
}

// closing judges the window again. The clock may have been corrected since the
// timer was set, so it may have to be set once more.
func (a *App) closing(m closingMsg) tea.Cmd {
	if m.gen != a.timers.closing {
		return nil
	}
	a.setLook()
	return a.armClosing()
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
		return nil
	}
	a.setLook()
	if a.opts.Link != nil {
		a.link = a.opts.Link()
	}
	return tea.Batch(a.armMinute(), a.armClosing(), a.readCounts())
}

// freshen draws times and windows for a new minute.
func (a *App) freshen() {
	if a.now().Truncate(time.Minute) != a.look.Now.Truncate(time.Minute) {
		a.setLook()
	}
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
