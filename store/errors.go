package store

import (
	"errors"
	"fmt"
)

// The errors a caller decides by.
var (
	// ErrNotFound: no such row.
	ErrNotFound = errors.New("not found")
	// ErrGap: the batch does not continue the cursor; fetch again from it.
	ErrGap = errors.New("events do not continue what this store holds; fetch again from its cursor")
	// ErrEpoch: the relay's log is not the one this store was filled from.
	ErrEpoch = errors.New("the relay's log is another one than this store was filled from; set the store aside and start a new one")
	// ErrNoHello: nothing can be applied before the relay's epoch and key are known.
	ErrNoHello = errors.New("the relay's greeting has not been stored yet; connect once first")
	// ErrState: the message's job is in another state than the action needs.
	ErrState = errors.New("the message is in another state by now; look at it again")
)

// NewerSchemaError: the file was written by a newer frontdesk. Nothing in it
// was touched.
type NewerSchemaError struct {
	Path       string
	Have, Want int
}

// Error implements error.
func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("the store %s has schema %d, this program knows up to %d; use the newer frontdesk that wrote it",
		e.Path, e.Have, e.Want)
}
