package store

import (
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// of returns the conversation of a customer's message, making it where it is
// new. Ids the network knows the chat by as well lead to the same one; the
// older of two stays, because teammates' stores see the same order and must
// come to the same answer.
func (b *batch) of(e event.Event, from provider.Sender) (*conversation, error) {
	c, err := b.conversation(e.Conversation)
	if err != nil {
		return nil, err
	}
	if c == nil {
		if c, err = b.byVariant(e, from); err != nil {
			return nil, err
		}
	}
	for _, chat := range from.Also {
		if c, err = b.alias(c, e, chat); err != nil {
			return nil, err
		}
	}
	if c == nil {
		if c, err = b.ensure(e.Conversation, e.Account); err != nil {
			return nil, err
		}
		for _, chat := range from.Also {
			if c, err = b.alias(c, e, chat); err != nil {
				return nil, err
			}
		}
	}
	if c.base.Chat == "" {
		c.base.Chat = b.chat(c, from)
	}
	return c, nil
}

// alias ties another id of the chat to c, which may be nil as yet.
func (b *batch) alias(c *conversation, e event.Event, chat provider.ChatID) (*conversation, error) {
	id := b.teamKey.Conversation(provider.ChatKey{Account: e.Account, Chat: chat})
	if id == e.Conversation {
		return c, nil
	}
	other, err := b.conversation(id)
	switch {
	case err != nil:
		return nil, err
	case other == c:
		return c, nil
	case other == nil:
		b.lead(id, c)
		return c, nil
	case c == nil:
		b.lead(e.Conversation, other)
		return other, nil
	}
	return b.merge(c, other)
}

// lead makes an id lead to a conversation from now on.
func (b *batch) lead(id event.ConversationID, c *conversation) {
	b.found[id] = c
	b.aliases = append(b.aliases, alias{id, c.key})
}

// chat finds which of a person's ids is the chat: the one the conversation's id
// was made of.
func (b *batch) chat(c *conversation, from provider.Sender) provider.ChatID {
	candidates := append([]provider.ChatID{provider.ChatID(from.User), provider.ChatID(from.Phone)}, from.Also...)
	for _, chat := range candidates {
		if chat != "" && b.teamKey.Conversation(provider.ChatKey{Account: c.account.id, Chat: chat}) == c.id {
			return chat
		}
	}
	return provider.ChatID(from.User)
}

// merge makes one conversation of two that turned out to be one person's. The
// older keeps its id and what the team said of it.
func (b *batch) merge(one, two *conversation) (*conversation, error) {
	keep, gone := one, two
	if gone.key < keep.key {
		keep, gone = gone, keep
	}
	if err := b.write(); err != nil {
		return nil, err
	}
	for _, move := range []string{
		"update message set conversation = ? where conversation = ? and kind <> 'reaction'",
		"update message set conversation = ? where conversation = ? and kind = 'reaction'",
		"update intent_job set conversation = ? where conversation = ?",
		"update intent_publication set conversation = ? where conversation = ?",
		"update or ignore intent_draft set conversation = ? where conversation = ?",
		"update conversation_alias set conversation = ? where conversation = ?",
		"update mention set conversation = ? where conversation = ?",
	} {
		if err := b.exec(move, keep.key, gone.key); err != nil {
			return nil, fmt.Errorf("merge conversations: %w", err)
		}
	}
	for _, remove := range []string{
		"delete from intent_draft where conversation = ?",
		"delete from intent_seen where conversation = ?",
		"delete from intent_base where conversation = ?",
		"delete from contact_fts where rowid = ?",
		"delete from conversation where key = ?",
	} {
		if err := b.exec(remove, gone.key); err != nil {
			return nil, fmt.Errorf("merge conversations: %w", err)
		}
	}
	for _, m := range b.rows.byKey {
		if m.conversation == gone.key {
			m.conversation = keep.key
		}
	}
	if b.queued[gone.key] {
		b.queued[keep.key] = true
	}
	keep.base.absorb(&gone.base)
	keep.pending = append(keep.pending, gone.pending...)
	keep.sends, keep.owes = true, true
	gone.gone = true
	b.tally.add(&gone.stored, -1)
	delete(b.byKey, gone.key)
	for id, c := range b.found {
		if c == gone {
			b.found[id] = keep
		}
	}
	b.touch(keep)
	b.change.Conversations = nil
	b.lead(gone.id, keep)
	return keep, nil
}

// absorb takes over what the other conversation counted.
func (c *state) absorb(o *state) {
	c.Unread += o.Unread
	c.Inbound += o.Inbound
	c.Marked = c.Marked || o.Marked
	c.LastSeq = max(c.LastSeq, o.LastSeq)
	c.LastAt = max(c.LastAt, o.LastAt)
	c.LastInbound = max(c.LastInbound, o.LastInbound)
	if c.WaitingSince == 0 || (o.WaitingSince != 0 && o.WaitingSince < c.WaitingSince) {
		c.WaitingSince = o.WaitingSince
	}
	if o.Preview > c.Preview {
		c.Preview, c.PreviewAt = o.Preview, o.PreviewAt
	}
	if c.Status == StatusResolved && o.Status != StatusResolved {
		c.Status = StatusOpen
	}
	c.Standing.absorb(o.Standing)
	c.Person.absorb(o.Person)
	c.Priority = max(c.Priority, o.Priority)
	c.Team = firstOf(c.Team, o.Team)
	for _, who := range o.Followers {
		c.follow(who, true)
	}
	c.Name, c.TeamName = firstOf(c.Name, o.Name), firstOf(c.TeamName, o.TeamName)
	c.Phone, c.Username = firstOf(c.Phone, o.Phone), firstOf(c.Username, o.Username)
	c.Language, c.Zone = firstOf(c.Language, o.Language), firstOf(c.Zone, o.Zone)
}
