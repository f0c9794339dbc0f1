package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"frontdesk/internal/media"
	"frontdesk/store"
)

// sweep removes what programs left that were killed: half of a file, a draft in an
// editor, and the second store that doctor --deep compares with. What somebody is at stays until
// the next start.
func (d *desk) sweep() error {
	err := errors.Join(unlessInUse(ofVault(d.cfg.dir, (*media.Vault).Sweep)), unlessInUse(removeCompared(d.cfg.dir)), removeDrafts(d.cfg.dir, time.Now()))
	if err != nil {
		return fmt.Errorf("remove what was left: %w", err)
	}
	return nil
}

func unlessInUse(err error) error {
	if errors.Is(err, media.ErrBusy) || errors.Is(err, store.ErrInUse) {
		return nil
	}
	return err
}

// eraseFiles removes from a store's folder the kept files of whom was erased, and
// whatever else may hold a word of them. It fails while somebody is at such a
// file, and is tried again.
func eraseFiles(folder string) func(named func(string) bool) error {
	return func(named func(string) bool) error {
		return errors.Join(ofVault(folder, func(v *media.Vault) error { return v.KeepOnly(named) }), removeCompared(folder))
	}
}

// ofVault does something with the files of a store's folder, where it has any.
func ofVault(folder string, do func(*media.Vault) error) error {
	dir := filepath.Join(folder, "media")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	vault, err := media.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(do(vault), vault.Close())
}

// comparedMark begins the names of the folders that doctor --deep works in.
const comparedMark = "doctor-"

// removeCompared removes the stores that doctor --deep was killed beside. The
// error is store.ErrInUse while one is at work.
func removeCompared(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		number, ours := strings.CutPrefix(e.Name(), comparedMark)
		if !ours || !e.IsDir() || number == "" || strings.Trim(number, "0123456789") != "" {
			continue
		}
		dir := filepath.Join(folder, e.Name())
		err := store.Remove(filepath.Join(dir, "store.db"))
		if err == nil {
			err = os.RemoveAll(dir)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
