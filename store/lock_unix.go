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
	return flock(path, syscall.LOCK_EX)
}

// shareFile takes the file together with others who share it; held is true
// where somebody has it alone.
func shareFile(path string) (release func(), held bool, err error) {
	return flock(path, syscall.LOCK_SH)
}

func flock(path string, how int) (release func(), held bool, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, false, err
	}
	switch err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, true, f.Close()
	case err != nil:
		return nil, false, errors.Join(err, f.Close())
	}
	// Closing the descriptor is what lets go.
	return func() { _ = f.Close() }, false, nil
}
