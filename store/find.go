package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// UnsureSend is a send of this terminal's of which nobody knows whether it arrived.
type UnsureSend struct {
	Send         provider.Outgoing
	Conversation event.ConversationID
	// Left is when its last attempt was decided: before that it cannot have become a
	// message. It is zero where nobody knows.
	Left time.Time
	// Since is since when it is unsure.
	Since time.Time
}

// UnsureSends returns this terminal's unsure sends, oldest first.
func (s *Store) UnsureSends(ctx context.Context) ([]UnsureSend, error) {
	rows, err := s.read.QueryContext(ctx, `select j.send, c.id, j.next_at, m.job_since
		from intent_job j join message m on m.key = j.message join conversation c on c.key = j.conversation
		where j.state in ('queued', 'held', 'sending', 'unsure', 'failed') and j.state = 'unsure' order by j.key`)
	if err != nil {
		return nil, fmt.Errorf("read unsure sends: %w", err)
	}
	var list []UnsureSend
	err = eachRow(rows, func(scan func(...any) error) error {
		var raw []byte
		var left, since int64
		var u UnsureSend
		if err := scan(&raw, &u.Conversation, &left, &since); err != nil {
			return err
		}
		u.Left, u.Since = instant(left), instant(since)
		if err := decode(raw, &u.Send); err != nil {
			return err
		}
		list = append(list, u)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read unsure sends: %w", err)
	}
	return list, nil
}

// ProveSent marks an unsure send sent, because its network was found to have it as
// id, and tells the team. It does so only where that message can be no other send's:
// a network that finds by the words finds also what was sent again. left is
// UnsureSend.Left; this store has to know all that the team sent since.
func (s *Store) ProveSent(ctx context.Context, op provider.OpID, id provider.MessageID, left time.Time) (proved bool, err error) {
	err = s.writeIntent(ctx, func(b *batch) error {
		m, err := b.rowByOp(op)
		if err != nil || m == nil || m.mine != event.JobUnsure || m.job != event.JobUnsure {
			proved = false // decided meanwhile, by a person or by a receipt
			return err
		}
		if proved, err = b.provable(m, id, left); err != nil || !proved {
			return err
		}
		return b.finish(op, Outcome{State: event.JobSent, Message: id})
	})
	if err != nil {
		return false, fmt.Errorf("prove %s: %w", op, err)
	}
	return proved, nil
}

// provable reports whether the message id can be m's alone: neither is it another
// send's of ours, nor can one of the same chat have become it of which no message
// is known. What was written elsewhere may be the network's echo of m.
func (b *batch) provable(m *sending, id provider.MessageID, left time.Time) (bool, error) {
	taken, err := b.rowByID(m.account, id)
	if err != nil || (taken != nil && (!taken.elsewhere || taken.conversation != m.conversation)) {
		return false, err
	}
	alone := true
	err = b.each(`select job, job_since from message where conversation = ? and kind <> 'reaction' and direction = 'out'
		and key <> ? and network_id is null and elsewhere = ''`, []any{m.conversation, int64(m.key)}, func(scan func(...any) error) error {
		var job event.JobState
		var since int64
		err := scan(&job, &since)
		alone = alone && !job.MayBeOut(instant(since), left)
		return err
	})
	return alone, err
}

// TellAbsent lets the team know, once, that the network of an unsure send was asked
// and does not have it. It stays unsure: a person decides.
func (s *Store) TellAbsent(ctx context.Context, op provider.OpID) error {
	err := s.writeIntent(ctx, func(b *batch) error {
		m, err := b.rowByOp(op)
		if err != nil || m == nil || m.mine != event.JobUnsure || m.job != event.JobUnsure {
			return err
		}
		if m.err != nil && m.err.Code == provider.CodeNotFound {
			return nil
		}
		m.err = provider.NotFound()
		c, err := b.saveSending(m)
		if err != nil || !b.s.direct(c.account.id) {
			return err
		}
		t, err := b.outcomeOf(m)
		if err != nil {
			return err
		}
		return b.tellAs(c, fmt.Sprintf("%s:%s:%d:absent", op, t.state, t.attempt), t, millis(b.s.Now()))
	})
	if err != nil {
		return fmt.Errorf("tell of %s: %w", op, err)
	}
	return nil
}

// AcceptedSend is a send of this terminal's that its network took as Message.
type AcceptedSend struct {
	Op           provider.OpID
	Chat         provider.ChatKey
	Conversation event.ConversationID
	Message      provider.MessageID
	// Since is since when it is known.
	Since time.Time
}

// AcceptedSends returns what this terminal sent and a network took since a time,
// the newest first.
func (s *Store) AcceptedSends(ctx context.Context, since time.Time) ([]AcceptedSend, error) {
	// Jobs are in the order they were queued in, and wait a day at most.
	rows, err := s.read.QueryContext(ctx, `select j.op, j.send, c.id, coalesce(m.network_id, ''), m.job_since, j.queued_at, j.state
		from intent_job j join message m on m.key = j.message join conversation c on c.key = j.conversation order by j.key desc`)
	if err != nil {
		return nil, fmt.Errorf("read accepted sends: %w", err)
	}
	var list []AcceptedSend
	err = eachRow(rows, func(scan func(...any) error) error {
		var raw []byte
		var at, queued int64
		var state event.JobState
		var a AcceptedSend
		if err := scan(&a.Op, &raw, &a.Conversation, &a.Message, &at, &queued, &state); err != nil {
			return err
		}
		a.Since = instant(at)
		switch {
		case instant(queued).Add(waitsAtMost).Before(since):
			return errStop
		case state != event.JobSent || a.Message == "" || a.Since.Before(since):
			return nil
		}
		var send provider.Outgoing
		if err := decode(raw, &send); err != nil {
			return err
		}
		a.Chat = send.To
		list = append(list, a)
		return nil
	})
	if err != nil && !errors.Is(err, errStop) {
		return nil, fmt.Errorf("read accepted sends: %w", err)
	}
	return list, nil
}

// waitsAtMost is longer than any job is tried.
const waitsAtMost = 48 * time.Hour

// Receipts is what is known of a message of ours.
type Receipts struct {
	Status provider.Status
	// Posted: the network told of it without being asked.
	Posted bool
}

// Receipts returns what is known of a send that was accepted; ErrNotFound where
// its contact was erased.
func (s *Store) Receipts(ctx context.Context, op provider.OpID) (Receipts, error) {
	var r Receipts
	err := s.read.QueryRowContext(ctx, `select status, exists (select 1 from message_event e where e.message = m.key
		and e.kind in ('message.receipt', 'message.receipts') and e.by = '') from message m where op = ?`, string(op)).Scan((*int)(&r.Status), &r.Posted)
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNotFound
	}
	if err != nil {
		return r, fmt.Errorf("read receipts of %s: %w", op, err)
	}
	return r, nil
}
