package store

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Schedule has the team send a message at a time: every terminal shows it, anybody
// may change it or put it aside, and whoever runs what is due sends it once. An
// empty Op gets a new one; a known Op is the same send, and its row is returned.
// What is of a broadcast goes whatever was written meanwhile. The key is the row's
// until the message leaves; the operation names it for good.
func (s *Store) Schedule(ctx context.Context, out provider.Outgoing, due time.Time, of event.BroadcastID) (MessageKey, error) {
	return s.plan(ctx, out, due, of, event.Plan{Anyway: of != ""})
}

// ScheduleByRule is Schedule for a rule of the team's. Two that act by the same rule
// give the same Op, and the message goes once.
func (s *Store) ScheduleByRule(ctx context.Context, out provider.Outgoing, due time.Time, rule string) (MessageKey, error) {
	return s.plan(ctx, out, due, "", event.Plan{Anyway: true, Rule: rule})
}

func (s *Store) plan(ctx context.Context, out provider.Outgoing, due time.Time, of event.BroadcastID, p event.Plan) (MessageKey, error) {
	if out.Op == "" {
		out.Op = s.opt.NewOp()
	}
	var key MessageKey
	err := s.writeIntent(ctx, func(b *batch) (err error) {
		key, err = b.schedule(out, due, of, p)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("schedule message: %w", err)
	}
	return key, nil
}

func (b *batch) schedule(out provider.Outgoing, due time.Time, of event.BroadcastID, p event.Plan) (MessageKey, error) {
	if len(b.teamKey) == 0 {
		return 0, ErrNoHello
	}
	if known, err := b.rowByOp(out.Op); known != nil || err != nil {
		return known.keyOrNone(), err
	}
	c, err := b.ensure(b.teamKey.Conversation(out.To), out.To.Account)
	if err != nil {
		return 0, err
	}
	if c.base.Chat == "" {
		c.base.Chat = out.To.Chat
	}
	p.Edition, p.Link = 1, out.Link
	if b.s.direct(c.account.id) {
		p.Runner = b.s.opt.Terminal
	}
	if _, err := b.get("select seq from log", nil, &p.Seen); err != nil {
		return 0, err
	}
	at := millis(b.s.Now())
	key, err := b.insertMessage(newMessage{
		conversation: c, direction: Outgoing, kind: rowKind(out.Content), op: out.Op, by: b.s.opt.Agent, content: out.Content,
		replyTo: out.ReplyTo, at: at, job: event.JobScheduled, jobSince: at, due: millis(due), broadcast: of, plan: keptPlan{Plan: p},
	})
	if err != nil {
		return 0, err
	}
	b.touch(c)
	if err := b.sentDraft(c, out.Content); err != nil {
		return 0, err
	}
	return key, b.tellPlan(c, b.rows.byKey[key], out, at)
}

// tellPlan keeps a plan to be published. What the team has not heard of the one
// before is replaced.
func (b *batch) tellPlan(c *conversation, m *sending, out provider.Outgoing, at int64) error {
	id := fmt.Sprintf("%s:%s:%d:%s", m.op, event.JobScheduled, m.plan.Edition, b.s.opt.NewOp())
	return b.tellAs(c, id, told{send: out, state: event.JobScheduled}, at)
}

// Replan is what is to change of a scheduled send.
type Replan struct {
	// Due is when it is to go; zero leaves that as it is.
	Due time.Time
	// Content is what it is to say; nil leaves that as it is.
	Content *provider.Content
	// Anyway lets it go although somebody wrote meanwhile.
	Anyway bool
}

// Reschedule has a scheduled message go at another time. ErrState where it has left.
func (s *Store) Reschedule(ctx context.Context, key MessageKey, due time.Time) error {
	return s.Replan(ctx, key, Replan{Due: due})
}

// Replan changes a scheduled message, whoever wrote it. Whoever changes one knows
// what was written up to now: it is held by that no more. ErrState where it has
// left. Where somebody else was first, a Notice says so and theirs is shown.
func (s *Store) Replan(ctx context.Context, key MessageKey, r Replan) error {
	return s.settle(ctx, key, "change scheduled message", func(b *batch, m *sending) error {
		if m.job != event.JobScheduled {
			return ErrState
		}
		p := m.plan.Plan
		p.Hold, p.Anyway = "", p.Anyway || r.Anyway
		return b.edit(m, p, r)
	})
}

// edit makes the next edition of a plan.
func (b *batch) edit(m *sending, p event.Plan, r Replan) error {
	c, err := b.keyed(m.conversation)
	if err != nil {
		return err
	}
	if err := b.write(); err != nil {
		return err
	}
	out, err := b.outgoing(c, m)
	if err != nil {
		return err
	}
	if r.Content != nil {
		out.Content = *r.Content
	}
	if r.Due.IsZero() {
		r.Due = instant(m.due)
	}
	p.Edition, p.Was = p.Edition+1, m.plan.Logged
	if _, err := b.get("select seq from log", nil, &p.Seen); err != nil {
		return err
	}
	if err := b.replan(m, event.SendState{Due: r.Due, Content: out.Content, Plan: p}); err != nil {
		return err
	}
	m.since = millis(b.s.Now())
	if _, err := b.saveSending(m); err != nil {
		return err
	}
	return b.tellPlan(c, m, out, m.since)
}

// Unschedule puts a scheduled message aside, whoever wrote it. ErrState where it has
// left.
func (s *Store) Unschedule(ctx context.Context, key MessageKey) error {
	return s.settle(ctx, key, "put scheduled message aside", func(b *batch, m *sending) error {
		if m.job != event.JobScheduled {
			return ErrState
		}
		return b.settled(m, event.JobDiscarded)
	})
}

// refusedPlan takes back a change of a plan that did not stand: the row says again
// what the log says of it. Of one that the log has nothing of, the text is kept and
// the row says that it is not sent.
func (b *batch) refusedPlan(m *sending, s event.SendState) error {
	if m.job != event.JobScheduled || m.plan.Edition != s.Edition {
		return nil // the log has told better since
	}
	last, err := b.planInLog(m.key)
	switch {
	case err != nil:
		return err
	case last != nil:
		err = b.replan(m, *last)
	default:
		m.job, m.err = event.JobFailed, &provider.Error{
			Op: "schedule", Reason: provider.Other,
			Text: "The team does not have this message, and nobody sends it. Write it again.",
		}
	}
	if err == nil {
		_, err = b.saveSending(m)
	}
	return err
}

// planInLog is the last plan that the log has of a send; nil where it has none.
func (b *batch) planInLog(key MessageKey) (last *event.SendState, err error) {
	if err := b.write(); err != nil {
		return nil, err
	}
	err = b.each("select kind, v, body from message_event where message = ? order by seq", []any{int64(key)},
		func(scan func(...any) error) error {
			var kind string
			var version int
			var raw []byte
			if err := scan(&kind, &version, &raw); err != nil {
				return err
			}
			if s, ok := event.DecodeBody(kind, version, raw).(event.SendState); ok && s.State == event.JobScheduled {
				last = &s
			}
			return nil
		})
	return last, err
}
