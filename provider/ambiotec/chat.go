package ambiotec

import (
	"strconv"
	"strings"

	"frontdesk/provider"
)

// A chat is a phone number in digits, or "conversation:" and the id by which
// Ambiotec knows a conversation. A message to a number begins one where there is
// none; the id comes back in the answer to it and is otherwise seen in Ambiotec
// itself. The driver turns neither into the other: it keeps no state.
const conversationChat = "conversation:"

// ConversationChat returns the chat of a conversation of Ambiotec's.
func ConversationChat(id int64) provider.ChatID {
	return provider.ChatID(conversationChat + strconv.FormatInt(id, 10))
}

// conversation returns the id of a chat that is a conversation.
func conversation(chat provider.ChatID) (id int64, ok bool) {
	word, is := strings.CutPrefix(string(chat), conversationChat)
	if !is {
		return 0, false
	}
	return number(word)
}

// number reads an id of Ambiotec: a positive integer.
func number(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0 && strconv.FormatInt(n, 10) == s
}
