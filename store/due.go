package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// DueSend is a scheduled send whose time has come.
type DueSend struct {
	Key          MessageKey
	Op           provider.OpID
	Conversation event.ConversationID
	Account      provider.AccountID
	Due          time.Time
	Broadcast    event.BroadcastID
	Edition      int
	By           event.AgentID
	Rule         string
	// Runner is the terminal that alone may send it; empty where a relay does.
	Runner string
}

// runnable are scheduled sends that wait for nothing but their time: in the log as
// they are, held by nothing, and of this terminal where one alone may send them.
const runnable = `m.job = 'scheduled' and m.seq > 0 and coalesce(m.plan ->> 'hold', '') = '' and m.plan ->> 'logged' = m.plan ->> 'edition'
	and coalesce(m.plan ->> 'runner', '') in ('', ?)`

// Those of no broadcast, those of one that runs, and those of none that stands still.
const (
	moves    = "exists (select 1 from broadcast d where d.id = m.broadcast and d.stage = 'running')"
	ofNone   = " and m.broadcast = ''"
	ofOne    = " and m.broadcast = ? and " + moves
	ofMoving = " and (m.broadcast = '' or " + moves + ")"
)

// DueSends returns up to n scheduled sends that may go by now, the earliest first:
// those of no broadcast.
func (s *Store) DueSends(ctx context.Context, now time.Time, n int) ([]DueSend, error) {
	return s.dueSends(ctx, ofNone, s.opt.Terminal, millis(now), n)
}

// DueBroadcast is DueSends of one broadcast; nothing is due of one that stands still.
func (s *Store) DueBroadcast(ctx context.Context, of event.BroadcastID, now time.Time, n int) ([]DueSend, error) {
	return s.dueSends(ctx, ofOne, s.opt.Terminal, string(of), millis(now), n)
}

