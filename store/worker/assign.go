package worker

import (
	"context"
	"fmt"
	"slices"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// assign gives whoever waits and belongs to nobody to those who take conversations, of
// a team's queue to its members. Who was quicker keeps it: the relay refuses a second
// word on an owner.
func (w *Worker) assign(ctx context.Context, r rule, teams []store.Team) error {
	if r.Team != "" && !among(&r, teams) {
		return nil
	}
	list, err := w.Store.Ownerless(ctx, r.Team, many)
	if err != nil || len(list) == 0 {
		return err
	}
	people, err := w.Store.Agents(ctx)
	if err != nil {
		return err
	}
	last, err := w.Store.LastAssigned(ctx, r.Team)
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		to := store.Choose(r.Rule, people, last)
		if to == "" {
			return nil // somebody's word that they are available wakes this
		}
		if err := w.give(ctx, r, c, event.Assigned{To: to, Team: c.Team, Rule: r.name}); err != nil {
			return err
		}
		last = to
		for j := range people {
			if people[j].ID == to {
				people[j].Open++
			}
		}
	}
	return nil
}

// among narrows a rule to the members of its team, and reports whether there are any: a
// rule of a team that was removed, or that has nobody, rests.
func among(r *rule, teams []store.Team) bool {
	i := slices.IndexFunc(teams, func(t store.Team) bool { return t.Name == r.Team && !t.Pending })
	if i < 0 {
		return false
	}
	members := slices.Clone(teams[i].Members)
	if len(r.Members) > 0 {
		members = slices.DeleteFunc(members, func(id event.AgentID) bool { return !slices.Contains(r.Members, id) })
	}
	r.Members = members
	return len(members) > 0
}

// routes reports whether an inbox's conversations come to a team by themselves.
func routes(teams []store.Team) bool {
	return slices.ContainsFunc(teams, func(t store.Team) bool { return len(t.Inboxes) > 0 })
}

// route puts new conversations of inboxes in the queues of their teams. Of two teams
// with the same inbox the first by name has it.
func (w *Worker) route(ctx context.Context, teams []store.Team) error {
	for _, t := range teams {
		if len(t.Inboxes) == 0 || t.Pending {
			continue
		}
		list, err := w.Store.Unrouted(ctx, t.Inboxes, many)
		if err != nil {
			return err
		}
		for i := range list {
			r := rule{name: t.Name}
			r.Do = routing
			if err := w.give(ctx, r, &list[i], event.Assigned{Team: t.Name, Rule: t.Name}); err != nil {
				return err
			}
		}
	}
	return nil
}

// routing keeps the operations of a team apart from those of a rule of the same name.
const routing event.RuleAction = "route"

// give assigns a conversation once a state of its owner.
func (w *Worker) give(ctx context.Context, r rule, c *store.Conversation, to event.Assigned) error {
	_, err := w.Store.Do(ctx, store.Action{
		Conversation: c.ID, Body: to, Expect: event.AspectAssignee,
		Op: opOf(r, c.ID, fmt.Sprint(c.OpenedAt.UnixMilli(), " ", c.AssigneeSeq)),
	})
	if err != nil && !gone(err) {
		return err
	}
	w.Sends()
	return nil
}
