package store

import (
	"context"
	"errors"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Cursor is how far into the relay's log this store is.
type Cursor struct {
	// Epoch names the log; empty before the first Hello.
	Epoch string
	Seq   event.Seq
	// Hash is the chain's at Seq, as the relay told it; empty where it did not.
	Hash string
}

// Cursor returns how far the store is.
func (s *Store) Cursor(ctx context.Context) (Cursor, error) {
	var c Cursor
	err := s.read.QueryRowContext(ctx, "select epoch, seq, hash from log").Scan(&c.Epoch, &c.Seq, &c.Hash)
	if err != nil {
		return Cursor{}, fmt.Errorf("read cursor: %w", err)
	}
	return c, nil
}

// Apply writes a contiguous run of facts and the cursor in one transaction. It
// is the only writer of facts. Events the store has already are skipped, so
// that applying twice is applying once; a run that does not continue the cursor
// is ErrGap and changes nothing. Kinds this program does not know are skipped,
// and a fact it stumbles over is put aside (see Aside); the cursor moves over
// both.
func (s *Store) Apply(ctx context.Context, events []event.Event) error {
	if len(events) == 0 {
		return nil
	}
	err := s.write(ctx, s.facts, func(b *batch) error { return b.guarded(events) })
	if err != nil && theFacts(err) {
		err = s.applyEach(ctx, events)
	}
	if err != nil {
		return fmt.Errorf("apply events %d to %d: %w", events[0].Seq, events[len(events)-1].Seq, err)
	}
	return nil
}

func (b *batch) applyAll(events []event.Event) error {
	var at Cursor
	if _, err := b.get("select epoch, seq from log", nil, &at.Epoch, &at.Seq); err != nil {
		return err
	}
	if at.Epoch == "" {
		return ErrNoHello
	}
	for len(events) > 0 && events[0].Seq <= at.Seq {
		events = events[1:]
	}
	if len(events) == 0 {
		return nil
	}
	if err := b.prefetch(events); err != nil {
		return err
	}
	// First, so that an erasure in this very run finds what came before it.
	if err := b.journal(events); err != nil {
		return err
	}
	for _, e := range events {
		if e.Seq != at.Seq+1 {
			return fmt.Errorf("event %d after %d: %w", e.Seq, at.Seq, ErrGap)
		}
		if err := b.applyOne(e); err != nil {
			return fmt.Errorf("event %d (%s): %w", e.Seq, e.Kind, err)
		}
		at.Seq, at.Hash = e.Seq, e.Hash
	}
	return b.exec("update log set seq = ?, hash = ?", int64(at.Seq), at.Hash)
}

func (b *batch) applyOne(e event.Event) error {
	b.rouse(e)
	switch body := e.Body.(type) {
	case provider.MessageReceived:
		return b.received(e, body)
	case provider.MessageReacted:
		return b.reacted(e, body)
	case provider.Receipt:
		return b.receipt(e, body)
	case provider.Unknown:
		return b.unknown(e, body)
	case provider.TemplateStatusChanged:
		return b.templateStatus(e, body)
	case provider.TemplateChanged:
		return b.templateChanged(e, body)
	case provider.Notice:
		return b.notice(e, body)
	}
	return b.applyStanding(e)
}

// applyStanding: what became of messages by other hands, and how people and
// accounts stand.
func (b *batch) applyStanding(e event.Event) error {
	switch body := e.Body.(type) {
	case provider.MessageSent:
		return b.echoed(e, body)
	case provider.MessageEdited:
		return b.edited(e, body)
	case provider.MessageRevoked:
		return b.revoked(e, body)
	case provider.ReceiptsTo:
		return b.receiptsTo(e, body)
	case provider.IdentityChanged:
		return b.identified(e, body)
	case provider.Consent:
		return b.consented(e, body)
	case provider.Reach:
		return b.reached(e, body)
	case provider.Health:
		return b.health(e, body)
	}
	return b.applyTeam(e)
}

func (b *batch) applyTeam(e event.Event) error {
	switch body := e.Body.(type) {
	case event.SendState:
		return b.sendState(e, body)
	case event.Noted:
		return b.noted(e, body)
	case event.Assigned, event.Resolved, event.Reopened, event.Labeled, event.Linked:
		return b.acted(e, true)
	case event.Snoozed, event.Prioritized, event.Joined, event.Blocked, event.Consented, event.ResolutionTold:
		return b.acted(e, true)
	case event.Described, event.Marked, event.ContactDescribed, event.Followed:
		return b.acted(e, false)
	case event.Rated:
		return b.rated(e, body)
	case event.AccountDefined:
		return b.accountDefined(body.Account)
	case event.AgentDefined:
		return b.agentDefined(body)
	case event.TemplatesListed:
		return b.templatesListed(e, body)
	case event.TemplateManaged:
		return b.templateManaged(e, body)
	case event.Erased:
		return b.erased(e)
	case event.Quarantined:
		return b.quarantined(1)
	case event.Reprocessed:
		return b.quarantined(-1)
	}
	return b.applyShared(e)
}

// applyShared: what the team shares, and what is about no single conversation.
func (b *batch) applyShared(e event.Event) error {
	switch body := e.Body.(type) {
	case event.Set:
		return b.set(e, body)
	case event.Available:
		return b.available(e, body)
	case event.Broadcast:
		return b.broadcastDefined(e, body)
	case event.BroadcastState:
		return b.broadcastStaged(e, body)
	}
	return nil // a newer relay's kind
}

// happened notes on a conversation that an event concerned it.
func (b *batch) happened(c *conversation, e event.Event) {
	c.base.LastSeq = max(c.base.LastSeq, e.Seq)
	b.touch(c)
}

func (b *batch) unknown(e event.Event, u provider.Unknown) error {
	if e.Conversation == "" {
		return nil
	}
	c, err := b.ensure(e.Conversation, e.Account)
	if err != nil {
		return err
	}
	content := provider.Content{Kind: provider.Unsupported, Text: u.Field, Raw: u.Raw}
	key, err := b.insertMessage(newMessage{
		conversation: c, direction: Incoming, kind: KindMessage, seq: e.Seq,
		by: e.By, content: content, at: millis(e.At),
	})
	if err == nil {
		b.happened(c, e)
		c.previewed(key, millis(e.At))
		err = b.behind(key, e)
	}
	return err
}

// quarantined counts what the relay could not read and has not read since.
func (b *batch) quarantined(n int) error {
	b.change.Counts = true
	return b.exec("update log set quarantined = max(0, quarantined + ?)", n)
}

func (b *batch) notice(e event.Event, n provider.Notice) error {
	a, err := b.account(e.Account)
	raw, encoding := encode(n.Error)
	if err := errors.Join(err, encoding); err != nil {
		return err
	}
	b.change.Counts = true
	told := Notice{Kind: NoticeAccount, Account: e.Account, Error: n.Error}
	if n.Error != nil {
		told.Text = n.Error.Text
	}
	b.change.Notices = append(b.change.Notices, told)
	return b.exec("update account set trouble = ?, trouble_at = ? where key = ?", raw, millis(e.At), a.key)
}

func (b *batch) agentDefined(d event.AgentDefined) error {
	b.change.List, b.change.Settings = true, true
	return b.exec(`insert into agent (id, name, role) values (?, ?, ?) on conflict (id)
		do update set name = excluded.name, role = excluded.role`, string(d.Agent), d.Name, string(d.Role))
}

// accountDefined may come after the first messages of the account: the network,
// and with it the window, is known only now.
func (b *batch) accountDefined(d provider.Account) error {
	a, err := b.account(d.ID)
	if err != nil {
		return err
	}
	if err := b.exec("update account set network = ?, driver = ?, name = ?, address = ?, defined = 1 where key = ?",
		string(d.Network), d.Driver, d.Name, d.Address, a.key); err != nil {
		return err
	}
	b.change.List, b.change.Conversations = true, nil
	if a.network == d.Network && a.driver == d.Driver {
		return nil
	}
	a.network, a.driver, a.rule = d.Network, d.Driver, nil
	return b.moveWindows(a)
}
