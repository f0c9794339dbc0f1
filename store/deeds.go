package store

import (
	"context"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Deed is one step of several that are kept together: a message to send, or an action.
type Deed struct {
	Send *provider.Outgoing
	Do   *Action
}

// Done is what became of a Deed: the key of its message, or the operation of its action.
// Both are empty where its conversation is there no more.
type Done struct {
	Message MessageKey
	Op      provider.OpID
}

// Together is Send and Do for several deeds in one transaction: all of them are kept, or
// none. It returns what became of each, in the same order. One whose conversation is
// gone is left out: nothing begins a conversation here.
func (s *Store) Together(ctx context.Context, list []Deed) ([]Done, error) {
	done := make([]Done, len(list))
	err := s.writeIntent(ctx, func(b *batch) error {
		clear(done)
		for i, d := range list {
			var err error
			if done[i], err = b.deed(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("do %d things together: %w", len(list), err)
	}
	return done, nil
}

func (b *batch) deed(d Deed) (Done, error) {
	if d.Send != nil {
		c, err := b.conversation(b.teamKey.Conversation(d.Send.To))
		if c == nil || err != nil {
			return Done{}, err
		}
		out := *d.Send
		out.Op = b.s.opt.NewOp()
		key, err := b.send(out, "")
		return Done{Message: key, Op: out.Op}, err
	}
	c, err := b.conversation(d.Do.Conversation)
	if c == nil || err != nil {
		return Done{}, err
	}
	op := b.s.opt.NewOp()
	if err := b.do(c, op, *d.Do); err != nil {
		return Done{}, fmt.Errorf("%s: %w", d.Do.Body.Kind(), err)
	}
	return Done{Op: op}, nil
}

// TakeBack undoes deeds in one transaction: it does what takes actions back, and
// discards the messages that have not left. left is how many had: nothing brings back
// what is on the wire, and who was answered does not wait again.
func (s *Store) TakeBack(ctx context.Context, messages []MessageKey, list []Action) (left int, err error) {
	err = s.writeIntent(ctx, func(b *batch) error {
		answered := map[event.ConversationID]bool{}
		left = 0
		for _, key := range messages {
			in, gone, err := b.unsend(key)
			if err != nil {
				return err
			}
			if gone {
				left++
				answered[in] = true
			}
		}
		for _, a := range list {
			if r, is := a.Body.(event.Reopened); is && r.Undone != nil && answered[a.Conversation] {
				a.Body = event.Reopened{Undone: &event.Undone{Snoozed: r.Undone.Snoozed}}
			}
			if _, err := b.deed(Deed{Do: &a}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("take %d actions back: %w", len(list), err)
	}
	return left, nil
}

// unsend discards a message of ours that waits; left is set where it has gone.
func (b *batch) unsend(key MessageKey) (in event.ConversationID, left bool, err error) {
	m, err := b.row(key)
	if m == nil || err != nil { // erased with its contact
		return "", false, err
	}
	c, err := b.keyed(m.conversation)
	if err != nil {
		return "", false, err
	}
	if !m.job.Waits() || m.mine == "" {
		return c.id, m.job != event.JobDiscarded, nil
	}
	return c.id, false, b.settled(m, event.JobDiscarded)
}
