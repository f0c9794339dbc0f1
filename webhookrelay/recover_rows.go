package webhookrelay

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// copyLog brings everything that is whole into the new log, in one transaction:
// what is half made is never a log.
func (done *Recovered) copyLog(ctx context.Context, old oldLog, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, setUnmarked); err != nil {
		return err
	}
	if err := old.copyMeta(ctx, tx); err != nil {
		return err
	}
	if err := done.copyEvents(ctx, old, tx); err != nil {
		return err
	}
	if err := done.copyTables(ctx, old, tx); err != nil {
		return err
	}
	if done.ChangedBodies, err = dropChanged(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

// copyMeta takes over the keys, without which no id and no conversation would
// be known again. The epoch stays the new log's own.
func (old *oldLog) copyMeta(ctx context.Context, tx *sql.Tx) error {
	rows, err := old.db.QueryContext(ctx, "select key, value from meta")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNothingToRecover, err)
	}
	defer func() { _ = rows.Close() }()
	var teamKey []byte
	for rows.Next() {
		var key string
		var value []byte
		if err := rows.Scan(&key, &value); err != nil {
			return fmt.Errorf("%w: %w", ErrNothingToRecover, err)
		}
		switch {
		case key == metaKey:
			teamKey = value
		case key == metaDedupe:
			old.dedupe = value
		case key == metaUnsealed:
		case !strings.HasPrefix(key, metaLast):
			continue
		}
		if _, err := tx.ExecContext(ctx, "insert into meta (key, value) values (?, ?) on conflict do update set value = excluded.value", key, value); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrNothingToRecover, err)
	}
	if len(teamKey) != 32 || len(old.dedupe) != 32 {
		return fmt.Errorf("%w: its keys are gone", ErrNothingToRecover)
	}
	return nil
}

// columns returns the columns of a table in a database, none where it has no
// such table.
func columns(ctx context.Context, db querier, table string) ([]string, error) {
	rows, err := db.QueryContext(ctx, "select name from pragma_table_info(?)", table)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// copyEvents copies every event from the first up to the first that is not what
// was appended there. What can be computed is computed: only what the chain
// covers is believed.
func (done *Recovered) copyEvents(ctx context.Context, old oldLog, tx *sql.Tx) error {
	names, err := columns(ctx, old.db, "event")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNothingToRecover, err)
	}
	digest := "null" // before there were tombstones
	if strings.Contains(strings.Join(names, " "), "digest") {
		digest = "digest"
	}
	rows, err := old.db.QueryContext(ctx, "select seq, dedupe, raw, salt, json, hash, "+digest+" from event order by seq")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNothingToRecover, err)
	}
	defer func() { _ = rows.Close() }()
	before := make([]byte, 32)
	for rows.Next() {
		var e oldEvent
		next := done.Saved + 1
		if err := rows.Scan(&e.seq, &e.dedupe, &e.raw, &e.salt, &e.json, &e.hash, &e.digest); err != nil ||
			e.seq != next || !holds(before, e.seq, e.salt, e.json, e.hash, e.digest) {
			done.Damage = next
			break
		}
		if err := e.insert(ctx, tx, old.dedupe); err != nil {
			return err
		}
		before, done.Saved = e.hash, next
	}
	if rows.Err() != nil && done.Damage == 0 {
		done.Damage = done.Saved + 1
	}
	if done.Saved == 0 {
		return fmt.Errorf("%w: it has no event that is whole", ErrNothingToRecover)
	}
	return nil
}

type oldEvent struct {
	seq                              event.Seq
	raw                              *event.Seq
	dedupe, salt, json, hash, digest []byte
}

func (e oldEvent) insert(ctx context.Context, tx *sql.Tx, key []byte) error {
	var said struct {
		ID           string             `json:"id"`
		Account      provider.AccountID `json:"account"`
		Conversation string             `json:"conversation"`
		Kind         string             `json:"kind"`
	}
	if err := json.Unmarshal(e.json, &said); err != nil {
		return fmt.Errorf("read event %d: %w", e.seq, err)
	}
	if e.digest == nil {
		e.dedupe = dedupeKey(key, said.Account, said.ID)
	}
	if _, err := tx.ExecContext(ctx, "insert into event (seq, dedupe, raw, salt, json, hash, conversation, digest) values (?, ?, ?, ?, ?, ?, nullif(?, ''), ?)",
		int64(e.seq), e.dedupe, e.raw, e.salt, e.json, e.hash, said.Conversation, e.digest); err != nil {
		return fmt.Errorf("save event %d: %w", e.seq, err)
	}
	aspect := event.AspectOf(said.Kind)
	if aspect == event.AspectNone || said.Conversation == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, "insert into aspect (conversation, aspect, seq) values (?, ?, ?) on conflict do update set seq = excluded.seq",
		said.Conversation, string(aspect), int64(e.seq))
	return err
}

