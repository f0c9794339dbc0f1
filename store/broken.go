package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"frontdesk/internal/durable"
)

// BrokenError: the file is damaged, or is not the one this store was. Nothing in
// it was touched. Salvage saves what this agent wanted; facts come again from
// the relay.
type BrokenError struct {
	Path string
	// Why is what is wrong, for a person.
	Why string
	Err error
	// foreign: the journal is another store's.
	foreign bool
}

// Error implements error.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("the store %s is broken: %s", e.Path, e.Why)
}

// Unwrap returns the cause.
func (e *BrokenError) Unwrap() error { return e.Err }

// IsBroken reports whether an error says that the store's file is damaged.
func IsBroken(err error) bool {
	var broken *BrokenError
	if errors.As(err, &broken) {
		return true
	}
	var misfit *misfitError
	if errors.As(err, &misfit) {
		return true
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	case sqlite3.SQLITE_ERROR:
		// How the search index was made stands in the file itself, and is read again
		// at each start: what cannot be parsed there is no statement of ours.
		return strings.Contains(e.Error(), "parse error in ")
	}
	return false
}

// marker is beside the store and says what the file itself cannot: that there
// was a store, which, and whether it was closed.
type marker struct{ id, state string }

const (
	markedOpen   = "open"
	markedClosed = "closed"
	// markedMoving stands while connections come and go: SQLite removes a journal
	// with nothing in it when the last one ends, be it one that only looks. A
	// process that is killed then has lost nothing.
	markedMoving = "moving"
	// markedBroken stays until the store is salvaged or rebuilt: a damaged page
	// that only facts are in is not looked at when a store is opened.
	markedBroken = "broken"
)

func markerPath(path string) string { return path + ".mark" }

// markerOnItsWay stands behind a marker's name until it is whole.
const markerOnItsWay = ".new-"

func readMarker(path string) (m marker) {
	raw, err := os.ReadFile(markerPath(path))
	if err != nil {
		return m
	}
	m.id, m.state, _ = strings.Cut(strings.TrimSpace(string(raw)), " ")
	return m
}

