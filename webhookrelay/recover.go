package webhookrelay

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"frontdesk/internal/durable"
	"frontdesk/webhookrelay/event"
)

// Recovery is what a log is made of again.
type Recovery struct {
	// Path is where the relay's log is, or will be.
	Path string
	// From is a backup, or a damaged log, which may be the one at Path. It is
	// only read.
	From string
	// Events are events that a terminal gives back, a line each, in order; nil
	// for none. They go on where what From saves ends.
	Events io.Reader
	Now    time.Time
}

// Recovered is what became of it.
type Recovered struct {
	// Saved is how many events From had up to its end or its first damage, Given
	// how many came from terminals after them. The log ends at Saved + Given.
	Saved, Given event.Seq
	// Damage is the first sequence that was not as it was appended; 0 for none.
	Damage event.Seq
	// Reached is the furthest sequence the lost log is known to have had; what
	// is between the end and it is missing.
	Reached event.Seq
	// Rows counts the other rows that were saved, by table.
	Rows map[string]int
	// ChangedBodies is how many bodies were not as they came, and are left out.
	ChangedBodies int
	// Unread are the tables that could not be read to their end.
	Unread []string
	// Aside is where the log that was at Path is now; empty where there was none.
	Aside string
	// Epoch names the new log: no terminal takes it for the old one.
	Epoch string
}

var (
	// ErrNothingToRecover is answered where From has no event, or not what it
	// takes to go on with it.
	ErrNothingToRecover = errors.New("nothing can be saved from it")
	// ErrGap is answered where the events given back do not go on exactly where
	// the log ends, or are another log's.
	ErrGap = errors.New("the events do not continue the log")
)

// Recover makes the log at Path anew from what is whole. The old files are moved
// aside once the new log is complete, verified and durable; until then nothing
// of them is changed, and after an error they are as they were.
func Recover(ctx context.Context, r Recovery) (done Recovered, err error) {
	if there, err := exists(r.From); err != nil || !there {
		return done, fmt.Errorf("recover from %s: %w", r.From, errors.Join(err, ErrNoLog))
	}
	lock, err := lockFile(ctx, r.Path)
	if err != nil {
		return done, fmt.Errorf("recover %s: %w", r.Path, err)
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	if same, err := sameFile(r.From, r.Path); err == nil && same {
		r.From = r.Path // the name that a recovery which was cut off gave it goes
	}
	if err := mend(r.Path); err != nil {
		return done, fmt.Errorf("recover %s: %w", r.Path, err)
	}
	work := r.Path + recoverMark + randomID(leftEnd*5/8)
	if err := durable.MakeFolder(work); err != nil {
		return done, fmt.Errorf("recover %s: %w", r.Path, err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	fresh := filepath.Join(work, "relay.db")
	if err := done.build(ctx, r, work, fresh); err != nil {
		return done, fmt.Errorf("recover %s: %w", r.Path, err)
	}
	if done.Aside, err = replaceLog(fresh, r.Path, r.Now); err != nil {
		return done, fmt.Errorf("recover %s: %w", r.Path, err)
	}
	return done, nil
}

// build makes the new log, whole and verified.
func (done *Recovered) build(ctx context.Context, r Recovery, work, fresh string) error {
	old, err := openOld(ctx, r.From, work)
	if err != nil {
		return err
	}
	defer func() { _ = old.db.Close() }()
	done.Reached = max(markedAt(r.Path), markedAt(r.From))
	db, err := openWriter(ctx, fresh)
	if err != nil {
		return err
	}
	err = done.copyLog(ctx, old, db)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	l, err := openLog(ctx, fresh, func() time.Time { return r.Now }, nil)
	if err != nil {
		return err
	}
	done.Epoch = l.epoch
	if r.Events != nil {
		done.Given, err = l.giveBack(ctx, r.Events)
	}
	if err == nil {
		err = l.balanceLoss(ctx)
	}
	if err == nil {
		err = l.checkpoint(ctx)
	}
	if err = errors.Join(err, l.close()); err != nil {
		return err
	}
	head, err := verifyFile(ctx, fresh)
	if err == nil && head != done.Saved+done.Given {
		err = fmt.Errorf("%w: it ends at %d and not at %d", ErrDamaged, head, done.Saved+done.Given)
	}
	if err != nil {
		return err
	}
	return errors.Join(durable.SyncFile(fresh), durable.SyncFile(markPath(fresh)), durable.SyncName(fresh))
}

func markedAt(path string) event.Seq {
	m, _, _ := readMark(path) // an unreadable one knows nothing
	return m.seq
}

// oldLog is a log that may be damaged anywhere. It is a copy: SQLite would
// write to the original.
type oldLog struct {
	db     *sql.DB
	dedupe []byte
}

func openOld(ctx context.Context, from, work string) (oldLog, error) {
	path := filepath.Join(work, "from.db")
	for _, suffix := range []string{"", "-wal"} {
		if err := copyFile(from+suffix, path+suffix); err != nil && (suffix == "" || !errors.Is(err, fs.ErrNotExist)) {
			return oldLog{}, err
		}
	}
	db, err := openDB(path, 1)
	if err != nil {
		return oldLog{}, err
	}
	version, err := schemaVersion(ctx, db)
	if err == nil {
		var steps []string
		if steps, err = migrationSteps(); err == nil && version > len(steps) {
			err = errNewer
		}
	} else {
		err = fmt.Errorf("%w: %w", ErrNothingToRecover, err)
	}
	if err != nil {
		return oldLog{}, errors.Join(err, db.Close())
	}
	return oldLog{db: db}, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// eventLines reads events as terminals print them, one JSON object a line.
func eventLines(in io.Reader, each func(line []byte) error) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), maxFrame+1)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := each(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}
