package store

import (
	"cmp"
	"errors"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// sending is an outgoing row under change.
type sending struct {
	key          MessageKey
	conversation int64
	account      int64
	id           provider.MessageID
	op           provider.OpID
	seq          event.Seq
	by           event.AgentID
	kind         MessageKind
	content      provider.ContentKind
	status       provider.Status
	job          event.JobState
	since        int64
	err          *provider.Error
	settled      bool
	retriedBy    provider.OpID
	// mine is the state of this store's own job; empty where it has none.
	mine event.JobState
	// due, broadcast and plan are of what is or was scheduled.
	due       int64
	broadcast event.BroadcastID
	plan      keptPlan

	direction Direction
	// elsewhere is set for what did not go through this program.
	elsewhere bool
	// fresh is what the table is to get; nil once it has the row.
	fresh *newMessage
	dirty bool
	// What the conversation's numbers say of the row.
	wasAlive   bool
	wasAnswer  bool
	wasTrouble trouble
}

// trouble is how a send counts for its conversation.
type trouble int

const (
	noTrouble trouble = iota
	countsFailed
	countsUnsure
)

// trouble is the condition that recount asks of the table.
func (m *sending) trouble() trouble {
	switch {
	case m.settled || m.direction != Outgoing:
		return noTrouble
	case m.job == event.JobUnsure:
		return countsUnsure
	case m.job == event.JobFailed || m.status == provider.Failed:
		return countsFailed
	}
	return noTrouble
}

// counted: the conversation's numbers are, or will be, what the row says.
func (m *sending) counted() {
	m.wasAlive, m.wasAnswer, m.wasTrouble = m.alive(), m.answers(), m.trouble()
}

// alive: it counts as a reply, until we know that it did not arrive.
func (m *sending) alive() bool {
	return m.job != event.JobFailed && m.job != event.JobDiscarded && m.job != event.JobScheduled && m.status != provider.Failed
}

// answers: a person has answered the customer with it, as far as we know; what still
// waits to leave has not.
func (m *sending) answers() bool {
	return m.kind == KindMessage && m.direction == Outgoing && (m.job == event.JobSending || m.job == event.JobSent || m.job == event.JobUnsure) &&
		m.status != provider.Failed && m.broadcast == "" && m.plan.Rule == ""
}

// saveSending writes the row back and what it means for its conversation.
func (b *batch) saveSending(m *sending) (*conversation, error) {
	c, err := b.keyed(m.conversation)
	if err != nil {
		return nil, err
	}
	b.rows.change(m)
	if m.mine != "" {
		if err := b.exec("update intent_job set state = ? where message = ? and state <> ?",
			string(m.mine), int64(m.key), string(m.mine)); err != nil {
			return nil, err
		}
		b.change.Outbox = true
	}
	c.sends = c.sends || m.trouble() != m.wasTrouble
	c.wait = c.wait || m.alive() != m.wasAlive
	c.owes = c.owes || m.answers() != m.wasAnswer
	m.counted()
	b.touch(c)
	return c, b.hold(c)
}

// sendState is where a send of somebody's stands. A row is made by the first
// word of it; the echo of our own makes none.
func (b *batch) sendState(e event.Event, s event.SendState) error {
	m, err := b.rowByOp(s.Op)
	if err != nil {
		return err
	}
	if m == nil {
		// The end of a send that was under way when its contact was erased
		// carries what was erased.
		switch gone, err := b.isErased(e.Conversation); {
		case err != nil:
			return err
		case gone && ended(s.State):
			return b.eraseJournal(e.Conversation, e.Seq)
		}
		return b.sendingStarts(e, s)
	}
	if m.seq == 0 {
		m.seq = e.Seq
		if m.plan.planned() { // two may have come to it by the same rule
			m.by = e.By
		}
	}
	if m.by == "" {
		m.by = e.By
	}
	if taken, err := b.takePlan(m, e, s); taken || err != nil {
		return err
	}
	if err := b.identify(m, s.Message); err != nil {
		return err
	}
	m.take(s, millis(e.At))
	c, err := b.saveSending(m)
	if err != nil {
		return err
	}
	b.happened(c, e)
	if err := errors.Join(b.optedOut(c, e, s.Error), b.behind(m.key, e)); err != nil {
		return err
	}
	if err := b.reactionSent(m, e, s); err != nil {
		return err
	}
	return b.adopt(m.key, m.account, m.id, m.op)
}

// take merges what the log says of a job into what the row shows.
func (m *sending) take(s event.SendState, at int64) {
	if s.State == event.JobDiscarded && m.job == event.JobSent {
		m.settled = true // the network's failure was put aside
		return
	}
	job := mergeJob(m.job, s.State, m.mine != "")
	if job == m.job {
		if job == event.JobUnsure && s.State == job && s.Error != nil { // more is known of why
			m.err = s.Error
		}
		return
	}
	m.job, m.since = job, at
	if m.status != provider.Failed {
		m.err = s.Error
	}
	if m.mine != "" {
		m.mine = job
	}
}

// mergeJob is the better knowledge of two. Sent is proof and never goes back.
// Of a job of our own the log knows less than our outbox, except where the
// outbox does not know: what is unsure here may be certain there.
func mergeJob(have, told event.JobState, mine bool) event.JobState {
	switch {
	case have == event.JobSent || told == event.JobSent:
		return event.JobSent
	case told == event.JobScheduled: // it has left that behind; see takePlan
		return have
	case !mine, have == event.JobScheduled:
		return told
	case have == event.JobUnsure && (told == event.JobFailed || told == event.JobDiscarded):
		return told
	case have == event.JobFailed && told == event.JobDiscarded:
		return told
	}
	return have
}

// ended reports whether a state is the end of an attempt, not its beginning.
func ended(s event.JobState) bool {
	return s == event.JobSent || s == event.JobFailed || s == event.JobUnsure || s == event.JobDiscarded
}

// sendingStarts makes the row of a send this store has not seen.
func (b *batch) sendingStarts(e event.Event, s event.SendState) error {
	c, err := b.of(e, provider.Sender{User: provider.UserID(s.Chat)})
	if err != nil {
		return err
	}
	if s.State, err = b.unlessCancelled(s); err != nil {
		return err
	}
	at := millis(e.At)
	row := newMessage{
		conversation: c, direction: Outgoing, kind: rowKind(s.Content), id: s.Message, op: s.Op,
		seq: e.Seq, by: e.By, content: s.Content, replyTo: s.ReplyTo, at: at, job: s.State, jobSince: at, err: s.Error,
		retries: s.Retries, due: millis(s.Due), broadcast: s.Broadcast, plan: planOf(s),
	}
	if _, taken, err := b.messageByID(e.Account, s.Message); err != nil {
		return err
	} else if taken { // another operation claims that message, and keeps it; an echo yields it
		row.id = ""
	}
	key, err := b.insertMessage(row)
	if err != nil {
		return err
	}
	b.happened(c, e)
	b.acts(c, e)
	c.sends = c.sends || b.rows.byKey[key].trouble() != noTrouble
	if row.kind == KindMessage && s.State != event.JobScheduled {
		c.replied(key, at, row.job)
	}
	if err := b.identify(b.rows.byKey[key], s.Message); err != nil {
		return err
	}
	if err := b.retried(s.Retries, s.Op); err != nil {
		return err
	}
	if err := errors.Join(b.optedOut(c, e, s.Error), b.behind(key, e)); err != nil {
		return err
	}
	if err := b.reactionSent(&sending{key: key, op: s.Op, kind: row.kind}, e, s); err != nil {
		return err
	}
	return b.adopt(key, c.account.key, s.Message, s.Op)
}

func rowKind(c provider.Content) MessageKind {
	if c.Kind == provider.Reaction {
		return rowReaction
	}
	return KindMessage
}

// replied is what a person's reply means for the row: it is the last
// interaction, and nobody waits any more.
func (c *conversation) replied(key MessageKey, at int64, job event.JobState) {
	c.base.LastAt = newest(c.base.LastAt, at, at)
	c.previewed(key, at)
	if job != event.JobFailed && job != event.JobDiscarded {
		c.base.answered()
	}
}

// retried settles the operation that another one tries again.
func (b *batch) retried(old, by provider.OpID) error {
	m, err := b.rowByOp(old)
	if m == nil || err != nil {
		return err
	}
	m.settled, m.retriedBy = true, by
	if m.mine == event.JobQueued { // it waited to be tried again by itself
		m.job, m.mine = event.JobDiscarded, event.JobDiscarded
	}
	_, err = b.saveSending(m)
	return err
}

// reactionSent paints our own reaction once the network has it.
func (b *batch) reactionSent(m *sending, e event.Event, s event.SendState) error {
	if m.kind != rowReaction || s.State != event.JobSent || s.Content.Reaction == nil {
		return nil
	}
	return b.reactedByUs(e, s)
}

func (b *batch) reactedByUs(e event.Event, s event.SendState) error {
	key, found, err := b.messageByID(e.Account, s.Content.Reaction.Message)
	if err != nil {
		return err
	}
	if !found {
		return b.wait(e, s.Content.Reaction.Message, "")
	}
	return b.react(key, e, s.Content.Reaction.Emoji, storedReaction{Emoji: s.Content.Reaction.Emoji, Out: true})
}

// identify gives a row its network id, once. An id that another row has stays
// there, unless that row is the echo of this very send.
func (b *batch) identify(m *sending, id provider.MessageID) error {
	if m.id != "" || id == "" {
		return nil
	}
	taken, err := b.rowByID(m.account, id)
	if err != nil {
		return err
	}
	if taken != nil && taken.elsewhere && taken.conversation == m.conversation {
		if err := b.fold(taken, m); err != nil {
			return err
		}
		taken = nil
	}
	if taken == nil {
		m.id = id
		b.rows.meet(m)
	}
	return nil
}

// receipt is the network's word on a message of ours.
func (b *batch) receipt(e event.Event, r provider.Receipt) error {
	key, found, err := b.messageByID(e.Account, r.Message)
	if err != nil {
		return err
	}
	if !found && r.Op != "" {
		m, err := b.rowByOp(r.Op)
		if err != nil {
			return err
		}
		if m != nil {
			key, found = m.key, true
		}
	}
	if !found {
		return b.wait(e, r.Message, r.Op)
	}
	return b.receiptOf(key, e, r)
}

// receiptOf merges a receipt into its message. It proves that the network has
// the message, whatever our own job knew.
func (b *batch) receiptOf(key MessageKey, e event.Event, r provider.Receipt) error {
	m, err := b.row(key)
	if m == nil || err != nil {
		return err
	}
	hadID := m.id != ""
	if err := b.identify(m, r.Message); err != nil {
		return err
	}
	m.receive(r, millis(e.At))
	c, err := b.saveSending(m)
	if err != nil {
		return err
	}
	b.happened(c, e)
	if err := b.behind(key, e); err != nil {
		return err
	}
	if hadID || m.id == "" {
		return nil
	}
	return b.adopt(key, m.account, m.id, "")
}

func (m *sending) receive(r provider.Receipt, at int64) {
	if m.job != event.JobSent {
		m.job, m.since, m.err = event.JobSent, at, nil
	}
	if m.mine != "" && m.mine != event.JobDiscarded {
		m.mine = event.JobSent
	}
	before := m.status
	m.status = m.status.Merge(r.Status)
	switch {
	case m.status != provider.Failed:
		m.err = nil
	case before != provider.Failed || worse(r.Error, m.err):
		m.err = r.Error
	}
}

// worse decides between two reasons of one failure, so that the order in which
// receipts come does not: which one is shown matters less than that it is the
// same on every screen.
func worse(a, b *provider.Error) bool {
	if a == nil || b == nil {
		return a != nil
	}
	return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Reason, b.Reason)) > 0
}
