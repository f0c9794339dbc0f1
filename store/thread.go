package store

import (
	"context"
	"fmt"
	"slices"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const selectMessage = `select m.key, c.id, m.direction, m.kind, coalesce(m.network_id, ''), coalesce(m.op, ''), m.seq, m.by,
	m.content_kind, m.text, m.content, coalesce(m.reply_to, ''), m.at, m.sent_at, m.status, m.job, m.job_since, m.error,
	coalesce(m.retries, ''), coalesce(m.retried_by, ''), m.settled, m.reactions, m.activity, m.rev,
	m.elsewhere, m.edited_at, m.revoked_at, m.due, m.broadcast, m.plan, coalesce(j.state, '') not in ('', 'sent', 'discarded'),
	q.key is not null, coalesce(q.direction, ''), coalesce(q.by, ''), coalesce(q.content_kind, ''), coalesce(substr(replace(q.text, char(0), char(65533)), 1, 300), '')
	from message m join conversation c on c.key = m.conversation
	left join intent_job j on j.message = m.key
	left join message q on q.network_id = m.reply_to and q.account = m.account`

// Messages returns up to n rows of a thread before a place in it, newest last.
// The zero cursor is the newest end. The order is that in which this store came
// to know them, which is the log's: no clock has a say in it.
func (s *Store) Messages(ctx context.Context, id event.ConversationID, before MessageCursor, n int) ([]Message, error) {
	q := selectMessage + ` where m.conversation = (select key from conversation where id = ?1
		union all select conversation from conversation_alias where alias = ?1 limit 1) and m.kind <> 'reaction'`
	args := []any{string(id)}
	if before != (MessageCursor{}) {
		q += " and m.key < ?"
		args = append(args, int64(before.Key))
	}
	list, err := s.messages(ctx, q+" order by m.key desc limit ? + 0", append(args, n)...)
	if err != nil {
		return nil, fmt.Errorf("read thread: %w", err)
	}
	slices.Reverse(list)
	return list, nil
}

// Message returns one row, or ErrNotFound.
func (s *Store) Message(ctx context.Context, key MessageKey) (Message, error) {
	list, err := s.messages(ctx, selectMessage+" where m.key = ?", int64(key))
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Message{}, fmt.Errorf("read message %d: %w", key, err)
	}
	return list[0], nil
}

func (s *Store) messages(ctx context.Context, q string, args ...any) ([]Message, error) {
	rows, err := s.read.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	var list []Message
	err = eachRow(rows, func(scan func(...any) error) error {
		m, err := scanMessage(scan)
		list = append(list, m)
		return err
	})
	return list, err
}

func scanMessage(scan func(...any) error) (Message, error) {
	var m Message
	var quoted Quoted
	var kind, text string
	var content, failure, reactions, activity, raw []byte
	var at, sent, since, edited, revoked, due int64
	var status int
	var quotes bool
	err := scan(&m.Key, &m.Conversation, &m.Direction, &m.Kind, &m.ID, &m.Op, &m.Seq, &m.By, &kind, &text, &content,
		&m.ReplyTo, &at, &sent, &status, &m.Job, &since, &failure, &m.Retries, &m.RetriedBy, &m.Settled, &reactions,
		&activity, &m.Rev, &m.Elsewhere, &edited, &revoked, &due, &m.Broadcast, &raw, &m.Mine, &quotes, &quoted.Direction, &quoted.By, &quoted.Kind, &quoted.Text)
	if err != nil {
		return Message{}, err
	}
	m.At, m.SentAt, m.JobSince, m.Status = instant(at), instant(sent), instant(since), provider.Status(status)
	if m.Direction == Incoming {
		m.Standby, m.Elsewhere = m.Elsewhere == standby, ""
	}
	m.EditedAt, m.RevokedAt, m.Due = instant(edited), instant(revoked), instant(due)
	var p keptPlan
	if err := p.read(raw); err != nil {
		return Message{}, err
	}
	m.Plan = p.Plan
	if quotes {
		m.Quoted = &quoted
	}
	if m.Kind == KindActivity {
		m.Activity = event.DecodeBody(kind, 1, activity)
	} else if m.Content, err = joinContent(provider.ContentKind(kind), text, content); err != nil {
		return Message{}, err
	}
	if m.Reactions, err = shownReactions(reactions); err != nil {
		return Message{}, err
	}
	m.Error, err = decodeError(failure)
	return m, err
}

func shownReactions(raw []byte) ([]ReactionRow, error) {
	if raw == nil {
		return nil, nil
	}
	var stored []storedReaction
	if err := decode(raw, &stored); err != nil {
		return nil, fmt.Errorf("read reactions: %w", err)
	}
	var shown []ReactionRow
	for _, r := range stored {
		shown = append(shown, ReactionRow{Emoji: r.Emoji, Outgoing: r.Out})
	}
	return shown, nil
}

// MessageEvents returns every event behind a message, in the log's order.
func (s *Store) MessageEvents(ctx context.Context, key MessageKey) ([]MessageEvent, error) {
	rows, err := s.read.QueryContext(ctx, "select seq, kind, v, at, by, body from message_event where message = ? order by seq", int64(key))
	if err != nil {
		return nil, fmt.Errorf("read events of message %d: %w", key, err)
	}
	var list []MessageEvent
	err = eachRow(rows, func(scan func(...any) error) error {
		var e MessageEvent
		var at int64
		var version int
		var raw []byte
		if err := scan(&e.Seq, &e.Kind, &version, &at, &e.By, &raw); err != nil {
			return err
		}
		e.At, e.Body = instant(at), event.DecodeBody(e.Kind, version, raw)
		list = append(list, e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read events of message %d: %w", key, err)
	}
	return list, nil
}
