//go:build unix

package media

import (
	"errors"
	"os"
	"syscall"
)

// share notes in the open folder that a file may be on its way, until the folder
// is closed or the process ends, however it ends. Where a file system knows no
// locks nobody is known of: a file that is removed on its way is fetched again.
func share(d *os.File) { _ = flock(d, syscall.LOCK_SH) }

// takeAlone reports that nobody has noted so. Nobody can until d is closed.
func takeAlone(d *os.File) bool {
	return !errors.Is(flock(d, syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

func flock(d *os.File, how int) error {
	for {
		if err := syscall.Flock(int(d.Fd()), how); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
