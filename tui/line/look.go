package line

import (
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/list"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// Look is all that drawing depends on besides the rows themselves. It is made
// anew when the theme, the width method or the minute changes, and given to
// every pane.
type Look struct {
	Theme *theme.Theme
	Pen   Pen
	Words *words.Catalogue
	// Now is the instant for which times and windows are drawn, in the zone in
	// which they are shown.
	Now time.Time
	// Caps returns what an account's chat may be sent; nil when not known.
	Caps func(provider.AccountID, provider.ChatID) *provider.Capabilities
	// Me is this agent.
	Me event.AgentID
}

// Key returns what a drawn row depends on besides its item.
func (l *Look) Key() list.Look {
	return list.Look{Theme: uint8(l.Theme.Kind), Method: uint8(l.Pen.M.Method)}
}

// Version mixes an item's revision with the minute it is drawn for.
func (l *Look) Version(rev int64) uint64 {
	return uint64(rev)*1_000_003 + uint64(l.Now.Unix()/60)
}

// Window judges a conversation's window at Now.
func (l *Look) Window(c *store.Conversation) Window {
	if l.Caps == nil {
		return Judge(nil, c.LastInbound, l.Now)
	}
	return Judge(l.Caps(c.Account, c.Chat), c.LastInbound, l.Now)
}

// Name returns the name a conversation goes by, never blank. A number that
// stands for a name is written as one.
func (l *Look) Name(c *store.Conversation) safetext.Text {
	number := Number(c)
	for _, s := range []string{c.Name, c.Username, number, string(c.Chat)} {
		if s == number {
			s = Phone(s)
		}
		if t := safetext.Name(s); !t.Blank() {
			return t
		}
	}
	return safetext.Name(l.Words.Screen.NoText)
}
