package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"frontdesk/webhookrelay/event"
)

// called returns whom a note calls: the members of the team whose ids stand in its
// text behind an @, in the order of the text. An address in a mail calls nobody.
func (b *batch) called(text string) ([]event.AgentID, error) {
	names := namesIn(text)
	if len(names) == 0 {
		return nil, nil
	}
	team := map[event.AgentID]bool{}
	err := b.each("select id from agent", nil, func(scan func(...any) error) error {
		var id event.AgentID
		err := scan(&id)
		team[id] = true
		return err
	})
	var out []event.AgentID
	for _, name := range names {
		for ; name != "" && !team[event.AgentID(name)]; name = unended(name) {
		}
		if id := event.AgentID(name); id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, err
}

// unended is a name without the dot or dash that ends it: in a sentence it may not
// be part of it. Empty where there is none.
func unended(name string) string {
	if cut := strings.TrimRight(name, ".-_"); cut != name {
		return name[:len(name)-1]
	}
	return ""
}

// namesIn returns the words behind an @ that can be an agent's id, in lower case.
func namesIn(text string) []string {
	var out []string
	before := ' '
	for i, r := range text {
		if r == '@' && !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			rest := text[i+1:]
			end := strings.IndexFunc(rest, func(r rune) bool { return !inName(r) })
			if end < 0 {
				end = len(rest)
			}
			if end > 0 {
				out = append(out, strings.ToLower(rest[:end]))
			}
		}
		before = r
	}
	return out
}

func inName(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_'
}

// fillMentioned tells which rows a note is in that calls this agent, who has not seen it.
func (s *Store) fillMentioned(ctx context.Context, list []Conversation) error {
	at := make(map[event.ConversationID]int, len(list))
	ids := make([]event.ConversationID, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, i
	}
	wanted, err := encode(ids)
	if err != nil {
		return err
	}
	rows, err := s.read.QueryContext(ctx, `select c.id from json_each(?) j join conversation c on c.id = j.value where `+mentionedHere, wanted, string(s.opt.Agent))
	if err != nil {
		return fmt.Errorf("read mentions: %w", err)
	}
	return eachRow(rows, func(scan func(...any) error) error {
		var id event.ConversationID
		err := scan(&id)
		if i, ok := at[id]; ok {
			list[i].Mentioned = true
		}
		return err
	})
}
