package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"frontdesk/webhookrelay"
)

// recover makes the log anew from a backup or from what is whole of a damaged
// one, and from events that terminals give back.
func (e environment) recover(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("recover", flag.ContinueOnError)
	path, from, events := flags.String("config", "", ""), flags.String("from", "", ""), flags.String("events", "", "")
	if _, err := parse(flags, args, 0); err != nil {
		return err
	}
	if *from == "" {
		return &usageError{what: "it is not said what to recover from", todo: "add --from FILE: a backup, or the damaged relay.db"}
	}
	c, err := e.loadConfig(*path)
	if err != nil {
		return err
	}
	r := webhookrelay.Recovery{Path: c.log(), From: *from, Now: time.Now()}
	if *events != "" {
		f, err := os.Open(*events)
		if err != nil {
			return &fault{what: "the events cannot be read", todo: "nothing was changed: check --events", err: err}
		}
		defer func() { _ = f.Close() }()
		r.Events = f
	}
	done, err := webhookrelay.Recover(ctx, r)
	if err != nil {
		return recoverFault(c, *from, err)
	}
	return e.tellRecovered(done, *from)
}

func recoverFault(c *config, from string, err error) error {
	switch {
	case errors.Is(err, webhookrelay.ErrServed):
		return openFault(c, err)
	case errors.Is(err, webhookrelay.ErrNoLog):
		return &fault{what: "there is no file " + from, todo: "nothing was changed: name the backup, or the damaged relay.db"}
	case errors.Is(err, webhookrelay.ErrNothingToRecover):
		return &fault{what: from + " is too damaged", todo: "nothing was changed: try the latest backup", err: err}
	case errors.Is(err, webhookrelay.ErrGap):
		return &fault{what: "the events do not fit", todo: "nothing was changed: give those that follow, from the terminal that has the most (frontdesk store events)", err: err}
	}
	return &fault{what: "the log was not recovered", todo: "nothing was changed: check the disk and who may write there", err: err}
}

// tellRecovered says what was saved, what is missing, and what to know of it.
func (e environment) tellRecovered(done webhookrelay.Recovered, from string) error {
	say := func(format string, args ...any) { fmt.Fprintf(e.out, format+"\n", args...) }
	say("%d events were saved from %s", done.Saved, from)
	if done.Damage > 0 {
		say("event %d was not as it was written: it and what came after it was left", done.Damage)
	}
	if done.ChangedBodies > 0 {
		say("%d bodies of webhooks were not as they came and were left out", done.ChangedBodies)
	}
	if done.Given > 0 {
		say("%d events were given back", done.Given)
	}
	var rows []string
	for _, table := range slices.Sorted(maps.Keys(done.Rows)) {
		rows = append(rows, fmt.Sprintf("%s %d", table, done.Rows[table]))
	}
	say("rows beside the events: %s", strings.Join(rows, ", "))
	for _, table := range done.Unread {
		say("NOT ALL THERE: the rows of %s could be read in part only", table)
	}
	head := done.Saved + done.Given
	if done.Reached > head {
		say("MISSING: events %d to %d; a terminal may have them (frontdesk store events --after %d)", head+1, done.Reached, head)
	}
	say("tokens are as they were in %s: revoke again what was revoked since (webhookrelay token list)", from)
	say("so are contacts that were erased since, unless the events given back say so: erase them again (frontdesk contact erase)")
	say("the log ends at %d and has the new epoch %s: every terminal is told", head, done.Epoch)
	if done.Aside != "" {
		say("the old log is %s; it holds what was erased or lost since, so delete it when it is not needed any more", done.Aside)
	}
	return nil
}
