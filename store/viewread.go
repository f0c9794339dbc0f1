package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Conversations returns up to n rows of a view after a place in its order. The
// zero cursor is the top.
func (s *Store) Conversations(ctx context.Context, v View, after ConversationCursor, n int) ([]Conversation, error) {
	return s.list(ctx, v, after, false, need{}, n)
}

// ConversationsBefore returns up to n rows right before a place, in the view's
// order.
func (s *Store) ConversationsBefore(ctx context.Context, v View, before ConversationCursor, n int) ([]Conversation, error) {
	rows, err := s.list(ctx, v, before, true, need{}, n)
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
	return rows, err
}

// NextNeeding returns the next conversation of a view, forward or back, that
// needs somebody: unread, marked, waiting, back from a snooze, with a failed or
// unsure send, or with a scheduled one that did not go by itself; or this agent: a
// note calls them, or they follow it and something happened since they looked.
// ErrNotFound where there is none.
func (s *Store) NextNeeding(ctx context.Context, v View, after ConversationCursor, forward bool) (Conversation, error) {
	needing := need{where: `(c.unread > 0 or c.marked > 0 or c.waiting_since > 0 or c.failed > 0 or c.unsure > 0
		or (c.status = 'open' and c.snoozed_until > 0) or exists (
		select 1 from message w where w.conversation = c.key and w.job = 'scheduled' and coalesce(w.plan ->> 'hold', '') <> '') or ` +
		mentionedHere + " or " + movedFollowed + ")"}
	needing.args = []any{string(s.opt.Agent), string(s.opt.Agent)}
	rows, err := s.list(ctx, v, after, !forward, needing, 1)
	if err != nil || len(rows) == 0 {
		return Conversation{}, errors.Join(err, missing(len(rows)))
	}
	return rows[0], nil
}

func missing(n int) error {
	if n == 0 {
		return ErrNotFound
	}
	return nil
}

func (s *Store) list(ctx context.Context, v View, from ConversationCursor, backwards bool, also need, n int) ([]Conversation, error) {
	view, err := s.view(v)
	if err != nil {
		return nil, err
	}
	q, args := view.query(from, backwards, also, n)
	rows, err := s.conversations(ctx, q, args...)
	if err != nil {
		return nil, fmt.Errorf("read view %s: %w", v, err)
	}
	return rows, s.judgeJoined(ctx, rows)
}

// judgeJoined adds to each row what its person said in other conversations. Only of the
// few that share a person with another is it read.
func (s *Store) judgeJoined(ctx context.Context, list []Conversation) error {
	at := make(map[event.ConversationID]int, len(list))
	ids := make([]event.ConversationID, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, i
	}
	wanted, err := encode(ids)
	if err != nil {
		return err
	}
	rows, err := s.read.QueryContext(ctx, `select c.id from conversation c where c.id in (select value from json_each(?)) and (c.contact <> ''
		or exists (select 1 from conversation o where o.contact = c.id and o.contact <> '')
		or exists (select 1 from conversation_alias l join conversation o on o.contact = l.alias where l.conversation = c.key and o.contact <> ''))`, wanted)
	var joined []event.ConversationID
	if err == nil {
		err = eachRow(rows, func(scan func(...any) error) error {
			var id event.ConversationID
			err := scan(&id)
			joined = append(joined, id)
			return err
		})
	}
	for _, id := range joined {
		if c := &list[at[id]]; err == nil {
			c.Standing, err = s.standingOf(ctx, *c)
		}
	}
	if err != nil {
		return fmt.Errorf("read what customers let us do: %w", err)
	}
	return nil
}

func (s *Store) conversations(ctx context.Context, q string, args ...any) ([]Conversation, error) {
	rows, err := s.read.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	var list []Conversation
	err = eachRow(rows, func(scan func(...any) error) error {
		c, err := scanConversation(scan)
		list = append(list, c)
		return err
	})
	if err == nil {
		err = s.fillMentioned(ctx, list)
	}
	return list, err
}

