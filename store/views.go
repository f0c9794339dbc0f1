package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// closingWithin is how near its end a window must be for ViewClosing.
const closingWithin = time.Hour

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

// Conversations returns up to n rows of a view after a place in its order. The
// zero cursor is the top.
func (s *Store) Conversations(ctx context.Context, v View, after ConversationCursor, n int) ([]Conversation, error) {
	return s.list(ctx, v, after, false, need{}, n)
}

// ConversationsBefore returns up to n rows right before a place, in the view's
// order.
func (s *Store) ConversationsBefore(ctx context.Context, v View, before ConversationCursor, n int) ([]Conversation, error) {
	rows, err := s.list(ctx, v, before, true, need{}, n)
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
	return rows, err
}

// NextNeeding returns the next conversation of a view, forward or back, that
// needs somebody: unread, marked, waiting, back from a snooze, with a failed or
// unsure send, or with a scheduled one that did not go by itself; or this agent: a
// note calls them, or they follow it and something happened since they looked.
// ErrNotFound where there is none.
func (s *Store) NextNeeding(ctx context.Context, v View, after ConversationCursor, forward bool) (Conversation, error) {
	needing := need{where: `(c.unread > 0 or c.marked > 0 or c.waiting_since > 0 or c.failed > 0 or c.unsure > 0
		or (c.status = 'open' and c.snoozed_until > 0) or exists (
		select 1 from message w where w.conversation = c.key and w.job = 'scheduled' and coalesce(w.plan ->> 'hold', '') <> '') or ` +
		mentionedHere + " or " + movedFollowed + ")"}
	needing.args = []any{string(s.opt.Agent), string(s.opt.Agent)}
	rows, err := s.list(ctx, v, after, !forward, needing, 1)
	if err != nil || len(rows) == 0 {
		return Conversation{}, errors.Join(err, missing(len(rows)))
	}
	return rows[0], nil
}

func missing(n int) error {
	if n == 0 {
		return ErrNotFound
	}
	return nil
}

func (s *Store) list(ctx context.Context, v View, from ConversationCursor, backwards bool, also need, n int) ([]Conversation, error) {
	view, err := s.view(v)
	if err != nil {
		return nil, err
	}
	q, args := view.query(from, backwards, also, n)
	rows, err := s.conversations(ctx, q, args...)
	if err != nil {
		return nil, fmt.Errorf("read view %s: %w", v, err)
	}
	return rows, nil
}

func (s *Store) conversations(ctx context.Context, q string, args ...any) ([]Conversation, error) {
	rows, err := s.read.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	var list []Conversation
	err = eachRow(rows, func(scan func(...any) error) error {
		c, err := scanConversation(scan)
		list = append(list, c)
		return err
	})
	if err == nil {
		err = s.fillMentioned(ctx, list)
	}
	return list, err
}

// Holds reports whether a view holds a conversation now, wherever in its order.
func (s *Store) Holds(ctx context.Context, v View, id event.ConversationID) (bool, error) {
	view, err := s.view(v)
	if err != nil {
		return false, err
	}
	var holds bool
	q, args := view.holds(id)
	err = s.read.QueryRowContext(ctx, q, args...).Scan(&holds)
	if err != nil {
		return false, fmt.Errorf("look for a conversation in view %s: %w", v, err)
	}
	return holds, nil
}

// Conversation returns one row by its id, or by another id that leads to it.
func (s *Store) Conversation(ctx context.Context, id event.ConversationID) (Conversation, error) {
	rows, err := s.conversations(ctx, selectList+` where c.key = (select key from conversation where id = ?1
		union all select conversation from conversation_alias where alias = ?1 limit 1)`, string(id))
	return s.oneJudged(ctx, rows, err)
}

// oneJudged returns the one row there is, and what its person lets us do wherever
// they said it.
func (s *Store) oneJudged(ctx context.Context, rows []Conversation, err error) (Conversation, error) {
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err == nil {
		rows[0].Standing, err = s.standingOf(ctx, rows[0])
	}
	if err != nil {
		return Conversation{}, fmt.Errorf("read conversation: %w", err)
	}
	return rows[0], nil
}

// FindConversation returns an account's conversation with a phone number (a
// plus sign, spaces and dashes do not matter, nor which of its forms it has) or a
// chat as the network names it.
func (s *Store) FindConversation(ctx context.Context, in provider.AccountID, phoneOrChat string) (Conversation, error) {
	for i, name := range spellings(phoneOrChat) {
		c, err := s.named(ctx, in, name, i > 1)
		if !errors.Is(err, ErrNotFound) {
			return c, err
		}
	}
	return Conversation{}, fmt.Errorf("find conversation: %w", ErrNotFound)
}

