package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"frontdesk/store"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// mostTold is how many differences are named one by one.
const mostTold = 20

// examineDeeply fills a second store from the relay's first event on, up to
// where ours is, and compares every fact of the two.
func (d *desk) examineDeeply(ctx context.Context, c *checkup) {
	differences, n, err := d.compareDeeply(ctx)
	if err != nil {
		c.add(levelWrong, "facts", "try again with the relay in reach", "the relay's log could not be compared: %v", err)
		return
	}
	if len(differences) == 0 {
		c.ok("facts", "all %d facts are those of the relay's log", n)
		return
	}
	for i, text := range differences {
		if i == mostTold {
			c.add(levelWrong, "facts", "frontdesk store rebuild", "and %d more", len(differences)-mostTold)
			return
		}
		c.add(levelWrong, "facts", "frontdesk store rebuild", "%s", text)
	}
}

// told is a fact, short: there may be millions.
type told struct {
	told, known [sha256.Size]byte
	mine        bool
}

func short(f store.Fact) told {
	return told{sha256.Sum256([]byte(f.Told)), sha256.Sum256([]byte(f.Known)), f.Mine}
}

// compareDeeply returns what differs, and how many facts there are.
func (d *desk) compareDeeply(ctx context.Context) (differences []string, n int, err error) {
	relay, _, _, err := d.relayClient(ctx)
	if err != nil {
		return nil, 0, err
	}
	ours := map[string]told{}
	at, err := d.store.Dump(ctx, func(f store.Fact) error {
		ours[f.Name] = short(f)
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	dir, err := os.MkdirTemp(d.cfg.dir, comparedMark)
	if err != nil {
		return nil, 0, err
	}
	defer os.RemoveAll(dir)
	fresh, err := openStore(ctx, filepath.Join(dir, "store.db"), d.cfg, d.clock)
	if err != nil {
		return nil, 0, err
	}
	defer fresh.Close()
	if err := fill(ctx, fresh, relay, at); err != nil {
		return nil, 0, err
	}
	_, err = fresh.Dump(ctx, func(f store.Fact) error {
		n++
		have, ok := ours[f.Name]
		delete(ours, f.Name)
		want := short(f)
		switch {
		case !ok:
			differences = append(differences, "missing here: "+f.Name)
		case have.told != want.told || !have.mine && have.known != want.known:
			differences = append(differences, "different here: "+f.Name)
		}
		return nil
	})
	for name := range ours {
		differences = append(differences, "not in the log: "+name)
	}
	return differences, n, err
}

// errThere ends a walk along the log at the place it was for.
var errThere = errors.New("there")

// fill brings a store to a place in the relay's log.
func fill(ctx context.Context, s *store.Store, relay *client.Client, to store.Cursor) error {
	if to.Seq == 0 {
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var seq event.Seq
	fails := 0
	err := relay.Follow(ctx, func() event.Seq { return seq }, client.Handler{
		Hello: func(ctx context.Context, h client.Hello, offset time.Duration) error {
			if h.Epoch != to.Epoch || h.Head < to.Seq {
				return &fault{what: "the relay's log is another one than the store's, or shorter", todo: "frontdesk store rebuild"}
			}
			return s.Hello(ctx, store.Hello{Epoch: h.Epoch, Key: h.Key, Offset: offset, Head: h.Head})
		},
		Apply: func(ctx context.Context, events []event.Event) error {
			if over := int64(events[len(events)-1].Seq - to.Seq); over > 0 {
				events = events[:max(0, int64(len(events))-over)]
			}
			if err := s.Apply(ctx, events); err != nil {
				cancel(err)
				return err
			}
			seq += event.Seq(len(events))
			if seq >= to.Seq {
				cancel(errThere)
			}
			return nil
		},
		Live: func(live bool, err error) {
			if fails++; !live && fails > 3 {
				cancel(err)
			}
		},
	})
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errThere):
		return nil
	case cause != nil:
		return fmt.Errorf("read the relay's log: %w", cause)
	}
	return err
}
