package worker

import (
	"context"
	"fmt"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// assign gives whoever waits and belongs to nobody to those who take conversations.
// Who was quicker keeps it: the relay refuses a second word on an owner.
func (w *Worker) assign(ctx context.Context, r rule) error {
	list, err := w.Store.Ownerless(ctx, many)
	if err != nil || len(list) == 0 {
		return err
	}
	team, err := w.Store.Agents(ctx)
	if err != nil {
		return err
	}
	last, err := w.Store.LastAssigned(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		to := store.Choose(r.Rule, team, last)
		if to == "" {
			return nil // somebody's word that they are available wakes this
		}
		_, err := w.Store.Do(ctx, store.Action{
			Conversation: c.ID, Body: event.Assigned{To: to, Team: c.Team, Rule: r.name}, Expect: event.AspectAssignee,
			Op: opOf(r, c.ID, fmt.Sprint(c.OpenedAt.UnixMilli(), " ", c.AssigneeSeq)),
		})
		if err != nil && !gone(err) {
			return err
		}
		last = to
		for j := range team {
			if team[j].ID == to {
				team[j].Open++
			}
		}
		w.Sends()
	}
	return nil
}
