package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// assignment is what `assign` makes of a conversation: another owner, another team, or
// both. With a team alone it comes to the team's queue.
func (d *desk) assignment(ctx context.Context, c *store.Conversation, who []string, team string) (event.Body, error) {
	if len(who) == 0 && team == "" {
		return nil, &usageError{what: "nobody is named", todo: "frontdesk assign CONVERSATION AGENT, or --team TEAM"}
	}
	to := event.Assigned{Team: c.Team}
	if team != "" {
		name, err := d.teamNamed(ctx, team)
		if err != nil {
			return nil, err
		}
		to.Team = name
	}
	if len(who) > 0 {
		agent, err := d.agentNamed(ctx, who[0])
		if err != nil {
			return nil, err
		}
		to.To = agent
	}
	if to.To == c.Assignee && to.Team == c.Team {
		return nil, nil
	}
	return to, nil
}

// agentNamed is an agent as people type them; empty for nobody.
func (d *desk) agentNamed(ctx context.Context, name string) (event.AgentID, error) {
	to := event.AgentID(strings.TrimPrefix(name, "@"))
	switch to {
	case "nobody":
		return "", nil
	case "me", d.cfg.Agent:
		return d.cfg.Agent, nil
	}
	people, err := d.store.Agents(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(people, func(a store.Agent) bool { return a.ID == to })
	switch {
	case i < 0:
		return "", &fault{what: fmt.Sprintf("nobody of the team is called %q", name), todo: "take an agent's own name, me or nobody"}
	case people[i].Role == event.RoleGone:
		return "", &fault{what: fmt.Sprintf("%s was removed from the team", to), todo: "take somebody else, or nobody"}
	}
	return to, nil
}

// teamNamed is a team's name; empty for none.
func (d *desk) teamNamed(ctx context.Context, name string) (string, error) {
	if strings.EqualFold(name, event.NoTeam) {
		return "", nil
	}
	if _, err := d.team(ctx, name); err != nil {
		return "", err
	}
	return name, nil
}

// team is one team as this store has it, and an error in words where there is none.
func (d *desk) team(ctx context.Context, name string) (store.Team, error) {
	list, err := d.store.Teams(ctx)
	if err != nil {
		return store.Team{}, err
	}
	for _, t := range list {
		if t.Name == name {
			return t, nil
		}
	}
	return store.Team{}, &fault{what: fmt.Sprintf("there is no team %q", name), todo: "frontdesk teams list shows them"}
}
