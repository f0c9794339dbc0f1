package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
)

// timers are the generations of the few clocks there are: one to the instant
// at which the open conversation's window closes, one a minute for what is
// shown in minutes, one after a pause in typing. Nothing else ticks.
type timers struct {
	closing int
	minute  int
	draft   bool
	silence int
}

type (
	closingMsg struct{ gen int }
	minuteMsg  struct{ gen int }
	silenceMsg struct{ gen int }
	draftMsg   struct{}
)

// armClosing waits for the instant at which the window of the shown
// conversation closes, by the clock that the relay corrects.
func (a *App) armClosing() tea.Cmd {
	a.timers.closing++
	gen := a.timers.closing
	return tea.Batch(a.untilClosed(gen), a.untilRipe(gen))
}

// untilRipe waits until an unsure message is a person's to decide.
func (a *App) untilRipe(gen int) tea.Cmd {
	now := a.now()
	at, ok := a.thread.Ripens(now)
	if !ok {
		return nil
	}
	return a.tick(at.Sub(now), func(time.Time) tea.Msg { return closingMsg{gen} })
}

func (a *App) untilClosed(gen int) tea.Cmd {
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
	return a.tick(closes.Sub(now), func(time.Time) tea.Msg { return closingMsg{gen} })
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
	return a.tick(now.Truncate(time.Minute).Add(time.Minute).Sub(now), func(time.Time) tea.Msg { return minuteMsg{gen} })
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
	return a.tick(pauseInTyping, func(time.Time) tea.Msg { return draftMsg{} })
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
	return a.tick(after, func(time.Time) tea.Msg { return silenceMsg{gen} })
}

func (a *App) silence(m silenceMsg) tea.Cmd {
	if m.gen == a.timers.silence {
		a.said = ""
	}
	return nil
}
