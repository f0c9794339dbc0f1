package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Macro is several steps that this agent may have done at once.
type Macro struct {
	// Title is what it is called.
	Title string
	// Owner is whose it is alone; empty for the team's.
	Owner event.AgentID
	event.Macro
	By event.AgentID
	At time.Time
	// Pending is set while the team does not have it yet.
	Pending bool
	// Uses counts how often this agent ran it on this machine, LastUsed says when.
	Uses     int
	LastUsed time.Time
	// Taken is set where another one has its key: the agent's own before the team's,
	// then by name.
	Taken bool
}

// Name is the name of the setting that it is.
func (m *Macro) Name() string { return event.CannedName(m.Owner, m.Title) }

// Same reports whether two are the same macro with the same steps and key: what was
// read before is what is there now.
func (m *Macro) Same(o *Macro) bool {
	return m.Name() == o.Name() && m.Key == o.Key && slices.Equal(m.Steps, o.Steps)
}

// ErrMacroName is a name that holds a slash: it would be taken for somebody's own.
var ErrMacroName = errors.New("a macro's name holds no slash")

// Macros returns this agent's own macros and the team's, by name; of two with the same
// key one has it. A value that is none is left out: another program may have set it.
func (s *Store) Macros(ctx context.Context) ([]Macro, error) {
	all, err := s.Settings(ctx, event.SettingMacro)
	if err != nil {
		return nil, err
	}
	uses, err := s.uses(ctx, event.SettingMacro)
	if err != nil {
		return nil, err
	}
	list := make([]Macro, 0, len(all))
	for _, x := range all {
		owner, title := event.CannedOf(x.Name)
		value, err := event.ReadMacro(x.Value)
		if name, bad := Label(title); err != nil || bad != nil || name != title || owner != "" && owner != s.opt.Agent {
			continue
		}
		used := uses[x.Name]
		list = append(list, Macro{
			Title: title, Owner: owner, Macro: value, By: x.By, At: x.At, Pending: x.Pending, Uses: used.count, LastUsed: used.last,
		})
	}
	slices.SortStableFunc(list, func(a, b Macro) int {
		if (a.Owner == "") != (b.Owner == "") {
			return strings.Compare(string(b.Owner), string(a.Owner))
		}
		return strings.Compare(a.Title, b.Title)
	})
	keys := map[string]bool{}
	for i := range list {
		list[i].Taken = list[i].Key != "" && keys[list[i].Key]
		keys[list[i].Key] = true
	}
	return list, nil
}

// Set is the setting that keeps a macro; one of the same name is replaced. The error is
// a *LabelError, ErrMacroName or a *event.MacroError where it is none.
func (m *Macro) Set() (event.Set, error) {
	title, err := Label(m.Title)
	if err == nil && strings.Contains(title, "/") {
		err = ErrMacroName
	}
	if err == nil {
		err = m.Check()
	}
	if err != nil {
		return event.Set{}, err
	}
	raw, err := encode(m.Macro)
	return event.Set{What: event.SettingMacro, Name: event.CannedName(m.Owner, title), Value: json.RawMessage(raw)}, err
}

// SetMacro keeps a macro to be published. Its errors are Set's too.
func (s *Store) SetMacro(ctx context.Context, m Macro) (provider.OpID, error) {
	set, err := m.Set()
	if err != nil {
		return "", err
	}
	return s.Set(ctx, set)
}

// RemoveMacro takes a macro away from whoever has it.
func (s *Store) RemoveMacro(ctx context.Context, name string) (provider.OpID, error) {
	return s.Set(ctx, event.Set{What: event.SettingMacro, Name: name})
}
