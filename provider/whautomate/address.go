package whautomate

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

// A chat is written "contact:" and the contact's id, as webhooks name it,
// "client:" and the id of a client of the CRM, or a phone number, digits with the
// country code. The prefix keeps an id that is all digits from being a number.
const (
	contactPrefix = "contact:"
	clientPrefix  = "client:"
)

// maxID bounds an id of the network, in bytes.
const maxID = 128

// usable reports an id that can be stored, compared and put into a path. Several
// byte sequences read as the same replacement character, and dots alone would
// lead elsewhere.
func usable(id string) bool {
	if id == "" || id == "." || id == ".." || len(id) > maxID {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) || unicode.IsSpace(r)
	})
}

func contactChat(id string) provider.ChatID { return provider.ChatID(contactPrefix + id) }

// contactOf returns the id of a chat that is a contact.
func contactOf(chat provider.ChatID) (id string, ok bool) {
	id, ok = strings.CutPrefix(string(chat), contactPrefix)
	return id, ok && usable(id)
}

// address sets who gets the message: clients and numbers are WhatsApp's alone.
func address(m *message, network provider.Network, chat provider.ChatID) error {
	if id, ok := contactOf(chat); ok {
		m.Contact = &reference{id}
		return nil
	}
	if network != provider.WhatsApp {
		return errors.New("outside of WhatsApp, Whautomate sends to contacts alone, and this is none")
	}
	if id, ok := strings.CutPrefix(string(chat), clientPrefix); ok && usable(id) {
		m.Client = &reference{id}
		return nil
	}
	if _, ok := whatsapp.E164(chat); !ok {
		return errors.New("the chat is neither a contact, nor a client, nor a phone number with its country code")
	}
	m.Recipient = &recipient{PhoneNumber: string(chat)}
	return nil
}
