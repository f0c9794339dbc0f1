package main

import (
	"errors"
	"fmt"
	"strings"
)

// least is what a run must come to, however slow its machine: a slice that did
// less has proved less, and nobody would read it off the table.
type least struct {
	what    string
	figures []string // their sum
	count   int64
}

// ciLeast is what CI owes in one slice.
func ciLeast() []least {
	return []least{
		{"kill cycles", []string{"F1", "F2"}, 200},
		{"crash images", []string{"F3"}, 10_000},
		{"distinct fault points", []string{"F4"}, 2000},
		{"texts of the whole corpus", []string{"F19-screens"}, 11_000},
	}
}

// reached is an error that names every count that fell short.
func (t table) reached(owed []least) error {
	var short []error
	for _, l := range owed {
		var count int64
		for _, name := range l.figures {
			if r, ok := t[name]; ok {
				count += r.count
			}
		}
		if count < l.count {
			short = append(short, fmt.Errorf("%d %s (%s), at least %d are owed", count, l.what, strings.Join(l.figures, " and "), l.count))
		}
	}
	return errors.Join(short...)
}
