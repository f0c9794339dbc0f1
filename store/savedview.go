package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"frontdesk/webhookrelay/event"
)

// SavedView is a view that somebody keeps under a name: the team's, or one agent's
// own. It is the value of an event.SettingView.
type SavedView struct {
	// Title is what it is called.
	Title string `json:"title"`
	Query Query  `json:"query"`
	// Key is the digit that shows it, 1 to 9; 0 for none.
	Key int `json:"key,omitempty"`
	// Agent is whose it is alone; empty for the team.
	Agent event.AgentID `json:"agent,omitempty"`
}

// name is the setting's: one agent's views and the team's do not meet.
func (v SavedView) name() string { return string(v.Agent) + "/" + v.Title }

// SavedViews returns the team's saved views and this agent's own, by key and title.
// One that a newer program wrote and that cannot be read is left out.
func (s *Store) SavedViews(ctx context.Context) ([]SavedView, error) {
	list, err := s.Settings(ctx, event.SettingView)
	if err != nil {
		return nil, err
	}
	var out []SavedView
	for _, x := range list {
		var v SavedView
		if decode(x.Value, &v) != nil || v.Title == "" || v.Agent != "" && v.Agent != s.opt.Agent {
			continue
		}
		out = append(out, v)
	}
	sortViews(out)
	return out, nil
}

// SaveView keeps a view under its title, in the place of one of the same title.
func (s *Store) SaveView(ctx context.Context, v SavedView) error {
	v.Title = strings.TrimSpace(v.Title)
	raw, err := encode(v)
	if err == nil {
		_, err = s.Set(ctx, event.Set{What: event.SettingView, Name: v.name(), Value: []byte(raw)})
	}
	return err
}

// RemoveView forgets a saved view.
func (s *Store) RemoveView(ctx context.Context, v SavedView) error {
	_, err := s.Set(ctx, event.Set{What: event.SettingView, Name: v.name()})
	return err
}

// sortViews puts those with a key first, by it; then by title.
func sortViews(list []SavedView) {
	place := func(v SavedView) int {
		if v.Key == 0 {
			return 10
		}
		return v.Key
	}
	slices.SortStableFunc(list, func(a, b SavedView) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a.Title, b.Title))
	})
}
