package store

import (
	"slices"
	"strings"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// QueryError is a word of a filter that means nothing.
type QueryError struct{ Word string }

// Error implements error, for logs.
func (e *QueryError) Error() string { return "a word of the filter is not known" }

// ParseQuery reads a filter as people type it, in the words of a search where both
// have one: view:, label:, in: (an inbox), team:, assigned: (me, nobody), is: (a
// status) and sort:, each with a value, in quotes where it has blanks; every other
// word is looked for in names and messages. The error is a *QueryError.
func ParseQuery(text string) (Query, error) {
	var q Query
	var words []string
	for _, term := range splitQuoted(text) {
		name, value, ok := strings.Cut(term, ":")
		if !ok {
			words = append(words, strings.ReplaceAll(term, `"`, ""))
			continue
		}
		if value = strings.Trim(value, `"`); value == "" || !q.term(strings.ToLower(name), value) {
			return Query{}, &QueryError{Word: term}
		}
	}
	q.Text = strings.Join(words, " ")
	return q, nil
}

func (q *Query) term(name, value string) bool {
	switch name {
	case "view":
		q.In = View(strings.ToLower(value))
		return slices.Contains(allViews, q.In)
	case "label":
		q.Label = value
	case "in":
		q.Account = provider.AccountID(value)
	case "team":
		q.Team = value
	case "assigned":
		q.Assignee = assignee(value)
	case "is":
		q.Status = ConversationStatus(strings.ToLower(value))
		return slices.Contains([]ConversationStatus{StatusOpen, StatusPending, StatusSnoozed, StatusResolved}, q.Status)
	case "sort":
		q.Order = Order(strings.ToLower(value))
		return slices.Contains(Orders(), q.Order)
	default:
		return false
	}
	return true
}

func assignee(value string) event.AgentID {
	switch value = strings.TrimPrefix(value, "@"); value {
	case "me":
		return AssignedToMe
	case "nobody":
		return AssignedToNobody
	}
	return event.AgentID(value)
}

// Filter is the query as ParseQuery reads it.
func (q Query) Filter() string {
	var out []string
	add := func(name, value string) {
		if value == "" {
			return
		}
		if strings.ContainsAny(value, " \t") {
			value = `"` + value + `"`
		}
		out = append(out, name+":"+value)
	}
	add("view", string(q.In))
	add("label", q.Label)
	add("in", string(q.Account))
	add("team", q.Team)
	add("assigned", strings.TrimPrefix(string(q.Assignee), "@"))
	add("is", string(q.Status))
	add("sort", string(q.Order))
	if q.Text != "" {
		out = append(out, q.Text)
	}
	return strings.Join(out, " ")
}
