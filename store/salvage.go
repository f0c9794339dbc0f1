package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"frontdesk/internal/durable"
)

// What a store was replaced for: it is part of the old one's name.
const (
	replacedBroken  = "broken"
	replacedRebuilt = "replaced"
)

// Salvage saves out of a broken store what exists nowhere else (drafts, the
// queue, what the team does not have yet, seen marks), as far as it can be
// read, into a new one, and sets the broken one aside as store.db.broken-<time>.
// The new one has no facts: they come again from the relay, and Settle puts
// what was saved into its place. The caller holds the store's Lock; while
// anybody has the store open the error is ErrInUse.
func Salvage(ctx context.Context, opt Options, why error) (Saved, error) {
	release, err := alone(opt.Path)
	if err != nil {
		return Saved{}, fmt.Errorf("salvage store %s: %w", opt.Path, err)
	}
	defer release()
	var broken *BrokenError
	foreign := errors.As(why, &broken) && broken.foreign
	h := newHaul()
	if err := h.read(ctx, opt.Path, foreign); err != nil {
		h.failed["all"] = true
	}
	// What SQLite does not find, or does not believe, may still lie there.
	if err := h.readPages(opt.Path, foreign); err != nil {
		return Saved{}, fmt.Errorf("salvage store %s: %w", opt.Path, err)
	}
	for i := range h.items {
		h.items[i].Stale = true
	}
	saved := h.saved()
	reason := "it could not be read"
	if broken != nil {
		reason = broken.Why
	}
	h.items = append(h.items, carried{What: carriedReport, Text: fmt.Sprintf(
		"The store on this machine was broken: %s. What could be %s. Conversations are fetched again from the relay.", reason, saved)})
	err = makeNew(ctx, opt, h.items, replacedBroken, func(context.Context, *Store) error { return nil })
	if err == nil {
		err = finishSwap(opt.Path, opt.Now())
	}
	if err != nil {
		return saved, fmt.Errorf("salvage store %s: %w", opt.Path, err)
	}
	return saved, nil
}

// Rebuild drops every fact and fetches it again: fill brings an empty store to
// the relay's head. Intent is carried over. Until the new store is complete the
// old one stays as it is; where fill fails nothing was changed. The caller
// holds the store's Lock; while anybody has the store open the error is ErrInUse.
func Rebuild(ctx context.Context, opt Options, fill func(context.Context, *Store) error) (Saved, error) {
	release, err := alone(opt.Path)
	if err != nil {
		return Saved{}, fmt.Errorf("rebuild store: %w", err)
	}
	defer release()
	if err := finishSwap(opt.Path, opt.Now()); err != nil { // that of one that was cut off
		return Saved{}, fmt.Errorf("rebuild store: %w", err)
	}
	if have, err := refuseNewer(ctx, opt.Path); err != nil && !IsBroken(err) {
		return Saved{}, fmt.Errorf("rebuild store: schema %d: %w", have, err)
	}
	h := newHaul()
	err = h.read(ctx, opt.Path, false)
	if err != nil || len(h.lost()) > 0 {
		if err := h.readPages(opt.Path, false); err != nil {
			return Saved{}, fmt.Errorf("rebuild store: %w", err)
		}
	}
	saved := h.saved()
	if err := makeNew(ctx, opt, h.items, replacedRebuilt, func(ctx context.Context, s *Store) error {
		if err := fill(ctx, s); err != nil {
			return err
		}
		return s.Settle(ctx)
	}); err != nil {
		return saved, fmt.Errorf("rebuild store: %w", err)
	}
	if err := finishSwap(opt.Path, opt.Now()); err != nil {
		return saved, fmt.Errorf("rebuild store: %w", err)
	}
	return saved, dropReplaced(opt.Path)
}

func dropReplaced(path string) error {
	old, err := filepath.Glob(globQuote(path) + "." + replacedRebuilt + "-*")
	var errs []error
	for _, name := range old {
		errs = append(errs, os.Remove(name))
	}
	return errors.Join(append(errs, err)...)
}

