package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// storeVerb is the verbs about the store itself.
func (e environment) storeVerb(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "rebuild":
			return e.storeRebuild(ctx, args[1:])
		case "events":
			return e.storeEvents(ctx, args[1:])
		case "aside":
			return e.storeAside(ctx, args[1:])
		}
	}
	return &usageError{what: "store knows rebuild, events and aside", todo: "frontdesk store rebuild --help tells the flags"}
}

// salvage saves what exists nowhere else out of a broken store and says so.
func (e environment) salvage(ctx context.Context, cfg *config, clock func() time.Time, broken *store.BrokenError) error {
	path := filepath.Join(cfg.dir, "store.db")
	release, held, err := store.Lock(path)
	if err != nil {
		return &fault{what: "the store is broken, and its lock cannot be taken", todo: "check who may write in " + cfg.dir, err: err}
	}
	if held {
		return &fault{what: "the store is broken: " + broken.Why, todo: "close the frontdesk that has it open, and open it again"}
	}
	defer release()
	saved, err := store.Salvage(ctx, storeOptions(path, cfg, clock), broken)
	if errors.Is(err, store.ErrInUse) {
		return &fault{what: "the store is broken: " + broken.Why, todo: "close every frontdesk that has it open, and open it again"}
	}
	if err != nil {
		return &fault{what: "the store is broken and could not be salvaged", todo: "keep the folder " + cfg.dir + " and check the disk", err: err}
	}
	_, err = fmt.Fprintln(e.errs, safetext.Line(fmt.Sprintf(
		"frontdesk: the store was broken: %s; %s; the rest is fetched again from the relay, and the old file stays as store.db.broken-…", broken.Why, saved)))
	return err
}

// storeRebuild fetches every fact again. Until all are here the old store stays
// in use, and where the relay cannot be had nothing is changed.
func (e environment) storeRebuild(ctx context.Context, args []string) error {
	f := e.flags("store rebuild")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	folder, err := e.folder(*dir)
	if err != nil {
		return err
	}
	cfg, err := loadConfig(folder, e.getenv)
	if err != nil {
		return err
	}
	path := filepath.Join(folder, "store.db")
	if !store.Exists(path) {
		return &fault{what: "there is no store at " + path, todo: "open the inbox once: frontdesk --dir " + folder}
	}
	release, held, err := store.Lock(path)
	if err != nil {
		return &fault{what: "the store's lock cannot be taken", todo: "check who may write in " + folder, err: err}
	}
	if held {
		return &fault{what: "another frontdesk has " + folder + " open", todo: "close it first"}
	}
	defer release()
	d := &desk{cfg: cfg, env: e, clock: time.Now, holder: true}
	if err := d.openLog(); err != nil {
		return err
	}
	defer d.Close()
	var at store.Cursor
	saved, err := store.Rebuild(ctx, storeOptions(path, cfg, time.Now), func(ctx context.Context, s *store.Store) (err error) {
		if err := d.refill(ctx, s); err != nil {
			return err
		}
		at, err = s.Cursor(ctx)
		return err
	})
	if errors.Is(err, store.ErrInUse) {
		return &fault{what: "another frontdesk has " + folder + " open", todo: "close every window on it first"}
	}
	if err != nil {
		return &fault{what: "the store was not rebuilt", todo: "the old one is as it was; try again when the relay can be reached", err: err}
	}
	_, err = fmt.Fprintf(e.out, "rebuilt from the relay's log %s up to event %d; %s\n", safetext.Line(at.Epoch), at.Seq, saved)
	return err
}

// refill fetches everything the relay has into an empty store. A relay that
// cannot be had is an error, not a reason to wait.
func (d *desk) refill(ctx context.Context, s *store.Store) error {
	relay, _, _, err := d.relayClient(ctx)
	if err != nil {
		return err
	}
	ctx, done := context.WithCancelCause(ctx)
	defer done(nil)
	fails := 0
	f := feed.New(feed.Options{Store: s, Client: relay, Now: d.clock, OnState: func(st feed.State) {
		switch {
		case st.Live:
			done(errThere)
		case st.Err != "":
			if fails++; fails > 3 {
				done(errors.New(st.Err))
			}
		}
	}})
	err = f.Run(ctx)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, errThere) {
		return cause
	}
	return err
}

// storeEvents prints the events this store still has, one JSON line each.
func (e environment) storeEvents(ctx context.Context, args []string) error {
	f := e.flags("store events")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	after := f.Int64("after", 0, "the last event the relay still has")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	r, err := e.openReader(ctx, *dir)
	if err != nil {
		return err
	}
	defer r.Close()
	last, err := r.store.WriteEvents(ctx, e.out, event.Seq(*after))
	if err != nil {
		return err
	}
	if int64(last) == *after {
		return &fault{what: fmt.Sprintf("no event after %d is here", *after), todo: "ask a terminal that was connected later"}
	}
	return nil
}

// storeAside lists what could not be applied.
func (e environment) storeAside(ctx context.Context, args []string) error {
	f := e.flags("store aside")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	r, err := e.openReader(ctx, *dir)
	if err != nil {
		return err
	}
	defer r.Close()
	const most = 1000
	list, err := r.store.Aside(ctx, most)
	if err != nil {
		return err
	}
	for _, a := range list {
		if _, err := fmt.Fprintf(e.out, "%d  %s  %s\n", a.Seq, safetext.Line(a.Kind), safetext.Line(a.Reason)); err != nil {
			return err
		}
	}
	return nil
}
