package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Team is people who share a queue.
type Team struct {
	Name    string
	Members []event.AgentID
	Inboxes []provider.AccountID
	// Open counts its open conversations, Queue those of them that belong to nobody.
	Open, Queue int
	// By and At are who set it last; Pending is set while the team does not have it yet.
	By      event.AgentID
	At      time.Time
	Pending bool
}

// Has reports whether somebody is a member.
func (t *Team) Has(agent event.AgentID) bool { return slices.Contains(t.Members, agent) }

// Queued is the view of what belongs to the team and to nobody yet.
func (t *Team) Queued() View { return Query{Team: t.Name, Assignee: AssignedToNobody}.View() }

// errTeamless: a conversation of a queue needs one.
var errTeamless = errors.New("no team is named")

// Teams returns the teams by name, with how much each has. One that a newer program
// wrote and that cannot be read is left out.
func (s *Store) Teams(ctx context.Context) ([]Team, error) {
	list, err := s.Settings(ctx, event.SettingTeam)
	if err != nil {
		return nil, err
	}
	var out []Team
	for _, x := range list {
		v, err := event.ReadTeam(x.Value)
		if err != nil || event.CheckTeamName(x.Name) != nil {
			continue
		}
		out = append(out, Team{Name: x.Name, Members: v.Members, Inboxes: v.Inboxes, By: x.By, At: x.At, Pending: x.Pending})
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, s.countTeams(ctx, out)
}

func (s *Store) countTeams(ctx context.Context, teams []Team) error {
	rows, err := s.read.QueryContext(ctx, `select c.team, count(*), count(*) filter (where c.assignee = '') from conversation c
		where c.status in ('open', 'pending') and c.team <> '' group by c.team`)
	if err == nil {
		err = eachRow(rows, func(scan func(...any) error) error {
			var name string
			var open, queue int
			err := scan(&name, &open, &queue)
			if i := slices.IndexFunc(teams, func(t Team) bool { return t.Name == name }); i >= 0 {
				teams[i].Open, teams[i].Queue = open, queue
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("count what teams have: %w", err)
	}
	return nil
}

// TeamSet is what makes a team, or gives it other members and inboxes. The error says
// in words what is wrong with its name.
func TeamSet(name string, t event.Team) (event.Set, error) {
	if err := event.CheckTeamName(name); err != nil {
		return event.Set{}, err
	}
	slices.Sort(t.Members)
	slices.Sort(t.Inboxes)
	t.Members, t.Inboxes = slices.Compact(t.Members), slices.Compact(t.Inboxes)
	if t.Members == nil {
		t.Members = []event.AgentID{}
	}
	raw, err := encode(t)
	return event.Set{What: event.SettingTeam, Name: name, Value: []byte(raw)}, err
}

// Claimable returns who has waited longest in the queues of some teams, and after them
// what else belongs to nobody there; ErrNotFound where the queues are empty.
func (s *Store) Claimable(ctx context.Context, teams []string) (Conversation, error) {
	if len(teams) == 0 {
		return Conversation{}, errTeamless
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(teams)), ", ")
	args := make([]any, len(teams))
	for i, name := range teams {
		args[i] = name
	}
	rows, err := s.conversations(ctx, selectList+` where c.status = 'open' and c.assignee = '' and c.team in (`+marks+`)
		order by c.waiting_since = 0, c.waiting_since, c.last_at, c.id limit 1 + 0`, args...)
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Conversation{}, fmt.Errorf("read the queue: %w", err)
	}
	return rows[0], nil
}

// Unrouted returns up to n conversations of some accounts in which a customer waits and
// that nobody has ever given to anybody, the longest wait first: a person's word, also
// that it belongs to nobody, stands.
func (s *Store) Unrouted(ctx context.Context, in []provider.AccountID, n int) ([]Conversation, error) {
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(in)), ", ")
	args := make([]any, 0, len(in)+1)
	for _, id := range in {
		args = append(args, string(id))
	}
	list, err := s.conversations(ctx, selectList+` where c.status = 'open' and c.assignee = '' and c.team = '' and c.assignee_seq = 0
		and c.waiting_since > 0 and a.id in (`+marks+`) order by c.waiting_since, c.id limit ? + 0`, append(args, n)...)
	if err != nil {
		return nil, fmt.Errorf("read what is of no team: %w", err)
	}
	return list, nil
}
