package webhookrelay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
)

// ErrOlder is answered for a log that this program would change first.
var ErrOlder = errors.New("the log is of an older form; start webhookrelay serve once, which brings it up")

// Report is what Check found.
type Report struct {
	Books Books
	// Bodies is how many POSTs' bodies are kept, Unsealed how many of them are from
	// before it could be told whether one has changed.
	Bodies, Unsealed int64
	// Findings say, each in a sentence, what is not as it must be.
	Findings []string
}

func (r *Report) find(format string, args ...any) {
	r.Findings = append(r.Findings, fmt.Sprintf(format, args...))
}

// Check reads the whole log at path and says what is not as it must be: the
// chain of hashes from the first event to the last, the mark beside the log, the
// books, and the bodies. It changes nothing, and works beside a serving relay.
func Check(ctx context.Context, path string) (Report, error) {
	var r Report
	db, err := readOnly(path)
	if err != nil {
		return r, fmt.Errorf("check log %s: %w", path, err)
	}
	defer func() { _ = db.Close() }()
	if err := r.check(ctx, path, db); err != nil {
		return r, fmt.Errorf("check log %s: %w", path, err)
	}
	return r, nil
}

func (r *Report) check(ctx context.Context, path string, db *sql.DB) error {
	if err := ofThisForm(ctx, db); err != nil {
		return err
	}
	// The mark is read before the head: a relay that serves beside us only makes
	// the head larger.
	marked, ok, err := readMark(path)
	if err != nil {
		return fmt.Errorf("read mark: %w", err)
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if r.Books, err = readBooks(ctx, tx, 0); err != nil {
		return err
	}
	if err := r.checkMark(ctx, tx, marked, ok); err != nil {
		return err
	}
	if err := r.checkBodies(ctx, tx); err != nil {
		return err
	}
	if err := r.checkBooks(ctx, tx); err != nil {
		return err
	}
	l := &eventLog{path: path, read: db}
	err = l.verify(ctx, 0, r.Books.Head)
	if errors.Is(err, ErrDamaged) {
		r.find("the chain of hashes breaks: %v", err)
		err = nil
	}
	return err
}

// mostNamed is how many of the same finding are named one by one.
const mostNamed = 20

// checkBodies looks for bodies that the disk has changed, which are outside the
// chain.
func (r *Report) checkBodies(ctx context.Context, tx querier) error {
	all, err := verifyBodies(ctx, tx)
	if err != nil {
		return err
	}
	// They are counted as they are read: SQLite counts in an index, which knows
	// nothing of a row that is gone.
	r.Bodies, r.Unsealed = all.count(), all.Unsealed
	for i, seq := range all.Changed {
		if i == mostNamed {
			r.find("%d more bodies are not as they came", len(all.Changed)-i)
			break
		}
		r.find("the body of the POST of %d is not the one that came", seq)
	}
	return nil
}

// ofThisForm fails where the log would have to be changed, or cannot be read. A
// relay of an older version may be serving it.
func ofThisForm(ctx context.Context, db *sql.DB) error {
	version, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	steps, err := migrationSteps()
	switch {
	case err != nil:
		return err
	case version > len(steps):
		return errNewer
	case version < len(steps):
		return ErrOlder
	}
	return nil
}

// readOnly opens a log that is there, to look at it.
func readOnly(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	return openDB(path, 2, patient, "query_only(1)")
}

// checkMark compares the log with the mark beside it, which SQLite knows
// nothing of.
func (r *Report) checkMark(ctx context.Context, tx querier, marked position, ok bool) error {
	if !ok {
		r.find("the mark beside the log is missing or broken: nobody can say whether the log was put back, and the relay will start under a new epoch")
		return nil
	}
	if marked.seq == 0 {
		return nil
	}
	var hash []byte
	err := tx.QueryRowContext(ctx, "select hash from event where seq = ?", int64(marked.seq)).Scan(&hash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		r.find("the log had reached %d and ends at %d: events were lost", marked.seq, r.Books.Head)
	case err != nil:
		return fmt.Errorf("read event %d: %w", marked.seq, err)
	case string(hash) != string(marked.hash):
		r.find("event %d is not the one that was written there", marked.seq)
	}
	return nil
}

// checkBooks balances the counters among themselves, and with what is in the
// log.
func (r *Report) checkBooks(ctx context.Context, tx querier) error {
	var all HookBook
	for _, b := range r.Books.Hooks {
		all.add(b)
		r.balance(b.Hook, "POSTs", b.Posts)
		r.balance(b.Hook, "events", b.Events)
	}
	var events, unseen int64
	for query, into := range map[string]*int64{
		"select count(*) from event where raw is not null": &events,
		// An open one whose event is of another kind was never told to terminals.
		"select count(*) from quarantine q left join event e on e.seq = q.seq where e.raw is not q.raw": &unseen,
	} {
		if err := tx.QueryRowContext(ctx, query).Scan(into); err != nil {
			return fmt.Errorf("count: %w", err)
		}
	}
	goneBodies, err := readGone(ctx, tx, metaGoneRaw)
	if err != nil {
		return err
	}
	goneEvents, err := readGone(ctx, tx, metaGoneEvent)
	if err != nil {
		return err
	}
	goneOdd, err := readGone(ctx, tx, metaGoneOdd)
	if err != nil {
		return err
	}
	made := all.Events.Stored + all.Events.Quarantined + all.Reprocessed.Stored + all.Reprocessed.Quarantined
	if made != events+goneEvents {
		r.find("hooks made %d events, and the log holds %d of them, %d removed", made, events, goneEvents)
	}
	if kept := all.Posts.Stored + all.Posts.Quarantined; kept != r.Bodies+goneBodies {
		r.find("%d POSTs were kept, and the log holds %d bodies, %d removed", kept, r.Bodies, goneBodies)
	}
	if strange := all.Events.Quarantined + all.Reprocessed.Quarantined; strange != r.Books.Quarantine.All+goneOdd {
		r.find("%d events were quarantined, and %d are listed, %d lost before a recovery", strange, r.Books.Quarantine.All, goneOdd)
	}
	if unseen > 0 {
		r.find("%d quarantined events are listed and not in the log", unseen)
	}
	return nil
}

func (r *Report) balance(hook, what string, t Tally) {
	if !t.Balances() {
		r.find("hook %q: %d %s received are not %d stored + %d duplicate + %d quarantined + %d refused",
			hook, t.Received, what, t.Stored, t.Duplicate, t.Quarantined, t.Refused)
	}
}

func readGone(ctx context.Context, tx querier, key string) (int64, error) {
	var text []byte
	err := tx.QueryRowContext(ctx, "select value from meta where key = ?", key).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", key, err)
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", key, err)
	}
	return n, nil
}
