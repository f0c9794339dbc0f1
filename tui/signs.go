package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// typingAgain is how long after one sign of writing the next goes: networks show one
// for some seconds (Telegram 5 s, WhatsApp 25 s).
const typingAgain = 10 * time.Second

// Signs says what customers are shown of an agent who looks, or writes. Both go only
// where the network offers them, never of a read-only role, and nothing waits for them.
type Signs struct {
	// Typing shows that somebody writes; Read that what they wrote was looked at.
	Typing, Read bool
}

// signs is what was shown to customers last.
type signs struct {
	typed time.Time
	to    event.ConversationID
	// read is the message up to which each conversation was marked in this run.
	read map[event.ConversationID]provider.MessageID
}

// showTyping shows the customer that this agent writes to them, now and then. On
// WhatsApp that marks their message as read as well, so that it goes only where both
// may.
func (a *App) showTyping() tea.Cmd {
	c, ok := a.thread.Conversation()
	p := a.presence.said
	if p.Doing != event.Writing || !ok || c.ID != p.Conversation || !a.opts.Signs.Typing || a.opts.Ask == nil || a.readOnly() {
		return nil
	}
	now := a.now()
	if a.signs.to == c.ID && now.Sub(a.signs.typed).Abs() < typingAgain {
		return nil
	}
	if c.Network == provider.WhatsApp && !a.opts.Signs.Read {
		return nil
	}
	last := a.lastOfTheirs()
	if last == "" || !a.answers(&c, provider.CallTyping) {
		return nil
	}
	a.signs.to, a.signs.typed = c.ID, now
	return a.sign(&c, provider.CallTyping, last)
}

// showRead marks for the customer what this agent has before their eyes and had not
// seen.
func (a *App) showRead(c *store.Conversation) tea.Cmd {
	if c.New == 0 || !a.thread.AtBottom() || !a.opts.Signs.Read || a.opts.Ask == nil || a.readOnly() {
		return nil
	}
	last := a.lastOfTheirs()
	if last == "" || a.signs.read[c.ID] == last || !a.answers(c, provider.CallRead) {
		return nil
	}
	if a.signs.read == nil {
		a.signs.read = map[event.ConversationID]provider.MessageID{}
	}
	a.signs.read[c.ID] = last
	return a.sign(c, provider.CallRead, last)
}

// lastOfTheirs is the customer's newest message in the thread, if the network can be
// told of it.
func (a *App) lastOfTheirs() provider.MessageID {
	m, _ := a.thread.Newest(func(m *store.Message) bool {
		return m.Direction == store.Incoming && m.Kind == store.KindMessage && m.ID != ""
	})
	return m.ID
}

// sign goes out by itself. What becomes of it is nobody's concern: the next one tries
// again, and a message that cannot be marked says nothing of the account.
func (a *App) sign(c *store.Conversation, what provider.CallKind, of provider.MessageID) tea.Cmd {
	call := provider.Call{What: what, Chat: c.ChatOf(), Message: of}
	return a.io(func(ctx context.Context) tea.Msg {
		_, _ = a.opts.Ask(ctx, call)
		return signedMsg{}
	})
}

// signedMsg: a sign went, or did not.
type signedMsg struct{}

// answers reports whether a conversation's network can be asked for something.
func (a *App) answers(c *store.Conversation, what provider.CallKind) bool {
	caps := a.caps(c)
	return a.opts.Ask != nil && caps != nil && caps.Answers(what, "")
}
