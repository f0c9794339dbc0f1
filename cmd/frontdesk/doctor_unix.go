//go:build unix

package main

import (
	"io/fs"
	"syscall"
)

// loose reports whether a mode lets others in.
func loose(mode, most fs.FileMode) bool { return mode&^most != 0 }

// freeSpace is how many bytes may still be written in a folder.
func freeSpace(dir string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return uint64(st.Bavail) * uint64(st.Bsize), nil //nolint:gosec,unconvert // the types differ between systems
}
