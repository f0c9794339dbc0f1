package webhookrelay

import (
	"time"

	"frontdesk/provider"
)

const (
	// perAccount is how many attempts of one account may be on the wire at once,
	// from all terminals.
	perAccount = 64
	// longestPause is the longest the gateway leaves an account alone of its own
	// choosing; longestAsked, of the network's.
	longestPause = time.Minute
	longestAsked = time.Hour
)

// admit waits until the account's and the chat's pace let a message go, for a
// moment; else it says when to come back. What is let in must leave. The pace
// is kept here for all terminals together: each of them knows only its own.
func (g *gateway) admit(chat provider.ChatKey) *provider.Error {
	for patience := g.limits.Queue; ; {
		g.mu.Lock()
		now := g.relay.now()
		at, byTime := g.pace.Ready(chat)
		if byTime && !at.After(now) {
			g.pace.Begin(chat, now)
			g.mu.Unlock()
			return nil
		}
		ticked := g.ticked
		g.mu.Unlock()
		wait := patience
		switch {
		case patience <= 0:
			return later(g.limits.Queue)
		case byTime && at.Sub(now) > patience:
			return later(at.Sub(now))
		case byTime:
			wait = at.Sub(now)
		}
		began := time.Now()
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ticked:
		case <-g.ctx.Done():
		}
		timer.Stop()
		patience -= time.Since(began)
		if g.ctx.Err() != nil {
			return later(g.limits.Queue)
		}
	}
}

// later sends a terminal away for a time. It is the network's doing, but not
// about this account's health: the terminal only asks again.
func later(after time.Duration) *provider.Error {
	return &provider.Error{
		Op: "send", Reason: provider.Unavailable, Code: "paced", After: after,
		Text: "Others are sending from this inbox too, and the network slows it down. It is sent as soon as the network allows.",
	}
}

// leave takes an attempt off the wire, obeys what the network asked for, and
// lets those who wait look again.
func (g *gateway) leave(chat provider.ChatKey, asked bool, e *provider.Error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.relay.now()
	g.pace.End(chat, now)
	switch {
	case !asked:
	case e == nil:
		g.pace.Answered(chat.Account)
	case e.Reason == provider.NoAnswer: // it tells nothing of the next one
	case e.Reason == provider.Unreachable, e.Reason == provider.RateLimited:
		g.pace.Trip(chat.Account, now, func(failures int) time.Duration { return pause(failures, e) })
	case e.Reason == provider.PairLimited:
		g.pace.HoldPair(chat, now.Add(pause(1, e)))
	default:
		g.pace.Answered(chat.Account)
	}
	close(g.ticked)
	g.ticked = make(chan struct{})
}

// pause is what the network asked for, or 1, 2, 4 … 60 s.
func pause(failures int, e *provider.Error) time.Duration {
	if e.After > 0 {
		return min(e.After, longestAsked)
	}
	return min(time.Second<<min(failures-1, 6), longestPause)
}
