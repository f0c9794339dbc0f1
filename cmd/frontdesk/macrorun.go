package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// macroRunJSON is what `macros run --json` prints.
type macroRunJSON struct {
	Macro         string        `json:"macro"`
	Conversations int           `json:"conversations"`
	Messages      []messageJSON `json:"messages"`
	// Actions is how many actions there were, Shared how many of them the team has.
	Actions int `json:"actions"`
	Shared  int `json:"shared"`
}

// runMacro does a macro in conversations, and waits until the team has it and its
// messages are on their way. Where one step cannot be done nothing is.
func (e environment) runMacro(ctx context.Context, name string, conversations []string, req macrosRequest) error {
	d, err := e.openSettings(ctx, req.dir, req.limit)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := wake(ctx, d.store); err != nil {
		return err
	}
	m, err := d.macro(ctx, name, req.mine)
	if err != nil {
		return err
	}
	ids, err := d.found(ctx, conversations)
	if err != nil {
		return err
	}
	watch := d.store.Watch()
	defer watch.Close()
	run, err := d.store.RunMacro(ctx, m, ids, store.MacroDesk{
		Now: d.now().In(time.Local),
		Capabilities: func(account provider.AccountID, chat provider.ChatID) *provider.Capabilities {
			return d.capabilitiesOf(provider.ChatKey{Account: account, Chat: chat})
		},
	})
	if err != nil {
		return d.notRun(err)
	}
	if err := d.store.CountUse(ctx, event.SettingMacro, m.Name()); err != nil {
		return err
	}
	d.wake()
	return e.awaitMacro(ctx, d, watch, &m, run, req)
}

// found are conversations by their ids or numbers, each once.
func (d *desk) found(ctx context.Context, names []string) ([]event.ConversationID, error) {
	r := reader{store: d.store, cfg: d.cfg}
	var ids []event.ConversationID
	seen := map[event.ConversationID]bool{}
	for _, name := range names {
		c, err := r.find(ctx, name)
		if err != nil {
			return nil, err
		}
		if !seen[c.ID] {
			ids, seen[c.ID] = append(ids, c.ID), true
		}
	}
	return ids, nil
}

// notRun words why nothing was done, as the screen does.
func (d *desk) notRun(err error) error {
	var no *store.MacroRefusal
	var refusal *provider.Refusal
	if !errors.As(err, &no) {
		return err
	}
	at := ""
	if errors.As(err, &refusal) {
		at = refusal.Since.Local().Format(time.DateTime)
	}
	who := no.Conversation.Name
	if who == "" {
		who = string(no.Conversation.ID)
	}
	said := d.words.Macros.Refused(no, who, at, d.now())
	return &fault{what: "nothing was done: " + said.Happened, todo: goesOn(said.Do)}
}

// awaitMacro waits for all that a run did, and prints what became of it. The first
// trouble is the one that is told.
func (e environment) awaitMacro(ctx context.Context, d *desk, watch *store.Watch, m *store.Macro, run store.MacroRun, req macrosRequest) error {
	out := macroRunJSON{Macro: m.Title, Conversations: run.Conversations, Messages: []messageJSON{}, Actions: len(run.Ops)}
	until, wait := time.Now().Add(req.limit), ""
	if d.holder {
		wait = "sent" // nobody else will carry it out
	}
	var trouble error
	for _, key := range run.Messages {
		msg, err := d.await(ctx, key, sendRequest{wait: wait, limit: req.limit}, until)
		if msg.Op != "" {
			out.Messages = append(out.Messages, messageRow(msg))
		}
		for _, err := range []error{err, sendFault(msg)} {
			if trouble == nil {
				trouble = err
			}
		}
	}
	for _, op := range run.Ops {
		fate, err := d.awaitFate(ctx, watch, op, time.Until(until))
		if fate == string(store.FateShared) {
			out.Shared++
		}
		if trouble == nil {
			trouble = err
		}
	}
	if err := e.printRun(out, req.json); err != nil {
		return err
	}
	if trouble == nil && out.Shared < out.Actions {
		trouble = unshared(req.limit)
	}
	return trouble
}

func (e environment) printRun(out macroRunJSON, asJSON bool) error {
	if asJSON {
		return printJSON(e.out, out)
	}
	for _, m := range out.Messages {
		if _, err := fmt.Fprintf(e.out, "%s %s\n", m.State, safetext.Line(m.Op)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(e.out, safetext.Line(fmt.Sprintf("%s: %d of %d actions shared, %d conversations", out.Macro, out.Shared, out.Actions, out.Conversations)))
	return err
}
