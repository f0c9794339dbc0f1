package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Job is one send given to the outbox: one attempt of one operation.
type Job struct {
	Key          MessageKey
	Op           provider.OpID
	Send         provider.Outgoing
	Conversation event.ConversationID
	// Attempt counts from 1.
	Attempt  int
	QueuedAt time.Time
	// LastInbound is what the window is judged by.
	LastInbound time.Time
	// Standing is what the customer lets us do, in whichever conversation they said
	// it. It is told of a claimed job.
	Standing Standing
	// Overtaken is a colleague's message to the customer that came after this one was
	// written and before it left; nil for none. It is told of a claimed job.
	Overtaken *Overtaken
	Retries   provider.OpID
	// Last is what the attempt before came to; nil where this is the first.
	Last *provider.Error
}

// errStop ends a walk over rows.
var errStop = errors.New("stop")

const selectJobs = `select j.message, j.send, c.id, j.attempt, j.queued_at, c.last_inbound, j.retries, m.error
	from intent_job j join conversation c on c.key = j.conversation join message m on m.key = j.message
	where j.state = 'queued' and j.next_at <= ?
	and not ` + jobPaused + `
	and not exists (select 1 from intent_job x where x.conversation = j.conversation
		and x.state in ('queued', 'held', 'sending', 'unsure')
		and (x.state = 'sending' or (x.key < j.key and x.state = 'queued')
			or (x.key < j.key and x.state = 'unsure' and j.released = 0)))`

// selectDue and selectDueOfMany are the order of the queue: what somebody waits for,
// then what goes to many, of which nothing leaves while it stands still.
const (
	selectDue       = selectJobs + ofNone + " order by j.key"
	selectDueOfMany = selectJobs + " and m.broadcast <> '' and " + moves + " order by j.key"
)

// Claim takes the oldest due job whose conversation has none on the wire, none
// queued and none unsure before it, whose account is not paused, and which
// blocked lets pass (nil lets all pass); what it is asked about has its attempts
// so far. Broadcasts' come after all others. It is `sending` on disk, its attempt
// counted, before Claim returns: what a crash leaves in that state may have been
// sent. ok is false where there is none.
func (s *Store) Claim(ctx context.Context, now time.Time, blocked func(Job) bool) (job Job, ok bool, err error) {
	due := false
	// Looking takes no lock; most looks find nothing.
	if err := s.read.QueryRowContext(ctx, "select exists (select 1 from intent_job where state = 'queued' and next_at <= ?)",
		millis(now)).Scan(&due); err != nil {
		return Job{}, false, fmt.Errorf("claim: %w", err)
	}
	if !due {
		return Job{}, false, nil
	}
	err = s.writeIntent(ctx, func(b *batch) error {
		job, ok, err = b.due(selectDue, now, blocked)
		if err == nil && !ok {
			job, ok, err = b.due(selectDueOfMany, now, blocked)
		}
		if err != nil || !ok {
			return err
		}
		return b.claim(&job, now)
	})
	if err != nil {
		return Job{}, false, fmt.Errorf("claim: %w", err)
	}
	return job, ok, nil
}

