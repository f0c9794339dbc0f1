package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/internal/when"
	"frontdesk/provider"
	"frontdesk/store"
)

// dueAt reads the words of --at; zero where there are none.
func (d *desk) dueAt(words string) (time.Time, error) {
	if words == "" {
		return time.Time{}, nil
	}
	due, err := when.Parse(words, d.now().Local())
	var p *when.Problem
	if errors.As(err, &p) {
		said := d.words.Later.NotATime(p, d.now().Local())
		return due, &usageError{what: "--at is no time: " + said.Happened, todo: said.Do}
	}
	return due, err
}

// schedule keeps a message for its time, and waits until the team has it: from then on
// it goes whether or not this machine is on.
func (d *desk) schedule(ctx context.Context, out provider.Outgoing, due time.Time, req sendRequest) error {
	key, err := d.store.Schedule(ctx, out, due, "")
	if err != nil {
		return fmt.Errorf("keep the message: %w", err)
	}
	d.wake()
	patience, tick := time.NewTimer(req.limit), time.NewTicker(poll)
	defer patience.Stop()
	defer tick.Stop()
	for {
		m, err := d.store.Message(context.WithoutCancel(ctx), key)
		if err != nil {
			return fmt.Errorf("read the message: %w", err)
		}
		if m.Seq > 0 || m.Job != "scheduled" {
			return errors.Join(d.env.printSent(m, req.json), scheduleFault(&m))
		}
		select {
		case <-tick.C:
		case <-patience.C:
			return &fault{what: "the team does not have it yet", todo: "it is told, and then sent at its time, as soon as the relay can be reached"}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func scheduleFault(m *store.Message) error {
	if m.State() == "failed" {
		return &fault{what: "not scheduled", err: why(*m)}
	}
	return nil
}

// late is how long after its time a message that nobody sent is a finding.
const late = 2 * time.Minute
