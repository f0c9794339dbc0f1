package store

import (
	"fmt"
	"time"

	"frontdesk/webhookrelay/event"
)

// closingWithin is how near its end a window must be for ViewClosing.
const closingWithin = time.Hour

// dueWithin is how near a target must be for ViewDue.
const dueWithin = time.Hour

// view is a view as SQL. The condition repeats the words of the view's partial
// index: SQLite uses the index only then.
type view struct {
	where string
	args  []any
	// keys are what it is ordered by, before the id; least first where up is set.
	keys []key
	up   bool
	// sorted is set where no index has the rows in order.
	sorted bool
	// at is a place's values of the keys.
	at func(ConversationCursor) []any
}

// key is an expression that a view is ordered by.
type key struct {
	sql  string
	args []any
}

// by orders by one column.
func by(column string) []key { return []key{{sql: "c." + column}} }

// inTrouble repeats the words of message_trouble: sends u that a person has to
// see to.
const inTrouble = "u.direction = 'out' and u.settled = 0 and (u.job in ('failed', 'unsure') or u.status = 2)"

// followUp is the instant of a follow-up in seconds, as view_followup has it.
const followUp = "unixepoch(json_extract(c.resolution, '$.follow_up'))"

func (s *Store) view(v View) (view, error) {
	q := v.Query()
	w := view{where: "1", keys: by("last_at")}
	if q.In == "" && q.Status == "" {
		q.In = ViewAll
	}
	if q.In != "" {
		var ok bool
		if w, ok = s.standing(q.In); !ok {
			return view{}, fmt.Errorf("no view %q", v)
		}
	}
	w.at = func(c ConversationCursor) []any { return []any{c.At} }
	return s.ordered(s.narrowed(w, q), q.Order), nil
}

// standing is one of the standing views; false where there is no such.
func (s *Store) standing(v View) (view, bool) {
	switch v {
	case ViewMine:
		return view{where: "c.status in ('open', 'pending') and c.assignee = ?", args: []any{string(s.opt.Agent)}, keys: by("last_at")}, true
	case ViewUnassigned:
		return view{where: "c.status = 'open' and c.assignee = ''", keys: by("last_at")}, true
	case ViewClosing:
		now := s.Now()
		return view{
			where: "c.status in ('open', 'pending') and c.closes_at > ? and c.closes_at <= ?",
			args:  []any{millis(now), millis(now.Add(closingWithin))}, keys: by("closes_at"), up: true,
		}, true
	case ViewAll:
		return view{where: "c.status <> 'resolved' and c.status <> 'snoozed'", keys: by("last_at")}, true
	case ViewUnread:
		return view{where: "(c.unread > 0 or c.marked > 0) and c.status <> 'snoozed'", keys: by("last_at")}, true
	case ViewResolved:
		return view{where: "c.status = 'resolved'", keys: by("last_at")}, true
	}
	return s.standingByTime(v)
}

// standingByTime are the views of what went wrong and of what is due.
func (s *Store) standingByTime(v View) (view, bool) {
	switch v {
	case ViewFailed:
		return view{where: "(c.failed > 0 or c.unsure > 0)", keys: by("last_at")}, true
	case ViewUnsure:
		return view{
			where: `(c.failed > 0 or c.unsure > 0) and c.unsure > 0 and exists (
				select 1 from message u where u.conversation = c.key and ` + inTrouble + ` and u.job = 'unsure' and u.job_since <= ?)`,
			args: []any{millis(s.Now().Add(-LongUnsure))}, keys: by("last_at"),
		}, true
	case ViewLate:
		return view{
			where: "c.status in ('open', 'pending') and c.target_at > 0 and c.target_at <= ?",
			args:  []any{millis(s.Now())}, keys: by("target_at"), up: true,
		}, true
	case ViewDue:
		return view{
			where: "c.status in ('open', 'pending') and c.target_at > 0 and c.target_at > ? and c.target_at <= ?",
			args:  []any{millis(s.Now()), millis(s.Now().Add(dueWithin))}, keys: by("target_at"), up: true,
		}, true
	case ViewSnoozed:
		return view{where: "c.status = 'snoozed'", keys: by("snoozed_until"), up: true}, true
	case ViewFollowUp:
		return view{
			where: "c.status = 'resolved' and c.resolution <> '{}' and " + followUp + " > 0 and " + followUp + " <= ?",
			args:  []any{s.Now().Unix()}, keys: []key{{sql: followUp}}, up: true,
		}, true
	case ViewMentions:
		return view{where: mentionsMe, args: []any{string(s.opt.Agent)}, keys: by("last_at")}, true
	}
	return view{}, false
}

