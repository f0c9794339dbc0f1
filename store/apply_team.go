package store

import (
	"errors"
	"fmt"
	"slices"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// acted applies a team fact about a conversation. Where it is the echo of an
// action of ours, that action is pending no longer.
func (b *batch) acted(e event.Event, shown bool) error {
	if e.Conversation == "" {
		return nil
	}
	c, err := b.ensure(e.Conversation, e.Account)
	if err != nil {
		return err
	}
	c.base.act(e.Body, e.By, e.At)
	if _, ok := e.Body.(event.Resolved); ok {
		b.acts(c, e)
	}
	if e.Conversation == c.id {
		c.base.changed(event.AspectOf(e.Kind), e.Seq)
	}
	b.happened(c, e)
	b.tellAssigned(c, e)
	if len(c.pending) > 0 { // the echo may come before the relay's answer
		if err := b.follow(c.key, e.ID, event.AspectOf(e.Kind), e.Seq); err != nil {
			return err
		}
	}
	if err := b.confirmed(c, e.ID); err != nil {
		return err
	}
	if shown {
		return b.activity(c, e)
	}
	if _, ok := e.Body.(event.Described); ok {
		return b.described(c)
	}
	return nil
}

// activity is the line a team fact leaves in the thread.
func (b *batch) activity(c *conversation, e event.Event) error {
	raw, err := b.body(e)
	if err != nil {
		return err
	}
	key, err := b.insertMessage(newMessage{
		conversation: c, direction: Internal, kind: KindActivity, seq: e.Seq,
		by: e.By, at: millis(e.At), activityKind: e.Kind, activity: raw,
	})
	if err != nil {
		return err
	}
	return b.behind(key, e)
}

// described amends the line of the last resolution, which then says all of it.
func (b *batch) described(c *conversation) error {
	raw, err := encode(event.Resolved{Resolution: c.base.Resolution})
	if err != nil {
		return err
	}
	if err := b.write(); err != nil {
		return err
	}
	return b.exec(`update message set activity = ?, rev = rev + 1 where key = (select key from message
		where conversation = ? and kind <> 'reaction' and kind = 'activity' and content_kind = ? order by key desc limit 1)`,
		raw, c.key, event.KindResolved)
}

// rated is the customer's own judgement; it stands where an agent's guess stood.
func (b *batch) rated(e event.Event, r event.Rated) error {
	if e.Conversation == "" {
		return nil
	}
	c, err := b.ensure(e.Conversation, e.Account)
	if err != nil {
		return err
	}
	c.base.describe(event.Resolution{CSAT: r.Stars})
	b.happened(c, e)
	if err := b.confirmed(c, e.ID); err != nil {
		return err
	}
	return b.activity(c, e)
}

// mentioned keeps whom a note calls.
func (b *batch) mentioned(key MessageKey, conversation int64, e event.Event, who []event.AgentID) error {
	for _, agent := range who {
		if err := b.exec("insert into mention (agent, message, conversation, seq) values (?, ?, ?, ?) on conflict do nothing",
			string(agent), int64(key), conversation, int64(e.Seq)); err != nil {
			return err
		}
	}
	if len(who) > 0 {
		b.change.Counts, b.change.List = true, true
	}
	return nil
}

// tellMentioned has the person told whom a colleague's note calls.
func (b *batch) tellMentioned(c *conversation, e event.Event, n event.Noted) {
	me := b.s.opt.Agent
	if e.By == me || !slices.Contains(n.Mentions, me) || b.s.Now().Sub(e.At) > freshNotice {
		return
	}
	b.change.Notices = append(b.change.Notices, Notice{
		Kind: NoticeMentioned, Conversation: c.id, Account: c.account.id, By: e.By, Text: n.Text,
	})
}

// noted adds a private note, or confirms the one that is there already.
func (b *batch) noted(e event.Event, n event.Noted) error {
	c, err := b.ensure(e.Conversation, e.Account)
	if err != nil {
		return err
	}
	b.happened(c, e)
	b.acts(c, e)
	b.tellMentioned(c, e, n)
	if err := b.confirmed(c, e.ID); err != nil {
		return err
	}
	m, err := b.rowByOp(provider.OpID(e.ID))
	if err != nil {
		return err
	}
	if m == nil {
		key, err := b.insertMessage(noteRow(c, e.ID, e.By, n, millis(e.At), e.Seq, ""))
		if err != nil {
			return err
		}
		c.previewed(key, millis(e.At))
		return errors.Join(b.mentioned(key, c.key, e, n.Mentions), b.behind(key, e))
	}
	if m.kind != KindNote {
		return nil
	}
	m.seq, m.by, m.job, m.err, m.settled = e.Seq, e.By, "", nil, false
	b.rows.change(m)
	return errors.Join(b.mentioned(m.key, c.key, e, n.Mentions), b.behind(m.key, e))
}

// loadPending reads the actions of ours that wait for their event, and the
// certain state beneath them.
func (b *batch) loadPending(c *conversation) error {
	var raw []byte
	found, err := b.get("select state from intent_base where conversation = ?", []any{c.key}, &raw)
	if err != nil {
		return err
	}
	if c.based = found; found {
		if err := c.base.restore(raw); err != nil {
			return err
		}
	}
	return b.each("select id, kind, body, at from intent_publication where conversation = ? and kind <> ? order by key",
		[]any{c.key, event.KindSend}, func(scan func(...any) error) error {
			var p pendingAction
			var kind string
			var raw []byte
			if err := scan(&p.id, &kind, &raw, &p.at); err != nil {
				return err
			}
			p.body = event.DecodeBody(kind, 1, raw)
			c.pending = append(c.pending, p)
			return nil
		})
}

// restore reads the certain state over a row's. What the row's maps hold goes; what
// an older program did not keep is as the row has it.
func (c *state) restore(raw []byte) error {
	*c = state{OpenedAt: c.OpenedAt, AskedAt: c.AskedAt, AnsweredAt: c.AnsweredAt}
	if err := decode(raw, c); err != nil {
		return fmt.Errorf("read certain state: %w", err)
	}
	return nil
}

// saveBase keeps the certain state as long as something is pending on top.
func (b *batch) saveBase(c *conversation) error {
	if len(c.pending) == 0 {
		if !c.based {
			return nil
		}
		c.based = false
		return b.exec("delete from intent_base where conversation = ?", c.key)
	}
	raw, err := encode(c.base)
	if err != nil {
		return err
	}
	c.based = true
	return b.exec(`insert into intent_base (conversation, state) values (?, ?)
		on conflict (conversation) do update set state = excluded.state`, c.key, raw)
}

// confirmed takes an action of ours from the pending ones: its event is a fact
// now.
func (b *batch) confirmed(c *conversation, id string) error {
	for i, p := range c.pending {
		if p.id != id {
			continue
		}
		c.pending = append(c.pending[:i:i], c.pending[i+1:]...)
		b.touch(c)
		b.change.Publish = true
		return b.exec("delete from intent_publication where id = ?", id)
	}
	return nil
}
