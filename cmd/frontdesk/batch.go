package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store/broadcast"
)

// batchRequest is what the command line of `batch send` asks for.
type batchRequest struct {
	account, recipients, number, text, name, aside string
	rate                                           int
	plus, track, dry, json                         bool
	limit                                          time.Duration
}

// batch is the verb `batch`: one text to everybody in a table, handed over in one call
// to a network that sends it by itself. It is no broadcast: such a network gives no ids
// of the messages, so that no thread here can show them.
func (e environment) batch(ctx context.Context, args []string) error {
	f := e.flags("batch send|list|show ID")
	var req batchRequest
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	f.StringVar(&req.account, "account", "", "send: the inbox to send from, where there are several")
	f.StringVar(&req.recipients, "recipients", "", "send: a table (CSV) whose first row names the columns; one of them has the numbers")
	f.StringVar(&req.number, "number", "", "send: the column with the numbers, where its name does not tell")
	f.BoolVar(&req.plus, "plus", false, "send: the numbers have their country code, though no plus sign")
	f.StringVar(&req.text, "text", "", "send: the text, the same to everybody; free text, so that each one's window must be open")
	f.StringVar(&req.name, "name", "", "send: what the team calls it, and what makes it another one; else the file's name")
	f.IntVar(&req.rate, "rate", 0, "send: how many the network may send in a second; 0 leaves it to the network")
	f.BoolVar(&req.track, "track", false, "send: have the network post receipts, though they name messages that nobody here knows")
	f.BoolVar(&req.dry, "dry-run", false, "send nothing: list every recipient that would be set aside, and the numbers")
	f.StringVar(&req.aside, "aside", "", "send: write those who are set aside to this file (CSV), which must not exist")
	f.DurationVar(&req.limit, "timeout", time.Minute, "how long to wait for the relay")
	f.BoolVar(&req.json, "json", false, "print JSON")
	said, err := f.parse(args, 2)
	if err != nil {
		return err
	}
	switch {
	case len(said) == 1 && said[0] == "send":
		return e.sendBatch(ctx, *dir, req)
	case len(said) == 1 && said[0] == "list":
		return e.showBatches(ctx, *dir, "", req)
	case len(said) == 2 && said[0] == "show":
		return e.showBatches(ctx, *dir, said[1], req)
	}
	return &usageError{what: "batch knows send, list, and show with an id", todo: "frontdesk batch --help tells the flags"}
}

func (r *batchRequest) check() error {
	switch {
	case strings.TrimSpace(r.text) == "":
		return &usageError{what: "say what: --text TEXT", todo: "a template goes to many with frontdesk broadcast"}
	case r.recipients == "":
		return &usageError{what: "say to whom: --recipients FILE.csv", todo: "its first row names the columns"}
	case r.rate < 0 || r.rate > 1000:
		return &usageError{what: "--rate goes from 1 to 1000 in a second", todo: "leave it out for what the network takes"}
	}
	return nil
}

// sendBatch judges the recipients and hands those that are good over, once.
func (e environment) sendBatch(ctx context.Context, dir string, req batchRequest) error {
	if err := req.check(); err != nil {
		return err
	}
	d, err := e.openSettings(ctx, dir, req.limit)
	if err != nil {
		return err
	}
	defer d.Close()
	plan, err := d.planBatch(ctx, req)
	if err != nil {
		return err
	}
	if req.aside != "" {
		if err := writeNew(req.aside, d.asideTable(plan)); err != nil {
			return err
		}
	}
	if req.dry {
		return d.tellBatchDryRun(plan, req.json)
	}
	if err := d.mayBroadcast(ctx); err != nil {
		return err
	}
	switch n := len(plan.Recipients); {
	case n == 0:
		return &fault{what: "nobody can be sent to: " + d.asideCounts(plan), todo: "--dry-run lists every one with its reason"}
	case n > provider.MaxBatch:
		return &fault{what: fmt.Sprintf("a batch goes to %d people at most, and these are %d", provider.MaxBatch, n), todo: "split the table"}
	}
	b := plan.Batch()
	b.PerSecond, b.Track = req.rate, req.track
	if b.Attempt, err = d.nextAttempt(ctx, b.ID); err != nil {
		return err
	}
	if !req.json {
		fmt.Fprintln(e.out, d.batchHead(plan))
	}
	return d.handOver(ctx, plan, &b, req.json)
}

// planBatch judges the table by the rules of a broadcast, and by each one's window.
func (d *desk) planBatch(ctx context.Context, req batchRequest) (*broadcast.Plan, error) {
	account, err := d.account(req.account)
	if err != nil {
		return nil, err
	}
	judge := d.broadcastJudge(account, nil)
	judge.Text = req.text
	if !judge.Capabilities.Answers(provider.CallBatch, "") {
		return nil, &fault{what: "the network of " + string(account) + " takes no batch of texts", todo: "send a template to many: frontdesk broadcast"}
	}
	f, err := openTable(req.recipients)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	name := req.name
	if name == "" {
		name = strings.TrimSuffix(filepath.Base(req.recipients), filepath.Ext(req.recipients))
	}
	p, err := broadcast.Read(ctx, name, f, broadcast.Mapping{Number: req.number, Plus: req.plus}, judge)
	return p, d.tableRefused(err)
}
