package outbox

import (
	"context"
	"errors"
	"fmt"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/client"
)

// status asks what became of a message, unless that is known: it ended, or its
// network tells by itself. What is new is told to the team, and comes back as a
// fact; nothing of it is about somebody who was erased meanwhile.
func (i *inquiry) status(ctx context.Context, k *asker, s store.AcceptedSend) answer {
	a := answer{asker: k, op: s.Op}
	if known, err := i.Store.Receipts(ctx, s.Op); err != nil || known.Posted || known.Status.Ends() {
		a.done, a.err = err == nil || errors.Is(err, store.ErrNotFound), unlessGone(err)
		return a
	}
	var events []provider.Event
	if e := provider.Ask(ctx, "status", func(ctx context.Context) (err error) {
		events, err = k.statuses.MessageStatus(ctx, s.Chat, s.Message)
		return err
	}); e != nil {
		a.err = e
		return a
	}
	known, err := i.Store.Receipts(ctx, s.Op)
	if err != nil {
		a.done, a.err = errors.Is(err, store.ErrNotFound), unlessGone(err)
		return a
	}
	var news []client.Entry
	for _, e := range events {
		r, ok := e.Body.(provider.Receipt)
		if !ok || r.Message != s.Message || r.Status == provider.NoStatus {
			continue
		}
		a.done = a.done || r.Status.Ends()
		if known.Status.Merge(r.Status) != known.Status {
			// The same from every terminal that asks, and from one that asks twice.
			id := fmt.Sprintf("asked:%s:%s", s.Op, r.Status)
			news = append(news, client.Entry{ID: id, Account: k.account, Conversation: s.Conversation, Kind: r.Kind(), Body: r})
		}
	}
	if a.err = i.tell(ctx, news...); a.err != nil {
		a.done = false
	}
	return a
}

func unlessGone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
