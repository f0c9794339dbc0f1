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

// Canned is a canned response as this agent is offered it.
type Canned struct {
	// Code is what is typed after the slash.
	Code string
	// Owner is whose it is alone; empty for the team's.
	Owner event.AgentID
	Text  string
	// Files go with it; the relay has them.
	Files []event.CannedFile
	By    event.AgentID
	At    time.Time
	// Pending is set while the team does not have it yet.
	Pending bool
	// Uses counts how often this agent used it on this machine, LastUsed says when.
	Uses     int
	LastUsed time.Time
}

// Name is the name of the setting that it is.
func (c *Canned) Name() string { return event.CannedName(c.Owner, c.Code) }

// What is wrong with a canned response.
var (
	// ErrCode is a short code that cannot be typed after a slash; event.GoodCode
	// says what one is.
	ErrCode = errors.New("a short code is 1 to 32 letters, digits, dots, dashes or underscores")
	// ErrCannedEmpty is one without a text and without a file.
	ErrCannedEmpty = errors.New("a canned response needs a text or a file")
	// ErrCannedFiles is one with more files than go, or with one that cannot be named.
	ErrCannedFiles = fmt.Errorf("a canned response goes with at most %d files of at most %d MB, with plain names", event.MaxCannedFiles, event.MaxCannedFile>>20)
)

// Canned returns this agent's own canned responses and the team's, the ones used
// most first. A value that is none is left out: another program may have set it.
func (s *Store) Canned(ctx context.Context) ([]Canned, error) {
	all, err := s.Settings(ctx, event.SettingCanned)
	if err != nil {
		return nil, err
	}
	uses, err := s.uses(ctx, event.SettingCanned)
	if err != nil {
		return nil, err
	}
	list := make([]Canned, 0, len(all))
	for _, x := range all {
		owner, code := event.CannedOf(x.Name)
		var value event.Canned
		if owner != "" && owner != s.opt.Agent || !event.GoodCode(code) || json.Unmarshal(x.Value, &value) != nil ||
			value.Text == "" && len(value.Files) == 0 || !goodFiles(value.Files) {
			continue
		}
		used := uses[x.Name]
		list = append(list, Canned{
			Code: code, Owner: owner, Text: value.Text, Files: value.Files, By: x.By, At: x.At, Pending: x.Pending, Uses: used.count, LastUsed: used.last,
		})
	}
	slices.SortStableFunc(list, func(a, b Canned) int {
		if a.Uses != b.Uses {
			return b.Uses - a.Uses
		}
		return strings.Compare(a.Code, b.Code)
	})
	return list, nil
}

// Set is the setting that keeps a canned response; one of the same name is replaced.
// The errors are ErrCode, ErrCannedEmpty and ErrCannedFiles where it is none.
func (c *Canned) Set() (event.Set, error) {
	switch {
	case !event.GoodCode(c.Code):
		return event.Set{}, ErrCode
	case strings.TrimSpace(c.Text) == "" && len(c.Files) == 0:
		return event.Set{}, ErrCannedEmpty
	case !goodFiles(c.Files):
		return event.Set{}, ErrCannedFiles
	}
	raw, err := encode(event.Canned{Text: c.Text, Files: c.Files})
	return event.Set{What: event.SettingCanned, Name: c.Name(), Value: json.RawMessage(raw)}, err
}

func goodFiles(files []event.CannedFile) bool {
	return len(files) <= event.MaxCannedFiles && !slices.ContainsFunc(files, func(f event.CannedFile) bool { return !f.Good() })
}

// SetCanned keeps a canned response to be published. Its errors are Set's too.
func (s *Store) SetCanned(ctx context.Context, c Canned) (provider.OpID, error) {
	set, err := c.Set()
	if err != nil {
		return "", err
	}
	return s.Set(ctx, set)
}

// RenameCanned keeps a canned response and takes away the one that it was, both or
// neither. Its errors are Set's too.
func (s *Store) RenameCanned(ctx context.Context, was string, c Canned) (provider.OpID, error) {
	set, err := c.Set()
	if err != nil {
		return "", err
	}
	return s.Rename(ctx, was, set)
}

// RemoveCanned takes a canned response away from whoever has it.
func (s *Store) RemoveCanned(ctx context.Context, name string) (provider.OpID, error) {
	return s.Set(ctx, event.Set{What: event.SettingCanned, Name: name})
}

type usage struct {
	count int
	last  time.Time
}

// uses is how often this agent used what the team shares of one kind, by name.
func (s *Store) uses(ctx context.Context, what event.Setting) (map[string]usage, error) {
	rows, err := s.read.QueryContext(ctx, "select name, uses, last_used from intent_use where what = ?", string(what))
	if err != nil {
		return nil, fmt.Errorf("read uses of %s: %w", what, err)
	}
	out := map[string]usage{}
	err = eachRow(rows, func(scan func(...any) error) error {
		var name string
		var one usage
		var at int64
		err := scan(&name, &one.count, &at)
		one.last = instant(at)
		out[name] = one
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read uses of %s: %w", what, err)
	}
	return out, nil
}

// CountUse counts one more use of a setting by this agent on this machine.
func (s *Store) CountUse(ctx context.Context, what event.Setting, name string) error {
	err := s.writeIntent(ctx, func(b *batch) error {
		b.change.Settings = true
		return b.exec(`insert into intent_use (what, name, uses, last_used) values (?, ?, 1, ?)
			on conflict (what, name) do update set uses = uses + 1, last_used = excluded.last_used`,
			string(what), name, millis(s.Now()))
	})
	if err != nil {
		return fmt.Errorf("count use of %s: %w", what, err)
	}
	return nil
}
