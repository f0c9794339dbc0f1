package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/broadcast"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// nextAttempt is the number of the next attempt at a batch. What may have been taken is
// not handed over again.
func (d *desk) nextAttempt(ctx context.Context, id string) (int, error) {
	known, err := d.batchOf(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return 1, nil
	case err != nil:
		return 0, err
	case known.said.Open():
		return 0, handedOver(id)
	}
	return known.said.Attempt + 1, nil
}

func handedOver(id string) error {
	return &fault{
		what: "this batch was handed over already, and nobody is sent it again",
		todo: "frontdesk batch show " + id + " tells what is known of it; --name makes it another one",
	}
}

// handOver hands a batch to its network, once, and tells what is known then. The team
// knows of it before: the relay says so where it has the credential, else this terminal.
func (d *desk) handOver(ctx context.Context, p *broadcast.Plan, b *provider.Batch, asJSON bool) error {
	c := provider.Call{What: provider.CallBatch, Chat: provider.ChatKey{Account: p.Account}, Batch: b}
	network, err := d.asked(ctx, p.Account)
	if err != nil {
		return err
	}
	said := event.BeginBatch(p.Account, b, d.now().UTC())
	direct := d.direct(p.Account)
	if direct {
		if first, err := d.tellTeam(ctx, b.ID, said); err != nil || !first {
			return d.untold(b.ID, err)
		}
	}
	ctx = context.WithoutCancel(ctx) // an interrupt takes nothing back, and what came of it is to be kept
	a, err := provider.Make(ctx, network, c, d.now)
	failure := provider.AsError(string(c.What), err)
	said = said.Answered(a.Batch, failure)
	if direct {
		if _, err := d.tellTeam(ctx, b.ID, said); err != nil {
			d.log.Warn("the team could not be told what came of a batch", "batch", b.ID, "err", err)
		}
	} else if failure != nil && failure.Code == "batch_known" {
		return handedOver(b.ID)
	}
	row := batchRow(b.ID, &known{said: said, by: d.store.Me(), at: said.Began}, d.now())
	row.Aside = len(p.Aside)
	return d.tellBatch(&row, asJSON)
}

func (d *desk) untold(id string, err error) error {
	if err == nil {
		return handedOver(id)
	}
	return &fault{what: "not sent: the team could not be told of it first", todo: "try again when the relay can be reached", err: plainWords(err)}
}

// tellTeam puts a batch as it stands into the log; first is false where the log has it.
func (d *desk) tellTeam(ctx context.Context, id string, said event.Batch) (first bool, err error) {
	logID, set, err := said.Fact(id)
	if err != nil {
		return false, err
	}
	relay, token, err := d.reach(ctx)
	if err != nil {
		return false, err
	}
	c, err := client.New(client.Options{URL: relay, Token: token, Now: d.clock, Logger: d.log, HTTP: &http.Client{}})
	if err != nil {
		return false, err
	}
	results, err := c.Publish(ctx, []client.Entry{{ID: logID, Kind: set.Kind(), Body: set}})
	return err == nil && len(results) == 1 && !results[0].Duplicate, err
}

// batches are the team's, by their ids.
func (d *desk) batches(ctx context.Context) (map[string]*known, error) {
	list, err := d.store.Settings(ctx, event.SettingBatch)
	if err != nil {
		return nil, err
	}
	all := map[string]*known{}
	for _, s := range list {
		k := &known{by: s.By, at: s.At}
		if json.Unmarshal(s.Value, &k.said) == nil { // else it is of a newer program
			all[s.Name] = k
		}
	}
	return all, nil
}

// batchOf is one of them; store.ErrNotFound where there is none.
func (d *desk) batchOf(ctx context.Context, id string) (*known, error) {
	all, err := d.batches(ctx)
	if err == nil && all[id] == nil {
		err = store.ErrNotFound
	}
	return all[id], err
}
