package webhookrelay

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"frontdesk/webhookrelay/event"
)

// Books are what the relay counted, as of a commit: POSTs and events in, and
// what became of them.
type Books struct {
	Epoch string    `json:"epoch"`
	Head  event.Seq `json:"head"`
	// Hash is the chain's hash at Head, in hex.
	Hash  string     `json:"hash"`
	Hooks []HookBook `json:"hooks"`
	// Quarantine is how many quarantined things there are, and of them not
	// settled by reprocessing.
	Quarantine struct {
		All  int64 `json:"all"`
		Open int64 `json:"open"`
	} `json:"quarantine"`
	// At is the log up to a sequence, where one was asked for.
	At *BooksAt `json:"at,omitempty"`
}

// BooksAt is the log up to and including a sequence.
type BooksAt struct {
	Seq  event.Seq `json:"seq"`
	Hash string    `json:"hash"`
	// Kinds counts the events by kind; an erased one is of the kind "erased".
	Kinds map[string]int64 `json:"kinds"`
}

// HookBook is what came in by one hook. The hook of no name stands for
// addresses that are none.
type HookBook struct {
	Hook   string `json:"hook"`
	Posts  Tally  `json:"posts"`
	Events Tally  `json:"events"`
	// Reprocessed are the events that were made later of quarantined bodies;
	// they are in no tally, the POST they came in was counted.
	Reprocessed struct {
		Stored      int64 `json:"stored"`
		Quarantined int64 `json:"quarantined"`
	} `json:"reprocessed"`
	// Rejected are requests that were never read as ours: no such hook, wrong
	// signature, too large, encoded, cut short.
	Rejected int64 `json:"rejected"`
}

// Tally is how many came in, and what became of them.
type Tally struct {
	Received    int64 `json:"received"`
	Stored      int64 `json:"stored"`
	Duplicate   int64 `json:"duplicate"`
	Quarantined int64 `json:"quarantined"`
	// Refused were answered 503, so that the network posts them again.
	Refused int64 `json:"refused"`
}

// Balances reports that everything received became exactly one thing.
func (t Tally) Balances() bool {
	return t.Received == t.Stored+t.Duplicate+t.Quarantined+t.Refused
}

func (t *Tally) add(o Tally) {
	t.Received += o.Received
	t.Stored += o.Stored
	t.Duplicate += o.Duplicate
	t.Quarantined += o.Quarantined
	t.Refused += o.Refused
}

func (b *HookBook) add(o HookBook) {
	b.Posts.add(o.Posts)
	b.Events.add(o.Events)
	b.Reprocessed.Stored += o.Reprocessed.Stored
	b.Reprocessed.Quarantined += o.Reprocessed.Quarantined
	b.Rejected += o.Rejected
}

// bookColumns are the columns of book, in the order of columns.
var bookColumns = [...]string{
	"posts_received", "posts_stored", "posts_duplicate", "posts_quarantined", "posts_refused",
	"events_received", "events_stored", "events_duplicate", "events_quarantined", "events_refused",
	"again_stored", "again_quarantined", "rejected",
}

func (b *HookBook) columns() [len(bookColumns)]*int64 {
	return [...]*int64{
		&b.Posts.Received, &b.Posts.Stored, &b.Posts.Duplicate, &b.Posts.Quarantined, &b.Posts.Refused,
		&b.Events.Received, &b.Events.Stored, &b.Events.Duplicate, &b.Events.Quarantined, &b.Events.Refused,
		&b.Reprocessed.Stored, &b.Reprocessed.Quarantined, &b.Rejected,
	}
}

// pages are counts by hook, on their way into the books.
type pages map[string]HookBook

func (p pages) add(hook string, b HookBook) {
	sum := p[hook]
	sum.add(b)
	p[hook] = sum
}

// slips are counts of what no commit holds: what was refused and what was
// rejected. They go into the books with the next commit; a process that is
// killed takes both sides of their sums with it.
type slips struct {
	mu    sync.Mutex
	pages pages
}

