package webhookrelay

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"frontdesk/webhookrelay/event"
)

// statements are prepared once on the writer's connection.
type statements struct {
	head, insert, seqOf, raw, setAspect, aspect, book *sql.Stmt
}

func prepare(ctx context.Context, conn *sql.Conn) (s statements, err error) {
	for _, p := range []struct {
		into **sql.Stmt
		text string
	}{
		{&s.head, "select seq, hash from event order by seq desc limit 1"},
		{&s.insert, "insert into event (seq, dedupe, raw, salt, json, hash, conversation) values (?, ?, ?, ?, ?, ?, nullif(?, '')) on conflict (dedupe) do nothing"},
		{&s.seqOf, "select seq from event where dedupe = ?"},
		{&s.raw, "insert into raw (seq, hook, at, body, salt, digest) values (?, ?, ?, ?, ?, ?)"},
		{&s.setAspect, "insert into aspect (conversation, aspect, seq) values (?, ?, ?) on conflict do update set seq = excluded.seq"},
		{&s.aspect, "select seq from aspect where conversation = ? and aspect = ?"},
		{&s.book, addToBook()},
	} {
		*p.into, err = conn.PrepareContext(ctx, p.text) //nolint:sqlclosecheck // they live as long as the log: statements.close
		if err != nil {
			return s, fmt.Errorf("prepare: %w", err)
		}
	}
	return s, nil
}

func (s *statements) close() {
	for _, stmt := range []*sql.Stmt{s.head, s.insert, s.seqOf, s.raw, s.setAspect, s.aspect, s.book} {
		_ = stmt.Close()
	}
}

func (s *statements) readHead(ctx context.Context) (position, error) {
	p := position{hash: make([]byte, 32)} // the chain begins with zeros
	err := s.head.QueryRowContext(ctx).Scan(&p.seq, &p.hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("read head: %w", err)
	}
	return p, nil
}

// logTx is one group's transaction, on the writer's goroutine.
type logTx struct {
	log  *eventLog
	conn *sql.Conn
	head position
	at   []byte
	rows []row
	// erased is the last contact.erased of this group; 0 for none.
	erased event.Seq
	// books are counts of this group, slips those of them that were taken over
	// and go back when the group fails.
	books, slips pages
}

// begin reads the head inside the transaction: the administrator's commands
// may append from another process.
func (l *eventLog) begin(ctx context.Context) (*logTx, error) {
	head, err := l.stmts.readHead(ctx)
	if err == nil {
		err = l.continues(ctx, head)
	}
	return &logTx{log: l, conn: l.conn, head: head, at: timestamp(l.now()), books: pages{}}, err
}

// continues fails with ErrDamaged where the file is not the one this process
// wrote: its end is gone, or is another. Appending there would use sequences
// again that terminals have seen, and hide the loss.
func (l *eventLog) continues(ctx context.Context, head position) error {
	was := l.position()
	switch {
	case was.seq == 0, head.seq == was.seq && bytes.Equal(head.hash, was.hash):
		return nil
	case head.seq <= was.seq:
		return fmt.Errorf("%w: it had reached %d and ends at %d, or differs there", ErrDamaged, was.seq, head.seq)
	}
	var hash []byte
	err := l.conn.QueryRowContext(ctx, "select hash from event where seq = ?", int64(was.seq)).Scan(&hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read event %d: %w", was.seq, err)
	}
	if !bytes.Equal(hash, was.hash) {
		return fmt.Errorf("%w: it differs at %d", ErrDamaged, was.seq)
	}
	return nil
}

func (t *logTx) write(ctx context.Context, w *write) ([]Result, error) {
	results, conflict, err := t.check(ctx, w.entries)
	if err != nil || conflict {
		return results, err
	}
	first, posted := t.head.seq+1, w.posted
	if w.raw != nil {
		posted = first
	}
	var rawRef any
	if posted > 0 {
		rawRef = int64(posted)
	}
	entries := w.entries
	for i := range entries {
		if results[i], err = t.put(ctx, &entries[i], rawRef); err != nil {
			return nil, err
		}
	}
	if w.decide != nil {
		more, err := w.decide(ctx, t)
		if err != nil {
			return nil, err
		}
		for i := range more {
			r, err := t.put(ctx, &more[i], rawRef)
			if err != nil {
				return nil, err
			}
			results = append(results, r)
		}
	}
	if w.raw != nil && t.head.seq >= first {
		p := post{seq: first, hook: w.hook, at: string(t.at), body: w.raw, salt: randomBytes(16)}
		if _, err := t.log.stmts.raw.ExecContext(ctx, int64(p.seq), p.hook, p.at, p.body, p.salt, p.seal()); err != nil {
			return nil, fmt.Errorf("insert raw: %w", err)
		}
	}
	if w.hook == "" {
		return results, nil
	}
	return results, t.enter(ctx, w, posted, results)
}

