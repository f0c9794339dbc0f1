package tui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// setTeam takes who works here and which teams there are. Rows are drawn anew only where
// somebody, or a team, came or went.
func (a *App) setTeam(people []store.Agent, teams []store.Team) {
	a.team, a.teams = people, teams
	staff := line.Staff{Rev: a.look.Staff.Rev, Known: true, Gone: map[event.AgentID]bool{}, Teams: map[string]bool{}}
	for _, g := range people {
		if g.Role == event.RoleGone {
			staff.Gone[g.ID] = true
		}
	}
	for i := range teams {
		staff.Teams[teams[i].Name] = true
	}
	was := &a.look.Staff
	if was.Known && sameKeys(was.Gone, staff.Gone) && sameKeys(was.Teams, staff.Teams) {
		return
	}
	staff.Rev++
	a.look.Staff = staff
	a.setLook()
}

func sameKeys[K comparable](a, b map[K]bool) bool {
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return len(a) == len(b)
}

// assigned does what the list asks. Who was removed while it was open is not given
// anything: the list is shown again, as it is by now.
func (a *App) assigned(x action.Assign) tea.Cmd {
	a.over.Pop()
	switch {
	case x.To != "" && a.look.Staff.Gone[x.To]:
		a.say(fmt.Sprintf(a.words.Screen.Did.IsGoneF, safetext.Name(string(x.To))))
		return a.assign()
	case x.Team != "" && !a.look.Staff.Teams[x.Team]:
		a.say(fmt.Sprintf(a.words.Screen.Did.IsGoneF, safetext.Name(x.Team)))
		return a.assign()
	case x.Queue:
		return a.assignToTeam(x.Team)
	}
	return a.assignTo(x.To)
}

// assignTo changes the owner; of which team it is stays.
func (a *App) assignTo(to event.AgentID) tea.Cmd {
	said := func(who string) string {
		if to == "" {
			return fmt.Sprintf(a.words.Screen.Did.UnassignedF, who)
		}
		return fmt.Sprintf(a.words.Screen.Did.AssignedF, who, safetext.Name(string(to)))
	}
	return a.change(said, func(c *store.Conversation) (body, inverse event.Body, ok bool) {
		return event.Assigned{To: to, Team: c.Team}, event.Assigned{To: c.Assignee, Team: c.Team}, c.Assignee != to
	})
}

// assignToTeam puts it in a team's queue: whoever had it has it no more. Out of every
// team it stays its owner's.
func (a *App) assignToTeam(team string) tea.Cmd {
	said := func(who string) string {
		if team == "" {
			return fmt.Sprintf(a.words.Screen.Did.OffTeamF, who)
		}
		return fmt.Sprintf(a.words.Screen.Did.ToTeamF, who, safetext.Name(team))
	}
	return a.change(said, func(c *store.Conversation) (body, inverse event.Body, ok bool) {
		to := event.Assigned{Team: team}
		if team == "" {
			to.To = c.Assignee
		}
		return to, event.Assigned{To: c.Assignee, Team: c.Team}, c.Team != team || c.Assignee != to.To
	})
}

// claimMsg is who was claimed.
type claimMsg struct {
	conversation store.Conversation
	err          error
}

// claim takes whoever has waited longest in the queues of this agent's teams: after all
// that was written before the key, so that twice the key claims two. Of two who claim at
// once the relay lets one be first, and the other is told.
func (a *App) claim() tea.Cmd {
	var mine []string
	for i := range a.teams {
		if a.teams[i].Has(a.me) {
			mine = append(mine, a.teams[i].Name)
		}
	}
	if len(mine) == 0 {
		a.say(a.words.Screen.Did.NoTeamOfMine)
		return nil
	}
	return a.write(func(ctx context.Context) tea.Msg {
		c, err := a.st.Claimable(ctx, mine)
		if err == nil {
			_, err = a.st.Do(ctx, store.Action{Conversation: c.ID, Body: event.Assigned{To: a.me, Team: c.Team}, Expect: event.AspectAssignee})
		}
		a.wake()
		return claimMsg{c, err}
	})
}

// claimed shows them.
func (a *App) claimed(m claimMsg) tea.Cmd {
	c, words := &m.conversation, &a.words.Screen.Did
	switch {
	case errors.Is(m.err, store.ErrNotFound):
		a.say(words.QueueEmpty)
		return nil
	case m.err != nil:
		a.say(a.notSaved(m.err, false))
		return nil
	}
	said := fmt.Sprintf(words.AssignedF, a.name(c), safetext.Name(string(a.me)))
	back := store.Action{Conversation: c.ID, Body: event.Assigned{Team: c.Team}, Expect: event.AspectAssignee}
	a.keepUndo(&undoable{conversation: c.ID, said: said, list: []store.Action{back}})
	a.say(said + " · " + words.UndoHint)
	return tea.Batch(a.show(c.ID, 0), a.reloadList())
}
