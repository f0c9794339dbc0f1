package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
)

// walk is what the last search found, to be gone through in place: each hit is
// opened where it stands, without asking again.
type walk struct {
	hits []overlay.Hit
	at   int
}

// walkHits opens the next hit of the last search, or the one before.
func (a *App) walkHits(by int) tea.Cmd {
	w := &a.walk
	words := &a.words.Screen.Did
	switch to := w.at + by; {
	case len(w.hits) == 0:
		a.say(words.NothingFound)
	case to < 0:
		a.say(words.FirstHit)
	case to >= len(w.hits):
		a.say(words.LastHit)
	default:
		w.at = to
		a.say(fmt.Sprintf(words.HitF, to+1, len(w.hits)))
		return a.openFound(action.OpenConversation{ID: w.hits[to].Conversation, Message: w.hits[to].Message})
	}
	return nil
}
