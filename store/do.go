package store

import (
	"context"
	"errors"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Action is something a person of the team does to a conversation.
type Action struct {
	Conversation event.ConversationID
	// Body is the fact it will be: Assigned, Resolved, Described, Reopened, Marked,
	// Labeled, Linked, Noted, Snoozed, Prioritized, Followed, Rated, or what is said
	// of the contact. Whom a Noted calls is read from its text.
	Body event.Body
	// Expect is the aspect nobody else may have changed since what this store
	// shows; AspectNone where that does not matter.
	Expect event.Aspect
	// Op is the operation's id where it is not a person's: two that come to the same
	// give the same, and it is done once. Empty gets a new one.
	Op provider.OpID
}

// errAction: Send carries messages, and everything else is not a person's to
// do.
var errAction = errors.New("not a team action")

// Do shows an action at once and keeps it to be published. The id is the
// operation's, and later its event's. Where the relay refuses it, what is shown
// goes back and a Notice says who was first.
func (s *Store) Do(ctx context.Context, a Action) (provider.OpID, error) {
	op := a.Op
	if op == "" {
		op = s.opt.NewOp()
	}
	err := s.onConversation(ctx, a.Conversation, func(b *batch, c *conversation) error {
		if known, err := b.publication(op); known != nil || err != nil {
			return err
		}
		return b.do(c, op, a)
	})
	if err != nil {
		return "", fmt.Errorf("do %s: %w", a.Body.Kind(), err)
	}
	return op, nil
}

// DoAll does several actions in one transaction: all of them are kept, or none. It
// returns their operations in the same order. A conversation that is not there any
// more is left out: its operation is empty.
func (s *Store) DoAll(ctx context.Context, list []Action) ([]provider.OpID, error) {
	ops := make([]provider.OpID, len(list))
	err := s.writeIntent(ctx, func(b *batch) error {
		for i, a := range list {
			c, err := b.conversation(a.Conversation)
			if err != nil {
				return err
			}
			if c == nil {
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
		return nil, fmt.Errorf("do %d actions: %w", len(list), err)
	}
	return ops, nil
}

func (b *batch) do(c *conversation, op provider.OpID, a Action) error {
	at := millis(b.s.Now())
	switch body := a.Body.(type) {
	case event.Noted:
		var err error
		if body.Mentions, err = b.called(body.Text); err != nil {
			return err
		}
		a.Body = body
		key, err := b.insertMessage(noteRow(c, string(op), b.s.opt.Agent, body, at, 0, event.JobQueued))
		if err != nil {
			return err
		}
		c.previewed(key, at)
	case event.Snoozed:
		heard := c.base.Inbound
		body.Heard = &heard
		a.Body = body
	case event.Assigned, event.Resolved, event.Described, event.Reopened, event.Marked, event.Labeled, event.Linked,
		event.Prioritized, event.Followed, event.Rated,
		event.ContactDescribed, event.Joined, event.Blocked, event.Consented:
	default:
		return errAction
	}
	c.pending = append(c.pending, pendingAction{id: string(op), body: a.Body, at: at})
	b.touch(c)
	return b.publish(c, string(op), a.Body, at, a.Expect)
}

func noteRow(c *conversation, op string, by event.AgentID, n event.Noted, at int64, seq event.Seq, job event.JobState) newMessage {
	return newMessage{
		conversation: c, direction: Internal, kind: KindNote, op: provider.OpID(op), by: by, seq: seq,
		content: provider.TextContent(n.Text), at: at, job: job, jobSince: at,
	}
}

// publish keeps a fact of ours until the relay has it.
func (b *batch) publish(c *conversation, id string, body event.Body, at int64, expect event.Aspect) error {
	raw, err := event.EncodeBody(body)
	if err != nil {
		return err
	}
	b.change.Publish, b.change.Counts = true, true
	return b.exec(`insert into intent_publication (id, account, conversation, kind, body, at, aspect, expect)
		values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`, id, string(c.account.id), c.key, body.Kind(), string(raw), at,
		string(expect), int64(c.base.seq(expect)))
}

// Publication is a fact of ours that the relay does not have yet.
type Publication struct {
	ID           provider.OpID
	Account      provider.AccountID
	Conversation event.ConversationID
	Body         event.Body
	Expect       *event.Expect
}

// unpublished are our facts in the order they came to be, those about the recipients
// of broadcasts behind all others.
const unpublished = `with waits as (
	select p.key, p.id, p.account, coalesce(c.id, ''), p.kind, p.body, p.aspect, p.expect, p.id >= ?1 and p.id < ?2 as many
		from intent_publication p left join conversation c on c.key = p.conversation
		where p.accepted = 0 and (c.key is not null or p.conversation = 0)
	)
	select * from (select * from waits where not many order by key limit ?3)
	union all select * from (select * from waits where many order by key limit ?3)
	limit ?3`

// Unpublished returns up to n facts of ours that the relay does not have, in
// the order they came to be: team actions, and for direct accounts the states
// of sends. Those about the recipients of broadcasts come after all others.
func (s *Store) Unpublished(ctx context.Context, n int) ([]Publication, error) {
	rows, err := s.read.QueryContext(ctx, unpublished, broadcastOps, broadcastOps[:len(broadcastOps)-1]+".", n)
	if err != nil {
		return nil, fmt.Errorf("read unpublished facts: %w", err)
	}
	var list []Publication
	err = eachRow(rows, func(scan func(...any) error) error {
		var p Publication
		var kind string
		var raw []byte
		var expect event.Expect
		var key, many int64
		if err := scan(&key, &p.ID, &p.Account, &p.Conversation, &kind, &raw, &expect.Aspect, &expect.Seq, &many); err != nil {
			return err
		}
		p.Body = event.DecodeBody(kind, 1, raw)
		if expect.Aspect != event.AspectNone {
			p.Expect = &expect
		}
		list = append(list, p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read unpublished facts: %w", err)
	}
	return list, nil
}

// Published records that the relay took a fact at seq. An action stays pending
// until its event comes back through Apply, unless it has come already. Actions
// of ours that follow it expect what it left behind.
func (s *Store) Published(ctx context.Context, id provider.OpID, seq event.Seq) error {
	err := s.writeIntent(ctx, func(b *batch) error {
		p, err := b.publication(id)
		if p == nil || err != nil {
			return err
		}
		b.change.Publish, b.change.Counts = true, true
		if p.conversation == 0 {
			return b.published(p, id, seq)
		}
		if p.kind == event.KindSend {
			return b.exec("delete from intent_publication where id = ?", string(id))
		}
		if err := b.follow(p.conversation, string(id), event.AspectOf(p.kind), seq); err != nil {
			return err
		}
		return b.accepted(p, id, seq)
	})
	if err != nil {
		return fmt.Errorf("record publication %s: %w", id, err)
	}
	return nil
}

// published: a fact of the team's own waits for its event as an action does.
func (b *batch) published(p *publication, id provider.OpID, seq event.Seq) error {
	if of, ok := broadcastOf(p.body); ok {
		if err := b.followBroadcast(id, of, seq); err != nil {
			return err
		}
	}
	var have event.Seq
	if _, err := b.get("select seq from log", nil, &have); err != nil {
		return err
	}
	if seq > have {
		return b.exec("update intent_publication set accepted = ? where id = ?", int64(seq), string(id))
	}
	return b.exec("delete from intent_publication where id = ?", string(id))
}

// follow lets actions of ours that come after one that is in the log at seq
// expect what it left behind: nobody is in conflict with themselves.
func (b *batch) follow(conversation int64, id string, aspect event.Aspect, seq event.Seq) error {
	if aspect == event.AspectNone {
		return nil
	}
	return b.exec(`update intent_publication set expect = max(expect, ?) where conversation = ? and aspect = ?
		and key > (select key from intent_publication where id = ?)`, int64(seq), conversation, string(aspect), id)
}

// accepted: the event may have been applied before the answer was recorded, by
// a process that ended in between.
func (b *batch) accepted(p *publication, id provider.OpID, seq event.Seq) error {
	var have event.Seq
	if _, err := b.get("select seq from log", nil, &have); err != nil {
		return err
	}
	if seq > have {
		return b.exec("update intent_publication set accepted = ? where id = ?", int64(seq), string(id))
	}
	c, err := b.keyed(p.conversation)
	if err != nil {
		return err
	}
	return b.confirmed(c, string(id))
}

// publication is a row of the list of what is to be published.
type publication struct {
	key, conversation int64
	kind              string
	body              event.Body
}

func (b *batch) publication(id provider.OpID) (*publication, error) {
	p := &publication{}
	var raw []byte
	found, err := b.get("select key, conversation, kind, body from intent_publication where id = ?", []any{string(id)},
		&p.key, &p.conversation, &p.kind, &raw)
	if err != nil || !found {
		return nil, err
	}
	p.body = event.DecodeBody(p.kind, 1, raw)
	return p, nil
}

// RefusePublication undoes what the relay will never take, and tells the
// watches who was first or why. A note is not thrown away: its row stays and
// says that the team does not have it. A decision about a send is taken back:
// its row says again what the log says of it.
func (s *Store) RefusePublication(ctx context.Context, id provider.OpID, by event.AgentID, reason string) error {
	err := s.writeIntent(ctx, func(b *batch) error {
		p, err := b.publication(id)
		if p == nil || err != nil {
			return err
		}
		if p.conversation == 0 {
			return b.refusedDeclaration(id, p.body, by, reason)
		}
		c, err := b.keyed(p.conversation)
		if err != nil {
			return err
		}
		if err := b.confirmed(c, string(id)); err != nil {
			return err
		}
		if !waits(p.body) { // that is all the same to whoever wrote it
			b.change.Notices = append(b.change.Notices, Notice{
				Kind: NoticeRefused, Conversation: c.id, Account: c.account.id,
				Text: reason, By: by, Action: p.body, Op: id,
			})
		}
		switch body := p.body.(type) {
		case event.SendState:
			return b.refusedSend(id, body)
		case event.Noted:
			return b.refusedNote(id, reason)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("refuse publication %s: %w", id, err)
	}
	return nil
}

// refusedDeclaration takes back what the team will not have of us.
func (b *batch) refusedDeclaration(id provider.OpID, body event.Body, by event.AgentID, reason string) error {
	b.change.Settings, b.change.Counts = true, true
	if to, ok := body.(event.BroadcastState); !ok || to.Why == "" { // what a person did; that the program was second is nobody's
		b.change.Notices = append(b.change.Notices, Notice{Kind: NoticeRefused, Text: reason, By: by, Action: body, Op: id})
	}
	if err := b.exec("delete from intent_publication where id = ?", string(id)); err != nil {
		return err
	}
	if d, ok := body.(event.Broadcast); ok {
		return b.broadcastRefused(d.ID, reason)
	}
	return nil
}

func (b *batch) refusedNote(id provider.OpID, reason string) error {
	failure, err := encode(&provider.Error{Op: "publish", Reason: provider.Invalid, Text: reason})
	if err != nil {
		return err
	}
	return b.exec("update message set job = 'failed', error = ?, rev = rev + 1 where op = ?", failure, string(id))
}

// refusedSend takes back what a person decided about a send, unless the network
// has spoken since. Where the log has no word of the send either, the person's
// own stays.
func (b *batch) refusedSend(id provider.OpID, s event.SendState) error {
	b.change.Publish, b.change.Counts = true, true
	if err := b.exec("delete from intent_publication where id = ?", string(id)); err != nil {
		return err
	}
	m, err := b.rowByOp(s.Op)
	if s.State == event.JobScheduled && m != nil && err == nil {
		return b.refusedPlan(m, s)
	}
	decided := s.State == event.JobSent || s.State == event.JobDiscarded
	if m == nil || err != nil || s.Attempt > 0 || !decided || m.job != s.State || m.status != provider.NoStatus {
		return err
	}
	job, failure, err := b.jobInLog(m.key, m.mine != "" || !m.plan.planned())
	if job == "" || err != nil {
		return err
	}
	m.job, m.err, m.since = job, failure, millis(b.s.Now())
	if m.mine != "" {
		m.mine = job
	}
	_, err = b.saveSending(m)
	return err
}

// jobInLog is where the log's last word leaves a send; empty where it has none.
// With wire set, what it last saw on its way is unsure here: this store has given up
// waiting.
func (b *batch) jobInLog(key MessageKey, wire bool) (job event.JobState, failure *provider.Error, err error) {
	err = b.each("select kind, v, body from message_event where message = ? order by seq", []any{int64(key)},
		func(scan func(...any) error) error {
			var kind string
			var version int
			var raw []byte
			if err := scan(&kind, &version, &raw); err != nil {
				return err
			}
			switch e := event.DecodeBody(kind, version, raw).(type) {
			case event.SendState:
				job, failure = e.State, e.Error
			case provider.Receipt:
				job, failure = event.JobSent, nil
			}
			return nil
		})
	if wire && (job == event.JobSending || job == event.JobQueued || job == event.JobHeld) {
		job, failure = event.JobUnsure, nil
	}
	return job, failure, err
}
