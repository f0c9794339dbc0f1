package telegram

import (
	"fmt"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// A person can have a bot act for them in their own chats ("Business connections"):
// it hears what their customers write, and what they write themselves.

// business hands on an update of such a chat, which names its connection.
func (d *decoder) business(s origin, v exact.Value, read func(origin, exact.Value)) {
	if v.Member("business_connection_id").Text() == "" {
		d.unknown(s, "", v)
		return
	}
	read(s, v)
}

// business reports a chat of two people in which it is known who writes.
func (m *message) business() bool {
	return m.Chat.Type == "private" && m.From != nil && m.From.ID != 0
}

// theirs reports a message of the customer's in such a chat, which has the
// customer's own number: whoever writes under another is on our side.
func (m *message) theirs() bool {
	return m.From.ID == m.Chat.ID && m.SenderBot == nil
}

// written is a message on our side: of the person for whom the bot acts, or of the
// bot's own, whose id is then the one that the send was answered with.
func (d *decoder) written(m *message, v exact.Value) {
	at := m.at()
	by := fullName(m.From.FirstName, m.From.LastName)
	if m.SenderBot != nil {
		by = fullName(m.SenderBot.FirstName, m.SenderBot.LastName)
	}
	d.add("o:"+string(at.message(m.ID)), at.id(), provider.MessageSent{
		Message: at.message(m.ID), To: who(at, &m.Chat, nil, nil), SentAt: instant(m.Date),
		Content: received(m, v), ReplyTo: m.replyTo(), By: by,
	})
}

// deleted: messages are gone from such a chat, whoever took them away. Telegram
// says neither when nor who.
func (d *decoder) deleted(s origin, v exact.Value) {
	var gone deletion
	if exact.Spoilt(v.Read(&gone)) || broken(gone.Connection) {
		d.unreadable(s)
		return
	}
	at, seen := address{gone.Chat.ID, gone.Connection}, map[int64]bool{}
	known := gone.Connection != "" && gone.Chat.ID != 0 && len(gone.Messages) == len(v.Member("message_ids").List())
	for _, number := range gone.Messages {
		known = known && number > 0
	}
	if !known || len(gone.Messages) == 0 {
		d.unknown(s, named(v), v)
		return
	}
	for _, number := range gone.Messages {
		if !seen[number] {
			seen[number] = true
			d.add("d:"+string(at.message(number)), at.id(), provider.MessageRevoked{Message: at.message(number)})
		}
	}
}

// What is told of a connection. It names nobody: whose it is says the first message
// that comes in.
const (
	connectedText = "A Telegram account is connected to this bot: what its customers write comes in here. Nothing has to be done."
	muteText      = "A Telegram account is connected to this bot and does not let it answer. Its owner must allow that in Telegram's settings, or answer there."
	apartText     = "A Telegram account is no longer connected to this bot. Answer its customers in Telegram, or have its owner connect it again."
)

// connected: a person has the bot act for them, may have changed what it may do, or
// has it act no longer. A bot without the right to answer, or without the person,
// cannot send there.
func (d *decoder) connected(s origin, v exact.Value) {
	var c connection
	if exact.Spoilt(v.Read(&c)) || broken(c.ID) {
		d.unreadable(s)
		return
	}
	enabled := string(v.Member("is_enabled").Raw())
	if c.ID == "" || (enabled != "true" && enabled != "false") {
		d.unknown(s, "", v)
		return
	}
	var body provider.Body
	switch {
	case enabled == "false":
		body = connectionLost(apartText)
	case !c.Rights.Reply:
		body = connectionLost(muteText)
	default:
		body = provider.Health{Text: connectedText, At: instant(c.Date)}
	}
	d.add(fmt.Sprintf("c:%s:%d:%d", c.ID, c.Date, s.update), "", body)
}

func connectionLost(text string) provider.Notice {
	return provider.Notice{Error: &provider.Error{Op: "business connection", Reason: provider.Other, Text: text}}
}
