package event

import (
	"fmt"
	"time"
)

const (
	// KindErased is the team's word that a contact is erased.
	KindErased = "contact.erased"
	// KindTombstone stands in the log where an event was erased.
	KindTombstone = "erased"
)

// Erased ends a conversation as if it had never been: whoever reads it removes
// all there is of the event's conversation, and everything in the log that came
// before it is a Tombstone from now on. What comes later begins anew.
type Erased struct{}

// Tombstone is what is left of an erased event: that it was, when, and nothing
// of what it said. The sequence stays dense by it.
type Tombstone struct{}

// Kind implements Body.
func (Erased) Kind() string { return KindErased }

// Kind implements Body.
func (Tombstone) Kind() string { return KindTombstone }

// TombstoneOf returns the event that takes the place of an erased one.
func TombstoneOf(seq Seq, at time.Time) Event {
	return Event{Seq: seq, ID: fmt.Sprintf("erased:%d", seq), Kind: KindTombstone, Version: 1, At: at, Body: Tombstone{}}
}
