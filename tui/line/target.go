package line

import (
	"time"

	"frontdesk/store"
	"frontdesk/tui/theme"
)

// The instants at which a target that is near changes its colour.
const (
	targetWarn = time.Hour
	targetBad  = 15 * time.Minute
)

// Target is what the screen says of what the team has set itself.
type Target struct {
	store.Deadline
	// Left is until it is missed; less than nothing once it was.
	Left time.Duration
	// Near: it belongs to what is said first.
	Near bool
	Ink  theme.Ink
}

// Target judges a conversation's target at Now; false where none applies.
func (l *Look) Target(c *store.Conversation) (Target, bool) {
	if c.Target.At.IsZero() {
		return Target{}, false
	}
	t := Target{Deadline: c.Target, Left: c.Target.At.Sub(l.Now), Ink: theme.Dim}
	switch t.Near = t.Left <= targetWarn; {
	case t.Left <= targetBad:
		t.Ink = theme.Bad
	case t.Near:
		t.Ink = theme.Warn
	}
	return t, true
}
