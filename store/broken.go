package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// dropBroken removes the broken stores that were set aside: they hold whom a
// later fact erased.
func dropBroken(path string) error {
	old, err := filepath.Glob(globQuote(path) + ".broken-*")
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range old {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
