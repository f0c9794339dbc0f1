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
// anew when the theme or the width method changes, each minute, and at the
// instant at which something in sight changes by itself, and given to every pane.
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
	// Here is what colleagues do at this moment.
	Here Here
	// Bound names the command that a key of this name runs in TRIAGE; empty for none.
	Bound func(key string) string
	// Muted are the conversations that this agent is told nothing more of.
	Muted map[event.ConversationID]bool
	// Staff is who works here.
	Staff Staff
}

// Staff is who was removed, and which teams there are; nothing of both is known before
// Known is set.
type Staff struct {
	// Rev is another number whenever the rest is another.
	Rev   uint64
	Known bool
	Gone  map[event.AgentID]bool
	Teams map[string]bool
}

// Here is who of the team is in which conversation, in words, those who write first.
type Here struct {
	// Rev is another number whenever the rest is another.
	Rev uint64
	Who map[event.ConversationID][]string
}

// Key returns what a drawn row depends on besides its item.
func (l *Look) Key() list.Look {
	return list.Look{Theme: l.Theme.Key(), Method: uint8(l.Pen.M.Method)}
}

// Version mixes an item's revision with the instant it is drawn for: a window
// closes at its second, and a row that was drawn before shows it open.
func (l *Look) Version(rev int64) uint64 {
	const spread = 0x9e3779b97f4a7c15 // neighbouring revisions and instants are never one number
	return ((uint64(rev)*spread+l.Here.Rev)*spread+l.Staff.Rev)*spread ^ uint64(l.Now.UnixNano())
}

// Turns returns the first instant after Now at which a row says something else: its
// window closes, or its customer has written since, or a target is missed. Zero where
// none of this is to come.
func (l *Look) Turns(c *store.Conversation) time.Time {
	window, missed := l.windowTurns(c), c.Target.At
	if missed.After(l.Now) && (window.IsZero() || missed.Before(window)) {
		return missed
	}
	return window
}

// windowTurns is zero, too, where the window cannot be judged: its row says so, and the
// clocks go on.
func (l *Look) windowTurns(c *store.Conversation) (at time.Time) {
	defer func() {
		if recover() != nil {
			at = time.Time{}
		}
	}()
	if c.LastInbound.After(l.Now) {
		return c.LastInbound
	}
	if w := l.Window(c); w.State == provider.WindowOpen {
		return w.Closes
	}
	return time.Time{}
}

// Window judges a conversation's window at Now.
func (l *Look) Window(c *store.Conversation) Window {
	if l.Caps == nil {
		return Judge(nil, c.LastInbound, l.Now)
	}
	return Judge(l.Caps(c.Account, c.Chat), c.LastInbound, l.Now)
}

// Status says where a conversation stands, and of a snoozed one until when.
func (l *Look) Status(c *store.Conversation) string {
	if c.Status == store.StatusSnoozed {
		return l.Words.Triage.Snoozed(c.SnoozedUntil, l.Now)
	}
	return l.Words.Screen.Statuses[c.Status]
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

// Owner names who has a conversation, "@ana", and of which team it is, as far as there
// is one: somebody, or a team, that was removed is said to be.
func (l *Look) Owner(c *store.Conversation) (agent, team string) {
	if c.Assignee != "" {
		agent = "@" + safetext.Name(string(c.Assignee)).String()
		if l.Staff.Gone[c.Assignee] {
			agent += " " + l.Words.Word.Removed
		}
	}
	if c.Team != "" {
		team = safetext.Name(c.Team).String()
		if l.Staff.Known && !l.Staff.Teams[c.Team] {
			team += " " + l.Words.Word.Removed
		}
	}
	return agent, team
}
