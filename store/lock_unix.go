//go:build unix

package store

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes the file for this process; held is true where another process
// has it. The lock ends with the process, however it ends.
func lockFile(path string) (release func(), held bool, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, false, err
	}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, true, f.Close()
	case err != nil:
		return nil, false, errors.Join(err, f.Close())
	}
	// Closing the descriptor is what lets go.
	return func() { _ = f.Close() }, false, nil
}
