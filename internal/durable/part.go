package durable

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Part is a new file on its way. Until it is whole and on the disk it has a name
// of its own beside the one it is to get. A program that is killed leaves it; the
// next Begin for the same file removes it.
type Part struct{ to, path string }

const (
	partMark = ".part-"
	partEnd  = 10 // letters and digits behind it
)

// besides are what SQLite puts beside a file it writes.
var besides = []string{"", "-journal", "-wal", "-shm"}

// Begin makes an empty file, for its owner alone, that is to become the one of
// that name. The error is fs.ErrExist where there is something of that name. Of
// two who make the same file at once the later one goes on, and the other's Place
// fails.
func Begin(to string) (*Part, error) {
	if err := sweep(to); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(to); err == nil {
		return nil, &fs.PathError{Op: "make", Path: to, Err: fs.ErrExist}
	}
	p := &Part{to: to, path: to + partMark + rand.Text()[:partEnd]}
	f, err := os.OpenFile(p.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return p, f.Close()
}

// Path is where to write. Whoever wrote has closed it before Place.
func (p *Part) Path() string { return p.path }

// Place gives the file its name, for good. The error is fs.ErrExist where
// something has got that name meanwhile.
func (p *Part) Place() error {
	if err := SyncFile(p.path); err != nil {
		return err
	}
	// A link does not replace what somebody else has put there.
	if err := os.Link(p.path, p.to); errors.Is(err, fs.ErrExist) {
		return err
	} else if err != nil { // a file system without links
		if _, there := os.Lstat(p.to); there == nil {
			return &fs.PathError{Op: "make", Path: p.to, Err: fs.ErrExist}
		}
		if err := os.Rename(p.path, p.to); err != nil {
			return err
		}
	}
	return errors.Join(removeAll(p.path), SyncName(p.to))
}

// Drop removes what was not placed.
func (p *Part) Drop() error { return removeAll(p.path) }

func removeAll(path string) error {
	var names []string
	for _, beside := range besides {
		names = append(names, path+beside)
	}
	return Remove(names...)
}

// sweep removes the parts of a file that programs have left, and nothing that is
// not named as one.
func sweep(to string) error {
	entries, err := os.ReadDir(filepath.Dir(to))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !isPart(e.Name(), filepath.Base(to)) {
			continue
		}
		if err := Remove(filepath.Join(filepath.Dir(to), e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func isPart(name, of string) bool {
	end, ok := strings.CutPrefix(name, of+partMark)
	if !ok || len(end) < partEnd {
		return false
	}
	own := strings.IndexFunc(end[:partEnd], func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '2' || r > '7') }) < 0
	return own && slices.Contains(besides, end[partEnd:])
}
