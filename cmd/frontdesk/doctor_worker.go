package main

import (
	"context"
	"encoding/json"
	"time"

	"frontdesk/webhookrelay/event"
)

// examineWorker says whether somebody does the team's work, when they last did, and
// whether something that is due was left.
func (d *desk) examineWorker(ctx context.Context, c *checkup) error {
	now := d.store.Now()
	leases, err := d.store.Settings(ctx, event.SettingWorker)
	if err != nil {
		return err
	}
	rules, err := d.store.Settings(ctx, event.SettingRule)
	if err != nil {
		return err
	}
	due, err := d.store.DueSends(ctx, now.Add(-late), page)
	if err != nil {
		return err
	}
	var lease event.Lease
	by := event.AgentID("")
	for _, x := range leases {
		if x.Name == event.LeaseName && json.Unmarshal(x.Value, &lease) == nil {
			by = x.By
		}
	}
	const todo = "run frontdesk worker on a machine that is always on, with a token of its own"
	ran := lease.Ran.Local().Format(time.DateTime)
	switch {
	case now.Before(lease.Until):
		c.ok("worker", "%s does the team's work; it last said so at %s", by, ran)
	case len(rules) > 0 && by != "":
		c.add(levelWrong, "worker", todo, "%d rules are set and no worker does them; %s did until %s", len(rules), by, lease.Until.Local().Format(time.DateTime))
	case len(rules) > 0:
		c.add(levelWrong, "worker", todo, "%d rules are set and no worker does them", len(rules))
	case by != "":
		c.add(levelNote, "worker", todo, "no worker is alive; %s was until %s", by, lease.Until.Local().Format(time.DateTime))
	default:
		c.ok("worker", "no rule needs one; what is scheduled is sent by an inbox that is open")
	}
	if len(due) > 0 {
		c.add(levelWrong, "worker", "open the inbox, or "+todo, "%d scheduled messages are past their time and not sent, the first since %s", len(due),
			due[0].Due.Local().Format(time.DateTime))
	}
	return nil
}
