package tui

import "frontdesk/webhookrelay/event"

// readOnly reports that the relay takes nothing of this agent's: nothing is offered
// that it would refuse.
func (a *App) readOnly() bool {
	for _, g := range a.team {
		if g.ID == a.me {
			return g.Role == event.RoleReadOnly
		}
	}
	return false
}

// changes reports whether a command sends something, or changes what the team sees.
func changes(command string) bool {
	switch command {
	case "reply", "note", "template", "resolve", "resolve-stay", "reopen", "describe", "assign", "assign-me", "claim", "link",
		"unread", "read", "again", "discard", "undo", "resume", "follow", "mute", "available", "busy", "away",
		"snooze", "labels", "priority", "save-view", "describe-contact", "forbid", "forbid-marketing", "allow", "block", "unblock",
		"join", "split", "erase-contact", "nudge", "new", "canned", "attach", "detach", "macros", "broadcast", "fetch-older":
		return true
	}
	return false
}
