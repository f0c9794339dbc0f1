package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Setting is one named thing the whole team shares.
type Setting struct {
	Name  string
	Value json.RawMessage
	By    event.AgentID
	At    time.Time
	// Pending is set while the team does not have it yet.
	Pending bool
}

// errNameless: what has no name cannot be changed later.
var errNameless = errors.New("a setting needs a name")

// Set keeps a setting to be published, and shows it at once to whoever asks this
// store. It returns the operation's id.
func (s *Store) Set(ctx context.Context, set event.Set) (provider.OpID, error) {
	if strings.TrimSpace(set.Name) == "" {
		return "", fmt.Errorf("set %s: %w", set.What, errNameless)
	}
	return s.declare(ctx, "", set)
}

// Rename keeps a setting under its name and takes away the one that it was, both or
// neither. It returns the operation that keeps it.
func (s *Store) Rename(ctx context.Context, was string, set event.Set) (provider.OpID, error) {
	if strings.TrimSpace(set.Name) == "" || was == set.Name {
		return s.Set(ctx, set)
	}
	return s.declare(ctx, "", set, event.Set{What: set.What, Name: was})
}

// Available tells the team whether this agent takes conversations.
func (s *Store) Available(ctx context.Context, state event.Availability) (provider.OpID, error) {
	return s.declare(ctx, "", event.Available{State: state})
}

// declare keeps facts about the team or an account, and of no conversation, to be
// published: all of them or none. It returns the first one's operation.
func (s *Store) declare(ctx context.Context, in provider.AccountID, bodies ...event.Body) (first provider.OpID, err error) {
	return s.declareFrom(ctx, in, event.Expect{}, bodies...)
}

// declareFrom is declare with what nobody else may have changed since.
func (s *Store) declareFrom(ctx context.Context, in provider.AccountID, since event.Expect, bodies ...event.Body) (first provider.OpID, err error) {
	err = s.writeIntent(ctx, func(b *batch) error {
		b.change.Publish, b.change.Counts, b.change.Settings = true, true, true
		for _, body := range bodies {
			op := s.opt.NewOp()
			raw, err := event.EncodeBody(body)
			if err == nil {
				err = b.exec(`insert into intent_publication (id, account, conversation, kind, body, at, aspect, expect) values (?, ?, 0, ?, ?, ?, ?, ?)`,
					string(op), string(in), body.Kind(), string(raw), millis(s.Now()), string(since.Aspect), int64(since.Seq))
			}
			if err != nil {
				return fmt.Errorf("declare %s: %w", body.Kind(), err)
			}
			if first == "" {
				first = op
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return first, nil
}

// Publishing reports whether a fact of ours still waits: for the relay to take it,
// or for the event that it became.
func (s *Store) Publishing(ctx context.Context, op provider.OpID) (bool, error) {
	var waits bool
	err := s.read.QueryRowContext(ctx, "select exists (select 1 from intent_publication where id = ?)", string(op)).Scan(&waits)
	if err != nil {
		return false, fmt.Errorf("read what waits: %w", err)
	}
	return waits, nil
}

// declared ends the wait of a fact of ours that is in the log now.
func (b *batch) declared(e event.Event) error {
	b.change.Settings = true
	return b.exec("delete from intent_publication where id = ? and conversation = 0", e.ID)
}

// set takes the team's last word on a setting.
func (b *batch) set(e event.Event, s event.Set) error {
	if err := b.declared(e); err != nil {
		return err
	}
	b.stop = nil
	if err := b.keepSetting(e, s); err != nil {
		return err
	}
	if s.What == event.SettingTarget || s.What == event.SettingHours {
		return b.retarget()
	}
	return nil
}

func (b *batch) keepSetting(e event.Event, s event.Set) error {
	if s.Removed() {
		return b.exec("delete from setting where what = ? and name = ?", string(s.What), s.Name)
	}
	return b.exec(`insert into setting (what, name, value, by, at, seq) values (?, ?, ?, ?, ?, ?) on conflict (what, name)
		do update set value = excluded.value, by = excluded.by, at = excluded.at, seq = excluded.seq`,
		string(s.What), s.Name, string(s.Value), string(e.By), millis(e.At), int64(e.Seq))
}

// available is a member's own word; it does not make a member of anybody.
func (b *batch) available(e event.Event, a event.Available) error {
	if err := b.declared(e); err != nil {
		return err
	}
	b.change.List = true
	return b.exec("update agent set available = ?, available_at = ? where id = ?", string(a.State), millis(e.At), string(e.By))
}

// Settings returns what the team shares of one kind, by name: as the log has it,
// with what this store has still to publish on top.
func (s *Store) Settings(ctx context.Context, what event.Setting) ([]Setting, error) {
	byName := map[string]Setting{}
	rows, err := s.read.QueryContext(ctx, "select name, value, by, at from setting where what = ?", string(what))
	if err == nil {
		err = eachRow(rows, func(scan func(...any) error) error {
			var x Setting
			var at int64
			err := scan(&x.Name, (*[]byte)(&x.Value), &x.By, &at)
			x.At = instant(at)
			byName[x.Name] = x
			return err
		})
	}
	if err == nil {
		err = s.pendingSettings(ctx, what, byName)
	}
	if err != nil {
		return nil, fmt.Errorf("read settings %s: %w", what, err)
	}
	list := make([]Setting, 0, len(byName))
	for _, x := range byName {
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b Setting) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func (s *Store) pendingSettings(ctx context.Context, what event.Setting, byName map[string]Setting) error {
	rows, err := s.read.QueryContext(ctx, "select body, at from intent_publication where conversation = 0 and kind = ? order by key", event.KindSet)
	if err != nil {
		return err
	}
	return eachRow(rows, func(scan func(...any) error) error {
		var raw []byte
		var at int64
		if err := scan(&raw, &at); err != nil {
			return err
		}
		set, ok := event.DecodeBody(event.KindSet, 1, raw).(event.Set)
		switch {
		case !ok || set.What != what:
		case set.Removed():
			delete(byName, set.Name)
		default:
			byName[set.Name] = Setting{Name: set.Name, Value: set.Value, By: s.opt.Agent, At: instant(at), Pending: true}
		}
		return nil
	})
}
