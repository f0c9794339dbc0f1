package store

import (
	"context"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Settle puts what was saved out of another store into its place, once the
// facts are here: it is called when the relay's head has been reached. Watches
// are told when something was.
func (s *Store) Settle(ctx context.Context) error {
	var n int
	if err := s.read.QueryRowContext(ctx, "select count(*) from intent_carried").Scan(&n); err != nil {
		return fmt.Errorf("settle what was saved: %w", err)
	}
	if n == 0 {
		return nil
	}
	err := s.writeIntent(ctx, func(b *batch) error {
		items, err := carriedItems(b)
		if err != nil {
			return err
		}
		for i := range items {
			if err := b.place(&items[i]); err != nil {
				return fmt.Errorf("%s: %w", items[i].What, err)
			}
		}
		b.change = Change{List: true, Counts: true, Templates: true, Outbox: true, Publish: true, Notices: b.change.Notices}
		return b.exec("delete from intent_carried")
	})
	if err != nil {
		return fmt.Errorf("settle what was saved: %w", err)
	}
	s.hub.settled()
	return nil
}

func carriedItems(b *batch) (items []carried, err error) {
	err = b.each("select item from intent_carried order by key", nil, func(scan func(...any) error) error {
		var raw []byte
		var c carried
		if err := scan(&raw); err != nil {
			return err
		}
		err := decode(raw, &c)
		items = append(items, c)
		return err
	})
	return items, err
}

func (b *batch) place(c *carried) error {
	switch c.What {
	case carriedJob:
		return b.placeJob(c)
	case carriedTemplate:
		return b.exec(`insert or ignore into intent_template (account, name, language, last_used, field_values) values (?, ?, ?, ?, ?)`,
			string(c.Account), c.Name, c.Language, c.At, c.Body)
	case carriedUse:
		return b.exec("insert or ignore into intent_use (what, name, uses, last_used) values (?, ?, ?, ?)", c.Kind, c.Name, c.Uses, c.At)
	case carriedToTell:
		return b.exec("insert or ignore into intent_resolution (seq, conversation, due, telling, tries) values (?, ?, ?, ?, ?)",
			int64(c.Seq), string(c.In), c.At, c.Released, c.Attempt)
	case carriedPause:
		return b.exec("insert or ignore into intent_pause (account, error, since) values (?, ?, ?)", string(c.Account), c.Error, c.At)
	case carriedReport:
		b.change.Notices = append(b.change.Notices, Notice{
			Kind: NoticeSalvaged, Text: "What was saved from the broken store is back in its conversations.",
		})
		return nil
	}
	return b.placeIn(c)
}

// placeIn places what belongs to a conversation. One that the log does not know
// was begun here; one that was erased takes what was wanted of it along.
func (b *batch) placeIn(c *carried) error {
	if c.In == "" {
		return b.placeDeclaration(c)
	}
	if gone, err := b.isErased(c.In); gone || err != nil {
		return err
	}
	in, err := b.ensure(c.In, c.Account)
	if err != nil {
		return err
	}
	if in.base.Chat == "" {
		in.base.Chat = c.Chat
	}
	if err := b.write(); err != nil { // so that what follows finds its name
		return err
	}
	b.touch(in)
	switch c.What {
	case carriedDraft:
		return b.exec("insert or ignore into intent_draft (conversation, mode, text, at) values (?, ?, ?, ?)", in.key, string(c.Mode), c.Text, c.At)
	case carriedSeen:
		return b.exec(`insert into intent_seen (conversation, seq, inbound) values (?, ?, ?)
			on conflict (conversation) do update set seq = max(seq, excluded.seq), inbound = max(inbound, excluded.inbound)`,
			in.key, int64(c.Seq), c.Inbound)
	case carriedNote:
		return b.placeNote(in, c.ID, event.Noted{Text: c.Text}, c.At, event.JobFailed, c.Error)
	case carriedPublication:
		return b.placePublication(in, c)
	}
	return nil
}

func (b *batch) placeNote(in *conversation, id string, n event.Noted, at int64, job event.JobState, failure string) error {
	row := noteRow(in, id, b.s.opt.Agent, n, at, 0, job)
	var err error
	if row.err, err = decodeError([]byte(failure)); err != nil {
		row.err = nil
	}
	_, err = b.insertMessage(row)
	return err
}

// placeDeclaration lets a fact of ours about the team itself be pending again.
func (b *batch) placeDeclaration(c *carried) error {
	if c.What != carriedPublication || !event.TeamWide(c.Kind) {
		return nil
	}
	var have event.Seq
	if _, err := b.get("select seq from log", nil, &have); err != nil || (c.Accepted > 0 && c.Accepted <= have) {
		return err
	}
	b.change.Publish, b.change.Settings = true, true
	return b.exec(`insert into intent_publication (id, account, conversation, kind, body, at) values (?, ?, 0, ?, ?, ?)
		on conflict (id) do nothing`, c.ID, string(c.Account), c.Kind, c.Body, c.At)
}

// placePublication lets a fact of ours be pending again, unless its event has
// come back already.
func (b *batch) placePublication(in *conversation, c *carried) error {
	var have event.Seq
	if _, err := b.get("select seq from log", nil, &have); err != nil {
		return err
	}
	known, err := b.rowByOp(provider.OpID(c.ID))
	if err != nil || (c.Accepted > 0 && c.Accepted <= have) || (known != nil && known.seq > 0) {
		return err
	}
	body := event.DecodeBody(c.Kind, 1, []byte(c.Body))
	if n, ok := body.(event.Noted); ok {
		if err := b.placeNote(in, c.ID, n, c.At, event.JobQueued, ""); err != nil {
			return err
		}
	}
	if s, ok := body.(event.SendState); ok && s.Edition > 0 {
		if err := b.placePlan(in, s, c.At); err != nil {
			return err
		}
	}
	if c.Expect > have { // of another log, where it meant something else
		c.Expect = in.base.seq(c.Aspect)
	}
	if c.Kind != event.KindSend {
		in.pending = append(in.pending, pendingAction{id: c.ID, body: body, at: c.At})
	}
	b.change.Publish = true
	return b.exec(`insert into intent_publication (id, account, conversation, kind, body, at, aspect, expect)
		values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`, c.ID, string(in.account.id), in.key, c.Kind, c.Body, c.At,
		string(c.Aspect), int64(c.Expect))
}

// placePlan shows again what this store was about to tell of a scheduled send.
func (b *batch) placePlan(in *conversation, s event.SendState, at int64) error {
	m, err := b.rowByOp(s.Op)
	switch {
	case err != nil:
		return err
	case m == nil:
		_, err = b.insertMessage(newMessage{
			conversation: in, direction: Outgoing, kind: rowKind(s.Content), op: s.Op, by: b.s.opt.Agent, content: s.Content, replyTo: s.ReplyTo,
			at: at, job: s.State, jobSince: at, err: s.Error, due: millis(s.Due), broadcast: s.Broadcast, plan: keptPlan{Plan: s.Plan},
		})
		return err
	case m.job != event.JobScheduled || s.Edition < m.plan.Edition:
		return nil
	case s.State == event.JobScheduled:
		err = b.replan(m, s)
	default:
		m.job, m.err, m.since = s.State, s.Error, at
	}
	if err == nil {
		_, err = b.saveSending(m)
	}
	return err
}

// placeJob puts a job back into the queue, with the row that facts have made of
// it, or with one of its own.
func (b *batch) placeJob(c *carried) error {
	var out provider.Outgoing
	if err := decode([]byte(c.Send), &out); err != nil {
		return nil //nolint:nilerr // it was readable when it was carried; nothing can be sent of it
	}
	id := b.teamKey.Conversation(out.To)
	if gone, err := b.isErased(id); gone || err != nil {
		return err
	}
	in, err := b.ensure(id, out.To.Account)
	if err != nil {
		return err
	}
	if in.base.Chat == "" {
		in.base.Chat = out.To.Chat
	}
	state, failure := b.stateOf(c, out)
	if c.maybeLeft() {
		c.Attempt = max(c.Attempt, 1) // whoever is asked for it knows that it may have been before
	}
	m, err := b.rowByOp(out.Op)
	if err != nil {
		return err
	}
	if m == nil {
		if m, err = b.placeRow(in, c, out, state, failure); err != nil {
			return err
		}
	}
	m.mine = mergeJob(state, m.job, true)
	if c.State == event.JobDiscarded {
		m.mine = c.State
	}
	if m.job != event.JobSent {
		m.job = m.mine
		if failure != nil {
			m.err = failure
		}
	}
	m.settled = m.settled || c.Settled
	if m.mine == event.JobUnsure && c.State.Waits() {
		c.NextAt = 0 // when it went, if it did, nobody knows
	}
	if err := b.exec(`insert or ignore into intent_job (op, message, conversation, account, send, state, attempt, queued_at, next_at, retries, released)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, string(out.Op), int64(m.key), in.key, string(out.To.Account), c.Send, string(m.mine),
		c.Attempt, c.At, c.NextAt, c.Retries, c.Released); err != nil {
		return err
	}
	if err := b.queues(in.key); err != nil {
		return err
	}
	in.sends = true
	if _, err = b.saveSending(m); err != nil {
		return err
	}
	// What the network said of it may have come before it.
	return b.adopt(m.key, m.account, m.id, m.op)
}

// maybeLeft reports that a job was on the wire, or may have been after the file was
// damaged.
func (c *carried) maybeLeft() bool {
	return c.State == event.JobSending || c.Stale && (c.State == event.JobQueued || c.State == event.JobHeld)
}

// stateOf is where a job stands after it was carried. What was on the wire, or
// may have been after the file was damaged, is unsure where a repetition would
// be a second message: a gateway knows its operations, a network does not.
func (b *batch) stateOf(c *carried, out provider.Outgoing) (event.JobState, *provider.Error) {
	known, err := decodeError([]byte(c.Error))
	if err != nil {
		known = nil
	}
	switch {
	case c.maybeLeft() && b.s.direct(out.To.Account):
		return event.JobUnsure, &provider.Error{
			Op: "send", Reason: provider.NoAnswer, Uncertain: true,
			Text: "The store was damaged or replaced while this was being sent. It may have been sent.",
		}
	case c.maybeLeft(), c.State == event.JobHeld:
		return event.JobQueued, nil
	}
	return c.State, known
}

func (b *batch) placeRow(in *conversation, c *carried, out provider.Outgoing, state event.JobState, failure *provider.Error) (*sending, error) {
	row := newMessage{
		conversation: in, direction: Outgoing, kind: rowKind(out.Content), id: c.Message, op: out.Op, by: b.s.opt.Agent,
		content: out.Content, replyTo: out.ReplyTo, at: c.At, job: state, jobSince: c.At, err: failure, retries: out.Retries,
	}
	if _, taken, err := b.messageByID(out.To.Account, c.Message); err != nil {
		return nil, err
	} else if taken {
		row.id = ""
	}
	key, err := b.insertMessage(row)
	if err != nil {
		return nil, err
	}
	if row.kind == KindMessage {
		in.replied(key, c.At, state)
	}
	return b.rows.byKey[key], nil
}
