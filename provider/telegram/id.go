package telegram

import (
	"strconv"
	"strings"

	"frontdesk/provider"
)

// Telegram numbers messages within a chat, so that a message of ours is named by
// both: "5550001/12". Chats are numbers of up to 52 bits, negative for groups.

func chatID(chat int64) provider.ChatID { return provider.ChatID(strconv.FormatInt(chat, 10)) }

func messageID(chat, message int64) provider.MessageID {
	return provider.MessageID(strconv.FormatInt(chat, 10) + "/" + strconv.FormatInt(message, 10))
}

// tapID names a tap on a button, which is no message: it can neither be quoted
// nor reacted to.
func tapID(chat int64, query string) provider.MessageID {
	return provider.MessageID(strconv.FormatInt(chat, 10) + "/tap/" + query)
}

// reactionID names a reaction of ours, to which Telegram gives no id, by the
// operation that made it.
func reactionID(to provider.MessageID, op provider.OpID) provider.MessageID {
	return to + "/reaction/" + provider.MessageID(op)
}

// parseChat returns the chat's number; false for what is no chat of Telegram's.
func parseChat(chat provider.ChatID) (int64, bool) {
	n, err := strconv.ParseInt(string(chat), 10, 64)
	return n, err == nil && n != 0 && chatID(n) == chat
}

// parseMessage is the inverse of messageID; false for taps and reactions.
func parseMessage(id provider.MessageID) (chat, message int64, ok bool) {
	first, second, _ := strings.Cut(string(id), "/")
	chat, ok = parseChat(provider.ChatID(first))
	if !ok {
		return 0, 0, false
	}
	message, err := strconv.ParseInt(second, 10, 64)
	return chat, message, err == nil && message > 0 && messageID(chat, message) == id
}