// write leaves a marker that says so already alone. Several processes may be at
// it, each with a name of its own for the half-written one. The folder is flushed
// on either side: a power cut must not keep the marker that the journal is there
// and lose the journal's name, nor keep that it went and lose the marker before it.
func (m marker) write(path string) error {
	if readMarker(path) == m {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(markerPath(path))+markerOnItsWay+"*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(m.id + " " + m.state + "\n")
	if err = errors.Join(err, f.Sync(), f.Close(), durable.SyncName(path)); err == nil {
		err = os.Rename(f.Name(), markerPath(path))
	}
	if err != nil {
		return errors.Join(err, durable.Remove(f.Name()))
	}
	return durable.SyncName(path)
}

// markerWait is how long the process that closed a store last may take to say
// so.
const markerWait = 300 * time.Millisecond

// gone looks at the files before SQLite does, which would make a new one in
// the place of one that is gone.
func gone(path string) error {
	m := readMarker(path)
	if m.id == "" {
		return nil
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &BrokenError{Path: path, Why: "the file is gone"}
	case err != nil:
		return err
	case info.Size() == 0:
		return &BrokenError{Path: path, Why: "the file is empty"}
	}
	if m.state == markedBroken {
		return &BrokenError{Path: path, Why: "a part of it could not be read when it was last used"}
	}
	if m.state == markedOpen && !exists(path+"-wal") {
		time.Sleep(markerWait)
		if readMarker(path).state == markedOpen && !exists(path+"-wal") {
			return &BrokenError{Path: path, Why: "its journal store.db-wal is gone, and with it the latest changes"}
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// sound checks what exists nowhere else, before anything is written: the
// intent, and whose file this is. Facts are checked where they are read; they
// can be fetched again.
func sound(ctx context.Context, path string, schema int) (err error) {
	if schema == 0 {
		return nil
	}
	db, err := readOnly(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := ours(ctx, db, path, schema); err != nil {
		return err
	}
	if err := shaped(ctx, db, path, schema); err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, `select name from sqlite_schema where type = 'table' and name like 'intent\_%' escape '\'`)
	if err != nil {
		return err
	}
	tables := []string{"log"}
	if err := eachRow(rows, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		tables = append(tables, name)
		return err
	}); err != nil {
		return err
	}
	for _, table := range tables {
		var said string
		if err := db.QueryRowContext(ctx, fmt.Sprintf("pragma quick_check(%q)", table)).Scan(&said); err != nil {
			return err
		}
		if said != "ok" {
			return &BrokenError{Path: path, Why: "the table " + table + " is damaged: " + said}
		}
	}
	return nil
}

// newestShape is what shape returns for a store of shapedSchema: a damaged page of the
// schema itself shows nowhere else, because SQLite believes the names in it.
const (
	shapedSchema = 13
	newestShape  = "c72fd1fe33d53ecc"
)

// shaped checks that the tables and their columns are those of the schema the
// file says it has. Of older ones only migrations know.
func shaped(ctx context.Context, db *sql.DB, path string, schema int) error {
	if schema != shapedSchema {
		return nil
	}
	have, err := shape(ctx, db)
	if err == nil && have != newestShape {
		err = &BrokenError{Path: path, Why: "its list of tables is damaged"}
	}
	return err
}

// shape is a hash of all names of tables, indexes and columns.
func shape(ctx context.Context, db *sql.DB) (string, error) {
	rows, err := db.QueryContext(ctx, `select t.type || ' ' || t.name || ' ' || t.tbl_name || ' ' || coalesce(c.name || ' ' || c.type, '')
		from sqlite_schema t left join pragma_table_info(t.name) c where t.name not like 'sqlite\_stat%' escape '\' order by t.type, t.name, c.cid`)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	err = eachRow(rows, func(scan func(...any) error) error {
		var line string
		err := scan(&line)
		sum.Write([]byte(line + "\n"))
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:8]), err
}

// ours checks that the file, as its journal has it, is the one that was marked.
func ours(ctx context.Context, db *sql.DB, path string, schema int) error {
	m := readMarker(path)
	if schema < namedSchema || m.id == "" {
		return nil
	}
	var id string
	if err := db.QueryRowContext(ctx, "select store from log").Scan(&id); err != nil {
		return err
	}
	if m.id != id {
		return &BrokenError{Path: path, Why: "the file or its journal belongs to another store", foreign: true}
	}
	return nil
}

// namedSchema is since when a file has a name of its own.
const namedSchema = 3

// mark says beside the file that it is open.
func (s *Store) mark(ctx context.Context) error {
	var id string
	if err := s.intent.conn.QueryRowContext(ctx, "select store from log").Scan(&id); err != nil {
		return err
	}
	return marker{id, markedOpen}.write(s.opt.Path)
}

// keepLost takes intent that lay behind a broken page of the journal, unless
// the store has it: it is placed when the relay has said what it knows.
func (s *Store) keepLost(ctx context.Context, lost *pages) error {
	h := newHaul()
	h.addPages(lost)
	return s.writeIntent(ctx, func(b *batch) error {
		kept := 0
		for i := range h.items {
			c := &h.items[i]
			known, err := b.knows(c)
			if err != nil {
				return err
			}
			if known {
				continue
			}
			raw, err := encode(c)
			if err != nil {
				return err
			}
			if err := b.exec("insert into intent_carried (item) values (?)", raw); err != nil {
				return err
			}
			kept++
		}
		if kept == 0 {
			return nil
		}
		raw, err := encode(carried{What: carriedReport, Text: fmt.Sprintf(
			"The store's journal ended in a broken page. %d drafts and messages behind it were saved and come back in a moment.", kept)})
		if err != nil {
			return err
		}
		return b.exec("insert into intent_carried (item) values (?)", raw)
	})
}

// knows reports whether the store holds a piece of intent, or newer. A job that
// waits here and was seen again behind the break may have left meanwhile.
func (b *batch) knows(c *carried) (known bool, err error) {
	switch c.What {
	case carriedDraft:
		return b.get(`select 1 from intent_draft d join conversation c on c.key = d.conversation where c.id = ? and d.mode = ?
			and d.at >= ?`, []any{string(c.In), string(c.Mode), c.At}, new(int))
	case carriedPublication:
		return b.get("select 1 from intent_publication where id = ?", []any{c.ID}, new(int))
	case carriedJob:
		return b.get("select 1 from intent_job where op = ? and state not in ('queued', 'held')", []any{c.ID}, new(int))
	}
	return true, nil
}

// brokenAt tells a damaged file from other trouble.
func brokenAt(path string, err error) error {
	var broken *BrokenError
	if err == nil || errors.As(err, &broken) || !IsBroken(err) {
		return err
	}
	return &BrokenError{Path: path, Why: "SQLite cannot read it", Err: err}
}

// closed says that nothing of the store is left in its journal. It is said only
// by whoever closed it last.
func closed(path string) {
	m := readMarker(path)
	if m.id == "" || m.state == markedClosed || m.state == markedBroken {
		return
	}
	// Two that close at once may each take the other for still open: whoever says
	// so looks again, because the journal may have gone meanwhile.
	for range 3 {
		m.state = markedClosed
		open := exists(path + "-wal")
		if open {
			m.state = markedOpen
		}
		_ = m.write(path) // not said, the next start looks twice
		if !open || exists(path+"-wal") {
			return
		}
	}
}

// moving says that a journal may go before anything else is said.
func moving(path string) error {
	m := readMarker(path)
	if m.id == "" || m.state == markedBroken {
		return nil
	}
	m.state = markedMoving
	return m.write(path)
}

// damaged lets the next start salvage the store, where an error says that its
// file is damaged.
func (s *Store) damaged(err error) {
	if !IsBroken(err) {
		return
	}
	if m := readMarker(s.opt.Path); m.id != "" {
		m.state = markedBroken
		_ = m.write(s.opt.Path) // not said, the next start finds it again
	}
}

// dropOld removes stores that were set aside, and what a rebuild that was cut
// off has left: they hold whom a later fact erased. Whoever has the store open
// keeps others from replacing it meanwhile.
func dropOld(path string) error {
	var errs []error
	for _, why := range []string{replacedBroken, replacedRebuilt} {
		old, err := filepath.Glob(globQuote(path) + "." + why + "-*")
		errs = append(errs, err)
		for _, name := range old {
			errs = append(errs, durable.Remove(name))
		}
	}
	return errors.Join(append(errs, removeHalf(path+".half"))...)
}
