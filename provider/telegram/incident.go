package telegram

import (
	"fmt"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// of is the id of a fact that has none of its own.
func (s origin) of(what string, seconds int64) string {
	return fmt.Sprintf("%s:%d:%d", what, seconds, s.update)
}

const tapPrefix = "q:"

// tapOf is the query that a tap's event is of.
func tapOf(event string) string { return strings.TrimPrefix(event, tapPrefix) }

// tap reads what the customer chose of a menu. Telegram gives no time of it. What
// the button said is found in the message it stands below, as long as Telegram
// has that.
func (d *decoder) tap(s origin, v exact.Value) {
	var q callbackQuery
	if exact.Spoilt(v.Read(&q)) || broken(q.ID) || (q.Message != nil && broken(q.Message.Connection)) {
		d.unreadable(s)
		return
	}
	m := q.Message
	if q.ID == "" || q.Data == "" || m == nil || m.ID <= 0 || m.Chat.ID == 0 || m.Chat.Type == "channel" || !q.theirs() {
		d.unknown(s, "", v)
		return
	}
	at := m.at()
	d.add(tapPrefix+q.ID, at.id(), provider.MessageReceived{
		Message: at.tap(q.ID), From: who(at, &m.Chat, q.From, nil), ReplyTo: at.message(m.ID),
		Content: provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: q.Data, Title: m.titleOf(q.Data)}},
	})
}

// theirs: in the chats of a person for whom the bot acts only the customer's taps
// are the customer's.
func (q *callbackQuery) theirs() bool {
	return q.Message.Connection == "" || (q.From != nil && q.From.ID == q.Message.Chat.ID)
}

// titleOf is what the button with the data says; the data itself where the message
// no longer tells.
func (m *message) titleOf(data string) string {
	for _, row := range m.Markup.Rows {
		for _, b := range row {
			if b.Data == data && b.Text != "" {
				return b.Text
			}
		}
	}
	return data
}

// reaction reads all that one person has at one message now. Emoji of a pack of
// their own have no character, and stay as they came.
func (d *decoder) reaction(s origin, v exact.Value) {
	var r reactionUpdate
	if exact.Spoilt(v.Read(&r)) {
		d.unreadable(s)
		return
	}
	emoji, ok := emojiOf(&r, v.Member("new_reaction"))
	if !ok || r.Message <= 0 || r.Chat.ID == 0 || r.Chat.Type == "channel" {
		d.unknown(s, named(v), v)
		return
	}
	at := address{chat: r.Chat.ID}
	id := at.message(r.Message)
	d.add(s.of("r:"+string(id), r.Date), at.id(), provider.MessageReacted{
		From: who(at, &r.Chat, r.User, r.Actor), SentAt: instant(r.Date),
		ReactionTo: provider.ReactionTo{Message: id, Emoji: emoji},
	})
}

// emojiOf is what a person has put at a message; empty where they took it back,
// which only a list with nothing in it says.
func emojiOf(r *reactionUpdate, told exact.Value) (emoji string, ok bool) {
	for _, one := range r.New {
		if one.Type == "emoji" {
			emoji += one.Emoji
		}
	}
	if raw := told.Raw(); len(raw) == 0 || raw[0] != '[' {
		return "", false
	}
	return emoji, emoji != "" || len(told.List()) == 0
}

// member reads what became of the bot itself in a chat: a person who blocks it, or
// unblocks it; a group that takes it in, or puts it out.
func (d *decoder) member(s origin, v exact.Value) {
	var m memberUpdate
	if exact.Spoilt(v.Read(&m)) {
		d.unreadable(s)
		return
	}
	can, known := reach(m.New.Status)
	if !known || m.Chat.ID == 0 || m.Chat.Type == "channel" {
		d.unknown(s, named(v), v)
		return
	}
	chat := address{chat: m.Chat.ID}.id()
	d.add(s.of("b:"+string(chat), m.Date), chat, provider.Reach{Can: can, At: instant(m.Date), Detail: m.New.Status})
}

// reach knows Telegram's words; "restricted" leaves open what is.
func reach(status string) (can, known bool) {
	switch status {
	case "member", "administrator", "creator":
		return true, true
	case "kicked", "left":
		return false, true
	}
	return false, false
}

// migrated: a group was upgraded and has another number. Both the old and the new
// group tell, and it is one fact.
func (d *decoder) migrated(m *message, from, to int64) {
	before, now := address{chat: from}.id(), address{chat: to}.id()
	d.add(fmt.Sprintf("i:%d:%d", from, to), before, provider.IdentityChanged{
		Old: before, At: instant(m.Date),
		Now: provider.Sender{User: userID(to), Name: m.Chat.Title, Also: []provider.ChatID{before, now}},
	})
}
