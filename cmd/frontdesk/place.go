package main

import (
	"fmt"

	"frontdesk/cmd/internal/place"
)

// mayHoldStore refuses a folder on another machine's disk before anything is
// written there: the journal of a store is not safe on one.
func (e environment) mayHoldStore(dir string) error {
	if e.remote == nil {
		return nil
	}
	if kind := e.remote(dir); kind != "" {
		return &fault{
			what: fmt.Sprintf("the folder %s is on a network disk (%s), where a store can be damaged", dir, kind),
			todo: "name a folder on this machine with --dir DIR",
		}
	}
	return nil
}

// copied judges whether a program copies the folder to other machines: it may
// put an older file back under an open store.
func (c *checkup) copied(dir string) {
	if who := place.Synced(dir); who != "" {
		c.add(levelWrong, "files", "move it out of there, or name another folder with --dir", "%s copies this folder and can put older files back", who)
	}
}
