package webhookrelay

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"frontdesk/internal/durable"
)

// What stands behind a log's name: the folder a recovery works in, the log that
// one has replaced, and (beforeSuffix) what migrations kept.
const (
	recoverMark = ".recover-"
	damagedMark = ".damaged-"
	// leftEnd is how many letters and digits end the name of what is on its way.
	leftEnd = 8
)

// replaceLog puts the new log where the old one was. There is a log at path at
// every moment: a relay that found none would begin an empty one. All of the old
// one is aside first, so that mend can undo what was cut off. The mark comes
// last: after a crash before it, the relay says that the log is another.
func replaceLog(fresh, path string, now time.Time) (aside string, err error) {
	there, err := exists(path)
	if err != nil {
		return "", err
	}
	if there {
		if aside, err = asideName(path, now); err != nil {
			return "", err
		}
		if err := keepAside(path, aside); err != nil {
			return aside, fmt.Errorf("keep the old log: %w", err)
		}
		// A journal that stayed would be played into the new log.
		if err := durable.Remove(path+"-wal", path+"-shm"); err != nil {
			return aside, err
		}
		if err := durable.SyncName(path); err != nil {
			return aside, err
		}
	}
	for _, f := range []struct{ from, to string }{{fresh, path}, {markPath(fresh), markPath(path)}} {
		if err := os.Rename(f.from, f.to); err != nil {
			return aside, err
		}
	}
	return aside, durable.SyncName(path)
}

// asideName is a name that no earlier log has.
func asideName(path string, now time.Time) (string, error) {
	name := path + damagedMark + now.UTC().Format("20060102T150405")
	for n := 2; ; n++ {
		there, err := exists(name)
		if err != nil || !there {
			return name, err
		}
		name = fmt.Sprintf("%s%s%s.%d", path, damagedMark, now.UTC().Format("20060102T150405"), n)
	}
}

// keepAside gives a log a second name, with all that belongs to it.
func keepAside(path, aside string) error {
	if err := os.Link(path, aside); err != nil {
		return err
	}
	if err := os.Link(path+"-wal", aside+"-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := copyFile(markPath(path), markPath(aside)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return durable.SyncName(aside)
}

// sameFile reports whether two names are of one file.
func sameFile(a, b string) (bool, error) {
	x, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y), err
}

// mend undoes what a recovery left that was cut off, and removes what it and
// migrations had on their way. The caller has the log's lock: nobody is at it.
func mend(path string) error {
	aside, err := cutOff(path)
	if err == nil && aside != "" {
		err = undoSwap(path, aside)
	}
	if err != nil {
		return fmt.Errorf("undo a recovery that was cut off: %w", err)
	}
	left, err := besideLog(path)
	for _, name := range left {
		if err == nil && onItsWay(strings.TrimPrefix(name, path)) {
			err = os.RemoveAll(name)
		}
	}
	if err != nil {
		return fmt.Errorf("remove what was on its way: %w", err)
	}
	return nil
}

// mendAlone is mend where a relay may be serving the log: then nothing is cut
// off, or that relay would have mended it.
func mendAlone(ctx context.Context, path string) error {
	aside, err := cutOff(path)
	if err != nil || aside == "" {
		return err
	}
	lock, err := lockFile(ctx, path)
	if err != nil {
		return err
	}
	return errors.Join(mend(path), lock.release())
}

// besideLog lists the files whose names begin with the log's.
func besideLog(path string) (names []string, err error) {
	folder := filepath.Dir(path)
	files, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, f := range files {
		if name := f.Name(); strings.HasPrefix(name, filepath.Base(path)) && name != filepath.Base(path) {
			names = append(names, filepath.Join(folder, name))
		}
	}
	return names, err
}

// onItsWay reports whether what stands behind a log's name is of a recovery's
// folder, or of a copy that a migration had not finished.
func onItsWay(behind string) bool {
	end, ok := strings.CutPrefix(behind, recoverMark)
	if !ok {
		version, more, dotted := strings.Cut(strings.TrimPrefix(behind, beforeSuffix), ".")
		if !strings.HasPrefix(behind, beforeSuffix) || !dotted || strings.Trim(version, "0123456789") != "" {
			return false
		}
		end = more
		for _, beside := range []string{"-journal", "-wal", "-shm"} {
			end = strings.TrimSuffix(end, beside)
		}
	}
	return len(end) == leftEnd && strings.Trim(end, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// cutOff returns the second name that a recovery gave the log at path before it
// was cut off; empty where there is none.
func cutOff(path string) (aside string, err error) {
	beside, err := besideLog(path)
	if err != nil {
		return "", err
	}
	for _, name := range beside {
		if !strings.HasPrefix(name, path+damagedMark) {
			continue
		}
		if same, err := sameFile(name, path); err == nil && same {
			return name, nil
		}
	}
	return "", nil
}

// undoSwap gives the log its journal back, and takes its second name away. Where
// somebody has written to the log since, both stay as they are.
func undoSwap(path, aside string) error {
	wal, kept := path+"-wal", aside+"-wal"
	if info, err := os.Stat(wal); err == nil && info.Size() > 0 {
		if same, err := sameFile(wal, kept); err != nil || !same {
			return nil //nolint:nilerr // there was no journal then, and is one now
		}
	} else if there, err := exists(kept); err != nil {
		return err
	} else if there {
		if err := errors.Join(durable.Remove(wal), os.Link(kept, wal), durable.SyncName(path)); err != nil {
			return err
		}
	}
	return errors.Join(durable.Remove(aside, kept, markPath(aside)), durable.SyncName(path))
}
