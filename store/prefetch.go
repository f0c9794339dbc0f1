package store

import (
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// named is the names a run of facts uses.
type named struct {
	conversations map[event.ConversationID]bool
	ids           map[provider.MessageID]bool
	ops           map[provider.OpID]bool
}

// prefetch loads everything a run of facts will ask for by name, each kind in
// one question: what it finds is in the batch, and what it does not is known
// not to be there.
func (b *batch) prefetch(events []event.Event) error {
	n := named{map[event.ConversationID]bool{}, map[provider.MessageID]bool{}, map[provider.OpID]bool{}}
	for _, e := range events {
		n.add(e)
	}
	if len(n.conversations) > 0 {
		if err := b.find(keys(n.conversations)); err != nil {
			return err
		}
	}
	if err := b.meetNamed(n); err != nil {
		return fmt.Errorf("load messages: %w", err)
	}
	return nil
}

func (n named) add(e event.Event) {
	if e.Conversation != "" {
		n.conversations[e.Conversation] = true
	}
	switch body := e.Body.(type) {
	case provider.MessageReceived:
		n.message(body.Message, "")
	case provider.MessageReacted:
		n.message(body.Message, "")
	case provider.MessageSent:
		n.message(body.Message, body.Op)
	case provider.MessageEdited:
		n.message(body.Message, "")
	case provider.MessageRevoked:
		n.message(body.Message, "")
	case provider.Receipt:
		n.message(body.Message, body.Op)
	case event.SendState:
		n.message(body.Message, body.Op)
		n.message("", body.Retries)
	case event.Noted:
		n.message("", provider.OpID(e.ID))
	}
}

func (n named) message(id provider.MessageID, op provider.OpID) {
	if id != "" {
		n.ids[id] = true
	}
	if op != "" {
		n.ops[op] = true
	}
}

func (b *batch) meetNamed(n named) error {
	if len(n.ids) > 0 {
		wanted, err := encode(keys(n.ids))
		if err != nil {
			return err
		}
		if err := b.meetAll("m.network_id in (select value from json_each(?))", wanted); err != nil {
			return err
		}
	}
	if len(n.ops) > 0 {
		wanted, err := encode(keys(n.ops))
		if err != nil {
			return err
		}
		if err := b.meetAll("m.op in (select value from json_each(?))", wanted); err != nil {
			return err
		}
	}
	b.rows.askedID, b.rows.askedOp = n.ids, n.ops
	return nil
}

func keys[K comparable](m map[K]bool) []K {
	list := make([]K, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}
