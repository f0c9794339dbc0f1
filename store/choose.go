package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"frontdesk/webhookrelay/event"
)

// Choose returns whom an assigning rule gives the next conversation after last got one; empty where nobody
// takes any, and where the rule is none of these. It asks no clock and no store, so
// that every worker chooses alike.
func Choose(r event.Rule, team []Agent, last event.AgentID) event.AgentID {
	var may []Agent
	for _, g := range team {
		if takes(r, g) {
			may = append(may, g)
		}
	}
	if len(may) == 0 || r.By != event.RoundRobin && r.By != event.ByLoad {
		return ""
	}
	slices.SortFunc(may, func(a, b Agent) int { return strings.Compare(string(a.ID), string(b.ID)) })
	if next := slices.IndexFunc(may, func(g Agent) bool { return g.ID > last }); next > 0 {
		may = append(may[next:len(may):len(may)], may[:next]...)
	}
	if r.By == event.RoundRobin {
		return may[0].ID
	}
	return slices.MinFunc(may, func(a, b Agent) int { return a.Open - b.Open }).ID
}

// takes: only who said that they are available gets what they did not ask for.
func takes(r event.Rule, g Agent) bool {
	switch {
	case g.Available != event.AvailableNow, g.Role == event.RoleReadOnly, g.Role == event.RoleIntegration, g.Role == event.RoleGone:
		return false
	case r.Most > 0 && g.Open >= r.Most:
		return false
	}
	return len(r.Members) == 0 || slices.Contains(r.Members, g.ID)
}

// Ownerless returns up to n open conversations of a team in which a customer waits and
// that belong to nobody, the longest wait first. With no team named it is those that are
// of none, or of one that was removed.
func (s *Store) Ownerless(ctx context.Context, team string, n int) ([]Conversation, error) {
	of := "c.team = ?"
	if team == "" {
		of = "(c.team = ? or c.team not in (select name from setting where what = 'team'))"
	}
	list, err := s.conversations(ctx, selectList+` where c.status = 'open' and c.assignee = '' and c.waiting_since > 0 and `+of+`
		order by c.waiting_since, c.id limit ? + 0`, team, n)
	if err != nil {
		return nil, fmt.Errorf("read who belongs to nobody: %w", err)
	}
	return list, nil
}

// LastAssigned returns who got a conversation last, by whomever, and of a team that is
// named one of that; empty for nobody yet.
func (s *Store) LastAssigned(ctx context.Context, team string) (last event.AgentID, err error) {
	err = s.read.QueryRowContext(ctx, `select coalesce((select assignee from conversation where assignee <> '' and (?1 = '' or team = ?1)
		order by assignee_seq desc, id limit 1), '')`, team).Scan(&last)
	if err != nil {
		return "", fmt.Errorf("read who got the last conversation: %w", err)
	}
	return last, nil
}
