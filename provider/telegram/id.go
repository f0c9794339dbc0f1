package telegram

import (
	"net/url"
	"strconv"
	"strings"

	"frontdesk/provider"
)

// address is where messages are: a chat of the bot's own or, with a connection, one
// of a person for whom the bot acts. Telegram keeps the two apart though they may
// have the same number ("Message", business_connection_id).
//
// A chat is named by its number, "5550001", and behind a connection by both,
// "5550001@conn_1". Numbers have up to 52 bits and are negative for groups. Messages
// are numbered within a chat, so that one is named by both: "5550001/12".
type address struct {
	chat       int64
	connection string
}

func (a address) id() provider.ChatID {
	id := strconv.FormatInt(a.chat, 10)
	if a.connection != "" {
		id += "@" + url.PathEscape(a.connection)
	}
	return provider.ChatID(id)
}

func (a address) message(number int64) provider.MessageID {
	return provider.MessageID(string(a.id()) + "/" + strconv.FormatInt(number, 10))
}

// tap names a tap on a button, which is no message: it can neither be quoted nor
// reacted to.
func (a address) tap(query string) provider.MessageID {
	return provider.MessageID(string(a.id()) + "/tap/" + query)
}

// reactionID names a reaction of ours, to which Telegram gives no id, by the
// operation that made it.
func reactionID(to provider.MessageID, op provider.OpID) provider.MessageID {
	return to + "/reaction/" + provider.MessageID(op)
}

// parseChat is the inverse of id; false for what is no chat of Telegram's.
func parseChat(chat provider.ChatID) (address, bool) {
	number, connection, of := strings.Cut(string(chat), "@")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n == 0 {
		return address{}, false
	}
	a := address{chat: n}
	if of {
		if a.connection, err = url.PathUnescape(connection); err != nil || broken(a.connection) {
			return address{}, false
		}
	}
	return a, a.id() == chat
}

// parseMessage is the inverse of message; false for taps and reactions.
func parseMessage(id provider.MessageID) (in address, number int64, ok bool) {
	first, second, _ := strings.Cut(string(id), "/")
	in, ok = parseChat(provider.ChatID(first))
	if !ok {
		return address{}, 0, false
	}
	number, err := strconv.ParseInt(second, 10, 64)
	return in, number, err == nil && number > 0 && in.message(number) == id
}
