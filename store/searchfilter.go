package store

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"frontdesk/provider"
)

// A FilterError says which filter of a search could not be read, and what it
// takes.
type FilterError struct {
	// Filter is as it was typed.
	Filter string
	// Takes is what may stand after the colon, for a person.
	Takes string
}

func (e *FilterError) Error() string {
	return fmt.Sprintf("%s is not understood: %s", e.Filter, e.Takes)
}

// filter is a condition of a search. of is set for one that a contact has as
// well as a message: it is about the conversation.
type filter struct {
	where string
	args  []any
	of    bool
}

// asked is a search as it was typed: words, and filters beside them.
type asked struct {
	match   string
	filters []filter
}

// where adds the conditions to a query. ofContact leaves no room for what only a
// message has: then no contact is what was asked for.
func (a asked) where(ofContact bool) (sql string, args []any, possible bool) {
	var b strings.Builder
	for _, f := range a.filters {
		if ofContact && !f.of {
			return "", nil, false
		}
		b.WriteString(" and " + f.where)
		args = append(args, f.args...)
	}
	return b.String(), args, true
}

// readSearch takes the filters out of what was typed. A word with a colon whose
// beginning is no filter of ours ("https://…", "10:30") is a word like any other.
func (s *Store) readSearch(typed string) (asked, error) {
	var a asked
	var words []string
	for _, word := range splitQuoted(typed) {
		name, value, ok := strings.Cut(word, ":")
		read := filters[strings.ToLower(name)]
		if !ok || read == nil {
			words = append(words, strings.Trim(word, `"`))
			continue
		}
		if value = strings.Trim(value, `"`); value == "" {
			continue // still being typed
		}
		f, takes := read(s, value)
		if takes != "" {
			return asked{}, &FilterError{Filter: word, Takes: takes}
		}
		a.filters = append(a.filters, f)
	}
	a.match = matchQuery(strings.Join(words, " "))
	return a, nil
}

// splitQuoted splits at spaces outside of quotes; the quotes stay.
func splitQuoted(text string) []string {
	quoted := false
	return strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && unicode.IsSpace(r)
	})
}

// filters reads what stands after each name: a condition over m (message), c
// (conversation) and a (account), or what the filter takes.
var filters = map[string]func(s *Store, value string) (filter, string){
	"from":     fromFilter,
	"to":       toFilter,
	"with":     withFilter,
	"label":    labelFilter,
	"in":       inboxFilter,
	"assigned": assignedFilter,
	"link":     linkFilter,
	"is":       isFilter,
	"has":      hasFilter,
	"before":   beforeFilter,
	"after":    afterFilter,
	"on":       onFilter,
}

// FilterNames are the filters a search knows, in the order they are offered.
func FilterNames() []string {
	return []string{"from", "to", "with", "label", "in", "assigned", "link", "is", "has", "before", "after", "on"}
}

const me = "me"

// fromFilter: who wrote it. The customer's name is asked for with "with".
func fromFilter(s *Store, value string) (filter, string) {
	switch strings.ToLower(value) {
	case "customer":
		return filter{where: "m.direction = 'in'"}, ""
	case me:
		value = string(s.opt.Agent)
	}
	return filter{where: "m.by = ? collate nocase and m.direction <> 'in'", args: []any{value}}, ""
}

// toFilter: what we wrote to somebody, by name, number or reference; or what the
// customer wrote to us.
func toFilter(s *Store, value string) (filter, string) {
	if v := strings.ToLower(value); v == me || v == "us" {
		return filter{where: "m.direction = 'in'"}, ""
	}
	f, takes := withFilter(s, value)
	return filter{where: "m.kind = 'message' and m.direction = 'out' and " + f.where, args: f.args}, takes
}

func withFilter(_ *Store, value string) (filter, string) {
	match := matchQuery(value)
	if match == "" {
		return filter{}, "a name, a number or a reference"
	}
	return filter{where: "c.key in (select rowid from contact_fts where contact_fts match ?)", args: []any{match}, of: true}, ""
}

func labelFilter(_ *Store, value string) (filter, string) {
	return filter{
		where: "exists (select 1 from json_each(c.labels) l where l.value = ? collate nocase)", args: []any{value}, of: true,
	}, ""
}

// inboxFilter: an account by its id or name, or all of a network.
func inboxFilter(_ *Store, value string) (filter, string) {
	return filter{where: "? collate nocase in (a.id, a.name, a.network)", args: []any{value}, of: true}, ""
}

