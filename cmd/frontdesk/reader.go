package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// reader is a store opened to be read by a verb, whoever else has it open.
type reader struct {
	store  *store.Store
	cfg    *config
	tables tables
}

// openReader opens the store of a folder. It makes nothing: a folder without a
// store is an error and stays as it was.
func (e environment) openReader(ctx context.Context, dir string) (*reader, error) {
	dir, err := e.folder(dir)
	if err != nil {
		return nil, err
	}
	cfg, err := loadConfig(dir, e.getenv)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "store.db")
	if !store.Exists(path) {
		return nil, &fault{what: "there is no store at " + path, todo: "open the inbox once: frontdesk --dir " + dir}
	}
	s, err := openStore(ctx, path, cfg, time.Now)
	if err != nil {
		return nil, err
	}
	if err := wake(ctx, s); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &reader{store: s, cfg: cfg}, nil
}

// wake brings back what was snoozed until now, for a verb that shows what there is
// and has nobody running who would. A disk that takes nothing is no reason not to
// show it.
func wake(ctx context.Context, s *store.Store) error {
	_, err := s.Wake(ctx)
	if store.IsDisk(err) {
		return nil
	}
	return err
}

func storeOptions(path string, cfg *config, now func() time.Time) store.Options {
	return store.Options{Path: path, Agent: cfg.Agent, Now: now, NewOp: newOp, Window: all.Window, ChatWindow: all.ChatWindow, Direct: cfg.direct, Terminal: cfg.terminal, Erase: eraseFiles(filepath.Dir(path))}
}

func openStore(ctx context.Context, path string, cfg *config, now func() time.Time) (*store.Store, error) {
	s, err := store.Open(ctx, storeOptions(path, cfg, now))
	var broken *store.BrokenError
	var disk *store.DiskError
	switch {
	case errors.As(err, &disk) && disk.Full:
		return nil, &fault{what: "the store cannot be opened: the disk is full", todo: "nothing was changed; make room, then open it again", err: err}
	case errors.Is(err, store.ErrInUse):
		return nil, &fault{what: "another frontdesk is replacing the store", todo: "open it again when that one is done"}
	case errors.As(err, &broken):
		return nil, &fault{
			what: "the store cannot be opened",
			todo: "nothing was changed; open the inbox (or run send): it saves drafts and unsent messages and fetches the rest again", err: err,
		}
	case err != nil:
		return nil, &fault{what: "the store cannot be opened", todo: "nothing was changed; check the disk and who may write there", err: err}
	}
	return s, nil
}

// Close lets go of the store.
func (r *reader) Close() error { return r.store.Close() }

// find returns a conversation by its id, or by a phone number of one of the
// inboxes.
func (r *reader) find(ctx context.Context, name string) (store.Conversation, error) {
	c, err := r.store.Conversation(ctx, event.ConversationID(name))
	if err == nil {
		return c, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return c, fmt.Errorf("find conversation: %w", err)
	}
	for _, a := range r.cfg.Accounts {
		if c, err = r.store.FindConversation(ctx, a.ID, name); err == nil {
			return c, nil
		}
	}
	return c, &fault{what: "there is no conversation " + name, todo: "frontdesk conversations list shows them"}
}

// folder returns the folder to work in: --dir, else FRONTDESK_DIR, else the
// user's configuration folder.
func (e environment) folder(dir string) (string, error) {
	if dir == "" {
		dir = e.getenv("FRONTDESK_DIR")
	}
	if dir == "" {
		base := e.getenv("XDG_CONFIG_HOME")
		if base == "" && e.getenv("HOME") != "" {
			base = filepath.Join(e.getenv("HOME"), ".config")
		}
		if base == "" {
			return "", &fault{what: "there is no folder to work in", todo: "name one with --dir DIR"}
		}
		dir = filepath.Join(base, "frontdesk")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", &fault{what: "the folder " + dir + " has no absolute path", todo: "name another with --dir DIR", err: err}
	}
	return abs, e.mayHoldStore(abs)
}
