//go:build unix

package store

import (
	"errors"
	"os"
)

// syncDir makes the names in a folder durable: a file that was made or renamed
// is there after a power loss only then.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
