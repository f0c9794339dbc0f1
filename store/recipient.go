package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// broadcastOps begins the operations of broadcasts' sends: what an agent does is
// published before them.
const broadcastOps = "broadcast-"

// BroadcastOp is the operation of one recipient of a broadcast: whoever queues it
// comes to the same, and the recipient gets it once.
func BroadcastOp(of event.BroadcastID, to provider.ChatKey) provider.OpID {
	sum := sha256.Sum256([]byte(string(of) + "\x00" + string(to.Account) + "\x00" + string(to.Chat)))
	return provider.OpID(broadcastOps + hex.EncodeToString(sum[:16]))
}

// Planned is one send of a broadcast.
type Planned struct {
	Send provider.Outgoing
	Due  time.Time
}

// ScheduleAll is Schedule for a part of a broadcast: all of it is kept, or none. What
// is scheduled already stays as it is. The operations are BroadcastOp's. ErrNotFound
// where the team was never told of the broadcast or would not have it, ErrState where it
// was cancelled: nobody would ever send what is kept for it.
func (s *Store) ScheduleAll(ctx context.Context, of event.BroadcastID, list []Planned) error {
	err := s.writeIntent(ctx, func(b *batch) error {
		if err := b.takesMore(of); err != nil {
			return err
		}
		for _, p := range list {
			p.Send.Op = BroadcastOp(of, p.Send.To)
			if _, err := b.schedule(p.Send, p.Due, of, event.Plan{Anyway: true}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("schedule a part of %s: %w", of, err)
	}
	return nil
}

// takesMore fails where nothing may be scheduled for a broadcast.
func (b *batch) takesMore(of event.BroadcastID) error {
	var stage event.BroadcastStage
	known, err := b.get(`select stage from broadcast where id = ?1
		union all select 'running' from intent_publication where conversation = 0 and kind = ?2 and body ->> 'id' = ?1 limit 1`,
		[]any{string(of), event.KindBroadcast}, &stage)
	switch {
	case err != nil:
		return err
	case !known:
		return ErrNotFound
	case stage == event.BroadcastCancelled:
		return ErrState
	}
	return nil
}

// broadcastEnds puts aside what has not left of a broadcast that was cancelled. What
// is on the wire, or was sent, stays what it is.
func (b *batch) broadcastEnds(id event.BroadcastID, at int64) error {
	return b.putAside("broadcast = ? and job in ('scheduled', 'queued', 'held')", id, at, nil)
}

// broadcastRefused puts aside what was to go of a broadcast that the team will not
// have: it would wait for ever. What the log has of it is of another who has it.
func (b *batch) broadcastRefused(id event.BroadcastID, reason string) error {
	known, err := b.get("select 1 from broadcast where id = ?", []any{string(id)}, new(int))
	if known || err != nil {
		return err
	}
	why := &provider.Error{Op: "schedule", Reason: provider.Invalid, Code: "broadcast", Text: reason}
	if err := b.putAside("broadcast = ? and job = 'scheduled' and seq = 0", id, millis(b.s.Now()), why); err != nil {
		return err
	}
	return b.exec(`delete from intent_publication where id >= ?1 and id < ?2 and body ->> 'broadcast' = ?3`,
		broadcastOps, broadcastOps[:len(broadcastOps)-1]+".", string(id))
}

func (b *batch) putAside(where string, id event.BroadcastID, at int64, why *provider.Error) error {
	if err := b.write(); err != nil {
		return err
	}
	var keys []MessageKey
	err := b.each("select key from message where "+where+" order by key", []any{string(id)}, func(scan func(...any) error) error {
		var key MessageKey
		err := scan(&key)
		keys = append(keys, key)
		return err
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		m, err := b.row(key)
		if err == nil {
			err = b.disown(m)
		}
		if err != nil {
			return err
		}
		m.job, m.since, m.err = event.JobDiscarded, at, why
		if _, err := b.saveSending(m); err != nil {
			return err
		}
	}
	return nil
}

// broadcastOf is the broadcast that a fact is about.
func broadcastOf(body event.Body) (event.BroadcastID, bool) {
	switch d := body.(type) {
	case event.Broadcast:
		return d.ID, true
	case event.BroadcastState:
		return d.ID, true
	}
	return "", false
}

// unlessCancelled is the state in which a send of a broadcast begins: what is
// scheduled for one that was cancelled meanwhile goes nowhere.
func (b *batch) unlessCancelled(s event.SendState) (event.JobState, error) {
	if s.State != event.JobScheduled || s.Broadcast == "" {
		return s.State, nil
	}
	cancelled, err := b.get("select 1 from broadcast where id = ? and stage = 'cancelled'", []any{string(s.Broadcast)}, new(int))
	if cancelled {
		return event.JobDiscarded, err
	}
	return s.State, err
}

// Broadcast returns one; ErrNotFound where the team was never told of it. One of this
// store's that the team does not have yet is returned as running.
func (s *Store) Broadcast(ctx context.Context, id event.BroadcastID) (Broadcast, error) {
	waiting, err := s.untoldBroadcasts(ctx) // first: what is told between the two is in the second
	if err != nil {
		return Broadcast{}, err
	}
	list, err := s.Broadcasts(ctx)
	if err != nil {
		return Broadcast{}, err
	}
	list = append(list, waiting...)
	for i := range list {
		if list[i].ID == id {
			return list[i], nil
		}
	}
	return Broadcast{}, fmt.Errorf("broadcast %s: %w", id, ErrNotFound)
}

// untoldBroadcasts are those that wait to be published.
func (s *Store) untoldBroadcasts(ctx context.Context) (list []Broadcast, err error) {
	rows, err := s.read.QueryContext(ctx, "select account, body, at from intent_publication where conversation = 0 and kind = ? order by key", event.KindBroadcast)
	if err == nil {
		err = eachRow(rows, func(scan func(...any) error) error {
			d := Broadcast{Stage: event.BroadcastRunning, By: s.opt.Agent}
			var raw []byte
			var at int64
			err := scan(&d.Account, &raw, &at)
			if err == nil {
				err = decode(raw, &d.Broadcast)
			}
			d.At = instant(at)
			list = append(list, d)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read broadcasts that wait to be told: %w", err)
	}
	return list, nil
}

// BroadcastSend is what became of one recipient.
type BroadcastSend struct {
	Message
	Account provider.AccountID
	Chat    provider.ChatID
	// Name and Phone are the person's, as the list shows them.
	Name, Phone string
}

// BroadcastSends calls f for every send of a broadcast, in the order in which they
// stand in this store; an error of f ends it.
func (s *Store) BroadcastSends(ctx context.Context, of event.BroadcastID, f func(BroadcastSend) error) error {
	rows, err := s.read.QueryContext(ctx, `select m.key, m.op, coalesce(m.network_id, ''), m.at, m.due, m.job, m.job_since, m.status, m.error, m.settled, m.plan,
		c.id, a.id, c.chat, coalesce(nullif(c.team_name, ''), c.name), c.phone
		from message m join conversation c on c.key = m.conversation join account a on a.key = c.account
		where m.broadcast = ? order by m.key`, string(of))
	if err == nil {
		err = eachRow(rows, func(scan func(...any) error) error {
			r, err := scanBroadcastSend(scan)
			if err != nil {
				return err
			}
			return f(r)
		})
	}
	if err != nil {
		return fmt.Errorf("read what became of %s: %w", of, err)
	}
	return nil
}

func scanBroadcastSend(scan func(...any) error) (BroadcastSend, error) {
	r := BroadcastSend{Message: Message{Direction: Outgoing, Kind: KindMessage}}
	var at, due, since int64
	var failure, raw []byte
	var plan keptPlan
	err := scan(&r.Key, &r.Op, &r.ID, &at, &due, &r.Job, &since, &r.Status, &failure, &r.Settled, &raw,
		&r.Conversation, &r.Account, &r.Chat, &r.Name, &r.Phone)
	if err == nil {
		err = plan.read(raw)
	}
	if err == nil {
		r.Error, err = decodeError(failure)
	}
	r.At, r.Due, r.JobSince, r.Plan = instant(at), instant(due), instant(since), plan.Plan
	return r, err
}

// Tally is how many of a broadcast stand where.
type Tally struct {
	// Scheduled wait for their turn, Held for a person; Queued are about to leave or on
	// the wire.
	Scheduled, Held, Queued int
	// Sent were taken by the network and nothing more is known; Delivered and Read is
	// what it said since.
	Sent, Delivered, Read int
	Failed, Unsure        int
	Discarded             int
	// Next is when the next of those that are scheduled goes.
	Next time.Time
}

// All is how many there are.
func (t *Tally) All() int {
	return t.Scheduled + t.Held + t.Queued + t.Went() + t.Failed + t.Unsure + t.Discarded
}

// Went is how many the network has.
func (t *Tally) Went() int { return t.Sent + t.Delivered + t.Read }

// Left is how many are still to go.
func (t *Tally) Left() int { return t.Scheduled + t.Queued }

// BroadcastTally counts a broadcast's sends.
func (s *Store) BroadcastTally(ctx context.Context, of event.BroadcastID) (Tally, error) {
	var t Tally
	rows, err := s.read.QueryContext(ctx, `select job, status, job = 'scheduled' and coalesce(plan ->> 'hold', '') <> '', count(*), min(due)
		from message where broadcast = ? group by 1, 2, 3`, string(of))
	if err == nil {
		err = eachRow(rows, func(scan func(...any) error) error {
			var m Message
			var held bool
			var n int
			var due int64
			if err := scan(&m.Job, &m.Status, &held, &n, &due); err != nil {
				return err
			}
			t.add(m, held, n)
			if m.Job == event.JobScheduled && !held {
				t.Next = instant(due)
			}
			return nil
		})
	}
	if err != nil {
		return Tally{}, fmt.Errorf("count %s: %w", of, err)
	}
	return t, nil
}

func (t *Tally) add(m Message, held bool, n int) {
	into := map[string]*int{
		"scheduled": &t.Scheduled, "sent": &t.Sent, "delivered": &t.Delivered, "read": &t.Read,
		"failed": &t.Failed, "unsure": &t.Unsure, "discarded": &t.Discarded,
	}[m.State()]
	if held {
		into = &t.Held
	}
	if into == nil {
		into = &t.Queued
	}
	*into += n
}

// RunningBroadcast is a broadcast that has something due.
type RunningBroadcast struct {
	ID        event.BroadcastID
	Account   provider.AccountID
	PerMinute int
	// Queued is how many of the account's broadcasts are in this store's queue.
	Queued int
}

// RunningBroadcasts returns the broadcasts of which something is due by now, the
// oldest first. One that this store has asked to stand still stands still here.
func (s *Store) RunningBroadcasts(ctx context.Context, now time.Time) (list []RunningBroadcast, err error) {
	rows, err := s.read.QueryContext(ctx, `select d.id, d.account, coalesce(d.body ->> 'per_minute', 0), (select count(*) from intent_job j
			join message m on m.key = j.message where m.broadcast <> '' and j.account = d.account and j.state in ('queued', 'sending'))
		from broadcast d where d.stage = 'running' and not exists (select 1 from intent_publication p
			where p.conversation = 0 and p.kind = ? and p.body ->> 'id' = d.id and p.body ->> 'state' <> 'running')
		and exists (select 1 from message m where m.broadcast = d.id and m.job = 'scheduled' and m.due <= ?) order by d.at, d.id`, event.KindBroadcastState, millis(now))
	if err == nil {
		err = eachRow(rows, func(scan func(...any) error) error {
			var d RunningBroadcast
			err := scan(&d.ID, &d.Account, &d.PerMinute, &d.Queued)
			list = append(list, d)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read broadcasts that run: %w", err)
	}
	return list, nil
}
