package store

import (
	"fmt"

	"frontdesk/webhookrelay/event"
)

// keptPlan is what a row keeps of a send that is or was scheduled. Its edition may be
// ahead of the log's while a change of ours is under way.
type keptPlan struct {
	event.Plan
	// Logged is the newest edition that the log has; 0 for none as yet.
	Logged int `json:"logged,omitempty"`
}

// planned reports whether the send was ever scheduled.
func (p *keptPlan) planned() bool { return p.Edition > 0 }

// planOf is the plan of a send that the log tells of.
func planOf(s event.SendState) keptPlan {
	if s.Edition == 0 {
		return keptPlan{}
	}
	return keptPlan{Plan: s.Plan, Logged: s.Edition}
}

// column is the plan as it is stored: null where there is none.
func (p *keptPlan) column() (any, error) {
	if !p.planned() {
		return nil, nil //nolint:nilnil // as optional
	}
	return encode(p)
}

func (p *keptPlan) read(raw []byte) error {
	if raw == nil {
		return nil
	}
	if err := decode(raw, p); err != nil {
		return fmt.Errorf("read plan of a message: %w", err)
	}
	return nil
}

// takePlan takes what the log says of a scheduled send, and reports whether that
// was all. What is said of another state goes the way of all sends, from the end
// of the thread: there the customer has it.
func (b *batch) takePlan(m *sending, e event.Event, s event.SendState) (taken bool, err error) {
	if s.State != event.JobScheduled {
		if m.job != event.JobScheduled && !m.yields(s) {
			return false, nil
		}
		return false, b.leavesPlan(m, s, millis(e.At))
	}
	m.plan.Logged = max(m.plan.Logged, s.Edition)
	if b.newer(m, s) {
		if err := b.replan(m, s); err != nil {
			return true, err
		}
		m.since = millis(e.At)
	}
	c, err := b.saveSending(m)
	if err != nil {
		return true, err
	}
	b.happened(c, e)
	return true, b.behind(m.key, e)
}

// newer reports whether a plan of the log's is the one to show: no change of ours
// is ahead of it, and nothing has become of the send since.
func (b *batch) newer(m *sending, s event.SendState) bool {
	switch {
	case s.Edition < m.plan.Edition:
		return false
	case m.job == event.JobScheduled, m.atRest():
		return true
	case m.job == event.JobFailed: // judged here, and changed there
		return m.id == "" && s.Edition > m.plan.Edition
	}
	return false
}

// atRest reports whether the send is this store's to run and has not left.
func (m *sending) atRest() bool {
	return m.plan.planned() && (m.mine == event.JobQueued || m.mine == event.JobHeld)
}

// yields reports whether a send that this store was about to run does not go
// after all: somebody put it aside, or found that it cannot.
func (m *sending) yields(s event.SendState) bool {
	return m.atRest() && (s.State == event.JobDiscarded || s.State == event.JobFailed)
}

// leavesPlan takes a scheduled send out of the plans. One that goes is at the end
// of the thread from now on.
func (b *batch) leavesPlan(m *sending, s event.SendState, at int64) error {
	if s.State != event.JobDiscarded && s.State != event.JobFailed {
		return b.depart(m, at)
	}
	m.job = event.JobScheduled // whatever this store was about to do
	return b.disown(m)
}

// disown takes a scheduled send off this store's queue: it is the team's again.
func (b *batch) disown(m *sending) error {
	if m.mine == "" {
		return nil
	}
	m.mine = ""
	b.change.Outbox = true
	return b.exec("delete from intent_job where op = ?", string(m.op))
}

// replan makes the row what the plan says; none of it is this store's to run any
// more.
func (b *batch) replan(m *sending, s event.SendState) error {
	m.job, m.due, m.err = event.JobScheduled, millis(s.Due), nil
	m.plan.Plan = s.Plan
	if err := b.disown(m); err != nil {
		return err
	}
	return b.reword(m, s)
}

// reword gives the row the words of a plan, and has the search follow.
func (b *batch) reword(m *sending, s event.SendState) error {
	text, content, err := splitContent(s.Content)
	if err != nil {
		return err
	}
	if err := b.write(); err != nil {
		return err
	}
	if err := b.unindex(m.key); err != nil {
		return err
	}
	m.content = s.Content.Kind
	if err := b.exec("update message set content_kind = ?, text = ?, indexed = ?, content = ? where key = ?",
		string(s.Content.Kind), text, indexed(&s.Content, text), content, int64(m.key)); err != nil {
		return fmt.Errorf("change a scheduled message: %w", err)
	}
	return b.reindex(m.key)
}

// depart moves a row to the end of its thread: what was written days ago and
// leaves now stands after what happened in between.
func (b *batch) depart(m *sending, at int64) error {
	c, err := b.keyed(m.conversation)
	if err != nil {
		return err
	}
	if err := b.write(); err != nil {
		return err
	}
	if err := b.unindex(m.key); err != nil {
		return err
	}
	old := m.key
	b.rows.last++
	m.key = MessageKey(b.rows.last)
	for _, move := range []string{
		"update message set key = ?1, at = ?3 where key = ?2",
		"update message_event set message = ?1 where message = ?2 and ?3 > 0",
		"update intent_job set message = ?1 where message = ?2 and ?3 > 0",
	} {
		if err := b.exec(move, int64(m.key), int64(old), at); err != nil {
			return fmt.Errorf("move a message to the end of its thread: %w", err)
		}
	}
	delete(b.rows.byKey, old)
	b.rows.byKey[m.key] = m
	if m.kind == KindMessage {
		c.replied(m.key, at, event.JobQueued)
	}
	return nil
}
