package store

import (
	"encoding/json"
	"fmt"
	"strings"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// rows are the messages a batch has met, by each of their names: a send, its
// answer and its receipts are often in one batch, and are one row written once.
type rows struct {
	byKey map[MessageKey]*sending
	byOp  map[provider.OpID]*sending
	byID  map[networkID]*sending
	// asked are ids and operations of which the table has no other rows.
	askedID map[provider.MessageID]bool
	askedOp map[provider.OpID]bool
	// fresh are those the table does not have, changed those it has otherwise.
	fresh   []*sending
	changed []*sending
	// before is the newest key before the batch, last the newest. What was read back
	// from a network's history goes above everything, by keys that fall: top is the
	// lowest before the batch, first the lowest, both at most 0.
	before, last, top, first int64
}

// networkID is a network's name of a message: unique within an account.
type networkID struct {
	account int64
	id      provider.MessageID
}

func newRows() rows {
	return rows{
		byKey: map[MessageKey]*sending{}, byOp: map[provider.OpID]*sending{}, byID: map[networkID]*sending{},
		askedID: map[provider.MessageID]bool{}, askedOp: map[provider.OpID]bool{},
	}
}

// meet makes a row known by its names.
func (r *rows) meet(m *sending) {
	r.byKey[m.key] = m
	if m.op != "" {
		r.byOp[m.op] = m
	}
	if m.id != "" {
		r.byID[networkID{m.account, m.id}] = m
	}
}

// change marks a row to be written.
func (r *rows) change(m *sending) {
	if m.fresh != nil || m.dirty {
		return
	}
	m.dirty = true
	r.changed = append(r.changed, m)
}

const selectSending = `select m.key, m.conversation, m.account, coalesce(m.network_id, ''), coalesce(m.op, ''), m.seq, m.by,
	m.direction, m.kind, m.content_kind, m.status, m.job, m.job_since, m.error, m.settled, coalesce(m.retried_by, ''),
	coalesce(j.state, ''), m.direction = 'out' and m.elsewhere <> '', m.due, m.broadcast, m.plan
	from message m left join intent_job j on j.message = m.key`

// meetAll loads the rows a condition finds. One that was met before stays as it
// is: the batch knows better than the table.
func (b *batch) meetAll(condition string, args ...any) error {
	return b.each(selectSending+" where "+condition, args, func(scan func(...any) error) error {
		m := &sending{}
		var failure, plan []byte
		if err := scan(&m.key, &m.conversation, &m.account, &m.id, &m.op, &m.seq, &m.by, &m.direction, &m.kind, &m.content,
			(*int)(&m.status), &m.job, &m.since, &failure, &m.settled, &m.retriedBy, &m.mine, &m.elsewhere,
			&m.due, &m.broadcast, &plan); err != nil {
			return err
		}
		if b.rows.byKey[m.key] != nil {
			return nil
		}
		if failure != nil {
			m.err = &provider.Error{}
			if err := json.Unmarshal(failure, m.err); err != nil {
				return fmt.Errorf("read error of message %d: %w", m.key, err)
			}
		}
		if err := m.plan.read(plan); err != nil {
			return err
		}
		m.counted()
		b.rows.meet(m)
		return nil
	})
}

// row returns the row of a key, or nil.
func (b *batch) row(key MessageKey) (*sending, error) {
	if m, ok := b.rows.byKey[key]; ok {
		return m, nil
	}
	err := b.meetAll("m.key = ?", int64(key))
	return b.rows.byKey[key], err
}

// rowByOp returns the row of an operation, or nil.
func (b *batch) rowByOp(op provider.OpID) (*sending, error) {
	if m, ok := b.rows.byOp[op]; ok || op == "" || b.rows.askedOp[op] {
		return m, nil
	}
	b.rows.askedOp[op] = true
	err := b.meetAll("m.op = ?", string(op))
	return b.rows.byOp[op], err
}

// rowByID returns the row a network's id names in an account, or nil.
func (b *batch) rowByID(account int64, id provider.MessageID) (*sending, error) {
	if m, ok := b.rows.byID[networkID{account, id}]; ok || id == "" || b.rows.askedID[id] {
		return m, nil
	}
	b.rows.askedID[id] = true
	err := b.meetAll("m.network_id = ?", string(id))
	return b.rows.byID[networkID{account, id}], err
}

// newMessage is a row to insert.
type newMessage struct {
	conversation *conversation
	direction    Direction
	kind         MessageKind
	id           provider.MessageID
	op           provider.OpID
	seq          event.Seq
	by           event.AgentID
	content      provider.Content
	replyTo      provider.MessageID
	at, sent     int64
	job          event.JobState
	jobSince     int64
	err          *provider.Error
	retries      provider.OpID
	// elsewhere is who wrote it where that was not through this program; of a
	// customer's message, standby or empty.
	elsewhere string
	partOf    provider.MessageID
	due       int64
	broadcast event.BroadcastID
	plan      keptPlan
	// above has it stand above everything in its thread.
	above bool
	// activityKind and activity are a team fact's kind and body.
	activityKind string
	activity     string
}

// insertMessage returns the new row's key, or 0 where the network's id or the
// operation is there already. The row is written with the batch.
func (b *batch) insertMessage(n newMessage) (MessageKey, error) {
	account := n.conversation.account.key
	if known, err := b.rowByID(account, n.id); known != nil || err != nil {
		return 0, err
	}
	if known, err := b.rowByOp(n.op); known != nil || err != nil {
		return 0, err
	}
	kind := n.content.Kind
	if n.activityKind != "" {
		kind = provider.ContentKind(n.activityKind)
	}
	m := &sending{
		key: b.rows.next(n.above), conversation: n.conversation.key, account: account, id: n.id, op: n.op,
		seq: n.seq, by: n.by, direction: n.direction, kind: n.kind, content: kind, job: n.job, since: n.jobSince, err: n.err,
		elsewhere: n.direction == Outgoing && n.elsewhere != "", due: n.due, broadcast: n.broadcast, plan: n.plan, fresh: &n,
	}
	m.counted()
	if m.answers() {
		n.conversation.base.answers(n.at)
	}
	b.rows.meet(m)
	b.rows.fresh = append(b.rows.fresh, m)
	return m.key, nil
}

// next is a new row's key: behind all there are, or above them.
func (r *rows) next(above bool) MessageKey {
	if above {
		r.first--
		return MessageKey(r.first)
	}
	r.last++
	return MessageKey(r.last)
}

const (
	insertMessages = `insert into message (key, conversation, account, direction, kind, network_id, op, seq, by, content_kind,
	text, indexed, content, reply_to, at, sent_at, status, job, job_since, error, retries, retried_by, settled, activity, elsewhere, part_of,
	due, broadcast, plan) values `
	insertEvents  = "insert into message_event (message, seq, kind, v, at, by, body) values "
	updateMessage = `update message set network_id = ?, seq = ?, by = ?, status = ?, job = ?, job_since = ?, error = ?,
	settled = ?, retried_by = ?, due = ?, plan = ?, rev = rev + 1 where key = ?`
)

// writeRows brings the table in line with the rows of the batch.
func (b *batch) writeRows() error {
	err := bulk(b, insertMessages, "", b.rows.fresh, (*sending).values)
	if err != nil {
		return fmt.Errorf("insert messages: %w", err)
	}
	for _, m := range b.rows.fresh {
		m.fresh = nil
	}
	b.rows.fresh = b.rows.fresh[:0]
	for _, m := range b.rows.changed {
		failure, err := optionalError(m.err)
		if err != nil {
			return err
		}
		plan, err := m.plan.column()
		if err != nil {
			return err
		}
		if err := b.exec(updateMessage, optional(string(m.id)), int64(m.seq), string(m.by), int(m.status), string(m.job),
			m.since, failure, m.settled, optional(string(m.retriedBy)), m.due, plan, int64(m.key)); err != nil {
			return fmt.Errorf("update message: %w", err)
		}
		m.dirty = false
	}
	b.rows.changed = b.rows.changed[:0]
	return nil
}

// values are the columns of insertMessages.
func (m *sending) values(args []any) ([]any, error) {
	text, content, err := splitContent(m.fresh.content)
	if err != nil {
		return nil, err
	}
	failure, err := optionalError(m.err)
	if err != nil {
		return nil, err
	}
	plan, err := m.plan.column()
	if err != nil {
		return nil, err
	}
	return append(args, int64(m.key), m.conversation, m.account, string(m.direction), string(m.kind), optional(string(m.id)),
		optional(string(m.op)), int64(m.seq), string(m.by), string(m.content), text, indexed(&m.fresh.content, text), content,
		optional(string(m.fresh.replyTo)), m.fresh.at, m.fresh.sent, int(m.status), string(m.job), m.since, failure,
		optional(string(m.fresh.retries)), optional(string(m.retriedBy)), m.settled, optional(m.fresh.activity), m.fresh.elsewhere,
		optional(string(m.fresh.partOf)), m.due, string(m.broadcast), plan), nil
}

func optionalError(e *provider.Error) (any, error) {
	if e == nil {
		return nil, nil
	}
	return encode(e)
}

// storedEvent is an event to keep among those behind a message.
type storedEvent struct {
	message MessageKey
	seq     event.Seq
	kind    string
	version int
	at      int64
	by      event.AgentID
	body    string
}

// encodedBody is the body encoded last: one event is often kept twice.
type encodedBody struct {
	seq event.Seq
	raw string
}

// body is an event's body as it was on the wire.
func (b *batch) body(e event.Event) (string, error) {
	if e.Seq != 0 && b.encoded.seq == e.Seq {
		return b.encoded.raw, nil
	}
	raw, err := event.EncodeBody(e.Body)
	if err != nil {
		return "", err
	}
	b.encoded = encodedBody{e.Seq, string(raw)}
	return b.encoded.raw, nil
}

// behind keeps an event among those that made a message what it is.
func (b *batch) behind(key MessageKey, e event.Event) error {
	raw, err := b.body(e)
	if err != nil {
		return err
	}
	b.events = append(b.events, storedEvent{key, e.Seq, e.Kind, e.Version, millis(e.At), e.By, raw})
	return nil
}

func (b *batch) writeEvents() error {
	err := bulk(b, insertEvents, " on conflict do nothing", b.events, func(e storedEvent, args []any) ([]any, error) {
		return append(args, int64(e.message), int64(e.seq), e.kind, e.version, e.at, string(e.by), e.body), nil
	})
	if err != nil {
		return fmt.Errorf("insert events: %w", err)
	}
	b.events = b.events[:0]
	return nil
}

// bulkRows is how many rows go into one statement: the way into SQLite costs
// about as much as a row does.
const bulkRows = 32

// bulk inserts rows many at a time. values appends the columns of one.
func bulk[T any](b *batch, insert, end string, list []T, values func(T, []any) ([]any, error)) error {
	var args []any
	for len(list) > 0 {
		n := 1
		if len(list) >= bulkRows {
			n = bulkRows
		}
		args = args[:0]
		for _, one := range list[:n] {
			var err error
			if args, err = values(one, args); err != nil {
				return err
			}
		}
		if err := b.exec(b.many(insert, end, n, len(args)/n), args...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// many is an insert of n rows of so many columns. There are two texts of each,
// made once, so that each is prepared once.
func (b *batch) many(insert, end string, n, columns int) string {
	at := manyKey{insert, n}
	q, ok := b.w.many[at]
	if !ok {
		one := "(?" + strings.Repeat(", ?", columns-1) + ")"
		q = insert + one + strings.Repeat(", "+one, n-1) + end
		b.w.many[at] = q
	}
	return q
}
