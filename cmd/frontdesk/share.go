package main

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// unshared is what is kept here after limit, and not the team's yet.
func unshared(limit time.Duration) error {
	return &fault{
		what: "it is done here; the team does not have it after " + limit.String(),
		todo: "it is shared by itself when the relay can be reached and the inbox is open",
	}
}

// share does actions, and waits until the team has each of them. The first that it
// will not have is the error.
func (d *desk) share(ctx context.Context, limit time.Duration, actions ...store.Action) error {
	watch := d.store.Watch()
	defer watch.Close()
	ops := make([]provider.OpID, len(actions))
	for i, a := range actions {
		var err error
		if ops[i], err = d.store.Do(ctx, a); err != nil {
			return fmt.Errorf("keep what is to be done: %w", err)
		}
	}
	d.wake()
	until := time.Now().Add(limit)
	for _, op := range ops {
		fate, err := d.awaitFate(ctx, watch, op, time.Until(until))
		if err != nil {
			return err
		}
		if fate != string(store.FateShared) {
			return unshared(limit)
		}
	}
	return nil
}

// shareSetting keeps a setting for the team and waits until the team has it. shared is
// false where the relay cannot be reached within limit: then it stays here and goes
// out when it can be.
func (d *desk) shareSetting(ctx context.Context, limit time.Duration, set event.Set) (shared bool, err error) {
	watch := d.store.Watch()
	defer watch.Close()
	op, err := d.store.Set(ctx, set)
	if err != nil {
		return false, fmt.Errorf("keep the setting: %w", err)
	}
	d.wake()
	fate, err := d.awaitFate(ctx, watch, op, limit)
	return fate == string(store.FateShared), err
}

// openSettings opens the store to change what the team shares: it knows by then what
// the relay knows, where this process is the one that asks.
func (e environment) openSettings(ctx context.Context, dir string, limit time.Duration) (*desk, error) {
	folder, err := e.folder(dir)
	if err != nil {
		return nil, err
	}
	d, err := e.openDesk(ctx, folder)
	if err != nil {
		return nil, err
	}
	if err := d.hear(ctx, limit); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// hear lets this store know what the relay knows, unless another process sees to it.
func (d *desk) hear(ctx context.Context, limit time.Duration) error {
	if !d.holder {
		return nil
	}
	_, err := d.catchUp(ctx, limit)
	return err
}

// set changes something the team shares, and waits until the team has it.
func (e environment) set(ctx context.Context, dir string, limit time.Duration, s event.Set) error {
	d, err := e.openSettings(ctx, dir, limit)
	if err != nil {
		return err
	}
	defer d.Close()
	shared, err := d.shareSetting(ctx, limit, s)
	if err == nil && !shared {
		err = unshared(limit)
	}
	return err
}

// printShared says what became of a setting.
func (e environment) printShared(what event.Setting, name string, shared, asJSON bool) error {
	state := "kept, not shared yet"
	if shared {
		state = "shared"
	}
	if asJSON {
		return printJSON(e.out, struct {
			What   event.Setting `json:"what"`
			Name   string        `json:"name"`
			Shared bool          `json:"shared"`
		}{what, name, shared})
	}
	_, err := fmt.Fprintf(e.out, "%s %s: %s\n", what, name, state)
	return err
}
