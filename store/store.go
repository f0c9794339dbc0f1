package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"frontdesk/internal/durable"
	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Options is what a store needs from outside.
type Options struct {
	// Path of the database file. Its folder is made when it is missing.
	Path string
	// Agent is who works here: the "me" of ViewMine and New.
	Agent event.AgentID
	// Now is this machine's clock, which may be set at any moment; required.
	Now func() time.Time
	// Elapsed is a clock that nobody can set: how long something has run. nil
	// means what lies between two readings of Now; Go's time.Now carries such a
	// clock along, and one that does not cannot tell a step from time gone by.
	Elapsed func() time.Duration
	// NewOp makes ids of sends and team actions; required.
	NewOp func() provider.OpID
	// Window is the rule for free text of a driver's network; nil means that none
	// has one.
	Window func(driver string, network provider.Network) provider.WindowRule
	// ChatWindow is the rule of one chat where it differs from Window; nil means that
	// none does.
	ChatWindow func(driver string, network provider.Network, chat provider.ChatID) (rule provider.WindowRule, differs bool)
	// Direct tells whether this terminal itself sends for the account. The
	// team learns of such sends from us (SendStates in Unpublished); of all
	// others from the relay's gateway. nil means none.
	Direct func(provider.AccountID) bool
	// Terminal names this terminal for as long as its folder lives, where it sends
	// for an account itself: what it scheduled there it alone sends.
	Terminal string
	// Erase is called where somebody was erased, until it returns nil: it removes
	// every file that is kept beside the store and that no message names any more.
	// A file goes by the SHA-256 of its bytes in lower-case hex. nil means that
	// nobody keeps files.
	Erase func(named func(sum string) bool) error
}

// Store is one terminal's copy of the inbox. It is safe for concurrent use.
//
// Facts are written on one connection with synchronous=NORMAL, because they can
// be fetched again and their cursor is in the same transaction; intent on
// another with synchronous=FULL, because it exists nowhere else. mu lets one of
// them write at a time.
type Store struct {
	opt    Options
	mu     sync.Mutex
	facts  *writer
	intent *writer
	read   *reader
	check  *checkpointer
	hub    hub
	clock  *clock
	head   atomic.Int64 // the newest sequence the relay spoke of
	woken  atomic.Int64 // when snoozed ones were looked at last
	// targets are the team's as they were last read.
	targets atomic.Pointer[targets]
	leave   func() // lets others replace the file
	// stopped is set once a flush has failed.
	stopped atomic.Pointer[DiskError]
}

// readers is how many connections read at once.
const readers = 4

// Open opens or makes the store and brings its schema up to date. A file of a
// newer schema is a *NewerSchemaError, a damaged one a *BrokenError; both stay
// untouched.
func Open(ctx context.Context, opt Options) (*Store, error) {
	if opt.Now == nil || opt.NewOp == nil {
		return nil, errors.New("open store: Now and NewOp are required")
	}
	if err := checkSQLite(ctx); err != nil {
		return nil, fmt.Errorf("open store %s: %w", opt.Path, err)
	}
	if err := durable.MakeFolder(filepath.Dir(opt.Path)); err != nil {
		return nil, fmt.Errorf("open store %s: %w", opt.Path, err)
	}
	leave, err := use(opt.Path, opt.Now())
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", opt.Path, err)
	}
	if err := gone(opt.Path); err != nil {
		leave()
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := errors.Join(moving(opt.Path), prepareFile(opt.Path)); err != nil {
		leave()
		return nil, fmt.Errorf("open store %s: %w", opt.Path, onDisk(err))
	}
	s := &Store{
		opt: opt, hub: hub{watches: map[*Watch]struct{}{}}, leave: sync.OnceFunc(leave), clock: newClock(opt.Now, opt.Elapsed),
	}
	err = s.open(ctx)
	if err == nil {
		err = s.mark(ctx)
	}
	if err == nil {
		err = s.greet(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", opt.Path, onDisk(brokenAt(opt.Path, err))), s.Close())
	}
	return s, nil
}

// greet prepares what every watch is told first: that the store was broken, and
// what was saved.
func (s *Store) greet(ctx context.Context) error {
	rows, err := s.read.QueryContext(ctx, "select json_extract(item, '$.text') from intent_carried where json_extract(item, '$.what') = 'report'")
	if err != nil {
		return err
	}
	return eachRow(rows, func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		s.hub.greeting = append(s.hub.greeting, Notice{Kind: NoticeSalvaged, Text: text})
		return err
	})
}

// prepareFile makes the file before SQLite does, because its mode is then also
// that of the journal beside it. A file that is there is not even opened:
// closing it would strip the locks SQLite holds on it in this process.
func prepareFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return durable.SyncName(path)
}

