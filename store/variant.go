package store

import (
	"slices"
	"strings"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// variants are the other names under which a network may know the same chat.
func variants(n provider.Network, chat provider.ChatID) []string {
	if !n.CallsByNumber() {
		return nil
	}
	return provider.Variants(string(chat))
}

// byVariant returns the conversation of a number's other form, where there is one:
// from now on the id the event names leads to it.
func (b *batch) byVariant(e event.Event, from provider.Sender) (*conversation, error) {
	a, err := b.account(e.Account)
	if err != nil {
		return nil, err
	}
	for _, chat := range append([]provider.ChatID{provider.ChatID(from.User)}, from.Also...) {
		for _, other := range variants(a.network, chat) {
			c, err := b.conversation(b.teamKey.Conversation(provider.ChatKey{Account: a.id, Chat: provider.ChatID(other)}))
			if c != nil {
				b.lead(e.Conversation, c)
			}
			if c != nil || err != nil {
				return c, err
			}
		}
	}
	return nil, nil
}

// recipient is the conversation a message goes to. A number that has none may
// have one under its other form: the message is then written to the chat that
// answered.
func (b *batch) recipient(to *provider.ChatKey) (*conversation, error) {
	id := b.teamKey.Conversation(*to)
	a, err := b.account(to.Account)
	if err != nil {
		return nil, err
	}
	others := variants(a.network, to.Chat)
	c, err := b.conversation(id)
	if c != nil && slices.Contains(others, string(c.base.Chat)) {
		to.Chat = c.base.Chat
	}
	if c != nil || err != nil {
		return c, err
	}
	for _, other := range others {
		chat := provider.ChatID(other)
		c, err := b.conversation(b.teamKey.Conversation(provider.ChatKey{Account: a.id, Chat: chat}))
		if err != nil {
			return nil, err
		}
		if c != nil {
			to.Chat = provider.ChatID(firstOf(string(c.base.Chat), other))
			return c, nil
		}
	}
	return b.create(id, a), nil
}

// spellings are the names by which a conversation may be looked for: as it was
// written, without what people put into numbers, and the number's other forms.
func spellings(phoneOrChat string) []string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("+ -()./", r) {
			return -1
		}
		return r
	}, phoneOrChat)
	return append([]string{phoneOrChat, digits}, provider.Variants(digits)...)
}
