package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// recipient is whom it goes to: a conversation, or a number or user id that has none
// yet.
func (d *desk) recipient(ctx context.Context, req sendRequest) (store.Conversation, error) {
	if req.conversation != "" {
		c, err := d.store.Conversation(ctx, event.ConversationID(req.conversation))
		if errors.Is(err, store.ErrNotFound) {
			return c, &fault{what: "there is no conversation " + req.conversation, todo: "frontdesk conversations list shows them"}
		}
		return c, err
	}
	account, err := d.account(req.account)
	if err != nil {
		return store.Conversation{}, err
	}
	if strings.HasPrefix(req.to, "@") {
		return d.withUsername(ctx, account, req.to)
	}
	chat := provider.ChatID(strings.TrimSpace(req.to))
	kind := provider.RecipientUser
	if !provider.ScopedUser(string(chat)) {
		digits, err := phoneDigits(req.to)
		if err != nil {
			return store.Conversation{}, err
		}
		chat, kind = provider.ChatID(digits), provider.RecipientNumber
	}
	c, err := d.store.FindConversation(ctx, account, string(chat))
	if !errors.Is(err, store.ErrNotFound) {
		return c, err
	}
	if caps := d.capabilitiesOf(provider.ChatKey{Account: account}); caps == nil || !caps.BeginsWith(kind) {
		return store.Conversation{}, &fault{
			what: fmt.Sprintf("not sent: there is no conversation with them, and this inbox cannot begin one by a %s", kind),
			todo: "wait until they write, or send from another inbox with --account",
		}
	}
	if d.network(account).CallsByNumber() && kind == provider.RecipientNumber {
		chat = provider.ChatID(provider.Canonical(string(chat)))
	}
	return store.Conversation{Account: account, Chat: chat}, nil
}

// withUsername finds whoever was last seen under a user name. Nothing can be sent to the
// name itself: people change it, and another may have it by now.
func (d *desk) withUsername(ctx context.Context, account provider.AccountID, name string) (store.Conversation, error) {
	list, err := d.store.WithUsername(ctx, account, name)
	switch {
	case err != nil:
		return store.Conversation{}, err
	case len(list) == 0:
		return store.Conversation{}, &fault{
			what: fmt.Sprintf("not sent: nobody here was last seen as %q, and no network can be written to by a user name", name),
			todo: "take their number or user id, or wait until they write",
		}
	case len(list) > 1:
		return store.Conversation{}, &fault{
			what: fmt.Sprintf("not sent: %d people here were last seen as %q", len(list), name),
			todo: "name one with --conversation; frontdesk search shows them",
		}
	}
	return d.store.Conversation(ctx, list[0].ID)
}

// linkOf is what the message is tied to: what was asked for, or what the
// conversation is linked to.
func linkOf(c *store.Conversation, rule provider.LinkRule, asked string) (*provider.Link, error) {
	switch {
	case asked == "":
		return c.LinkFor(rule), nil
	case rule.System == "":
		return nil, &fault{what: "this inbox ties a message to nothing", todo: "send it without --link"}
	}
	return &provider.Link{System: rule.System, ID: asked}, nil
}

// phoneDigits accepts a number as people write it and insists on the country
// code: without it a network guesses one, and the message goes to a stranger.
func phoneDigits(s string) (string, error) {
	bare := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "\u00a0", "").Replace(s)
	digits, plus := strings.CutPrefix(bare, "+")
	for _, r := range digits {
		if r < '0' || r > '9' {
			return "", &fault{what: fmt.Sprintf("%q is not a phone number", s), todo: "write it with its country code: +50212345678"}
		}
	}
	if !plus || len(digits) < 7 || len(digits) > 15 {
		return "", &fault{what: fmt.Sprintf("%q has no country code, or not 7 to 15 digits", s), todo: "write it with + and the country code: +50212345678"}
	}
	return digits, nil
}

func (d *desk) network(id provider.AccountID) provider.Network {
	for _, a := range d.cfg.Accounts {
		if a.ID == id {
			return a.Network
		}
	}
	return ""
}

func (d *desk) account(name string) (provider.AccountID, error) {
	var ids []string
	for _, a := range d.cfg.Accounts {
		if name == string(a.ID) || (name == "" && len(d.cfg.Accounts) == 1) {
			return a.ID, nil
		}
		ids = append(ids, string(a.ID))
	}
	return "", &fault{what: "it is not clear which inbox to send from", todo: "say --account and one of: " + strings.Join(ids, ", ")}
}
