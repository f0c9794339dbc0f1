package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// ask has a chat's network asked for something besides sending: by the relay, or by
// this terminal where it holds the account's own token. What is read back of a history
// is in the relay's log when it returns. The error is in a person's words.
func (d *desk) ask(ctx context.Context, c provider.Call) (provider.Answer, error) {
	p, err := d.asked(ctx, c.Chat.Account)
	if err != nil {
		return provider.Answer{}, err
	}
	a, err := provider.Make(ctx, p, c, d.now)
	var e *provider.Error
	switch {
	case errors.As(err, &e) && e.Text != "":
		return a, errors.New(e.Text)
	case err != nil || a.Past == nil || !d.direct(c.Chat.Account):
		return a, err
	}
	return a, d.keepPast(ctx, c.Chat, &a)
}

// asked is whom an account's calls are made with.
func (d *desk) asked(ctx context.Context, id provider.AccountID) (provider.Provider, error) {
	if p, ok := d.provider(id); ok {
		return p, nil
	}
	return d.senderOf(ctx, id) // another process sends
}

// direct reports whether this terminal calls the account's network itself.
func (d *desk) direct(id provider.AccountID) bool {
	for _, a := range d.cfg.Accounts {
		if a.ID == id {
			return a.Direct
		}
	}
	return false
}

// pastAtOnce is how many facts of a history go to the relay in one request: each may be
// long, and the request may not.
const pastAtOnce = 20

// keepPast gives the team what of a page of history the store has not. The relay takes
// of a terminal only what is long past, so that nobody can invent news: what is younger
// than a day comes by the account's webhook, or is sent by whoever polls.
func (d *desk) keepPast(ctx context.Context, chat provider.ChatKey, a *provider.Answer) error {
	conv, err := d.store.FindConversation(ctx, chat.Account, string(chat.Chat))
	if err != nil {
		return fmt.Errorf("find the conversation: %w", err)
	}
	ours, err := d.oursIn(ctx, conv.ID)
	if err != nil {
		return err
	}
	page := provider.SortPast(chat.Chat, a.Events, d.now(), ours.has)
	a.Past.Found, a.Past.Odd = page.Found, page.Odd
	var entries []client.Entry
	for _, e := range page.Events {
		if !event.PastFact(e.Body) {
			continue
		}
		sum := sha256.Sum256([]byte(e.ID))
		entries = append(entries, client.Entry{
			ID: "past:" + hex.EncodeToString(sum[:16]), Account: chat.Account, Conversation: conv.ID, Kind: e.Body.Kind(), Body: e.Body,
		})
	}
	relay, token, err := d.reach(ctx)
	if err != nil {
		return err
	}
	c, err := client.New(client.Options{URL: relay, Token: token, Now: d.clock, Logger: d.log, HTTP: &http.Client{}})
	if err != nil {
		return err
	}
	for len(entries) > 0 {
		n := min(len(entries), pastAtOnce)
		results, err := c.Publish(ctx, entries[:n])
		if err != nil {
			return &fault{what: "the relay did not take what was read back", todo: "try again when it can be reached", err: err}
		}
		for _, r := range results {
			if !r.Duplicate {
				a.Past.New++
			}
		}
		entries = entries[n:]
	}
	return nil
}

// sentHere are the messages of ours that a thread shows.
type sentHere struct{ list []store.Message }

// lookedBack is how many rows of a thread are compared with a history.
const lookedBack = 1000

func (d *desk) oursIn(ctx context.Context, id event.ConversationID) (*sentHere, error) {
	list, err := d.store.Messages(ctx, id, store.MessageCursor{}, lookedBack)
	if err != nil {
		return nil, err
	}
	o := &sentHere{}
	for _, m := range list {
		if m.Direction == store.Outgoing && m.Kind == store.KindMessage && m.Job == event.JobSent {
			o.list = append(o.list, m)
		}
	}
	return o, nil
}

// has reports whether the thread has it: under the network's id or, where that gave
// none, by its words about its time.
func (o *sentHere) has(m provider.MessageSent) bool {
	const within = 5 * time.Minute
	for i := range o.list {
		row := &o.list[i]
		byWords := row.ID == "" && row.Content.Kind == provider.Text && row.Content.Text == m.Content.Text && row.JobSince.Sub(m.SentAt).Abs() <= within
		if row.ID == m.Message && m.Message != "" || byWords {
			if byWords {
				row.Content.Text = "" // each stands for one
			}
			return true
		}
	}
	return false
}
