package store

import (
	"context"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Lost is an undo that was not done: somebody else changed it since, and theirs stands.
type Lost struct {
	Conversation event.ConversationID
	// By is who, Kind the fact that it was.
	By   event.AgentID
	Kind string
}

// Undo does actions that take back what this agent did, in one transaction, as DoAll.
// Where somebody else changed the same aspect since, theirs is left alone and returned
// as lost: an undo would take back what its agent never did.
func (s *Store) Undo(ctx context.Context, list []Action) (ops []provider.OpID, lost []Lost, err error) {
	ops = make([]provider.OpID, len(list))
	err = s.writeIntent(ctx, func(b *batch) error {
		lost = nil
		for i, a := range list {
			c, err := b.conversation(a.Conversation)
			if err != nil {
				return err
			}
			if c == nil {
				continue
			}
			other, err := b.changedSince(c, a.Expect)
			if err != nil {
				return err
			}
			if other != nil {
				lost = append(lost, *other)
				continue
			}
			ops[i] = s.opt.NewOp()
			if err := b.do(c, ops[i], a); err != nil {
				return fmt.Errorf("%s: %w", a.Body.Kind(), err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("undo %d actions: %w", len(list), err)
	}
	return ops, lost, nil
}

// changedSince is who changed an aspect after this agent did; nil for nobody. While what
// this agent did is on its way, its precondition says what it came after.
func (b *batch) changedSince(c *conversation, aspect event.Aspect) (*Lost, error) {
	last := c.base.seq(aspect)
	if last == 0 {
		return nil, nil //nolint:nilnil // nobody ever
	}
	var expect event.Seq
	ours, err := b.get("select expect from intent_publication where conversation = ? and aspect = ? order by key desc limit 1",
		[]any{c.key, string(aspect)}, &expect)
	if err != nil || ours && expect >= last {
		return nil, err
	}
	lost := &Lost{Conversation: c.id}
	found, err := b.get(`select by, content_kind from message where conversation = ? and kind <> 'reaction' and kind = 'activity' and seq = ?`,
		[]any{c.key, int64(last)}, &lost.By, &lost.Kind)
	if err != nil || !found || lost.By == b.s.opt.Agent {
		return nil, err
	}
	return lost, nil
}