// Holds reports whether a view holds a conversation now, wherever in its order.
func (s *Store) Holds(ctx context.Context, v View, id event.ConversationID) (bool, error) {
	view, err := s.view(v)
	if err != nil {
		return false, err
	}
	var holds bool
	q, args := view.holds(id)
	err = s.read.QueryRowContext(ctx, q, args...).Scan(&holds)
	if err != nil {
		return false, fmt.Errorf("look for a conversation in view %s: %w", v, err)
	}
	return holds, nil
}

// Conversation returns one row by its id, or by another id that leads to it.
func (s *Store) Conversation(ctx context.Context, id event.ConversationID) (Conversation, error) {
	rows, err := s.conversations(ctx, selectList+` where c.key = (select key from conversation where id = ?1
		union all select conversation from conversation_alias where alias = ?1 limit 1)`, string(id))
	return s.oneJudged(ctx, rows, err)
}

// oneJudged returns the one row there is, and what its person lets us do wherever
// they said it.
func (s *Store) oneJudged(ctx context.Context, rows []Conversation, err error) (Conversation, error) {
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err == nil {
		rows[0].Standing, err = s.standingOf(ctx, rows[0])
	}
	if err != nil {
		return Conversation{}, fmt.Errorf("read conversation: %w", err)
	}
	return rows[0], nil
}

// FindConversation returns an account's conversation with a phone number (a
// plus sign, spaces and dashes do not matter, nor which of its forms it has) or a
// chat as the network names it, by whichever of its names: also by one that only
// leads to it.
func (s *Store) FindConversation(ctx context.Context, in provider.AccountID, phoneOrChat string) (Conversation, error) {
	for i, name := range spellings(phoneOrChat) {
		c, err := s.named(ctx, in, name, i > 1)
		if !errors.Is(err, ErrNotFound) {
			return c, err
		}
	}
	return s.led(ctx, in, phoneOrChat)
}

// led returns the conversation to which a chat's own id leads: a message to it would go
// there, whatever that one is called by.
func (s *Store) led(ctx context.Context, in provider.AccountID, chat string) (Conversation, error) {
	var key event.Key
	if err := s.read.QueryRowContext(ctx, "select team_key from log").Scan(&key); err != nil {
		return Conversation{}, fmt.Errorf("find conversation: %w", err)
	}
	if len(key) == 0 {
		return Conversation{}, fmt.Errorf("find conversation: %w", ErrNotFound)
	}
	return s.Conversation(ctx, key.Conversation(provider.ChatKey{Account: in, Chat: provider.ChatID(chat)}))
}

// WithUsername returns an account's conversations whose person was last seen under a
// user name; case and a leading @ do not matter. The name is theirs to change and to
// give up: it finds people and names none.
func (s *Store) WithUsername(ctx context.Context, in provider.AccountID, name string) ([]Conversation, error) {
	name = strings.TrimPrefix(name, "@")
	list, err := s.conversations(ctx, selectList+` where c.account = (select key from account where id = ?) and c.username <> ''
		and lower(ltrim(c.username, '@')) = lower(?) order by c.key limit 20`, string(in), name)
	if err != nil {
		return nil, fmt.Errorf("find user name: %w", err)
	}
	return list, nil
}

// named returns the conversation that has this chat or this number. The other form
// of a number is a chat only where the network calls chats by number.
func (s *Store) named(ctx context.Context, in provider.AccountID, name string, variant bool) (Conversation, error) {
	rows, err := s.conversations(ctx, selectList+` where c.key = (
		select c.key from conversation c join account a on a.key = c.account where a.id = ?1 and c.chat = ?2
			and (not ?3 or a.network in ('whatsapp', 'sms'))
		union all select c.key from conversation c join account a on a.key = c.account where a.id = ?1 and c.phone = ?2 and c.phone <> ''
		limit 1)`, string(in), name, variant)
	return s.oneJudged(ctx, rows, err)
}