// named returns the conversation that has this chat or this number. The other form
// of a number is a chat only where the network calls chats by number.
func (s *Store) named(ctx context.Context, in provider.AccountID, name string, variant bool) (Conversation, error) {
	rows, err := s.conversations(ctx, selectList+` where c.key = (
		select c.key from conversation c join account a on a.key = c.account where a.id = ?1 and c.chat = ?2
			and (not ?3 or a.network in ('whatsapp', 'sms'))
		union all select c.key from conversation c join account a on a.key = c.account where a.id = ?1 and c.phone = ?2 and c.phone <> ''
		limit 1)`, string(in), name, variant)
	return s.oneJudged(ctx, rows, err)
}

func scanConversation(scan func(...any) error) (Conversation, error) {
	var c Conversation
	var st state
	var lists rowJSON
	var failure []byte
	var seen int
	var revoked int64
	var scheduled string
	var p struct {
		direction, kind, content, text, by, job sql.NullString
		status                                  sql.NullInt64
	}
	into := append(st.scan(&lists), &c.ID, &c.Pending, &c.Rev, &c.Account, &c.Network, &c.Driver, &c.SeenSeq,
		&seen, &c.Draft, &scheduled, &p.direction, &p.kind, &p.content, &p.text, &p.by, &p.status, &p.job, &failure, &revoked)
	if err := scan(into...); err != nil {
		return Conversation{}, err
	}
	if err := st.decode(&lists); err != nil {
		return Conversation{}, err
	}
	st.row(&c)
	if err := c.scheduled(scheduled); err != nil {
		return Conversation{}, err
	}
	c.New = max(0, st.Inbound-seen)
	c.Preview = Preview{
		Direction: Direction(p.direction.String), Kind: MessageKind(p.kind.String),
		Content: provider.ContentKind(p.content.String), Text: p.text.String, By: event.AgentID(p.by.String),
		Status: provider.Status(p.status.Int64), Job: event.JobState(p.job.String),
		Revoked: revoked != 0,
	}
	var err error
	c.Preview.Error, err = decodeError(failure)
	return c, err
}

// scheduled reads how many messages wait for their time, of them for a person, and
// when the first goes.
func (c *Conversation) scheduled(raw string) error {
	if raw == "[0,0,null]" {
		return nil
	}
	var n [3]int64
	if err := decode([]byte(raw), &n); err != nil {
		return fmt.Errorf("read what is scheduled: %w", err)
	}
	c.Scheduled, c.Held, c.Due = int(n[0]), int(n[1]), instant(n[2])
	return nil
}

func decodeError(raw []byte) (*provider.Error, error) {
	if raw == nil {
		return nil, nil
	}
	e := &provider.Error{}
	if err := decode(raw, e); err != nil {
		return nil, fmt.Errorf("read error of a message: %w", err)
	}
	return e, nil
}

func (c *state) row(r *Conversation) {
	r.Chat, r.Name, r.Phone, r.Username = c.Chat, c.shownName(), c.Phone, c.Username
	r.Language, r.Zone = c.Language, c.Zone
	r.Status, r.StatusSeq, r.Assignee, r.AssigneeSeq = c.Status, c.StatusSeq, c.Assignee, c.AssigneeSeq
	r.Labels, r.LabelsSeq, r.Link, r.LinkSeq = c.Labels, c.LabelsSeq, c.Link, c.LinkSeq
	r.Resolution = c.Resolution
	r.Standing = c.Standing.shown()
	r.Standing.Blocked = c.Person.Blocked
	r.Unread, r.Marked, r.LastSeq = c.Unread, c.Marked, c.LastSeq
	r.LastAt, r.WaitingSince = instant(c.LastAt), instant(c.WaitingSince)
	r.LastInbound, r.Closes = instant(c.LastInbound), instant(c.ClosesAt)
	r.Failed, r.Unsure = c.Failed, c.Unsure
	r.SnoozedUntil, r.Priority, r.PrioritySeq = instant(c.SnoozedUntil), c.Priority, c.PrioritySeq
	r.Team, r.Followers = c.Team, c.Followers
	r.Contact, r.ContactSeq = c.Contact, c.ContactSeq
	r.About, r.Fields = c.Person.About, c.Person.Fields
	r.Blocked, r.NetworkBlocks = c.Person.Blocked, c.Person.Network
	r.OpenedAt = instant(c.OpenedAt)
}
