package webhookrelay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	case !g.obey(chat, now, e):
		g.pace.Answered(chat.Account)
	}
	close(g.ticked)
	g.ticked = make(chan struct{})
}

// obey holds back what a network that said e at now wants held back, and says
// whether there is such a thing.
func (g *gateway) obey(chat provider.ChatKey, now time.Time, e *provider.Error) bool {
	switch e.Reason {
	case provider.Unreachable, provider.RateLimited:
		g.pace.Trip(chat.Account, now, func(failures int) time.Duration { return pause(failures, e) })
	case provider.PairLimited:
		g.pace.HoldPair(chat, now.Add(pause(1, e)))
	default:
		return false
	}
	return true
}

// remember takes up the pauses that the last process was asked for: a restart
// gives nobody the right to send sooner. An answer that a clock set back since
// puts into the future is as old as now.
func (g *gateway) remember(ctx context.Context) error {
	rows, err := g.relay.log.read.QueryContext(ctx, "select account, chat, error, updated_at from op where state = 'failed' and error is not null")
	if err != nil {
		return fmt.Errorf("read limits: %w", err)
	}
	defer func() { _ = rows.Close() }()
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.relay.now()
	for rows.Next() {
		var chat provider.ChatKey
		var failure []byte
		var updated string
		var e provider.Error
		if err := rows.Scan(&chat.Account, &chat.Chat, &failure, &updated); err != nil {
			return fmt.Errorf("read limits: %w", err)
		}
		at, err := time.Parse(time.RFC3339Nano, updated)
		if err = errors.Join(err, json.Unmarshal(failure, &e)); err != nil {
			return fmt.Errorf("read limits: %w", err)
		}
		if at.After(now) {
			at = now
		}
		if at.Add(pause(1, &e)).After(now) {
			g.obey(chat, at, &e)
		}
	}
	return rows.Err()
}

// pause is what the network asked for, or 1, 2, 4 … 60 s.
func pause(failures int, e *provider.Error) time.Duration {
	if e.After > 0 {
		return min(e.After, longestAsked)
	}
	return min(time.Second<<min(failures-1, 6), longestPause)
}
