package webhookrelay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/webhookrelay/event"
)

var (
	// ErrNotQuarantined is answered for a sequence that was never quarantined.
	ErrNotQuarantined = errors.New("nothing of this sequence was quarantined; see webhookrelay events list")
	// ErrBodyGone is answered where the body was erased, or removed with age.
	ErrBodyGone = errors.New("the body is no longer kept")
	// ErrNoHook is answered where the hook it came in by is not configured.
	ErrNoHook = errors.New("the hook it came in by is not in the configuration")
)

// Quarantine is what was signed, stored, answered with 200, and could not be
// placed. It works beside a serving relay as well as without one.
type Quarantine struct {
	log   *eventLog
	hooks map[string]*hook
}

// Quarantined is one thing that could not be placed.
type Quarantined struct {
	Seq    event.Seq
	At     time.Time
	Hook   string
	Reason string
	// Bytes is the size of the POST it came in; -1 where it is kept no more.
	Bytes int64
	// Settled is the sequence of the event that settled it; 0 while it is open.
	Settled event.Seq

	id  string
	raw event.Seq
}

// Reprocessed is what became of one quarantined POST.
type Reprocessed struct {
	// Seqs are what was open of the POST, Settled those of them that are no more.
	Seqs, Settled []event.Seq
	// Stored, Duplicate and Quarantined are what its body makes now.
	Stored, Duplicate, Quarantined int
	// Err says why it was left as it is.
	Err error
}

// OpenQuarantine opens the quarantine of the log at path, with the present
// drivers and accounts. A log that is not there is not made, and one of an older
// form is ErrOlder: the relay that serves it could not go on.
func OpenQuarantine(ctx context.Context, path string, hooks []Hook, accounts []Account) (*Quarantine, error) {
	var r Relay
	if err := r.define(Options{Hooks: hooks, Accounts: accounts}); err != nil {
		return nil, err
	}
	if err := lookAt(ctx, path); err != nil {
		return nil, fmt.Errorf("open log %s: %w", path, err)
	}
	if err := migrateAlone(ctx, path); err != nil {
		return nil, fmt.Errorf("open log %s: %w", path, err)
	}
	l, err := openLog(ctx, path, time.Now, nil)
	if err != nil {
		return nil, err
	}
	return &Quarantine{log: l, hooks: r.hooks}, nil
}

