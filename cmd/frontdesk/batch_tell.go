package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"frontdesk/provider"
	"frontdesk/store/broadcast"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// known is a batch as the team has it, with who said so last, and when.
type known struct {
	said event.Batch
	by   event.AgentID
	at   time.Time
}

// batchJSON is what `batch send`, `batch show` and, of each, `batch list` print.
type batchJSON struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Account    string           `json:"account"`
	Text       string           `json:"text"`
	Recipients int              `json:"recipients"`
	Aside      int              `json:"set_aside,omitempty"`
	PerSecond  int              `json:"per_second,omitempty"`
	Track      bool             `json:"track,omitempty"`
	Attempt    int              `json:"attempt"`
	State      event.BatchState `json:"state"`
	By         string           `json:"by"`
	Began      time.Time        `json:"began"`
	At         time.Time        `json:"at"`
	// NetworkID and the rest are the network's words.
	NetworkID           string          `json:"network_id,omitempty"`
	EstimatedCompletion string          `json:"estimated_completion,omitempty"`
	EstimatedAt         time.Time       `json:"estimated_at,omitzero"`
	Reason              provider.Reason `json:"reason,omitempty"`
	Code                string          `json:"code,omitempty"`
	// Says is all that in a person's words, and what nobody knows.
	Says []string `json:"says"`
}

func batchRow(id string, k *known, now time.Time) batchJSON {
	b := &k.said
	row := batchJSON{
		ID: id, Name: b.Name, Account: string(b.Account), Text: b.Text, Recipients: b.Recipients, PerSecond: b.PerSecond, Track: b.Track,
		Attempt: b.Attempt, State: b.State, By: string(k.by), Began: b.Began, At: k.at.UTC(),
	}
	if t := b.Taken; t != nil {
		row.NetworkID, row.EstimatedCompletion, row.EstimatedAt = t.ID, t.Completion, t.Done
	}
	if b.Error != nil {
		row.Reason, row.Code = b.Error.Reason, b.Error.Code
	}
	row.Says = batchSays(id, b, now)
	return row
}

// batchSays is what is known of a batch, and what is not.
func batchSays(id string, b *event.Batch, now time.Time) []string {
	switch {
	case b.State == event.BatchTaken && b.Taken != nil:
		return []string{
			fmt.Sprintf("The network took all %d of it as its batch %s. %s", b.Recipients, b.Taken.ID, estimate(b.Taken, now)),
			"The network tells no more of each message: it gives no ids, so that no thread here shows them, no receipt is of one, and how far it is cannot be asked.",
		}
	case b.State == event.BatchRefused && b.Error != nil:
		return []string{"It was not sent to anybody. " + b.Error.Text}
	case b.State == event.BatchUnsure && b.Error != nil:
		return []string{b.Error.Text, "It is not handed over again by itself; where it certainly did not go, --name makes it another one."}
	}
	return []string{
		"It was begun at " + b.Began.Local().Format(time.DateTime) + ", and nobody told what came of it: whether the network took it is not known. Look in its own tool.",
		"It is not handed over again by itself; where it certainly did not go, --name makes it another one.",
	}
}

// estimate is when the network expected to be done. Whether it was is not known.
func estimate(t *provider.BatchTaken, now time.Time) string {
	switch {
	case t.Completion == "":
		return "It does not say when it will be done."
	case t.Done.IsZero():
		return "It expects to be done, in its own words, at " + t.Completion + "."
	case now.Before(t.Done):
		return fmt.Sprintf("It expects to be done at %s, in %s.", t.Done.Local().Format(time.DateTime), t.Done.Sub(now).Round(time.Second))
	}
	return fmt.Sprintf("It expected to be done at %s; whether it was, it does not tell.", t.Done.Local().Format(time.DateTime))
}

// tellBatch prints what came of a hand-over. That it was not certainly taken is a fault.
func (d *desk) tellBatch(row *batchJSON, asJSON bool) error {
	if asJSON {
		if err := printJSON(d.env.out, row); err != nil {
			return err
		}
	} else if row.State == event.BatchTaken {
		return d.env.printBatch(row)
	}
	switch row.State {
	case event.BatchTaken:
		return nil
	case event.BatchRefused:
		return &fault{what: row.Says[0]}
	}
	return &fault{what: row.Says[0], todo: "frontdesk batch show " + row.ID + " tells what is known of it"}
}

func (e environment) printBatch(row *batchJSON) error {
	for _, line := range row.Says {
		if _, err := fmt.Fprintln(e.out, safetext.Line(line)); err != nil {
			return err
		}
	}
	return nil
}

// batchHead says what goes to how many.
func (d *desk) batchHead(p *broadcast.Plan) string {
	s := fmt.Sprintf("%s: a text to %d from %s, in one batch", p.ID, len(p.Recipients), p.Account)
	if len(p.Aside) > 0 {
		s += "\nset aside: " + d.asideCounts(p)
	}
	return oneByOne(s)
}

// batchDryRunJSON is what `batch send --dry-run --json` prints.
type batchDryRunJSON struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Account    string         `json:"account"`
	Text       string         `json:"text"`
	Recipients int            `json:"recipients"`
	Counts     map[string]int `json:"counts"`
	Aside      []asideJSON    `json:"aside"`
}

// tellBatchDryRun lists everybody who would be set aside, and sends nothing.
func (d *desk) tellBatchDryRun(p *broadcast.Plan, asJSON bool) error {
	told := batchDryRunJSON{string(p.ID), p.Name, string(p.Account), p.Text, len(p.Recipients), map[string]int{}, []asideJSON{}}
	for r, n := range p.Counts() {
		told.Counts[string(r)] = n
	}
	var out columns
	for i := range p.Aside {
		row := d.asideRow(p, &p.Aside[i])
		told.Aside = append(told.Aside, row)
		out.add(safetext.Line("line "+lines(row.Line, row.End)), safetext.Line(row.Number), safetext.Line(row.What+" "+row.Todo))
	}
	if asJSON {
		return printJSON(d.env.out, told)
	}
	if err := out.write(d.env.out); err != nil {
		return err
	}
	_, err := fmt.Fprintf(d.env.out, "%s\nnothing was sent\n", d.batchHead(p))
	return err
}

// showBatches prints the team's batches, newest first, or the one with an id.
func (e environment) showBatches(ctx context.Context, dir, id string, req batchRequest) error {
	d, err := e.openSettings(ctx, dir, req.limit)
	if err != nil {
		return err
	}
	defer d.Close()
	all, err := d.batches(ctx)
	if err != nil {
		return err
	}
	rows := []batchJSON{}
	for name, k := range all {
		if id == "" || name == id {
			rows = append(rows, batchRow(name, k, d.now()))
		}
	}
	slices.SortFunc(rows, func(a, b batchJSON) int { return b.Began.Compare(a.Began) })
	switch {
	case id != "" && len(rows) == 0:
		return &fault{what: "there is no batch " + id, todo: "frontdesk batch list shows them"}
	case id != "" && req.json:
		return printJSON(e.out, rows[0])
	case req.json:
		return printJSON(e.out, rows)
	}
	var out columns
	for i := range rows {
		r := &rows[i]
		out.add(safetext.Line(r.ID), safetext.Line(r.Name), safetext.Line(r.Account), safetext.Line(string(r.State)), safetext.Line(r.Began.Local().Format(time.DateTime)),
			safetext.Line(r.By), safetext.Line(fmt.Sprintf("to %d", r.Recipients)), safetext.Line(r.Text))
	}
	if err := out.write(e.out); err != nil || id == "" {
		return err
	}
	return e.printBatch(&rows[0])
}
