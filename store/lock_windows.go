package store

import (
	"errors"
	"os"
	"syscall"
)

// errSharing is Windows' ERROR_SHARING_VIOLATION.
const errSharing = syscall.Errno(32)

// lockFile takes the file for this process by opening it without sharing; held
// is true where another process has it. The lock ends with the process, however
// it ends.
func lockFile(path string) (release func(), held bool, err error) {
	return openShared(path, 0)
}

// shareFile takes the file together with others who share it; held is true
// where somebody has it alone.
func shareFile(path string) (release func(), held bool, err error) {
	return openShared(path, syscall.FILE_SHARE_READ|syscall.FILE_SHARE_WRITE)
}

func openShared(path string, share uint32) (release func(), held bool, err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, false, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, share, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case errors.Is(err, errSharing):
		return nil, true, nil
	case err != nil:
		return nil, false, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return func() { _ = syscall.CloseHandle(h) }, false, nil
}