// makeNew makes a whole store beside the one in use. It gets the name by which
// it will be put in its place only when it is complete and on disk.
func makeNew(ctx context.Context, opt Options, items []carried, why string, fill func(context.Context, *Store) error) (err error) {
	path := opt.Path
	opt.Path = path + ".half"
	opt.Erase = nil // until all facts are here, most files have no name
	defer func() { err = errors.Join(err, removeHalf(opt.Path)) }()
	if err := errors.Join(removeHalf(opt.Path), dropMarkers(path)); err != nil {
		return err
	}
	s, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	err = s.writeIntent(ctx, func(b *batch) error {
		for i := range items {
			raw, err := encode(&items[i])
			if err != nil {
				return err
			}
			if err := b.exec("insert into intent_carried (item) values (?)", raw); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = fill(ctx, s)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	if exists(opt.Path + "-wal") {
		return errors.New("the new store is still open elsewhere")
	}
	if err := durable.SyncFile(opt.Path); err != nil {
		return err
	}
	if err := os.Rename(opt.Path, path+".new-"+why); err != nil {
		return err
	}
	return durable.SyncName(path)
}

func removeHalf(path string) error {
	return errors.Join(removeStore(path), durable.Remove(markerPath(path), swapLock(path)), dropMarkers(path))
}

// dropMarkers removes markers that killed processes had not finished. The caller
// is alone with the store.
func dropMarkers(path string) error {
	half, err := filepath.Glob(globQuote(markerPath(path)) + markerOnItsWay + "*")
	return errors.Join(err, durable.Remove(half...))
}

// ErrInUse: a store is replaced only while nobody has it open, or what they
// write would go to the old file; and nobody opens it while it is replaced.
var ErrInUse = errors.New("another frontdesk has the store open, or is replacing it")

func swapLock(path string) string { return path + ".swap" }

// alone keeps every other process from opening the store.
func alone(path string) (release func(), err error) {
	release, held, err := lockFile(swapLock(path))
	if err == nil && held {
		err = ErrInUse
	}
	return release, err
}

// Remove removes a store for good, with what belongs to it. The error is ErrInUse
// while anybody has it open.
func Remove(path string) error {
	release, err := alone(path)
	if err != nil {
		return fmt.Errorf("remove store %s: %w", path, err)
	}
	defer release()
	if err := errors.Join(removeStore(path), durable.Remove(markerPath(path))); err != nil {
		return fmt.Errorf("remove store %s: %w", path, err)
	}
	return nil
}

// use keeps every other process from replacing the store. A new one that is
// complete is put into its place first.
func use(path string, now time.Time) (release func(), err error) {
	for {
		release, held, err := shareFile(swapLock(path))
		if err == nil && held {
			err = ErrInUse
		}
		if err != nil {
			return nil, err
		}
		if !exists(path+".new-"+replacedBroken) && !exists(path+".new-"+replacedRebuilt) {
			return release, nil
		}
		release()
		if release, err = alone(path); err != nil {
			return nil, err
		}
		err = finishSwap(path, now)
		release()
		if err != nil {
			return nil, err
		}
	}
}

// Exists reports whether there is a store at path, or one that is about to be there:
// what was cut off while it replaced another is finished when it is opened.
func Exists(path string) bool {
	return exists(path) || exists(path+".new-"+replacedBroken) || exists(path+".new-"+replacedRebuilt)
}

// finishSwap puts a new store that is complete in the place of the old one,
// which nobody has open. It may be cut off anywhere, and goes on at the next
// start: as long as the new one has its own name, nothing is read from the old
// place.
func finishSwap(path string, now time.Time) error {
	for _, why := range []string{replacedBroken, replacedRebuilt} {
		fresh := path + ".new-" + why
		if !exists(fresh) {
			continue
		}
		if err := swap(path, fresh, path+"."+why+"-"+now.UTC().Format("20060102T150405")); err != nil {
			return err
		}
	}
	return nil
}

func swap(path, fresh, aside string) error {
	if err := durable.Remove(markerPath(path)); err != nil {
		return err
	}
	for _, beside := range []string{"", "-wal"} {
		if err := os.Rename(path+beside, aside+beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := durable.Remove(path + "-shm"); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	return durable.SyncName(path)
}
