package webhookrelay

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"frontdesk/webhookrelay/event"
)

const (
	// maxGroup is how many events share one commit. There is no linger: what
	// waits while a commit runs is the next group.
	maxGroup = 512
	// queueLength is how many writes may wait; more wait at the door.
	queueLength = 1024
)

var (
	errClosed = errors.New("the log is closed")
	// errBroken: a write or a flush failed in a way after which nothing this
	// process believes of the file may be trusted. Only opening it again helps.
	errBroken = errors.New("the log's disk failed; restart webhookrelay when it is mended")
)

// eventLog is the team's one ordered log: events numbered from 1 without a
// gap, each once per (account, id), chained by hash, durable before append
// returns. It has one writer goroutine, which gives all that waits for it one
// commit. It knows no business: only the last sequence per aspect.
type eventLog struct {
	path   string
	epoch  string
	key    event.Key
	dedupe []byte
	now    func() time.Time
	delay  func()

	db    *sql.DB   // of one connection
	conn  *sql.Conn // the writer's
	stmts statements
	mark  mark
	lost  string // what was found lost and was not told yet
	read  *sql.DB
	check *sql.DB // checkpoints

	readers    atomic.Int64 // streams; without any, no frame is prepared
	scrubbing  atomic.Int64 // the last erasure the files still hold traces of; 0 for none
	slips      slips
	rejections rejections
	counting   sync.Mutex // held while a reader counts the whole log

	queue   chan *write
	stop    chan struct{}
	stopped chan struct{}

	mu      sync.Mutex
	head    position
	changed chan struct{} // closed when head moves
	broken  error
	tail    ring
}

// position is a place in the log, with the chain's hash there.
type position struct {
	seq  event.Seq
	hash []byte
}

// write is one request to the writer: its entries are appended together or
// not at all.
type write struct {
	entries []entry
	// raw is the POST they came in, kept once; nil for none.
	raw  []byte
	hook string
	// posted is, where raw is nil, the first sequence of the earlier POST they
	// are made of; 0 for none.
	posted event.Seq
	// decide runs inside the transaction, after the entries: it may write the
	// relay's own tables and return further entries. An error of it fails the
	// whole group, so it may only be the database's.
	decide func(context.Context, *logTx) ([]entry, error)
	done   chan outcome
}

// What becomes of an entry is said in the words of the log.
type (
	Result   = event.Result
	Conflict = event.Conflict
)

type outcome struct {
	results []Result
	err     error
}

