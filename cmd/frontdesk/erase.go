package main

import (
	"context"
	"fmt"
	"time"

	"frontdesk/store"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// mostErased is how many ids go to the relay at once.
const mostErased = 200

// contact is the verb `contact erase`.
func (e environment) contact(ctx context.Context, args []string) error {
	f := e.flags("contact erase CONVERSATION")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	yes := f.Bool("yes", false, "do it: it cannot be undone")
	all := f.Bool("all", false, "also every other conversation of the same contact, or with the same phone number")
	limit := f.Duration("timeout", time.Minute, "how long to wait until nothing of the contact is left here")
	words, err := f.parse(args, 2)
	if err != nil {
		return err
	}
	if len(words) != 2 || words[0] != "erase" {
		return &usageError{what: "no contact is named", todo: "frontdesk contact erase CONVERSATION --yes; conversations list shows their ids"}
	}
	folder, err := e.folder(*dir)
	if err != nil {
		return err
	}
	d, err := e.openDesk(ctx, folder)
	if err != nil {
		return err
	}
	defer d.Close()
	r := &reader{store: d.store, cfg: d.cfg}
	c, err := r.find(ctx, words[1])
	if err != nil {
		return err
	}
	targets, err := d.store.Targets(ctx, c.ID, *all)
	if err != nil {
		return fmt.Errorf("find the contact: %w", err)
	}
	if !*yes {
		return &usageError{
			what: fmt.Sprintf("conversation %s and all of its messages, notes and drafts would be erased at the relay and on every terminal, for good", c.ID),
			todo: "say --yes to do it",
		}
	}
	return d.erase(ctx, targets, *limit)
}

// erase publishes the word to erase, and waits until this machine has followed.
func (d *desk) erase(ctx context.Context, targets []store.Target, limit time.Duration) error {
	if d.holder {
		behind, err := d.catchUp(ctx, limit)
		if err != nil {
			return err
		}
		if behind != "" {
			return &fault{what: behind + "; nothing was erased", todo: "try again when it can be used"}
		}
	}
	relay, _, _, err := d.relayClient(ctx)
	if err != nil {
		return err
	}
	last, err := publishErased(ctx, relay, targets)
	if err != nil {
		return err
	}
	if err := d.wiped(ctx, last, limit); err != nil {
		return err
	}
	_, err = fmt.Fprintf(d.env.out, "erased at the relay with event %d, and here; other terminals follow within a minute, or when they connect; what export, save or backup wrote elsewhere is not reached: delete it\n", last)
	return err
}

// publishErased gives the relay the word to erase, and returns the place in the
// log up to which it holds.
func publishErased(ctx context.Context, relay *client.Client, targets []store.Target) (last event.Seq, err error) {
	for len(targets) > 0 {
		n := min(len(targets), mostErased)
		var entries []client.Entry
		for _, t := range targets[:n] {
			entries = append(entries, client.Entry{
				ID: string(newOp()), Account: t.Account, Conversation: t.Conversation, Kind: event.KindErased, Body: event.Erased{},
			})
		}
		targets = targets[n:]
		results, err := relay.Publish(ctx, entries)
		if err != nil {
			return 0, &fault{what: "the relay did not take it", todo: "try again; erasing twice is no harm", err: err}
		}
		for _, r := range results {
			last = max(last, r.Seq)
		}
	}
	return last, nil
}

// eraseContact erases everything of a person, of every network: what the screen
// asks for. Only the relay's answer is waited for.
func (d *desk) eraseContact(ctx context.Context, id event.ConversationID) error {
	targets, err := d.store.Targets(ctx, id, true)
	if err != nil {
		return fmt.Errorf("find the contact: %w", err)
	}
	relay, _, _, err := d.relayClient(ctx)
	if err != nil {
		return err
	}
	_, err = publishErased(ctx, relay, targets)
	return err
}

// wiped waits until no file of this store holds a word of who was erased.
func (d *desk) wiped(ctx context.Context, upTo event.Seq, limit time.Duration) error {
	patience := time.NewTimer(limit)
	defer patience.Stop()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		done, err := d.store.Wiped(ctx, upTo)
		if err != nil || done {
			return err
		}
		select {
		case <-tick.C:
		case <-patience.C:
			return &fault{
				what: fmt.Sprintf("erased at the relay with event %d; this terminal has not followed within %s", upTo, limit),
				todo: "leave the inbox open until frontdesk doctor says that nothing is left",
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