// need narrows a view.
type need struct {
	where string
	args  []any
}

// movedFollowed: this agent, its one argument, follows it and has not seen the last
// that happened.
const movedFollowed = `(c.followers <> '[]' and c.last_seq > coalesce((select s.seq from intent_seen s where s.conversation = c.key), 0)
	and exists (select 1 from json_each(c.followers) where value = ?))`

// A limit is written "? + 0": SQLite plans a statement with a bare "limit ?"
// again for every call, because the plan might depend on the number.

// query returns the view's rows behind a place in its order, or, backwards,
// before it and in reverse. What has no index in its order is sorted by its keys
// alone, and only the rows that are asked for are read whole.
func (v view) query(from ConversationCursor, backwards bool, also need, n int) (string, []any) {
	args := append([]any{}, v.args...)
	compare := "<"
	if v.up != backwards {
		compare = ">"
	}
	where := v.where
	if from != (ConversationCursor{}) {
		names, marks := "", ""
		for _, k := range v.keys {
			names, marks = names+k.sql+", ", marks+"?, "
			args = append(args, k.args...)
		}
		where += " and (" + names + "c.id) " + compare + " (" + marks + "?)"
		args = append(append(args, v.at(from)...), string(from.ID))
	}
	if also.where != "" {
		where += " and " + also.where
		args = append(args, also.args...)
	}
	order, keys := v.order(backwards)
	args = append(append(args, keys...), n)
	if !v.sorted {
		return selectList + " where " + where + order + " limit ? + 0", args
	}
	first := "select c.key from conversation c where " + where + order + " limit ? + 0"
	return selectList + " where c.key in (" + first + ")" + order, append(args, keys...)
}

// order is the view's, or the reverse of it.
func (v view) order(backwards bool) (sql string, args []any) {
	way := " desc"
	if v.up != backwards {
		way = " asc"
	}
	sql = " order by "
	for _, k := range v.keys {
		sql += k.sql + way + ", "
		args = append(args, k.args...)
	}
	return sql + "c.id" + way, args
}

// holds asks for one conversation, by its own index and not by the view's.
func (v view) holds(id event.ConversationID) (string, []any) {
	return "select exists (select 1 from conversation c where c.id = ? and " + v.where + ")", append([]any{string(id)}, v.args...)
}

// mentionsMe is where a note that this agent, its one argument, has not seen calls
// them. What was seen is kept by conversation, so that no mention has a mark of its own.
const mentionsMe = `c.key in (select n.conversation from mention n left join intent_seen s on s.conversation = n.conversation
	where n.agent = ? and n.seq > coalesce(s.seq, 0))`

// mentionedHere asks the same of the row at hand.
const mentionedHere = `exists (select 1 from mention n left join intent_seen s on s.conversation = n.conversation
	where n.conversation = c.key and n.agent = ? and n.seq > coalesce(s.seq, 0))`

const selectList = `select ` + stateColumns + `, c.id, c.pending, c.rev, a.id, a.network, a.driver, coalesce(seen.seq, 0),
	coalesce(seen.inbound, 0), exists (select 1 from intent_draft d where d.conversation = c.key),
	(select json_array(count(*), count(*) filter (where coalesce(w.plan ->> 'hold', '') <> ''), min(w.due)) from message w
		where w.conversation = c.key and w.job = 'scheduled'),
	m.direction, m.kind, m.content_kind, substr(replace(m.text, char(0), char(65533)), 1, 300), m.by, m.status, m.job, m.error, coalesce(m.revoked_at, 0)
	from conversation c join account a on a.key = c.account
	left join intent_seen seen on seen.conversation = c.key
	left join message m on m.key = c.preview`