func (s *Store) dueSends(ctx context.Context, which string, args ...any) ([]DueSend, error) {
	rows, err := s.read.QueryContext(ctx, `select m.key, m.op, c.id, a.id, m.due, m.by, m.broadcast, m.plan
		from message m join conversation c on c.key = m.conversation join account a on a.key = c.account
		where `+runnable+which+" and m.due <= ? order by m.due, m.key limit ? + 0", args...)
	if err != nil {
		return nil, fmt.Errorf("read what is due: %w", err)
	}
	var list []DueSend
	err = eachRow(rows, func(scan func(...any) error) error {
		var d DueSend
		var due int64
		var raw []byte
		var p keptPlan
		err := scan(&d.Key, &d.Op, &d.Conversation, &d.Account, &due, &d.By, &d.Broadcast, &raw)
		if err == nil {
			err = p.read(raw)
		}
		d.Due, d.Edition, d.Rule, d.Runner = instant(due), p.Edition, p.Rule, p.Runner
		list = append(list, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is due: %w", err)
	}
	return list, nil
}

// NextScheduled returns the earliest time after now at which a scheduled send may
// go; ok is false where none waits for its time.
func (s *Store) NextScheduled(ctx context.Context, now time.Time) (next time.Time, ok bool, err error) {
	var at int64
	err = s.read.QueryRowContext(ctx, "select coalesce(min(m.due), 0) from message m where "+runnable+ofMoving+" and m.due > ?",
		s.opt.Terminal, millis(now)).Scan(&at)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read what is scheduled: %w", err)
	}
	return instant(at), at != 0, nil
}

// Ran is what became of a scheduled send at its time.
type Ran string

// What becomes of a scheduled send at its time.
const (
	RanQueued Ran = "queued" // it leaves through this store's outbox
	RanHeld   Ran = "held"   // somebody wrote meanwhile; a person decides
	RanFailed Ran = "failed" // it may not go any more
	RanNot    Ran = ""       // it is no longer as it was
)

// RunDue sends a scheduled message whose time has come, through this store's own
// outbox, under the operation it always had: run twice, here or elsewhere, it is
// sent once. judge is asked first whether it may go at all, with the network's time
// of the customer's last message, and may add what the network wants to be told; what
// it refuses has failed, for the whole team.
// Where a colleague or the customer wrote after it was planned it is held, unless a
// person said that it goes anyway.
func (s *Store) RunDue(ctx context.Context, d DueSend, judge func(out *provider.Outgoing, lastInbound time.Time) *provider.Error) (ran Ran, err error) {
	err = s.writeIntent(ctx, func(b *batch) (err error) {
		ran, err = b.runDue(d, judge)
		return err
	})
	if err != nil {
		return RanNot, fmt.Errorf("send what was scheduled, %s: %w", d.Op, err)
	}
	return ran, nil
}

func (b *batch) runDue(d DueSend, judge func(*provider.Outgoing, time.Time) *provider.Error) (Ran, error) {
	m, err := b.rowByOp(d.Op)
	if err != nil || m == nil || m.job != event.JobScheduled || m.plan.Edition != d.Edition || m.plan.Hold != "" {
		return RanNot, err
	}
	c, err := b.keyed(m.conversation)
	if err != nil {
		return RanNot, err
	}
	out, err := b.outgoing(c, m)
	if err != nil {
		return RanNot, err
	}
	out.Link, out.Edition = m.plan.Link, m.plan.Edition
	hold, err := b.meanwhile(m)
	switch {
	case err != nil:
		return RanNot, err
	case hold != "" && !m.plan.Anyway:
		p := m.plan.Plan
		p.Hold = hold
		return RanHeld, b.edit(m, p, Replan{})
	}
	if e := judge(&out, instant(c.base.LastInbound)); e != nil {
		return RanFailed, b.failPlan(c, m, out, e)
	}
	return RanQueued, b.run(c, m, out)
}

// meanwhile reports who wrote after a send was planned, as its writer had read the
// log. What its writer wrote since, and what was planned itself, is no surprise.
func (b *batch) meanwhile(m *sending) (event.Hold, error) {
	var direction Direction
	found, err := b.get(`select direction from message where conversation = ? and kind <> 'reaction' and kind = 'message' and seq > ? and key <> ?
		and (direction = 'in' or (direction = 'out' and by <> ? and plan is null and job in ('', 'sent', 'sending', 'unsure') and status <> 2))
		order by direction = 'in' desc, key desc limit 1`, []any{m.conversation, int64(m.plan.Seen), int64(m.key), string(m.by)}, &direction)
	switch {
	case err != nil || !found:
		return "", err
	case direction == Incoming:
		return event.HeldWrote, nil
	}
	return event.HeldAnswered, nil
}

// failPlan ends a scheduled send that may not go, for the whole team.
func (b *batch) failPlan(c *conversation, m *sending, out provider.Outgoing, e *provider.Error) error {
	m.job, m.err, m.since = event.JobFailed, e, millis(b.s.Now())
	if _, err := b.saveSending(m); err != nil {
		return err
	}
	return b.tellAnyway(c, told{send: out, state: event.JobFailed, err: e}, m.since)
}

// run makes an ordinary job of a scheduled send.
func (b *batch) run(c *conversation, m *sending, out provider.Outgoing) error {
	if _, err := b.get("select epoch from log", nil, &out.Log); err != nil {
		return err
	}
	now := millis(b.s.Now())
	if err := b.depart(m, now); err != nil {
		return err
	}
	raw, err := encode(out)
	if err != nil {
		return err
	}
	if err := b.exec(`insert into intent_job (op, message, conversation, account, send, state, queued_at) values (?, ?, ?, ?, ?, ?, ?)`,
		string(out.Op), int64(m.key), c.key, string(out.To.Account), raw, string(event.JobQueued), now); err != nil {
		return err
	}
	m.job, m.mine, m.since = event.JobQueued, event.JobQueued, now
	if err := b.queues(c.key); err != nil {
		return err
	}
	_, err = b.saveSending(m)
	return err
}

// backToPlan reports whether the gateway refused because the log says otherwise:
// nothing has left, and nothing has failed.
func (o *Outcome) backToPlan() bool {
	if o.State != event.JobFailed || o.Error == nil {
		return false
	}
	switch o.Error.Code {
	case event.CodeChanged, event.CodeEarly, event.CodeDiscarded:
		return true
	}
	return false
}

// backToPlan gives a scheduled send back to the team, as the log has it.
func (b *batch) backToPlan(m *sending) error {
	if err := b.disown(m); err != nil {
		return err
	}
	job, failure, err := b.jobInLog(m.key, false)
	last, err2 := b.planInLog(m.key)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if job == event.JobScheduled && last != nil {
		if err := b.replan(m, *last); err != nil {
			return err
		}
	} else if job != "" {
		m.job, m.err = job, failure
	}
	m.since = millis(b.s.Now())
	_, err = b.saveSending(m)
	return err
}
