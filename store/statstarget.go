package store

import (
	"context"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// owing is what of a conversation its targets depend on, and whose it is.
type owing struct {
	account  provider.AccountID
	labels   []string
	assignee event.AgentID
}

// readTargets reads the team's targets, and, where there are any, what of each
// conversation they depend on. Both are as they are now: what labels it had and what
// the team had set itself at the time nobody can say for all of it.
func (c *counting) readTargets(ctx context.Context) error {
	var raw string
	err := c.store.read.QueryRowContext(ctx, selectTargets).Scan(&raw)
	if err == nil {
		c.targets, err = c.store.keepTargets(raw)
	}
	if err != nil || len(c.targets.list) == 0 {
		return err
	}
	for i := range c.targets.list {
		c.stats.Targets = append(c.stats.Targets, TargetStats{Name: c.targets.list[i].name, Target: c.targets.list[i].Target})
	}
	c.owing = map[int64]*owing{}
	rows, err := c.store.read.QueryContext(ctx, `select c.key, a.id, c.labels, c.assignee from conversation c join account a on a.key = c.account
		where (?1 = 0 or c.account = ?1) and (?2 = 0 or c.key = ?2)`, c.account, c.conversation)
	if err != nil {
		return err
	}
	return eachRow(rows, func(scan func(...any) error) error {
		var key int64
		var labels []byte
		o := &owing{}
		if err := scan(&key, &o.account, &labels, &o.assignee); err != nil {
			return err
		}
		c.owing[key] = o
		if err := decodeUnlessEmpty(labels, &o.labels); err != nil {
			return fmt.Errorf("read labels: %w", err)
		}
		return nil
	})
}

// answerKind is what the reply that comes next is judged by.
func (r *runs) answerKind() event.TargetOf {
	if r.answered {
		return event.TargetNext
	}
	return event.TargetFirst
}

// judge counts what was done at a step as met, or as missed at its instant.
func (r *runs) judge(c *counting, kind event.TargetOf, since int64, done *step) {
	t, by := r.deadline(c, kind, since)
	switch {
	case t == nil:
	case done.at <= by:
		r.score(c, t, kind, done.at, done.by, func(s *Score) { s.Met++ })
	default:
		r.score(c, t, kind, by, done.by, func(s *Score) { s.Missed++ })
	}
}

// ended judges a resolution. It also ends the wait, which is missed only where it had
// lasted too long by then: the team decided that nothing is to be answered.
func (r *runs) ended(c *counting, s *step) {
	if r.opened >= 0 {
		r.judge(c, event.TargetResolution, r.opened, s)
	}
	if r.waits < 0 {
		return
	}
	kind := r.answerKind()
	if t, by := r.deadline(c, kind, r.waits); t != nil && by < s.at {
		r.score(c, t, kind, by, s.by, func(s *Score) { s.Missed++ })
	}
}

// overdue counts what has not been done until now and is late: whose conversation it
// is has missed it.
func (r *runs) overdue(c *counting) {
	late := func(kind event.TargetOf, since int64) {
		if t, by := r.deadline(c, kind, since); t != nil && by < millis(c.now) {
			r.score(c, t, kind, by, r.owing.assignee, func(s *Score) { s.Missed++ })
		}
	}
	if r.waits >= 0 {
		late(r.answerKind(), r.waits)
	}
	if r.opened >= 0 {
		late(event.TargetResolution, r.opened)
	}
}

// deadline is the target of a kind that is for the conversation, and when it is missed;
// nil where there is none.
func (r *runs) deadline(c *counting, kind event.TargetOf, since int64) (*target, int64) {
	if r.owing == nil {
		return nil, 0
	}
	t := c.targets.of(kind, r.owing.account, r.owing.labels)
	if t == nil {
		return nil, 0
	}
	return t, t.by(kind, since)
}

// score counts it for the target, the channel and the agent, where it was decided in
// the span and is asked for.
func (r *runs) score(c *counting, t *target, kind event.TargetOf, at int64, by event.AgentID, add func(*Score)) {
	if !c.counts(&step{at: at, by: by}) {
		return
	}
	for i := range c.targets.list {
		if &c.targets.list[i] == t {
			add(c.stats.Targets[i].Kept.of(kind))
		}
	}
	if i, ok := c.at[r.account]; ok {
		add(c.stats.Channels[i].Kept.of(kind))
	}
	if by != "" {
		add(c.agent(by).Kept.of(kind))
	}
}

func (k *Kept) of(kind event.TargetOf) *Score {
	switch kind {
	case event.TargetNext:
		return &k.Next
	case event.TargetResolution:
		return &k.Resolution
	}
	return &k.First
}

// All is the sum of the kinds.
func (k Kept) All() Score {
	return Score{k.First.Met + k.Next.Met + k.Resolution.Met, k.First.Missed + k.Next.Missed + k.Resolution.Missed}
}
