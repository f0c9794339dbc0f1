package telegram

import (
	"strconv"
	"strings"

	"frontdesk/provider"
)

func fullName(first, last string) string { return strings.TrimSpace(first + " " + last) }

func (c *chat) name() string {
	if c.Title != "" {
		return c.Title
	}
	return fullName(c.FirstName, c.LastName)
}

func userID(id int64) provider.UserID { return provider.UserID(strconv.FormatInt(id, 10)) }

// sender tells who wrote a message: a person, or a group or channel in whose name
// somebody did.
func (m *message) sender() provider.Sender { return who(m.at(), &m.Chat, m.From, m.SenderChat) }

// who is a person in a chat. In a group the chat is another one than theirs: the
// conversation is the group's, and its name says both. Behind a connection it is
// another one than theirs with the bot.
func who(at address, in *chat, from *user, actor *chat) provider.Sender {
	var s provider.Sender
	switch {
	case actor != nil && actor.ID != 0:
		s = provider.Sender{User: userID(actor.ID), Name: actor.name(), Username: actor.Username}
	case from != nil && from.ID != 0:
		s = provider.Sender{User: userID(from.ID), Name: fullName(from.FirstName, from.LastName), Username: from.Username}
	default:
		s = provider.Sender{User: userID(in.ID), Name: in.name(), Username: in.Username}
	}
	if string(s.User) == string(at.id()) {
		return s
	}
	s.Also = []provider.ChatID{at.id()}
	if in.Title != "" {
		s.Name = strings.TrimSpace(s.Name + " (" + in.Title + ")")
	}
	return s
}
