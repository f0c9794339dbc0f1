package store

import "frontdesk/webhookrelay/event"

// hold brings the queue of a conversation in line with its unsure sends: what
// stands behind one is held, so that a reply never overtakes or repeats what
// may have arrived, and is queued again once it is settled.
func (b *batch) hold(c *conversation) error {
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
	return b.exec("update message set job = ?, job_since = ?, rev = rev + 1 where key = ?",
		string(state), millis(b.s.Now()), message)
}