func (b *batch) due(which string, now time.Time, blocked func(Job) bool) (job Job, ok bool, err error) {
	err = b.each(which, []any{millis(now)}, func(scan func(...any) error) error {
		var raw, failure []byte
		var queued, inbound int64
		var j Job
		err := scan(&j.Key, &raw, &j.Conversation, &j.Attempt, &queued, &inbound, &j.Retries, &failure)
		if err == nil {
			err = decode(raw, &j.Send)
		}
		if err == nil {
			j.Last, err = decodeError(failure)
		}
		if err != nil {
			return fmt.Errorf("read job: %w", err)
		}
		j.Op, j.QueuedAt, j.LastInbound = j.Send.Op, instant(queued), instant(inbound)
		if blocked != nil && blocked(j) {
			return nil
		}
		job, ok = j, true
		return errStop
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return job, ok, err
}

func (b *batch) claim(job *Job, now time.Time) error {
	m, err := b.row(job.Key)
	if err != nil {
		return err
	}
	job.Attempt++
	job.Send.Again = job.Attempt > 1
	m.job, m.mine, m.since, m.err = event.JobSending, event.JobSending, millis(now), nil
	job.Standing, err = b.standingOf(m.conversation)
	job.Overtaken, err = b.overtaken(m, err)
	// What next_at says of a job that went is when: before that it cannot be out.
	if err = errors.Join(err, b.exec("update intent_job set attempt = ?, next_at = ? where message = ?", job.Attempt, millis(now), int64(m.key))); err != nil {
		return err
	}
	c, err := b.saveSending(m)
	if err != nil {
		return err
	}
	if !b.s.direct(c.account.id) {
		return b.leaves(job.Op)
	}
	return b.tell(c, told{send: job.Send, retries: job.Retries, state: event.JobSending, attempt: job.Attempt}, millis(now))
}

// NextDue returns the earliest time after now at which a job that waits for time
// may go; ok is false where none waits. With the now of a Claim that found
// nothing, no job falls between the two.
func (s *Store) NextDue(ctx context.Context, now time.Time) (next time.Time, ok bool, err error) {
	var at int64
	err = s.read.QueryRowContext(ctx, `select coalesce(min(next_at), 0) from intent_job j where state = 'queued' and next_at > ?
		and not `+jobPaused, millis(now)).Scan(&at)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read next due job: %w", err)
	}
	return instant(at), at != 0, nil
}

// waitingAccounts returns the accounts whose oldest tried job could not leave,
// with the reason and since when it has been queued. One job tells of its
// account: the others wait for it.
func (s *Store) waitingAccounts(ctx context.Context) ([]PausedAccount, error) {
	rows, err := s.read.QueryContext(ctx, `select j.account, m.error, min(j.queued_at) from intent_job j join message m on m.key = j.message
		where j.state = 'queued' and j.attempt > 0 and m.error is not null
		and not exists (select 1 from intent_pause p where p.account = j.account)
		group by j.account order by j.account`)
	if err != nil {
		return nil, err
	}
	var list []PausedAccount
	err = eachRow(rows, func(scan func(...any) error) error {
		var a PausedAccount
		var raw []byte
		var since int64
		if err := scan(&a.Account, &raw, &since); err != nil {
			return err
		}
		var err error
		a.Since = instant(since)
		a.Error, err = decodeError(raw)
		if err == nil && a.Error != nil && a.Error.Reason != provider.PairLimited { // that is one chat's
			list = append(list, a)
		}
		return err
	})
	return list, err
}

// Limit is what the network asked for at the last attempt of a job that waits.
type Limit struct {
	Chat   provider.ChatKey
	Reason provider.Reason
	Until  time.Time
}

// Limits returns what networks asked for that is not over at now: a program that
// starts anew has to obey it too.
func (s *Store) Limits(ctx context.Context, now time.Time) ([]Limit, error) {
	rows, err := s.read.QueryContext(ctx, `select j.send, m.error, j.next_at from intent_job j join message m on m.key = j.message
		where j.state = 'queued' and j.next_at > ? and m.error is not null`, millis(now))
	if err != nil {
		return nil, fmt.Errorf("read limits: %w", err)
	}
	var list []Limit
	err = eachRow(rows, func(scan func(...any) error) error {
		var raw, failure []byte
		var until int64
		if err := scan(&raw, &failure, &until); err != nil {
			return err
		}
		var send provider.Outgoing
		e, err := decodeError(failure)
		if err = errors.Join(err, decode(raw, &send)); err != nil {
			return err
		}
		list = append(list, Limit{send.To, e.Reason, instant(until)})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read limits: %w", err)
	}
	return list, nil
}

// Outcome is what an attempt came to.
type Outcome struct {
	// State is JobSent, JobFailed, JobUnsure, or JobQueued (again at NextAt).
	State   event.JobState
	Message provider.MessageID
	Error   *provider.Error
	NextAt  time.Time
	// At is when NextAt was reckoned; zero means that the clock cannot have been
	// set back since.
	At time.Time
	// Pause stops the account's queue, with Error's words.
	Pause bool
	// Answered: the account's network took the message, or refused that one
	// alone; an account that was paused is so no longer.
	Answered bool
}

// Finish records what an attempt came to. Where the log has proved meanwhile
// that the network has the message, the proof stays.
func (s *Store) Finish(ctx context.Context, op provider.OpID, o Outcome) error {
	err := s.writeIntent(ctx, func(b *batch) error { return b.finish(op, o) })
	if err != nil {
		return fmt.Errorf("finish %s: %w", op, err)
	}
	return nil
}

func (b *batch) finish(op provider.OpID, o Outcome) error {
	m, err := b.rowByOp(op)
	if err != nil {
		return err
	}
	if m == nil || m.mine == "" {
		return ErrNotFound
	}
	now := b.s.Now()
	if m.plan.planned() && o.backToPlan() {
		return b.backToPlan(m)
	}
	if err := b.identify(m, o.Message); err != nil {
		return err
	}
	if m.mine != event.JobDiscarded {
		if m.job != event.JobSent {
			m.job, m.since, m.err = o.State, millis(now), o.Error
			if o.State == event.JobSent {
				m.err = nil
			}
		}
		m.mine = m.job
	}
	next := o.NextAt
	if !o.At.IsZero() && o.At.After(now) {
		next = now.Add(next.Sub(o.At))
	}
	if o.State == event.JobQueued {
		if err := b.exec("update intent_job set next_at = ? where op = ?", millis(next), string(op)); err != nil {
			return err
		}
	}
	if o.Pause {
		if err := b.pause(m, o.Error, now); err != nil {
			return err
		}
	}
	c, err := b.saveSending(m)
	if err != nil {
		return err
	}
	if o.Answered {
		if err := b.works(c); err != nil {
			return err
		}
	}
	if err := b.tellOutcome(c, m); err != nil {
		return err
	}
	return b.adopt(m.key, m.account, m.id, m.op)
}

func (b *batch) tellOutcome(c *conversation, m *sending) error {
	t, err := b.outcomeOf(m)
	if err != nil {
		return err
	}
	if m.plan.planned() && m.job == event.JobFailed { // where the gateway was not asked, nobody else tells
		return b.tellAnyway(c, t, m.since)
	}
	return b.tell(c, t, m.since)
}

// outcomeOf is what the team is told of a job of ours as it stands.
func (b *batch) outcomeOf(m *sending) (told, error) {
	t := told{state: m.job, message: m.id, err: m.err}
	var raw []byte
	if _, err := b.get("select send, retries, attempt from intent_job where message = ?", []any{int64(m.key)},
		&raw, &t.retries, &t.attempt); err != nil {
		return t, err
	}
	if err := decode(raw, &t.send); err != nil {
		return t, fmt.Errorf("read job: %w", err)
	}
	return t, nil
}

// Recover settles what a crash left `sending`, before anything is claimed. Where
// the driver may repeat an operation it is queued again as the same one; else
// nobody knows whether it was sent, and it is unsure.
func (s *Store) Recover(ctx context.Context, repeatable func(provider.AccountID) bool) (unsure int, err error) {
	err = s.writeIntent(ctx, func(b *batch) error {
		unsure = 0
		var keys []int64
		if err := b.each(`select message from intent_job where state in ('queued', 'held', 'sending', 'unsure', 'failed')
			and state = 'sending' order by key`, nil, func(scan func(...any) error) error {
			var key int64
			err := scan(&key)
			keys = append(keys, key)
			return err
		}); err != nil {
			return err
		}
		for _, key := range keys {
			left, err := b.recoverOne(key, repeatable)
			if err != nil {
				return err
			}
			if left {
				unsure++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("recover interrupted sends: %w", err)
	}
	return unsure, nil
}

func (b *batch) recoverOne(key int64, repeatable func(provider.AccountID) bool) (unsure bool, err error) {
	m, err := b.row(MessageKey(key))
	if err != nil {
		return false, err
	}
	c, err := b.keyed(m.conversation)
	if err != nil {
		return false, err
	}
	state := event.JobUnsure
	switch {
	case m.job == event.JobSent:
		state = event.JobSent
	case repeatable != nil && repeatable(c.account.id):
		state = event.JobQueued
		if err := b.exec("update intent_job set next_at = 0 where message = ?", key); err != nil {
			return false, err
		}
	default:
		m.err = &provider.Error{
			Op: "send", Reason: provider.NoAnswer, Uncertain: true,
			Text: "The program ended while this was being sent. It may have been sent.",
		}
	}
	m.job, m.mine, m.since = state, state, millis(b.s.Now())
	if _, err := b.saveSending(m); err != nil {
		return false, err
	}
	return state == event.JobUnsure, b.tellOutcome(c, m)
}
