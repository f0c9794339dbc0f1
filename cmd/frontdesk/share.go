package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// shareSetting keeps a setting for the team and waits until the team has it. shared is
// false where the relay cannot be reached within limit: then it stays here and goes
// out when it can be.
func (d *desk) shareSetting(ctx context.Context, limit time.Duration, set event.Set) (shared bool, err error) {
	if d.holder {
		if _, err := d.catchUp(ctx, limit); err != nil {
			return false, err
		}
	}
	op, err := d.store.Set(ctx, set)
	if err != nil {
		return false, err
	}
	d.wake()
	patience := time.NewTimer(limit)
	defer patience.Stop()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		waits, err := d.store.Publishing(ctx, op)
		switch {
		case err != nil:
			return false, err
		case !waits:
			return true, d.stands(ctx, set)
		}
		select {
		case <-tick.C:
		case <-patience.C:
			return false, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// stands is an error where the team has something else than what was set: another
// process may have carried it out, so that only what came of it tells.
func (d *desk) stands(ctx context.Context, set event.Set) error {
	list, err := d.store.Settings(ctx, set.What)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(x store.Setting) bool { return x.Name == set.Name })
	if set.Removed() && i < 0 || i >= 0 && bytes.Equal(list[i].Value, set.Value) {
		return nil
	}
	return &fault{what: fmt.Sprintf("%s %s is not what was asked for", set.What, set.Name), todo: "a colleague was faster, or the relay refused it: look at the list"}
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