func (s *slips) add(hook string, b HookBook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages == nil {
		s.pages = pages{}
	}
	s.pages.add(hook, b)
}

func (s *slips) empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pages) == 0
}

func (s *slips) take() pages {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.pages
	s.pages = nil
	return taken
}

func (s *slips) putBack(taken pages) {
	for hook, b := range taken {
		s.add(hook, b)
	}
}

// refused counts a POST that was ours and could not be written.
func (l *eventLog) refused(hook string, events int) {
	l.slips.add(hook, HookBook{
		Posts:  Tally{Received: 1, Refused: 1},
		Events: Tally{Received: int64(events), Refused: int64(events)},
	})
}

// enter counts what became of one write of a hook's, and lists what it
// quarantined. The body of it is at raw.
func (t *logTx) enter(ctx context.Context, w *write, raw event.Seq, results []Result) error {
	var events Tally
	events.Received = int64(len(w.entries))
	for i := range w.entries {
		switch {
		case results[i].Duplicate:
			events.Duplicate++
		case w.entries[i].kind != event.KindQuarantined:
			events.Stored++
		default:
			events.Quarantined++
			if _, err := t.conn.ExecContext(ctx, "insert into quarantine (seq, raw) values (?, ?)", int64(results[i].Seq), int64(raw)); err != nil {
				return fmt.Errorf("insert quarantine: %w", err)
			}
		}
	}
	if w.raw == nil { // a body of an earlier POST, which was counted
		again := HookBook{}
		again.Reprocessed.Stored, again.Reprocessed.Quarantined = events.Stored, events.Quarantined
		t.books.add(w.hook, again)
		return nil
	}
	posts := Tally{Received: 1}
	switch {
	case events.Quarantined > 0:
		posts.Quarantined = 1
	case events.Stored > 0:
		posts.Stored = 1
	default:
		posts.Duplicate = 1
	}
	t.books.add(w.hook, HookBook{Posts: posts, Events: events})
	return nil
}

// keepBooks writes what the group counted, in its own commit.
func (t *logTx) keepBooks(ctx context.Context) error {
	t.slips = t.log.slips.take()
	for hook, b := range t.slips {
		t.books.add(hook, b)
	}
	for hook, b := range t.books {
		args := []any{hook}
		for _, n := range b.columns() {
			args = append(args, *n)
		}
		if _, err := t.log.stmts.book.ExecContext(ctx, args...); err != nil {
			return fmt.Errorf("keep the books: %w", err)
		}
	}
	return nil
}

// addToBook is the statement keepBooks runs once per hook and commit.
func addToBook() string {
	var set []string
	for _, c := range bookColumns {
		set = append(set, c+" = "+c+" + excluded."+c)
	}
	return "insert into book (hook, " + strings.Join(bookColumns[:], ", ") + ") values (?" + strings.Repeat(", ?", len(bookColumns)) +
		") on conflict (hook) do update set " + strings.Join(set, ", ")
}

// querier is a pool or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// readBooks reads the books inside one transaction, so that they and the head
// are of one commit. at is 0 where only the present is asked for.
func readBooks(ctx context.Context, tx querier, at event.Seq) (b Books, err error) {
	var epoch, hash []byte
	if err := tx.QueryRowContext(ctx, "select value from meta where key = ?", metaEpoch).Scan(&epoch); err != nil {
		return b, fmt.Errorf("read epoch: %w", err)
	}
	err = tx.QueryRowContext(ctx, "select seq, hash from event order by seq desc limit 1").Scan(&b.Head, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		hash, err = make([]byte, 32), nil
	}
	if err != nil {
		return b, fmt.Errorf("read head: %w", err)
	}
	b.Epoch, b.Hash = string(epoch), hex.EncodeToString(hash)
	if err := tx.QueryRowContext(ctx, "select count(*), count(*) - count(settled) from quarantine").Scan(&b.Quarantine.All, &b.Quarantine.Open); err != nil {
		return b, fmt.Errorf("count quarantine: %w", err)
	}
	if b.Hooks, err = readPages(ctx, tx); err != nil || at == 0 {
		return b, err
	}
	b.At, err = readAt(ctx, tx, at)
	return b, err
}

