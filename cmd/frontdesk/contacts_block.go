package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// errCannotBlock: the team's own word still holds; see store.Standing.
var errCannotBlock = errors.New("this network cannot block anybody through its API")

// blockAtNetwork asks the account's network to keep a customer from writing, or
// to let them. The error is in a person's words.
func (d *desk) blockAtNetwork(ctx context.Context, chat provider.ChatKey, block bool) error {
	if d.capabilitiesOf(chat).Can[provider.CanBlock] <= provider.Absent {
		return errCannotBlock
	}
	p, ok := d.provider(chat.Account)
	if !ok { // another process sends
		var err error
		if p, err = d.senderOf(ctx, chat.Account); err != nil {
			return err
		}
	}
	b, ok := p.(provider.Blocker)
	if !ok {
		return errCannotBlock
	}
	err := b.BlockCustomer(ctx, chat, block)
	var e *provider.Error
	if errors.As(err, &e) && e.Text != "" {
		return errors.New(e.Text)
	}
	return err
}

// senderOf makes an account's sender for one call.
func (d *desk) senderOf(ctx context.Context, id provider.AccountID) (provider.Provider, error) {
	relay, token, err := d.reach(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range d.cfg.Accounts {
		if a.ID == id {
			return a.sender(relay, token, &http.Client{})
		}
	}
	return nil, &fault{what: fmt.Sprintf("this configuration has no inbox %q", id), todo: "add its [[account]] to config.toml"}
}

// blockContact blocks every conversation of a person for the team, then at each
// network that can. What a network refuses is said; the team's own word stands.
func (d *desk) blockContact(ctx context.Context, c store.Conversation, block bool, limit time.Duration) error {
	all, err := d.store.Identities(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read the contact: %w", err)
	}
	var actions []store.Action
	for _, one := range all {
		actions = append(actions, store.Action{Conversation: one.ID, Body: event.Blocked{Blocked: block}})
	}
	if err := d.share(ctx, limit, actions...); err != nil {
		return err
	}
	for _, one := range all {
		err := d.blockAtNetwork(ctx, provider.ChatKey{Account: one.Account, Chat: one.Chat}, block)
		if err != nil {
			fmt.Fprintf(d.env.errs, "frontdesk: %s: done for the team; at the network it was not: %s\n", one.Account, oneLine(err))
			continue
		}
		if err := d.share(ctx, limit, store.Action{Conversation: one.ID, Body: event.Blocked{Blocked: block, Network: true}}); err != nil {
			return err
		}
	}
	return nil
}
