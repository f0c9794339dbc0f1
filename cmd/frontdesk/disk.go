package main

import (
	"errors"

	"frontdesk/store"
)

// plainly gives an error of the disk or of a damaged store its two parts, where
// nobody has said it better.
func plainly(err error) error {
	var said *fault
	var usage *usageError
	if errors.As(err, &said) || errors.As(err, &usage) {
		return err
	}
	var disk *store.DiskError
	what, todo := err.Error(), ""
	switch {
	case errors.As(err, &disk) && disk.Full:
		todo = "make room, then do it again"
	case store.IsDisk(err):
		todo = "check the disk, then do it again"
	case store.IsBroken(err):
		what = "the store on this machine is damaged: " + what
		todo = "do it again: then drafts and unsent messages are saved and the rest is fetched again"
	default:
		return err
	}
	return &fault{what: what, todo: todo}
}
