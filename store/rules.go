package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Silent returns up to n conversations in which nobody has written since a time or
// longer, nobody waits for an answer and nothing is scheduled, the longest first.
func (s *Store) Silent(ctx context.Context, since time.Time, n int) ([]Conversation, error) {
	list, err := s.conversations(ctx, selectList+` where c.status <> 'resolved' and c.last_at > 0 and c.last_at <= ? and `+quiet+
		" order by c.last_at, c.id limit ? + 0", millis(since), n)
	if err != nil {
		return nil, fmt.Errorf("read silent conversations: %w", err)
	}
	return list, nil
}

const quiet = `c.status in ('open', 'pending') and c.waiting_since = 0 and c.unsure = 0
	and not exists (select 1 from message w where w.conversation = c.key and w.job = 'scheduled')
	and not exists (select 1 from intent_job j where j.conversation = c.key and j.state in ('queued', 'held', 'sending', 'unsure'))`

// NextSilent returns since when the longest silent conversation, after a time, has
// been so; ok is false where there is none.
func (s *Store) NextSilent(ctx context.Context, after time.Time) (since time.Time, ok bool, err error) {
	var at int64
	err = s.read.QueryRowContext(ctx, "select coalesce(min(c.last_at), 0) from conversation c where c.status <> 'resolved' and c.last_at > ? and "+quiet,
		millis(after)).Scan(&at)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read silent conversations: %w", err)
	}
	return instant(at), at != 0, nil
}

// WroteSince returns up to n conversations whose customer wrote after a time and has
// no answer yet.
func (s *Store) WroteSince(ctx context.Context, after time.Time, n int) ([]Conversation, error) {
	list, err := s.conversations(ctx, selectList+` where c.status <> 'resolved' and c.last_at > ?1 and c.waiting_since > 0 and c.last_inbound > ?1
		order by c.last_at desc, c.id desc limit ?2 + 0`, millis(after), n)
	if err != nil {
		return nil, fmt.Errorf("read who waits: %w", err)
	}
	return list, nil
}

// ResolvedBetween returns up to n conversations that were resolved after one time and
// by another, and whose customer has ever written, the latest activity first.
func (s *Store) ResolvedBetween(ctx context.Context, after, by time.Time, n int) ([]Conversation, error) {
	list, err := s.conversations(ctx, selectList+` where c.status = 'resolved' and c.resolved_at > 0 and c.resolved_at > ? and c.resolved_at <= ? and c.last_inbound > 0
		order by c.last_at desc, c.id desc limit ? + 0`, millis(after), millis(by), n)
	if err != nil {
		return nil, fmt.Errorf("read what was resolved: %w", err)
	}
	return list, nil
}

// NextResolved returns the first time after another at which a conversation was
// resolved; ok is false where none was.
func (s *Store) NextResolved(ctx context.Context, after time.Time) (at time.Time, ok bool, err error) {
	var ms int64
	err = s.read.QueryRowContext(ctx, "select coalesce(min(resolved_at), 0) from conversation c where c.status = 'resolved' and c.resolved_at > 0 and c.resolved_at > ?",
		millis(after)).Scan(&ms)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read what was resolved: %w", err)
	}
	return instant(ms), ms != 0, nil
}

// Knows reports whether a message of ours has an operation's id, however it stands.
func (s *Store) Knows(ctx context.Context, op provider.OpID) (knows bool, err error) {
	err = s.read.QueryRowContext(ctx, "select exists (select 1 from message where op = ?)", string(op)).Scan(&knows)
	if err != nil {
		return false, fmt.Errorf("look for operation %s: %w", op, err)
	}
	return knows, nil
}

// Rating is a customer's answer to how they were served, of which the team has not
// made a fact yet.
type Rating struct {
	Conversation event.ConversationID
	Stars        int
	// Asked is the operation that asked, Seq the answer's place in the log.
	Asked provider.OpID
	Seq   event.Seq
}

// Unrated returns up to n answers of customers to how they were served, given after a
// time, that no rating of the log's follows, the oldest first.
func (s *Store) Unrated(ctx context.Context, after time.Time, n int) ([]Rating, error) {
	rows, err := s.read.QueryContext(ctx, `select c.id, m.seq, m.content from message m join conversation c on c.key = m.conversation
		where m.direction = 'in' and m.content_kind = 'choice' and m.at > ? and m.content ->> '$.chosen.id' like 'csat:%'
		and not exists (select 1 from message r where r.conversation = m.conversation and r.kind <> 'reaction'
			and r.kind = 'activity' and r.content_kind = ? and r.key > m.key)
		and not exists (select 1 from intent_publication p where p.conversation = m.conversation and p.kind = ?)
		order by m.key limit ? + 0`, millis(after), event.KindRated, event.KindRated, n)
	if err != nil {
		return nil, fmt.Errorf("read ratings: %w", err)
	}
	var list []Rating
	err = eachRow(rows, func(scan func(...any) error) error {
		var r Rating
		var raw []byte
		var c provider.Content
		err := scan(&r.Conversation, &r.Seq, &raw)
		if err == nil {
			err = json.Unmarshal(raw, &c)
		}
		ok := false
		if r.Stars, r.Asked, ok = event.RatingIn(&c); ok {
			list = append(list, r)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read ratings: %w", err)
	}
	return list, nil
}