// copyTables copies all other tables, as far as they can be read. What hangs on
// a sequence that is not saved is left out.
func (done *Recovered) copyTables(ctx context.Context, old oldLog, tx *sql.Tx) error {
	done.Rows = map[string]int{}
	tables, err := otherTables(ctx, tx)
	if err != nil {
		return err
	}
	if err := done.keepUnsealed(ctx, old, tx); err != nil {
		return err
	}
	for _, table := range tables {
		ours, err := columns(ctx, tx, table)
		if err != nil {
			return err
		}
		theirs, err := columns(ctx, old.db, table)
		if err != nil {
			done.Unread = append(done.Unread, table)
			continue
		}
		n, whole, err := copyTable(ctx, old.db, tx, table, common(ours, theirs), done.Saved)
		if err != nil {
			return fmt.Errorf("save %s: %w", table, err)
		}
		done.Rows[table] = n
		if !whole {
			done.Unread = append(done.Unread, table)
		}
	}
	return nil
}

// keepUnsealed lets the bodies of a log from before they had seals be what they
// are: unsealed, and not changed.
func (done *Recovered) keepUnsealed(ctx context.Context, old oldLog, tx *sql.Tx) error {
	names, err := columns(ctx, old.db, "raw")
	if err != nil || slices.Contains(names, "digest") {
		return nil //nolint:nilerr // then no body is copied, which is told
	}
	_, err = tx.ExecContext(ctx, "update meta set value = ? where key = ?", []byte(strconv.FormatInt(int64(done.Saved), 10)), metaUnsealed)
	return err
}

func otherTables(ctx context.Context, tx *sql.Tx) ([]string, error) {
	rows, err := tx.QueryContext(ctx, "select name from sqlite_schema where type = 'table' and name not in ('meta', 'event', 'aspect') and name not like 'sqlite%' order by name")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, rows.Err()
}

// common are the columns that both have, in the order of the first.
func common(ours, theirs []string) (both []string) {
	for _, c := range ours {
		for _, t := range theirs {
			if c == t {
				both = append(both, c)
			}
		}
	}
	return both
}

// copyTable copies rows until the end or until one cannot be read, which is
// not whole.
func copyTable(ctx context.Context, from querier, tx *sql.Tx, table string, names []string, head event.Seq) (n int, whole bool, err error) {
	if len(names) == 0 {
		return 0, true, nil // the old log did not have it yet
	}
	where := ""
	for _, name := range names {
		if name == "seq" {
			where = fmt.Sprintf(" where seq <= %d", head)
		}
	}
	rows, err := from.QueryContext(ctx, "select "+strings.Join(names, ", ")+" from "+table+where)
	if err != nil {
		return 0, false, nil //nolint:nilerr // it cannot be read, which is told
	}
	defer func() { _ = rows.Close() }()
	insert := "insert into " + table + " (" + strings.Join(names, ", ") + ") values (?" + strings.Repeat(", ?", len(names)-1) + ")"
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if rows.Scan(into...) != nil {
			return n, false, nil
		}
		if _, err := tx.ExecContext(ctx, insert, values...); err != nil {
			return n, false, nil //nolint:nilerr // a row that is not one of this table
		}
		n++
	}
	return n, rows.Err() == nil, nil
}

// giveBack appends the events of a terminal in their places, and makes of them
// what the relay had made: who changed what last, what was erased, and how the
// gateway's operations stand. Those that the log has already are passed over;
// they must be the same. All are appended, or none.
func (l *eventLog) giveBack(ctx context.Context, lines io.Reader) (given event.Seq, err error) {
	var refused error
	_, err = l.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		given = 0
		refused = eventLines(lines, func(line []byte) error {
			var e event.Event
			if err := json.Unmarshal(line, &e); err != nil {
				return fmt.Errorf("%w: a line after %d is no event", ErrGap, t.head.seq)
			}
			if e.Seq <= t.head.seq {
				return t.same(ctx, e)
			}
			if e.Seq != t.head.seq+1 {
				return fmt.Errorf("%w: they go on at %d, and the log ends at %d", ErrGap, e.Seq, t.head.seq)
			}
			given++
			return t.restore(ctx, e)
		})
		return nil, refused
	}})
	if refused != nil {
		return 0, refused
	}
	return given, err
}

// same fails with ErrGap where the log has another event in that place.
func (t *logTx) same(ctx context.Context, e event.Event) error {
	var stored []byte
	if err := t.conn.QueryRowContext(ctx, "select json from event where seq = ?", int64(e.Seq)).Scan(&stored); err != nil {
		return fmt.Errorf("read event %d: %w", e.Seq, err)
	}
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	var was struct {
		Kind string `json:"kind"`
	}
	_ = json.Unmarshal(stored, &was)
	if string(text) == string(stored) || was.Kind == event.KindTombstone || e.Kind == event.KindTombstone {
		return nil // the one may have been erased before the other was read
	}
	return fmt.Errorf("%w: the log has another event at %d", ErrGap, e.Seq)
}

