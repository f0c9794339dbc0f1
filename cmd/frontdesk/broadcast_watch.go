package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/store"
	"frontdesk/store/broadcast"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// queueBroadcast has the team send the plan, and waits until everything that is due
// has gone.
func (d *desk) queueBroadcast(ctx context.Context, p *broadcast.Plan, pace broadcast.Pace, req broadcastRequest) error {
	err := p.Queue(ctx, d.store, pace, func(int) { d.wake() })
	switch {
	case errors.Is(err, broadcast.ErrCancelled):
		return &fault{what: "this broadcast was cancelled", todo: "send it under another name with --name, if it is still wanted"}
	case ctx.Err() != nil:
		return d.goesOn(p.ID, nil)
	case err != nil:
		return fmt.Errorf("keep the broadcast: %w", err)
	}
	d.wakeWorker()
	return d.watchBroadcast(ctx, p.ID, req.json)
}

// goesOn says what becomes of a broadcast that nobody looks at any more.
func (d *desk) goesOn(id event.BroadcastID, t *store.Tally) error {
	what := "interrupted"
	if t != nil {
		what += ": " + d.words.Many.Progress(t)
	}
	return &fault{
		what: what, todo: "nothing is lost: an open inbox or frontdesk worker sends what is queued, the same command goes on and repeats nobody; " +
			"frontdesk broadcast show " + string(id) + " tells how it stands, pause and cancel stop it",
	}
}

// pulse is how often a person is told how far it has come.
const pulse = 2 * time.Second

// watchBroadcast tells how a broadcast goes until nothing of it is due.
func (d *desk) watchBroadcast(ctx context.Context, id event.BroadcastID, asJSON bool) error {
	tick, w := time.NewTicker(look), &watching{}
	defer tick.Stop()
	for {
		if d.carrier() == nil {
			if err := d.succeed(ctx); err != nil {
				return err
			}
		}
		b, t, err := d.broadcastNow(id)
		if err != nil {
			return err
		}
		if d.over(b, t) {
			return d.broadcastEnded(b, t, asJSON)
		}
		if line, told := w.line(d, b, t); told && !asJSON {
			fmt.Fprintln(d.env.out, safetext.Line(line).String())
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return d.goesOn(id, t)
		}
	}
}

func (d *desk) broadcastNow(id event.BroadcastID) (*store.Broadcast, *store.Tally, error) {
	ctx := context.Background() // what is asked last is asked after an interrupt
	b, err := d.store.Broadcast(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	t, err := d.store.BroadcastTally(ctx, id)
	return &b, &t, err
}

// over reports whether there is nothing to wait for: all of it went, or it stands
// still, or the rest is for later and the team has it.
func (d *desk) over(b *store.Broadcast, t *store.Tally) bool {
	if t.Left() == 0 && t.All() > 0 || b.Stage != event.BroadcastRunning {
		return true
	}
	c, err := d.store.Counts(context.Background())
	return err == nil && c.Unpublished == 0 && t.Queued == 0 && t.Next.After(d.now().Add(pulse))
}

func (d *desk) broadcastEnded(b *store.Broadcast, t *store.Tally, asJSON bool) error {
	if asJSON {
		if err := printJSON(d.env.out, broadcastRow(b, t)); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(d.env.out, safetext.Line(d.words.Many.Progress(t)).String())
	}
	switch {
	case b.Stage != event.BroadcastRunning:
		return &fault{what: "the broadcast is " + d.words.Many.Stage(b.Stage), todo: "frontdesk broadcast show " + string(b.ID) + " tells how it stands"}
	case t.Left() > 0 && !asJSON:
		fmt.Fprintf(d.env.out, "%d go from %s on, from an open inbox or frontdesk worker\n", t.Left(), t.Next.Local().Format("Mon 2 Jan 15:04"))
	}
	return nil
}

// watching remembers how it went, to tell how fast it goes.
type watching struct {
	began, told time.Time
	went        int
	last        string
}

// line is what is told now, where it is time to.
func (w *watching) line(d *desk, b *store.Broadcast, t *store.Tally) (string, bool) {
	now, done := d.clock(), t.Went()+t.Failed+t.Unsure
	if w.began.IsZero() {
		w.began, w.went = now, done
	}
	if now.Sub(w.told) < pulse {
		return "", false
	}
	line := d.words.Many.Progress(t)
	if rate := float64(done-w.went) / now.Sub(w.began).Minutes(); done > w.went {
		end := now.Add(time.Duration(float64(t.Left()) / rate * float64(time.Minute)))
		line += " · " + d.words.Many.Ends(rate, end.Local(), now.Local())
	}
	if line == w.last {
		return "", false
	}
	w.told, w.last = now, line
	return line, true
}