// put gives the entry the next place, unless its id has one already.
func (t *logTx) put(ctx context.Context, e *entry, rawRef any) (Result, error) {
	seq := t.head.seq + 1
	key := t.log.identify(e)
	eventJSON := e.json(seq, t.at)
	hash := chain(t.head.hash, seq, e.salt, eventJSON)
	res, err := t.log.stmts.insert.ExecContext(ctx, int64(seq), key, rawRef, e.salt, eventJSON, hash, string(e.conversation))
	if err != nil {
		return Result{}, fmt.Errorf("insert event: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil {
		return Result{}, fmt.Errorf("insert event: %w", err)
	} else if n == 0 {
		place, err := t.place(ctx, key)
		return Result{Seq: place, Duplicate: true}, err
	}
	t.head = position{seq: seq, hash: hash}
	t.rows = append(t.rows, row{seq: seq, json: eventJSON, hash: hash})
	if e.verdict != nil {
		if err := t.pass(ctx, *e.verdict); err != nil {
			return Result{}, err
		}
	}
	if aspect := event.AspectOf(e.kind); aspect != event.AspectNone && e.about != "" {
		if _, err := t.log.stmts.setAspect.ExecContext(ctx, e.about, string(aspect), int64(seq)); err != nil {
			return Result{}, fmt.Errorf("set aspect: %w", err)
		}
	}
	if e.canned != nil {
		if err := t.nameFiles(ctx, e.canned); err != nil {
			return Result{}, err
		}
	}
	if e.kind == event.KindErased {
		if err := t.erase(ctx, e.account, e.conversation, seq); err != nil {
			return Result{}, err
		}
	}
	return Result{Seq: seq}, nil
}

// identify returns the entry's dedupe key, which is computed once.
func (l *eventLog) identify(e *entry) []byte {
	if e.dedupe == nil {
		e.dedupe = dedupeKey(l.dedupe, e.account, e.id)
	}
	return e.dedupe
}

// place returns where an event already is; 0 for nowhere.
func (t *logTx) place(ctx context.Context, key []byte) (event.Seq, error) {
	var seq event.Seq
	err := t.log.stmts.seqOf.QueryRowContext(ctx, key).Scan(&seq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("find event: %w", err)
	}
	return seq, nil
}

// check judges every precondition of a request before anything of it is
// appended. A fact that is in the log already is in no conflict: it was first.
func (t *logTx) check(ctx context.Context, entries []entry) (results []Result, conflict bool, err error) {
	results = make([]Result, len(entries))
	for i := range entries {
		e := &entries[i]
		if e.expect == nil && e.verdict == nil && e.gives == "" && e.canned == nil {
			continue
		}
		seq, err := t.place(ctx, t.log.identify(e))
		if err != nil {
			return nil, false, err
		}
		if seq > 0 {
			results[i] = Result{Seq: seq, Duplicate: true}
			continue
		}
		c, err := t.objection(ctx, e)
		if err != nil {
			return nil, false, err
		}
		results[i].Conflict = c
		conflict = conflict || c != nil
	}
	return results, conflict, nil
}

// objection is what speaks against an entry that is not in the log yet.
func (t *logTx) objection(ctx context.Context, e *entry) (*Conflict, error) {
	if e.verdict != nil {
		return t.objectionToWord(ctx, *e.verdict, e.conversation)
	}
	if e.expect != nil {
		if c, err := t.conflict(ctx, e.about, *e.expect); c != nil || err != nil {
			return c, err
		}
	}
	if e.canned != nil {
		return t.missing(ctx, e.canned)
	}
	return t.objectionToHeir(ctx, e.gives)
}

func (t *logTx) conflict(ctx context.Context, about string, x event.Expect) (*Conflict, error) {
	var last event.Seq
	err := t.log.stmts.aspect.QueryRowContext(ctx, about, string(x.Aspect)).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err != nil || last == x.Seq {
		return nil, err
	}
	c := &Conflict{Seq: last}
	if last == 0 {
		return c, nil // the client knows a sequence this log never had
	}
	var raw []byte
	if err := t.conn.QueryRowContext(ctx, "select json from event where seq = ?", int64(last)).Scan(&raw); err != nil {
		return nil, fmt.Errorf("read event %d: %w", last, err)
	}
	var who struct {
		By   event.AgentID `json:"by"`
		Kind string        `json:"kind"`
	}
	_ = json.Unmarshal(raw, &who) // who it was is not known of a damaged one; that somebody was first is
	c.By, c.Kind = who.By, who.Kind
	return c, nil
}