func lookAt(ctx context.Context, path string) error {
	db, err := readOnly(path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return ofThisForm(ctx, db)
}

// Close closes the log.
func (q *Quarantine) Close() error { return q.log.close() }

// List returns what is quarantined, oldest first: of one hook, or of all where
// hook is empty; what is open, or with settled everything.
func (q *Quarantine) List(ctx context.Context, hook string, settled bool) ([]Quarantined, error) {
	return q.log.quarantined(ctx, "(? = '' or e.json ->> '$.body.hook' = ?) and (? or q.settled is null)", hook, hook, settled)
}

// Get returns one, and its POST's body as it came. With ErrBodyGone and
// ErrBodyChanged the rest of it is true.
func (q *Quarantine) Get(ctx context.Context, seq event.Seq) (Quarantined, []byte, error) {
	found, err := q.log.quarantined(ctx, "q.seq = ?", int64(seq))
	if err != nil {
		return Quarantined{}, nil, err
	}
	if len(found) == 0 {
		return Quarantined{}, nil, ErrNotQuarantined
	}
	body, err := q.log.body(ctx, found[0].raw)
	return found[0], body, err
}

// quarantined reads rows of the quarantine. The event of one may be erased.
func (l *eventLog) quarantined(ctx context.Context, where string, args ...any) ([]Quarantined, error) {
	rows, err := l.read.QueryContext(ctx, `select q.seq, q.raw, coalesce(q.settled, 0), coalesce(length(r.body), -1),
			coalesce(e.json ->> '$.id', ''), coalesce(e.json ->> '$.at', ''),
			coalesce(r.hook, e.json ->> '$.body.hook', ''), coalesce(e.json ->> '$.body.reason', '')
		from quarantine q join event e on e.seq = q.seq left join raw r on r.seq = q.raw
		where `+where+" order by q.seq", args...)
	if err != nil {
		return nil, fmt.Errorf("read quarantine: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var found []Quarantined
	for rows.Next() {
		var one Quarantined
		var at string
		if err := rows.Scan(&one.Seq, &one.raw, &one.Settled, &one.Bytes, &one.id, &at, &one.Hook, &one.Reason); err != nil {
			return nil, fmt.Errorf("read quarantine: %w", err)
		}
		one.At, _ = time.Parse(time.RFC3339Nano, at)
		found = append(found, one)
	}
	return found, rows.Err()
}

// body returns a POST as it came, and with ErrBodyChanged what is left of it.
func (l *eventLog) body(ctx context.Context, raw event.Seq) ([]byte, error) {
	p, err := postOf(ctx, l.read, raw)
	return p.body, err
}

// Reprocess decodes again what is open: of one hook, or of all where hook is
// empty; of the POST of one sequence, or of all where seq is 0. What is found is
// appended under the ids it would have had, so that doing this twice does
// nothing, in the commit that settles what is settled. It goes on after a POST
// that cannot be helped.
func (q *Quarantine) Reprocess(ctx context.Context, hook string, seq event.Seq) ([]Reprocessed, error) {
	open, err := q.List(ctx, hook, false)
	if err != nil {
		return nil, err
	}
	if seq > 0 {
		one, _, err := q.Get(ctx, seq)
		if err != nil && !errors.Is(err, ErrBodyGone) && !errors.Is(err, ErrBodyChanged) {
			return nil, err
		}
		open = ofPost(open, one.raw)
	}
	var done []Reprocessed
	for len(open) > 0 {
		post := ofPost(open, open[0].raw)
		open = without(open, open[0].raw)
		result, err := q.again(ctx, post)
		if err != nil {
			return done, err
		}
		done = append(done, result)
	}
	return done, nil
}

func ofPost(all []Quarantined, raw event.Seq) (post []Quarantined) {
	for _, one := range all {
		if one.raw == raw {
			post = append(post, one)
		}
	}
	return post
}

func without(all []Quarantined, raw event.Seq) (rest []Quarantined) {
	for _, one := range all {
		if one.raw != raw {
			rest = append(rest, one)
		}
	}
	return rest
}

// again decodes one POST again. The error is the log's; what speaks against this
// POST alone is in the result.
func (q *Quarantine) again(ctx context.Context, post []Quarantined) (done Reprocessed, err error) {
	for _, one := range post {
		done.Seqs = append(done.Seqs, one.Seq)
	}
	h, ok := q.hooks[post[0].Hook]
	if !ok {
		done.Err = ErrNoHook
		return done, nil
	}
	body, err := q.log.body(ctx, post[0].raw)
	if errors.Is(err, ErrBodyGone) || errors.Is(err, ErrBodyChanged) {
		done.Err = err
		return done, nil
	}
	if err != nil {
		return done, err
	}
	d := h.translate(q.log.key, body, nil)
	still := map[string]bool{}
	for _, e := range d.entries {
		still[e.id] = true
	}
	proofs := d.resolve()
	results, err := q.log.append(ctx, write{
		entries: d.entries, hook: h.ID, posted: post[0].raw,
		decide: func(ctx context.Context, t *logTx) ([]entry, error) {
			if proofs != nil {
				if _, err := proofs(ctx, t); err != nil {
					return nil, err
				}
			}
			done.Settled, err = t.settle(ctx, h.ID, post, still)
			return nil, err
		},
	})
	if err != nil {
		return done, fmt.Errorf("reprocess %d: %w", post[0].Seq, err)
	}
	for i, e := range d.entries {
		switch {
		case e.reason != "":
			done.Quarantined++
		case results[i].Duplicate:
			done.Duplicate++
		default:
			done.Stored++
		}
	}
	return done, nil
}

// settle ends what the body does not make any more: all of it has its place
// now, or another one in the quarantine.
func (t *logTx) settle(ctx context.Context, hook string, post []Quarantined, still map[string]bool) (settled []event.Seq, err error) {
	for _, one := range post {
		if still[one.id] {
			continue
		}
		at, err := t.tellSettled(ctx, hook, one.Seq)
		if err != nil {
			return nil, err
		}
		if _, err := t.conn.ExecContext(ctx, "update quarantine set settled = ? where seq = ? and settled is null", int64(at), int64(one.Seq)); err != nil {
			return nil, fmt.Errorf("settle %d: %w", one.Seq, err)
		}
		settled = append(settled, one.Seq)
	}
	return settled, nil
}

// tellSettled lets terminals count one less.
func (t *logTx) tellSettled(ctx context.Context, hook string, seq event.Seq) (event.Seq, error) {
	made, err := fact(fmt.Sprintf("hook:settled:%d", seq), "", "", "", event.Reprocessed{Hook: hook, Quarantined: seq})
	if err != nil {
		return 0, err
	}
	at, err := t.put(ctx, &made, nil)
	return at.Seq, err
}

// closeErased ends what is open of a POST whose body was erased at a sequence:
// it can never be read again.
func (t *logTx) closeErased(ctx context.Context, raw, by event.Seq) error {
	open, err := t.openOf(ctx, raw)
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	for _, seq := range open {
		if _, err := t.tellSettled(ctx, "", seq); err != nil {
			return err
		}
	}
	_, err = t.conn.ExecContext(ctx, "update quarantine set settled = ? where raw = ? and settled is null", int64(by), int64(raw))
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	return nil
}

// openOf returns what is open of a POST.
func (t *logTx) openOf(ctx context.Context, raw event.Seq) (open []event.Seq, err error) {
	rows, err := t.conn.QueryContext(ctx, "select seq from quarantine where raw = ? and settled is null order by seq", int64(raw))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var seq event.Seq
		if err := rows.Scan(&seq); err != nil {
			return nil, err
		}
		open = append(open, seq)
	}
	return open, rows.Err()
}

// reportQuarantine tells the administrator what waits since before.
func (r *Relay) reportQuarantine(ctx context.Context) {
	var open int
	err := r.log.read.QueryRowContext(ctx, "select count(*) from quarantine where settled is null").Scan(&open)
	switch {
	case err != nil && ctx.Err() == nil:
		r.logger.Error("count the quarantine", "error", err)
	case open > 0:
		r.logger.Warn("webhooks wait in quarantine: webhookrelay events list", "count", open)
	}
}