// openLog opens or creates the log and verifies its tail.
func openLog(ctx context.Context, path string, now func() time.Time, delay func()) (*eventLog, error) {
	db, err := openWriter(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open log %s: %w", path, err)
	}
	l := &eventLog{
		path: path, now: now, delay: delay, db: db, changed: make(chan struct{}),
		queue: make(chan *write, queueLength), stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	if err := l.start(ctx); err != nil {
		_ = l.closeFiles()
		return nil, fmt.Errorf("open log %s: %w", path, err)
	}
	go l.run()
	return l, nil
}

func (l *eventLog) start(ctx context.Context) (err error) {
	var errs [3]error
	l.read, errs[0] = openDB(l.path, 4, patient, "query_only(1)")
	l.check, errs[1] = openDB(l.path, 1, "busy_timeout(100)", "synchronous(FULL)")
	l.conn, errs[2] = l.db.Conn(ctx)
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	if l.stmts, err = prepare(ctx, l.conn); err != nil {
		return err
	}
	var epoch, key []byte
	for name, into := range map[string]*[]byte{metaEpoch: &epoch, metaKey: &key, metaDedupe: &l.dedupe} {
		if err := l.conn.QueryRowContext(ctx, "select value from meta where key = ?", name).Scan(into); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
	l.epoch, l.key = string(epoch), key
	if err := l.readScrub(ctx); err != nil {
		return err
	}
	if err := l.checkMark(ctx); err != nil {
		return err
	}
	return l.openMark(ctx)
}

// append waits until the entries are durable, or are known not to be. Results
// come in the order of the entries, then of those decide added.
func (l *eventLog) append(ctx context.Context, w write) ([]Result, error) {
	w.done = make(chan outcome, 1)
	for i := range w.entries {
		l.identify(&w.entries[i])
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.stop:
		return nil, errClosed
	case l.queue <- &w:
	}
	select {
	case out := <-w.done:
		return out.results, out.err
	case <-l.stopped:
	}
	select {
	case out := <-w.done: // answered in the last group
		return out.results, out.err
	default:
		return nil, errClosed
	}
}

func (l *eventLog) run() {
	defer close(l.stopped)
	for {
		w, ok := l.next()
		if !ok {
			return
		}
		l.commit(l.gather(w))
	}
}

// next waits for a write. After the stop it gives out what still waits.
func (l *eventLog) next() (w *write, ok bool) {
	select {
	case w = <-l.queue:
		return w, true
	case <-l.stop:
	}
	select {
	case w = <-l.queue:
	default:
	}
	return w, w != nil
}

// gather takes what already waits, up to one group.
func (l *eventLog) gather(first *write) []*write {
	group := []*write{first}
	for n := len(first.entries); n < maxGroup; {
		select {
		case w := <-l.queue:
			group = append(group, w)
			n += max(1, len(w.entries))
		default:
			return group
		}
	}
	return group
}

func (l *eventLog) commit(group []*write) {
	outcomes, t, err := l.transact(context.Background(), group)
	if err != nil {
		err = l.failed(err)
	}
	if l.delay != nil {
		l.delay()
	}
	if err == nil {
		l.advance(t)
	}
	for i, w := range group {
		if err != nil {
			w.done <- outcome{err: err}
			continue
		}
		w.done <- outcome{results: outcomes[i]}
	}
}

// transact runs the group in one transaction; nothing of it stays when it
// fails.
func (l *eventLog) transact(ctx context.Context, group []*write) ([][]Result, *logTx, error) {
	if err := l.brokenErr(); err != nil {
		return nil, nil, err
	}
	if _, err := l.conn.ExecContext(ctx, "begin immediate"); err != nil {
		return nil, nil, fmt.Errorf("begin: %w", err)
	}
	t, err := l.begin(ctx)
	outcomes := make([][]Result, len(group))
	for i, w := range group {
		if err != nil {
			break
		}
		outcomes[i], err = t.write(ctx, w)
	}
	if err == nil {
		err = t.keepBooks(ctx)
	}
	if err == nil {
		_, err = l.conn.ExecContext(ctx, "commit")
	}
	if err != nil {
		_, _ = l.conn.ExecContext(ctx, "rollback")
		l.slips.putBack(t.slips)
		return nil, nil, fmt.Errorf("commit: %w", err)
	}
	return outcomes, t, nil
}

// failed remembers a failure after which the file may not be written again: a
// flush that failed once can succeed the next time without having flushed.
// A full disk is not one: it can be emptied.
func (l *eventLog) failed(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil && breaks(err) { // the first is the one to tell
		l.broken = fmt.Errorf("%w (%w)", errBroken, err)
	}
	return err
}

// breaks reports whether an error means that the file is not what this process
// believes, or may not be.
func breaks(err error) bool {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return errors.Is(err, ErrDamaged)
	}
	return breaksCode(se.Code())
}

func breaksCode(code int) bool {
	if code == sqlite3.SQLITE_IOERR_SHMSIZE {
		return false // a full disk: the index of the journal could not grow, and holds no data
	}
	switch code & 0xff {
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return false
}

func (l *eventLog) brokenErr() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// advance makes a commit visible to readers, who wake once per group.
func (l *eventLog) advance(t *logTx) {
	if len(t.rows) == 0 && t.head.seq == l.position().seq {
		return
	}
	var frames []prepared
	if l.readers.Load() > 0 {
		frames = framesOf(t.rows)
	}
	// A mark that cannot be written is an older mark, which is true as well.
	_ = l.mark.write(t.head)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.head = t.head
	if t.erased > 0 {
		l.scrubbing.Store(int64(t.erased))
		l.tail = ring{} // its frames may hold what was erased
	}
	l.tail.push(frames)
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *eventLog) position() position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head
}

// headHash is the chain's hash at the head, as hello tells it.
func (p position) headHash() string { return hex.EncodeToString(p.hash) }

// close lets the writer finish what it has, then closes the file.
func (l *eventLog) close() error {
	if !l.slips.empty() {
		_, _ = l.append(context.Background(), write{}) // what was only counted, into the books
	}
	close(l.stop)
	<-l.stopped
	l.stmts.close()
	return l.closeFiles()
}

func (l *eventLog) closeFiles() error {
	var err error
	if l.conn != nil {
		err = l.conn.Close()
	}
	for _, db := range []*sql.DB{l.read, l.check, l.db} { // the writer last: it cleans up
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	if l.mark.file != nil {
		err = errors.Join(err, l.mark.file.Close())
	}
	return err
}
