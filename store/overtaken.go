package store

import (
	"fmt"
	"time"

	"frontdesk/webhookrelay/event"
)

// Overtaken is a message to a customer that came here after one of ours was written and
// before it left: ours was written without it.
type Overtaken struct {
	// By is who wrote it; empty where the log does not know.
	By event.AgentID
	At time.Time
}

// overtaken looks for one, unless something failed already. A row's key says what came
// first here. What was scheduled, or is one of many, is judged by its plan; what a person
// let go behind an unsure one, they have looked at; and what a rule wrote, no colleague
// did.
func (b *batch) overtaken(m *sending, failed error) (*Overtaken, error) {
	if failed != nil || m.plan.planned() || m.broadcast != "" {
		return nil, failed
	}
	var o Overtaken
	var at int64
	found, err := b.get(`select by, at from message where conversation = ? and kind <> 'reaction' and kind = 'message' and key > ?
		and direction = 'out' and by <> ? and seq > 0 and plan is null and job in ('', 'sent', 'sending', 'unsure') and status <> 2
		and not exists (select 1 from intent_job j where j.message = ? and j.released <> 0) order by key limit 1`,
		[]any{m.conversation, int64(m.key), string(m.by), int64(m.key)}, &o.By, &at)
	if err != nil {
		return nil, fmt.Errorf("look for a colleague's answer: %w", err)
	}
	if !found {
		return nil, nil //nolint:nilnil // nobody was quicker
	}
	o.At = instant(at)
	return &o, nil
}
