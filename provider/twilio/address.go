package twilio

import (
	"regexp"
	"strings"

	"frontdesk/provider"
)

// whatsappPrefix marks the addresses of WhatsApp; those of SMS have none.
const whatsappPrefix = "whatsapp:"

// namedChat marks the chat of a sender that is no phone number: a short code, or a
// name. The digits of a short code are not those of a number.
const namedChat = "name:"

var (
	number = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	// short is what SMS can be sent to beside a number.
	short = regexp.MustCompile(`^[0-9]{3,8}$`)
)

// chatOf is the chat of a customer's address: the digits of a number, a user id as
// it is, and behind "name:" what is neither. phone is empty where there is none.
func chatOf(address string) (chat provider.ChatID, phone string) {
	bare, whatsapp := strings.CutPrefix(address, whatsappPrefix)
	if whatsapp && !strings.HasPrefix(bare, "+") && number.MatchString("+"+bare) {
		bare = "+" + bare // Twilio has been seen to leave the plus out
	}
	switch {
	case number.MatchString(bare):
		return provider.ChatID(bare[1:]), bare[1:]
	case whatsapp && provider.ScopedUser(bare):
		return provider.ChatID(bare), ""
	case bare == "":
		return "", ""
	}
	return provider.ChatID(namedChat + address), ""
}

// addressOf is the address of a chat on a network; false where there can be none.
// A user id gets no plus.
func addressOf(network provider.Network, chat provider.ChatID) (string, bool) {
	plus := "+" + strings.TrimPrefix(string(chat), "+")
	switch {
	case network == provider.WhatsApp && number.MatchString(plus):
		return whatsappPrefix + plus, true
	case network == provider.WhatsApp && provider.ScopedUser(string(chat)):
		return whatsappPrefix + string(chat), true
	case network != provider.WhatsApp && number.MatchString(plus):
		return plus, true
	}
	named, ok := strings.CutPrefix(string(chat), namedChat)
	return named, ok && network != provider.WhatsApp && short.MatchString(named)
}