func readPages(ctx context.Context, tx querier) ([]HookBook, error) {
	rows, err := tx.QueryContext(ctx, "select hook, "+strings.Join(bookColumns[:], ", ")+" from book order by hook")
	if err != nil {
		return nil, fmt.Errorf("read books: %w", err)
	}
	defer func() { _ = rows.Close() }()
	hooks := []HookBook{}
	for rows.Next() {
		var b HookBook
		into := []any{&b.Hook}
		for _, n := range b.columns() {
			into = append(into, n)
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("read books: %w", err)
		}
		hooks = append(hooks, b)
	}
	return hooks, rows.Err()
}

// readAt counts by kind: every row is read, for which the caller waits.
func readAt(ctx context.Context, tx querier, at event.Seq) (*BooksAt, error) {
	var hash []byte
	err := tx.QueryRowContext(ctx, "select hash from event where seq = ?", int64(at)).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoSuchSeq
	}
	if err != nil {
		return nil, fmt.Errorf("read event %d: %w", at, err)
	}
	rows, err := tx.QueryContext(ctx, "select "+kindOfRow+", count(*) from event where seq <= ? group by 1", int64(at))
	if err != nil {
		return nil, fmt.Errorf("count kinds: %w", err)
	}
	defer func() { _ = rows.Close() }()
	b := &BooksAt{Seq: at, Hash: hex.EncodeToString(hash), Kinds: map[string]int64{}}
	for rows.Next() {
		var kind string
		var n int64
		if err := rows.Scan(&kind, &n); err != nil {
			return nil, fmt.Errorf("count kinds: %w", err)
		}
		b.Kinds[kind] = n
	}
	return b, rows.Err()
}

// kindOfRow is an event's kind, in SQL.
const kindOfRow = "json ->> '$.kind'"

var errNoSuchSeq = &apiError{
	http.StatusNotFound, "not_found",
	"The log has no such sequence: it ends earlier, or is another one. Ask for a smaller one.",
}

// serveBooks answers GET /v1/books and GET /v1/books?at=N.
func (r *Relay) serveBooks(w http.ResponseWriter, req *http.Request) {
	books, err := r.booksFor(req)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	answer(w, http.StatusOK, books)
}

func (r *Relay) booksFor(req *http.Request) (Books, error) {
	if _, err := r.tokens.authenticate(req); err != nil {
		return Books{}, err
	}
	var at int64
	if text := req.URL.Query().Get("at"); text != "" {
		var err error
		if at, err = strconv.ParseInt(text, 10, 64); err != nil || at < 1 {
			return Books{}, badRequest("at is no sequence: write it as at=1 or larger.")
		}
		// One at a time: every row is read, and requests cost their sender nothing.
		r.log.counting.Lock()
		defer r.log.counting.Unlock()
	}
	tx, err := r.log.read.BeginTx(req.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Books{}, fmt.Errorf("read books: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	return readBooks(req.Context(), tx, event.Seq(at))
}

// execer is a connection or a transaction.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// The keys of meta under which is counted what was removed on purpose, so that
// the books still balance with what is left.
const (
	metaGoneRaw   = "gone:raw"
	metaGoneEvent = "gone:event" // those of hooks alone
	metaGoneOdd   = "gone:quarantined"
)

// countGone records, in the transaction that removes them, how many bodies and
// how many events of hooks are removed on purpose.
func countGone(ctx context.Context, tx execer, bodies, events int64) error {
	return errors.Join(addGone(ctx, tx, metaGoneRaw, bodies), addGone(ctx, tx, metaGoneEvent, events))
}

func addGone(ctx context.Context, tx execer, key string, n int64) error {
	if n == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `insert into meta (key, value) values (?, cast(? as blob))
		on conflict do update set value = cast(cast(cast(cast(value as text) as integer) + ? as text) as blob)`, key, strconv.FormatInt(n, 10), n); err != nil {
		return fmt.Errorf("count what is removed: %w", err)
	}
	return nil
}
