package store

import (
	"errors"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"frontdesk/webhookrelay/event"
)

// DiskError: the disk did not take what was to be kept, and nothing of it was
// done.
type DiskError struct {
	// Full: there is no room. With room again the same goes well.
	Full bool
	// Stopped: a flush failed, and nothing more is kept until the store is opened
	// again.
	Stopped bool
	Err     error
}

// Error implements error.
func (e *DiskError) Error() string {
	switch {
	case e.Full:
		return "the disk is full: " + e.Err.Error()
	case e.Stopped:
		return "the disk failed while it was flushed, and nothing more is kept: " + e.Err.Error()
	}
	return "the disk failed: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *DiskError) Unwrap() error { return e.Err }

// IsDisk reports whether an error is the disk's: it is full, or it fails. What
// is wrong in the file itself is IsBroken's.
func IsDisk(err error) bool {
	var e *DiskError
	return errors.As(onDisk(err), &e)
}

// onDisk makes a DiskError of an error that is the disk's.
func onDisk(err error) error {
	var known *DiskError
	if err == nil || errors.As(err, &known) || IsBroken(err) {
		return err
	}
	code := codeOf(err)
	switch {
	case code&0xff == sqlite3.SQLITE_FULL, code == sqlite3.SQLITE_IOERR_SHMSIZE,
		errors.Is(err, syscall.ENOSPC), errors.Is(err, errQuota):
		return &DiskError{Full: true, Err: err}
	case code&0xff == sqlite3.SQLITE_IOERR, errors.Is(err, syscall.EIO):
		return &DiskError{Err: err}
	}
	return err
}

func codeOf(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code()
}

// rolledBack reports an error after which SQLite may have rolled a transaction
// back by itself, so that there is nothing to be rolled back.
func rolledBack(err error) bool {
	switch codeOf(err) & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT:
		return true
	}
	return false
}

// failed takes what a write or a checkpoint came to. After a flush that failed
// nothing more is written: the next one can succeed without having flushed what
// this one did not, and what is then said to be kept would be gone after a power
// loss. Counts say so. A full disk is not one: nothing was written.
func (s *Store) failed(err error) error {
	s.damaged(err)
	switch codeOf(err) {
	case sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC:
		if s.stopped.CompareAndSwap(nil, &DiskError{Stopped: true, Err: err}) {
			s.hub.tell(Change{Counts: true, Conversations: map[event.ConversationID]bool{}})
		}
		return s.stopped.Load()
	}
	return onDisk(err)
}
