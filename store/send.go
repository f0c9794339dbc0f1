package store

import (
	"context"
	"fmt"
	"strings"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Send puts a message into the queue and its row into the thread, in one
// transaction that is on disk when it returns: only then may the screen say
// queued. An empty Op gets a new one; a known Op is the same send, and its row
// is returned.
func (s *Store) Send(ctx context.Context, out provider.Outgoing) (MessageKey, error) {
	if out.Op == "" {
		out.Op = s.opt.NewOp()
	}
	var key MessageKey
	err := s.writeIntent(ctx, func(b *batch) (err error) {
		key, err = b.send(out, "")
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("queue message: %w", err)
	}
	return key, nil
}

// SendAll is Send for several messages, in their order: all of them or none.
func (s *Store) SendAll(ctx context.Context, all []provider.Outgoing) error {
	err := s.writeIntent(ctx, func(b *batch) error {
		for _, out := range all {
			if out.Op == "" {
				out.Op = s.opt.NewOp()
			}
			if _, err := b.send(out, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("queue messages: %w", err)
	}
	return nil
}

func (b *batch) send(out provider.Outgoing, retries provider.OpID) (MessageKey, error) {
	if len(b.teamKey) == 0 {
		return 0, ErrNoHello
	}
	if known, err := b.rowByOp(out.Op); known != nil || err != nil {
		return known.keyOrNone(), err
	}
	c, err := b.recipient(&out.To)
	if err != nil {
		return 0, err
	}
	if c.base.Chat == "" {
		c.base.Chat = out.To.Chat
	}
	out.Retries = retries
	if _, err := b.get("select epoch from log", nil, &out.Log); err != nil {
		return 0, err
	}
	at := millis(b.s.Now())
	row := newMessage{
		conversation: c, direction: Outgoing, kind: rowKind(out.Content), op: out.Op, by: b.s.opt.Agent,
		content: out.Content, replyTo: out.ReplyTo, at: at, job: event.JobQueued, jobSince: at, retries: retries,
	}
	key, err := b.insertMessage(row)
	if err != nil {
		return 0, err
	}
	raw, err := encode(out)
	if err != nil {
		return 0, err
	}
	if err := b.exec(`insert into intent_job (op, message, conversation, account, send, state, queued_at, retries)
		values (?, ?, ?, ?, ?, ?, ?, ?)`, string(out.Op), int64(key), c.key, string(out.To.Account), raw,
		string(event.JobQueued), at, string(retries)); err != nil {
		return 0, err
	}
	if row.kind == KindMessage {
		c.replied(key, at, row.job)
	}
	b.rows.byKey[key].mine = event.JobQueued
	if err := b.queues(c.key); err != nil {
		return 0, err
	}
	b.touch(c)
	b.change.Outbox = true
	if err := b.sentDraft(c, out.Content); err != nil {
		return 0, err
	}
	if err := b.see(c); err != nil {
		return 0, err
	}
	if err := b.tell(c, told{send: out, retries: retries, state: event.JobQueued}, at); err != nil {
		return 0, err
	}
	return key, b.hold(c)
}

func (m *sending) keyOrNone() MessageKey {
	if m == nil {
		return 0
	}
	return m.key
}

// sentDraft forgets the draft that has become the message. Any other draft
// stays: a template may go while a reply waits for the window.
func (b *batch) sentDraft(c *conversation, sent provider.Content) error {
	var draft string
	if _, err := b.get("select text from intent_draft where conversation = ? and mode = 'reply'", []any{c.key}, &draft); err != nil {
		return err
	}
	if draft == "" || strings.TrimSpace(draft) != strings.TrimSpace(sent.Text) {
		return nil
	}
	return b.exec("delete from intent_draft where conversation = ? and mode = 'reply'", c.key)
}

// told is a state of a send, as the team is told of it.
type told struct {
	send    provider.Outgoing
	retries provider.OpID
	state   event.JobState
	attempt int
	message provider.MessageID
	err     *provider.Error
}

// tell keeps a SendState to be published, where this terminal is the one that
// sends. What the team has not heard yet is replaced: each stands alone.
func (b *batch) tell(c *conversation, t told, at int64) error {
	if !b.s.direct(c.account.id) {
		return nil
	}
	return b.tellAnyway(c, t, at)
}

func (b *batch) tellAnyway(c *conversation, t told, at int64) error {
	return b.tellAs(c, fmt.Sprintf("%s:%s:%d", t.send.Op, t.state, t.attempt), t, at)
}

func (b *batch) tellAs(c *conversation, id string, t told, at int64) error {
	op := string(t.send.Op)
	if err := b.exec("delete from intent_publication where id >= ? and id < ?", op+":", op+";"); err != nil {
		return err
	}
	if err := b.wasTold(t); err != nil {
		return err
	}
	said := event.SendState{
		Op: t.send.Op, State: t.state, Chat: t.send.To.Chat, Content: t.send.Content,
		ReplyTo: t.send.ReplyTo, Retries: t.retries, Message: t.message, Error: t.err, Attempt: t.attempt,
	}
	m, err := b.rowByOp(t.send.Op)
	if m != nil {
		said.Due, said.Broadcast, said.Plan = instant(m.due), m.broadcast, m.plan.Plan
	}
	if err != nil {
		return err
	}
	return b.publish(c, id, said, at, event.AspectNone)
}

// TryAgain sends a failed message again, or one of which nobody knows whether
// it arrived, as a new operation linked to the old one, which is settled by it.
// ErrState where the message is neither.
func (s *Store) TryAgain(ctx context.Context, key MessageKey) (MessageKey, error) {
	var again MessageKey
	err := s.onSending(ctx, key, func(b *batch, m *sending) (err error) {
		if m.kind == KindNote {
			again = key
			return b.noteAgain(m)
		}
		if m.settled || !m.inTrouble() {
			return ErrState
		}
		again, err = b.again(m)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("try message %d again: %w", key, err)
	}
	return again, nil
}

func (m *sending) inTrouble() bool {
	return m.job == event.JobFailed || m.job == event.JobUnsure || (m.job == event.JobSent && m.status == provider.Failed)
}

func (b *batch) again(m *sending) (MessageKey, error) {
	c, err := b.keyed(m.conversation)
	if err != nil {
		return 0, err
	}
	out, err := b.outgoing(c, m)
	if err != nil {
		return 0, err
	}
	old := m.op
	out.Op = b.s.opt.NewOp()
	m.settled, m.retriedBy = true, out.Op
	if m.mine != "" {
		m.mine = event.JobDiscarded // nothing more is to be done about it
	}
	if _, err := b.saveSending(m); err != nil {
		return 0, err
	}
	return b.send(out, old)
}

// outgoing is the row as it was sent.
func (b *batch) outgoing(c *conversation, m *sending) (provider.Outgoing, error) {
	out := provider.Outgoing{Op: m.op, To: provider.ChatKey{Account: c.account.id, Chat: c.base.Chat}}
	var text string
	var content []byte
	_, err := b.get("select text, content, coalesce(reply_to, '') from message where key = ?", []any{int64(m.key)}, &text, &content, &out.ReplyTo)
	if err != nil {
		return out, err
	}
	if out.Content, err = joinContent(m.content, text, content); err != nil {
		return out, err
	}
	out.Link, err = b.linkOf(m.op)
	return out, err
}

// linkOf is what a send of this terminal's was tied to: what is tried again is
// about the same thing.
func (b *batch) linkOf(op provider.OpID) (*provider.Link, error) {
	var raw []byte
	found, err := b.get("select send from intent_job where op = ?", []any{string(op)}, &raw)
	if !found || err != nil {
		return nil, err
	}
	var was provider.Outgoing
	if err := decode(raw, &was); err != nil {
		return nil, fmt.Errorf("read what was sent: %w", err)
	}
	return was.Link, nil
}

func (b *batch) noteAgain(m *sending) error {
	if m.job != event.JobFailed {
		return ErrState
	}
	c, err := b.keyed(m.conversation)
	if err != nil {
		return err
	}
	out, err := b.outgoing(c, m)
	if err != nil {
		return err
	}
	op, at := string(b.s.opt.NewOp()), millis(b.s.Now())
	body := event.Noted{Text: out.Content.Text}
	c.pending = append(c.pending, pendingAction{id: op, body: body, at: at})
	b.touch(c)
	if err := b.exec("update message set op = ?, job = 'queued', job_since = ?, error = null, rev = rev + 1 where key = ?",
		op, at, int64(m.key)); err != nil {
		return err
	}
	return b.publish(c, op, body, at, event.AspectNone)
}

// MarkSent records that a person knows an unsure message arrived.
func (s *Store) MarkSent(ctx context.Context, key MessageKey) error {
	return s.settle(ctx, key, "mark message as sent", func(b *batch, m *sending) error {
		if m.job != event.JobUnsure {
			return ErrState
		}
		return b.settled(m, event.JobSent)
	})
}

// Discard gives a message up: it leaves the queue, or its failure or doubt is
// put aside, or it does not go at its time. What is on the wire cannot be
// discarded.
func (s *Store) Discard(ctx context.Context, key MessageKey) error {
	return s.settle(ctx, key, "discard message", func(b *batch, m *sending) error {
		waiting := m.job == event.JobQueued || m.job == event.JobHeld
		switch {
		case m.job == event.JobScheduled: // anybody's, until it leaves
			return b.settled(m, event.JobDiscarded)
		case m.kind == KindNote && m.job == event.JobFailed, waiting && m.mine != "" && m.kind != KindNote, m.inTrouble() && !m.settled:
			return b.settled(m, event.JobDiscarded)
		}
		return ErrState
	})
}

// Release lets a held message go although it stands behind an unsure one.
func (s *Store) Release(ctx context.Context, key MessageKey) error {
	return s.settle(ctx, key, "release message", func(b *batch, m *sending) error {
		if m.job != event.JobHeld || m.mine == "" {
			return ErrState
		}
		if err := b.exec("update intent_job set released = 1 where message = ?", int64(m.key)); err != nil {
			return err
		}
		m.job, m.mine, m.since = event.JobQueued, event.JobQueued, millis(b.s.Now())
		_, err := b.saveSending(m)
		return err
	})
}

// settled ends a job by a person's word, and tells the team where it has heard
// of the job.
func (b *batch) settled(m *sending, state event.JobState) error {
	heard, err := b.heard(m)
	if err != nil {
		return err
	}
	at := millis(b.s.Now())
	switch m.job {
	case event.JobSent: // it failed at the network: that stays true
		m.settled = true
	default:
		m.job, m.since = state, at
		if state == event.JobSent {
			m.err = nil
		}
	}
	if m.mine != "" {
		m.mine = state
	}
	c, err := b.saveSending(m)
	if err != nil {
		return err
	}
	if err := b.write(); err != nil { // it may be as new as this very batch
		return err
	}
	out, err := b.outgoing(c, m)
	if err != nil {
		return err
	}
	if heard {
		return b.tellAnyway(c, told{send: out, state: state}, at)
	}
	if m.kind == KindNote {
		return nil
	}
	return b.tell(c, told{send: out, state: state}, at)
}

func (s *Store) settle(ctx context.Context, key MessageKey, what string, f func(*batch, *sending) error) error {
	if err := s.onSending(ctx, key, f); err != nil {
		return fmt.Errorf("%s %d: %w", what, key, err)
	}
	return nil
}

// onSending runs f on an outgoing message or a note.
func (s *Store) onSending(ctx context.Context, key MessageKey, f func(*batch, *sending) error) error {
	return s.writeIntent(ctx, func(b *batch) error {
		m, err := b.row(key)
		if err != nil {
			return err
		}
		if m == nil || (m.direction != Outgoing && m.kind != KindNote) {
			return ErrNotFound
		}
		return f(b, m)
	})
}
