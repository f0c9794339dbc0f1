package store

import (
	"context"
	"encoding/json"
	"strings"

	"frontdesk/webhookrelay/event"
)

// Nudges returns the names of the team's nudge templates by language, in lower case
// with a dash ("pt-br"); the empty one is for all others.
func (s *Store) Nudges(ctx context.Context) (map[string]string, error) {
	all, err := s.Settings(ctx, event.SettingRule)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, x := range all {
		var value event.Nudge
		if language, ok := event.NudgeOf(x.Name); ok && json.Unmarshal(x.Value, &value) == nil && value.Template != "" {
			out[language] = value.Template
		}
	}
	return out, nil
}

// NudgeFor returns the template for a contact's language: its own, that of the
// language without its region, or the one for all others; empty where there is none.
func NudgeFor(nudges map[string]string, language string) string {
	tag := strings.ToLower(strings.ReplaceAll(language, "_", "-"))
	base, _, _ := strings.Cut(tag, "-")
	for _, l := range []string{tag, base, ""} {
		if name := nudges[l]; name != "" {
			return name
		}
	}
	return ""
}