func assignedFilter(s *Store, value string) (filter, string) {
	switch strings.ToLower(value) {
	case "nobody":
		return filter{where: "c.assignee = '' and c.team = ''", of: true}, ""
	case me:
		value = string(s.opt.Agent)
	}
	return filter{where: "? collate nocase in (c.assignee, c.team)", args: []any{value}, of: true}, ""
}

func linkFilter(_ *Store, value string) (filter, string) {
	return filter{where: "json_extract(c.link, '$.ref') = ? collate nocase", args: []any{value}, of: true}, ""
}

// is are the states of a conversation and of a message.
var is = map[string]filter{
	"open":     {where: "c.status = 'open'", of: true},
	"resolved": {where: "c.status = 'resolved'", of: true},
	"snoozed":  {where: "c.status = 'snoozed'", of: true},
	"unread":   {where: "(c.unread > 0 or c.marked > 0)", of: true},
	"waiting":  {where: "c.waiting_since > 0", of: true},
	"blocked":  {where: "json_extract(c.person, '$.blocked') = 1", of: true},
	// The words of message_trouble, so that its index is used.
	"failed": {where: "m.direction = 'out' and m.settled = 0 and (m.job in ('failed', 'unsure') or m.status = 2) and m.job <> 'unsure'"},
	"unsure": {where: "m.direction = 'out' and m.settled = 0 and (m.job in ('failed', 'unsure') or m.status = 2) and m.job = 'unsure'"},
	"note":   {where: "m.kind = 'note'"},
	"edited": {where: "m.edited_at > 0"},
	"later":  {where: "m.job = 'scheduled'"},
}

func isFilter(s *Store, value string) (filter, string) {
	if strings.EqualFold(value, "late") {
		return filter{where: "c.target_at > 0 and c.target_at <= ?", args: []any{millis(s.Now())}, of: true}, ""
	}
	f, ok := is[strings.ToLower(value)]
	if !ok {
		return filter{}, "open, resolved, snoozed, unread, waiting, late, blocked, failed, unsure, note, edited or later"
	}
	return f, ""
}

// has are kinds of content, by the words people say.
var has = map[string][]provider.ContentKind{
	"image":    {provider.Image, provider.Sticker},
	"audio":    {provider.Audio},
	"video":    {provider.Video},
	"document": {provider.Document},
	"file":     {provider.Image, provider.Sticker, provider.Audio, provider.Video, provider.Document},
	"location": {provider.Location},
	"template": {provider.Templated},
	"contact":  {provider.Contacts},
}

func hasFilter(_ *Store, value string) (filter, string) {
	if strings.EqualFold(value, "link") {
		return filter{where: "(m.text like '%http://%' or m.text like '%https://%')"}, ""
	}
	kinds, ok := has[strings.ToLower(value)]
	if !ok {
		return filter{}, "image, audio, video, document, file, location, template, contact or link"
	}
	f := filter{where: "m.content_kind in (?" + strings.Repeat(", ?", len(kinds)-1) + ")"}
	for _, k := range kinds {
		f.args = append(f.args, string(k))
	}
	return f, ""
}

const takesDay = "a day as 2026-11-30, today or yesterday"

// day reads a day by the zone of this machine: it is the agent who says it.
func (s *Store) day(value string) (start time.Time, ok bool) {
	now := s.Now().Local()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch strings.ToLower(value) {
	case "today":
		return today, true
	case "yesterday":
		return today.AddDate(0, 0, -1), true
	}
	start, err := time.ParseInLocation("2006-01-02", value, now.Location())
	return start, err == nil
}

func beforeFilter(s *Store, value string) (filter, string) {
	day, ok := s.day(value)
	if !ok {
		return filter{}, takesDay
	}
	return filter{where: "m.at < ?", args: []any{millis(day)}}, ""
}

// afterFilter takes the day itself in, as people mean it.
func afterFilter(s *Store, value string) (filter, string) {
	day, ok := s.day(value)
	if !ok {
		return filter{}, takesDay
	}
	return filter{where: "m.at >= ?", args: []any{millis(day)}}, ""
}

func onFilter(s *Store, value string) (filter, string) {
	day, ok := s.day(value)
	if !ok {
		return filter{}, takesDay
	}
	return filter{where: "m.at >= ? and m.at < ?", args: []any{millis(day), millis(day.AddDate(0, 0, 1))}}, ""
}
