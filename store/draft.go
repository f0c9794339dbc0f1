package store

import (
	"context"
	"fmt"

	"frontdesk/webhookrelay/event"
)

// DraftMode is which of a conversation's two drafts: they are kept apart, so
// that a note can never leave as a reply.
type DraftMode string

// The modes of the composer.
const (
	DraftReply DraftMode = "reply"
	DraftNote  DraftMode = "note"
)

// Draft returns what was typed and not sent; empty where nothing was.
func (s *Store) Draft(ctx context.Context, id event.ConversationID, mode DraftMode) (string, error) {
	var text string
	err := s.read.QueryRowContext(ctx, `select coalesce((select text from intent_draft where mode = ?2 and conversation = (
		select key from conversation where id = ?1
		union all select conversation from conversation_alias where alias = ?1 limit 1)), '')`, string(id), string(mode)).Scan(&text)
	if err != nil {
		return "", fmt.Errorf("read draft: %w", err)
	}
	return text, nil
}

// SaveDraft keeps what is being typed, on disk when it returns. An empty text
// deletes the draft.
func (s *Store) SaveDraft(ctx context.Context, id event.ConversationID, mode DraftMode, text string) error {
	err := s.onConversation(ctx, id, func(b *batch, c *conversation) error {
		b.touch(c)
		if text == "" {
			return b.exec("delete from intent_draft where conversation = ? and mode = ?", c.key, string(mode))
		}
		return b.exec(`insert into intent_draft (conversation, mode, text, at) values (?, ?, ?, ?)
			on conflict (conversation, mode) do update set text = excluded.text, at = excluded.at`,
			c.key, string(mode), text, millis(s.Now()))
	})
	if err != nil {
		return fmt.Errorf("save draft: %w", err)
	}
	return nil
}

// See moves this agent's last-seen mark to the end of the conversation.
func (s *Store) See(ctx context.Context, id event.ConversationID) error {
	err := s.onConversation(ctx, id, func(b *batch, c *conversation) error { return b.see(c) })
	if err != nil {
		return fmt.Errorf("mark as seen: %w", err)
	}
	return nil
}

// seen is a place up to which this agent has seen a conversation.
type seen struct {
	seq     event.Seq
	inbound int
}

// acts: who answers, notes or resolves has seen what stands before. It makes a
// store that starts afresh know what this agent did elsewhere.
func (b *batch) acts(c *conversation, e event.Event) {
	if e.By != "" && e.By == b.s.opt.Agent {
		c.seen = &seen{e.Seq, c.base.Inbound}
		b.touch(c)
	}
}

// saveSeen only moves forward: the agent may have looked further since.
func (b *batch) saveSeen(c *conversation) error {
	if c.seen == nil {
		return nil
	}
	return b.exec(`insert into intent_seen (conversation, seq, inbound) values (?, ?, ?)
		on conflict (conversation) do update set seq = max(seq, excluded.seq), inbound = max(inbound, excluded.inbound)`,
		c.key, int64(c.seen.seq), c.seen.inbound)
}

func (b *batch) see(c *conversation) error {
	var seq event.Seq
	var inbound int
	if _, err := b.get("select seq, inbound from intent_seen where conversation = ?", []any{c.key}, &seq, &inbound); err != nil {
		return err
	}
	if seq == c.base.LastSeq && inbound == c.base.Inbound {
		return nil
	}
	b.touch(c)
	return b.exec(`insert into intent_seen (conversation, seq, inbound) values (?, ?, ?)
		on conflict (conversation) do update set seq = excluded.seq, inbound = excluded.inbound`,
		c.key, int64(c.base.LastSeq), c.base.Inbound)
}

// onConversation runs f on a conversation that exists.
func (s *Store) onConversation(ctx context.Context, id event.ConversationID, f func(*batch, *conversation) error) error {
	return s.writeIntent(ctx, func(b *batch) error {
		c, err := b.conversation(id)
		if err != nil {
			return err
		}
		if c == nil {
			return ErrNotFound
		}
		return f(b, c)
	})
}
