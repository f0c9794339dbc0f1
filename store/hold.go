package store

import "frontdesk/webhookrelay/event"

// hold brings the queue of a conversation in line with its unsure sends: what
// stands behind one is held, so that a reply never overtakes or repeats what
// may have arrived, and is queued again once it is settled.
func (b *batch) hold(c *conversation) error {
	if err := b.loadQueued(); err != nil || !b.queued[c.key] {
		return err
	}
	type job struct {
		key, message int64
		state        event.JobState
		behind       bool
	}
	var wrong []job
	err := b.each(`select j.key, j.message, j.state, exists (select 1 from intent_job x
			where x.conversation = j.conversation and x.key < j.key
			and x.state in ('queued', 'held', 'sending', 'unsure') and x.state = 'unsure')
		from intent_job j where j.conversation = ? and j.released = 0
		and j.state in ('queued', 'held', 'sending', 'unsure') and j.state in ('queued', 'held')`,
		[]any{c.key}, func(scan func(...any) error) error {
			var j job
			if err := scan(&j.key, &j.message, &j.state, &j.behind); err != nil {
				return err
			}
			if j.behind != (j.state == event.JobHeld) {
				wrong = append(wrong, j)
			}
			return nil
		})
	if err != nil {
		return err
	}
	for _, j := range wrong {
		state := event.JobQueued
		if j.behind {
			state = event.JobHeld
		}
		if err := b.setJob(j.key, j.message, state); err != nil {
			return err
		}
		b.touch(c)
	}
	return nil
}

// setJob moves a job of ours to a state, in the queue and on the screen.
func (b *batch) setJob(key, message int64, state event.JobState) error {
	b.change.Outbox = true
	if err := b.exec("update intent_job set state = ? where key = ?", string(state), key); err != nil {
		return err
	}
	m, err := b.row(MessageKey(message))
	if m == nil || err != nil {
		return err
	}
	m.job, m.mine, m.since = state, state, millis(b.s.Now())
	b.rows.change(m)
	return nil
}

// loadQueued asks once which conversations have jobs of ours, so that facts
// about all the others need not look.
func (b *batch) loadQueued() error {
	if b.queued != nil {
		return nil
	}
	b.queued = map[int64]bool{}
	return b.each("select distinct conversation from intent_job where state in ('queued', 'held', 'sending', 'unsure')", nil,
		func(scan func(...any) error) error {
			var key int64
			err := scan(&key)
			b.queued[key] = true
			return err
		})
}

// queues notes that a conversation has a job now.
func (b *batch) queues(conversation int64) error {
	err := b.loadQueued()
	b.queued[conversation] = true
	return err
}