// restore puts the event in the next place, with its own time.
func (t *logTx) restore(ctx context.Context, e event.Event) error {
	if e.Kind == event.KindTombstone {
		return t.restoreTombstone(ctx, e)
	}
	made, err := newEntry(e)
	if err != nil {
		return err
	}
	t.at = timestamp(e.At)
	r, err := t.put(ctx, &made, nil)
	if err != nil {
		return err
	}
	if r.Duplicate {
		return fmt.Errorf("%w: event %d is in the log at %d", ErrGap, e.Seq, r.Seq)
	}
	switch body := e.Body.(type) {
	case provider.Receipt:
		if body.Op != "" {
			return t.proveSent(ctx, body.Op, body.Message)
		}
	case event.SendState:
		return t.restoreOp(ctx, e, body)
	case event.Reprocessed:
		return t.restoreSettled(ctx, body.Quarantined, e.Seq)
	}
	return nil
}

// restoreTombstone puts a tombstone in the next place. What stood there nobody
// knows any more, so that the chain goes on with a digest of nothing.
func (t *logTx) restoreTombstone(ctx context.Context, e event.Event) error {
	tomb := tombstone(e.Seq, e.At)
	digest := randomBytes(32)
	hash := link(t.head.hash, e.Seq, digest)
	res, err := t.conn.ExecContext(ctx, "insert into event (seq, dedupe, salt, json, hash, digest) values (?, ?, ?, ?, ?, ?) on conflict (dedupe) do nothing",
		int64(e.Seq), dedupeKey(t.log.dedupe, "", e.ID), seal(digest, tomb), tomb, hash, digest)
	if err != nil {
		return fmt.Errorf("insert event: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fmt.Errorf("%w: event %d is in the log already", ErrGap, e.Seq), err)
	}
	t.head = position{seq: e.Seq, hash: hash}
	return nil
}

// restoreOp brings the gateway's table to what a message.send of its own says,
// so that an operation that is asked for again is not sent again. One that its
// terminal asks for by itself (gateway.entry tells that as queued) may have been
// sent since, and is of no epoch: gateway.known. What a person said of one is a
// verdict.
func (t *logTx) restoreOp(ctx context.Context, e event.Event, s event.SendState) error {
	if s.State.Waits() && !strings.HasPrefix(e.ID, "gw:") {
		return nil // it had not left its terminal
	}
	if !strings.HasPrefix(e.ID, "gw:") {
		return t.pass(ctx, verdict{op: s.Op, state: s.State, by: e.By})
	}
	var said, failure []byte
	var err error
	switch s.State {
	case event.JobSending: // the next relay marks it unsure, and says so with this
		said, err = json.Marshal(s)
		if err == nil && s.Retries != "" {
			_, err = t.replaceOp(ctx, s.Retries, e.By)
		}
	case event.JobQueued:
		s.State = event.JobFailed
	}
	if err == nil && s.Error != nil {
		failure, err = json.Marshal(s.Error)
	}
	if err != nil {
		return fmt.Errorf("restore operation: %w", err)
	}
	_, err = t.conn.ExecContext(ctx, `insert into op (op, account, chat, agent, state, attempt, message, error, send, updated_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do update set agent = excluded.agent, state = excluded.state, attempt = excluded.attempt,
			message = excluded.message, error = excluded.error, send = excluded.send, updated_at = excluded.updated_at`,
		string(s.Op), string(e.Account), string(s.Chat), string(e.By), string(s.State), s.Attempt, string(s.Message), failure, said, string(t.at))
	if err != nil {
		return fmt.Errorf("restore operation: %w", err)
	}
	return nil
}

// restoreSettled closes what an event given back says is settled: what came of it
// is among those events, too.
func (t *logTx) restoreSettled(ctx context.Context, seq, by event.Seq) error {
	if _, err := t.conn.ExecContext(ctx, "update quarantine set settled = ? where seq = ? and settled is null", int64(by), int64(seq)); err != nil {
		return fmt.Errorf("settle %d: %w", seq, err)
	}
	return nil
}

// balanceLoss counts what the recovered log lacks of what its books say, so
// that whatever else is lost later is found. What was settled at a sequence that
// is lost is open again: what came of it is lost as well, and its body is not.
func (l *eventLog) balanceLoss(ctx context.Context) error {
	_, err := l.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		if _, err := t.conn.ExecContext(ctx, "update quarantine set settled = null where settled > ?", int64(t.head.seq)); err != nil {
			return nil, fmt.Errorf("open the quarantine: %w", err)
		}
		var bodies, events, odd int64
		err := t.conn.QueryRowContext(ctx, `select
			coalesce(sum(posts_stored + posts_quarantined), 0) - (select count(*) from raw),
			coalesce(sum(events_stored + events_quarantined + again_stored + again_quarantined), 0) - (select count(*) from event where raw is not null),
			coalesce(sum(events_quarantined + again_quarantined), 0) - (select count(*) from quarantine)
			from book`).Scan(&bodies, &events, &odd)
		if err != nil {
			return nil, fmt.Errorf("balance the books: %w", err)
		}
		return nil, errors.Join(countGone(ctx, t.conn, bodies, events), addGone(ctx, t.conn, metaGoneOdd, odd))
	}})
	return err
}
