package store

import (
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// wait keeps a receipt or reaction whose message has not come. One about
// somebody who was erased waits for nothing.
func (b *batch) wait(e event.Event, id provider.MessageID, op provider.OpID) error {
	if gone, err := b.isErased(e.Conversation); gone || err != nil {
		return err
	}
	a, err := b.account(e.Account)
	if err != nil {
		return err
	}
	raw, err := b.body(e)
	if err != nil {
		return err
	}
	b.waiting = true
	return b.exec(`insert into waiting (seq, account, network_id, op, kind, at, by, body, conversation)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)`, int64(e.Seq), a.key, optional(string(id)), optional(string(op)), e.Kind,
		millis(e.At), string(e.By), raw, string(e.Conversation))
}

// adopt applies what waited for a message that is known now, in the order it
// came. It is called whenever a row learns its network id or its operation.
func (b *batch) adopt(key MessageKey, account int64, id provider.MessageID, op provider.OpID) error {
	if !b.waiting || (id == "" && op == "") {
		return nil
	}
	events, err := b.waitingFor(account, id, op)
	if err != nil {
		return fmt.Errorf("read waiting facts: %w", err)
	}
	for _, e := range events {
		if err := b.exec("delete from waiting where seq = ?", int64(e.Seq)); err != nil {
			return err
		}
	}
	for _, e := range events {
		if err := b.adoptOne(key, e); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) adoptOne(key MessageKey, e event.Event) error {
	switch body := e.Body.(type) {
	case provider.Receipt:
		return b.receiptOf(key, e, body)
	case provider.MessageReacted:
		return b.react(key, e, body.Emoji, storedReaction{From: string(body.From.User), Emoji: body.Emoji})
	case provider.MessageEdited:
		return b.editedOf(key, e, body)
	case provider.MessageRevoked:
		return b.revokedOf(key, e, body)
	case provider.ReceiptsTo:
		return b.receiptsTo(e, body)
	case event.SendState:
		return b.react(key, e, body.Content.Reaction.Emoji, storedReaction{Emoji: body.Content.Reaction.Emoji, Out: true})
	}
	return nil
}

func (b *batch) waitingFor(account int64, id provider.MessageID, op provider.OpID) ([]event.Event, error) {
	var events []event.Event
	err := b.each(`select seq, kind, at, by, body from waiting
		where account = ? and (network_id = ? or op = ?) order by seq`,
		[]any{account, optional(string(id)), optional(string(op))}, func(scan func(...any) error) error {
			var e event.Event
			var at int64
			var raw []byte
			if err := scan(&e.Seq, &e.Kind, &at, &e.By, &raw); err != nil {
				return err
			}
			e.At, e.Version, e.Body = instant(at), 1, event.DecodeBody(e.Kind, 1, raw)
			events = append(events, e)
			return nil
		})
	return events, err
}
