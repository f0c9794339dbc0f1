package store

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// ToTell is a resolution of which a network's own inbox is to hear from this terminal.
type ToTell struct {
	// Seq is that of the team's word.
	Seq          event.Seq
	Conversation event.ConversationID
	Due          time.Time
	// Telling is set while it is on the wire; Tries are those that it was certainly
	// not taken by.
	Telling bool
	Tries   int
}

// KeepToTell keeps a resolution until its network has heard of it. Of one that is
// kept already nothing changes.
func (s *Store) KeepToTell(ctx context.Context, t ToTell) error {
	return s.toTell(ctx, "insert or ignore into intent_resolution (seq, conversation, due) values (?, ?, ?)", int64(t.Seq), string(t.Conversation), millis(t.Due))
}

// ToTell returns what is to be told, what is due first before all others.
func (s *Store) ToTell(ctx context.Context) (list []ToTell, err error) {
	rows, err := s.read.QueryContext(ctx, "select seq, conversation, due, telling, tries from intent_resolution order by due, seq")
	if err == nil {
		err = eachRow(rows, func(scan func(...any) error) error {
			var t ToTell
			var due int64
			err := scan(&t.Seq, &t.Conversation, &due, &t.Telling, &t.Tries)
			t.Due = instant(due)
			list = append(list, t)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read resolutions to tell of: %w", err)
	}
	return list, nil
}

// ClaimToTell marks one as on the wire, before a byte leaves.
func (s *Store) ClaimToTell(ctx context.Context, seq event.Seq) error {
	return s.toTell(ctx, "update intent_resolution set telling = 1 where seq = ?", int64(seq))
}

// LaterToTell has one told at another time: its network certainly did not take it.
func (s *Store) LaterToTell(ctx context.Context, seq event.Seq, due time.Time) error {
	return s.toTell(ctx, "update intent_resolution set telling = 0, tries = tries + 1, due = ? where seq = ?", millis(due), int64(seq))
}

// DropToTell forgets one that was taken back.
func (s *Store) DropToTell(ctx context.Context, seq event.Seq) error {
	return s.toTell(ctx, "delete from intent_resolution where seq = ?", int64(seq))
}

func (s *Store) toTell(ctx context.Context, query string, args ...any) error {
	err := s.writeIntent(ctx, func(b *batch) error { return b.exec(query, args...) })
	if err != nil {
		return fmt.Errorf("keep a resolution to tell of: %w", err)
	}
	return nil
}

// Told keeps what a network said to a resolution, to be published, and is done with
// it. Of an erased contact nothing is kept.
func (s *Store) Told(ctx context.Context, id event.ConversationID, told event.ResolutionTold) error {
	err := s.writeIntent(ctx, func(b *batch) error {
		if err := b.exec("delete from intent_resolution where seq = ?", int64(told.Resolution)); err != nil {
			return err
		}
		c, err := b.conversation(id)
		if c == nil || err != nil {
			return err
		}
		return b.publish(c, fmt.Sprintf("asked:resolved:%d:%s", told.Resolution, told.State), told, millis(b.s.Now()), event.AspectNone)
	})
	if err != nil {
		return fmt.Errorf("keep what was said to a resolution: %w", err)
	}
	return nil
}

// ChatOf returns the network's name of a conversation.
func (c *Conversation) ChatOf() provider.ChatKey {
	return provider.ChatKey{Account: c.Account, Chat: c.Chat}
}
