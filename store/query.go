package store

import (
	"encoding/json"
	"strings"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Query is a view spelled out: one of the standing ones, narrowed and in an order
// of its own. The zero Query is ViewAll. Its JSON is the value of a saved view.
type Query struct {
	// In is the standing view that is narrowed; empty for ViewAll, or for every
	// conversation where Status says which.
	In View `json:"in,omitempty"`
	// Label, Account, Team: those alone.
	Label   string             `json:"label,omitempty"`
	Account provider.AccountID `json:"account,omitempty"`
	Team    string             `json:"team,omitempty"`
	// Assignee is an agent, AssignedToMe or AssignedToNobody.
	Assignee event.AgentID      `json:"assignee,omitempty"`
	Status   ConversationStatus `json:"status,omitempty"`
	// Text is words of the contact or of a message, as Search takes them.
	Text  string `json:"text,omitempty"`
	Order Order  `json:"order,omitempty"`
}

// Words of Query.Assignee that name no agent: a saved view is everybody's.
const (
	AssignedToMe     event.AgentID = "@me"
	AssignedToNobody event.AgentID = "@nobody"
)

// Order is how a view is sorted; empty for the view's own way.
type Order string

// The orders.
const (
	// OrderNewest: what happened last, first.
	OrderNewest Order = "newest"
	// OrderWaiting: who has waited longest first; after them, who does not wait.
	OrderWaiting Order = "waiting"
	// OrderWindow: the window that closes soonest first; after them, where none is
	// open.
	OrderWindow Order = "window"
	// OrderPriority: the most urgent first.
	OrderPriority Order = "priority"
	// OrderTarget: the target that was missed longest ago, or is missed soonest, first;
	// after them, where none is.
	OrderTarget Order = "target"
)

// Orders are all of them.
func Orders() []Order {
	return []Order{OrderNewest, OrderWaiting, OrderWindow, OrderPriority, OrderTarget}
}

// spelled begins a View that is a Query's JSON.
const spelled = "?"

// View returns the query as a view: a name where it is one of the standing ones.
func (q Query) View() View {
	switch q {
	case Query{}:
		return ViewAll
	case Query{In: q.In}:
		return q.In
	}
	raw, err := encode(q)
	if err != nil {
		return ViewAll // strings alone cannot fail
	}
	return View(spelled + raw)
}

// Query returns a view spelled out. What is no view is its own In, and Conversations
// says so.
func (v View) Query() Query {
	raw, ok := strings.CutPrefix(string(v), spelled)
	if !ok {
		return Query{In: v}
	}
	var q Query
	if err := json.Unmarshal([]byte(raw), &q); err != nil {
		return Query{In: v}
	}
	return q
}

// By returns the view in another order.
func (v View) By(o Order) View {
	q := v.Query()
	q.Order = o
	return q.View()
}

// narrowed adds what a query asks for besides its standing view.
func (s *Store) narrowed(w view, q Query) view {
	add := func(where string, args ...any) {
		w.where += " and " + where
		w.args = append(w.args, args...)
	}
	if q.Label != "" {
		raw, _ := encode(q.Label) // a string
		add("instr(c.labels, ?) > 0 and exists (select 1 from json_each(c.labels) where value = ?)", raw, q.Label)
	}
	if q.Account != "" {
		add("c.account = (select key from account where id = ?)", string(q.Account))
	}
	if q.Team != "" {
		add("c.team = ?", q.Team)
	}
	switch q.Assignee {
	case "":
	case AssignedToMe:
		add("c.assignee = ?", string(s.opt.Agent))
	case AssignedToNobody:
		add("c.assignee = ''")
	default:
		add("c.assignee = ?", string(q.Assignee))
	}
	if q.Status != "" {
		add("c.status = ?", string(q.Status))
	}
	if q.Text == "" {
		return w
	}
	match := matchQuery(q.Text)
	if match == "" { // nothing that could be looked for
		add("0")
		return w
	}
	add(`(c.key in (select rowid from contact_fts where contact_fts match ?)
		or c.key in (select m.conversation from message_fts f join message m on m.key = f.rowid where message_fts match ?))`, match, match)
	return w
}

// never is after every instant.
const never = 1<<63 - 1

// ordered puts a view into an order of its own. Each has a second part, so that
// those whose first is the same are in an order people expect.
func (s *Store) ordered(w view, o Order) view {
	now := millis(s.Now())
	w.sorted = o != "" && o != OrderNewest
	latest := key{sql: "-c.last_at"}
	then := func(c ConversationCursor) int64 { return -c.Then }
	switch o {
	case OrderNewest:
		w.keys, w.up, w.at = []key{{sql: "c.last_at"}}, false, func(c ConversationCursor) []any { return []any{c.At} }
	case OrderWaiting, OrderTarget:
		column := map[Order]string{OrderWaiting: "c.waiting_since", OrderTarget: "c.target_at"}[o]
		w.keys, w.up = []key{{sql: "case " + column + " when 0 then ? else " + column + " end", args: []any{int64(never)}}, latest}, true
		w.at = func(c ConversationCursor) []any {
			if c.At == 0 {
				c.At = never
			}
			return []any{c.At, then(c)}
		}
	case OrderWindow:
		w.keys, w.up = []key{{sql: "case when c.closes_at > ? then c.closes_at else ? end", args: []any{now, int64(never)}}, latest}, true
		w.at = func(c ConversationCursor) []any {
			if c.At <= now {
				c.At = never
			}
			return []any{c.At, then(c)}
		}
	case OrderPriority:
		w.keys, w.up = []key{{sql: "-c.priority"}, latest}, true
		w.at = func(c ConversationCursor) []any { return []any{-c.At, then(c)} }
	}
	return w
}