func (s *Store) open(ctx context.Context) (err error) {
	have, err := refuseNewer(ctx, s.opt.Path)
	if err != nil {
		return err
	}
	all, err := steps()
	if err != nil {
		return err
	}
	if err := sound(ctx, s.opt.Path, have); err != nil {
		return err
	}
	lost, unreadable, err := lostFrames(s.opt.Path)
	if err != nil {
		return err
	}
	if unreadable {
		return &BrokenError{Path: s.opt.Path, Why: "its journal store.db-wal cannot be read, and with it the latest changes"}
	}
	old := have > 0 && have < len(all)
	if old {
		if err := keepBefore(ctx, s.opt.Path, have); err != nil {
			return err
		}
	}
	// secure_delete: what is erased leaves no text in the pages.
	if s.intent, err = openWriter(ctx, s.opt.Path, "synchronous(full)", "secure_delete(1)"); err != nil {
		return err
	}
	if err := migrate(ctx, s.intent.conn); err != nil {
		return err
	}
	if !old {
		if err := dropBefore(s.opt.Path); err != nil {
			return err
		}
	}
	if s.facts, err = openWriter(ctx, s.opt.Path, "synchronous(normal)", "cache_size(-16000)", "secure_delete(1)"); err != nil {
		return err
	}
	if s.read, err = openReader(s.opt.Path); err != nil {
		return err
	}
	s.read.failed = s.damaged
	if s.check, err = openCheckpointer(s.opt.Path, checkpointEvery); err != nil {
		return err
	}
	s.check.scrub, s.check.failed = s.scrub, s.failed
	var offset int64
	var scrub bool
	if err := s.read.QueryRowContext(ctx, "select offset_ms, scrub from log").Scan(&offset, &scrub); err != nil {
		return err
	}
	if scrub { // it was not finished when the last process ended
		s.check.scrubs()
	}
	s.clock.tell(time.Duration(offset) * time.Millisecond)
	if lost != nil {
		return s.keepLost(ctx, lost)
	}
	return nil
}

// uriPath escapes what a SQLite URI would read as its own.
var uriPath = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")

// dsn names the file with pragmas to run on each connection.
func dsn(path string, pragmas ...string) string {
	uri := uriPath.Replace(filepath.ToSlash(path))
	if filepath.VolumeName(path) != "" {
		uri = "/" + uri // file:/C:/…
	}
	return "file:" + uri + "?_txlock=immediate&_pragma=" + strings.Join(pragmas, "&_pragma=")
}

func connect(path string, n int, pragmas ...string) (*sql.DB, error) {
	// busy_timeout first: the switch to WAL itself may have to wait.
	all := append([]string{
		"busy_timeout(10000)", "journal_mode(wal)", "foreign_keys(1)",
		"wal_autocheckpoint(4000)", "temp_store(memory)",
	}, pragmas...)
	db, err := sql.Open("sqlite", dsn(path, all...))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// Close closes the files. What was committed stays.
func (s *Store) Close() error {
	if s.check != nil {
		s.check.stop() // before mu: what it may be at holds mu
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	errs := []error{moving(s.opt.Path)}
	if s.check != nil {
		errs = append(errs, s.check.close())
	}
	if s.read != nil {
		errs = append(errs, s.read.close())
	}
	for _, w := range []*writer{s.facts, s.intent} {
		if w != nil {
			errs = append(errs, w.close())
		}
	}
	closed(s.opt.Path)
	s.leave()
	return errors.Join(errs...)
}

// Agent returns who works here.
func (s *Store) Agent() event.AgentID { return s.opt.Agent }

func (s *Store) window(a *account) provider.WindowRule {
	if s.opt.Window == nil {
		return provider.WindowRule{}
	}
	return s.opt.Window(a.driver, a.network)
}

// chatWindow is the rule of a chat; usual is that of its account.
func (s *Store) chatWindow(a *account, chat provider.ChatID, usual provider.WindowRule) provider.WindowRule {
	if s.opt.ChatWindow == nil {
		return usual
	}
	if rule, differs := s.opt.ChatWindow(a.driver, a.network, chat); differs {
		return rule
	}
	return usual
}

func (s *Store) direct(a provider.AccountID) bool { return s.opt.Direct != nil && s.opt.Direct(a) }

// Lock makes this process the one that runs feed and outbox on the folder.
// held is true, and release nil, where another process is it already.
func (s *Store) Lock(_ context.Context) (release func(), held bool, err error) {
	return Lock(s.opt.Path)
}

// Lock is Store.Lock for the store at path, which need not be there yet: who
// makes a folder keeps others out of it.
func Lock(path string) (release func(), held bool, err error) {
	release, held, err = lockFile(path + ".lock")
	if err != nil {
		return nil, false, fmt.Errorf("lock store %s: %w", path, err)
	}
	return release, held, nil
}

// writeIntent runs f in one fsynced transaction and tells the watches when it
// has been committed.
func (s *Store) writeIntent(ctx context.Context, f func(*batch) error) error {
	return s.write(ctx, s.intent, func(b *batch) error {
		// So that whatever part of the journal is left says whose it is.
		if err := b.exec("update log set writes = writes + 1"); err != nil {
			return err
		}
		return f(b)
	})
}

// write runs f in one transaction. A change is told only after the commit, so
// that whoever hears of it can read it. What the disk did not take is a
// *DiskError.
func (s *Store) write(ctx context.Context, w *writer, f func(*batch) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if why := s.stopped.Load(); why != nil {
		return why
	}
	var b *batch
	// From here on the transaction ends by itself: a statement interrupted
	// half-way would save nobody anything.
	err := w.transaction(context.WithoutCancel(ctx), func(tx *tx) (err error) {
		if b, err = s.newBatch(tx); err != nil {
			return err
		}
		if err := f(b); err != nil {
			return err
		}
		return b.flush()
	})
	if err != nil {
		return s.failed(err)
	}
	s.check.wrote()
	if b.erasing {
		s.check.scrubs()
	}
	s.hub.tell(b.change)
	return nil
}

// millis is a time as stored: milliseconds since 1970, 0 for none.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// instant is the inverse of millis.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
