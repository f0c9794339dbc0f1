package store_test

import (
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

func TestAnAgentKnowsThatTheyMayOnlyRead(t *testing.T) {
	w := newWorld(t)
	for role, want := range map[event.Role]bool{"": false, event.RoleReadOnly: true, event.RoleAgent: false} {
		w.apply(w.team("r-"+string(role), "", event.AgentDefined{Agent: storetest.Ana, Name: "Ana", Role: role}))
		if only, err := w.s.ReadOnly(w.ctx); err != nil || only != want {
			t.Errorf("as %q: %v, %v", role, only, err)
		}
	}
}

func TestWhoGetsTheNextConversation(t *testing.T) {
	free := func(id event.AgentID, open int) store.Agent {
		return store.Agent{ID: id, Available: event.AvailableNow, Open: open}
	}
	busy := store.Agent{ID: "busy", Available: event.AvailableBusy}
	reader := store.Agent{ID: "aa", Available: event.AvailableNow, Role: event.RoleReadOnly}
	robot := store.Agent{ID: "ab", Available: event.AvailableNow, Role: event.RoleIntegration}
	silent := store.Agent{ID: "ac"}
	team := []store.Agent{free("zoe", 1), free("ana", 4), busy, reader, robot, silent, free("ben", 1)}
	turn, load := event.Rule{By: event.RoundRobin}, event.Rule{By: event.ByLoad}
	for name, c := range map[string]struct {
		rule       event.Rule
		team       []store.Agent
		last, want event.AgentID
	}{
		"the first":                 {turn, team, "", "ana"},
		"in turn":                   {turn, team, "ana", "ben"},
		"over who is busy":          {turn, team, "ben", "zoe"},
		"from the start again":      {turn, team, "zoe", "ana"},
		"after somebody who left":   {turn, team, "bob", "zoe"},
		"the least, in turn":        {load, team, "ben", "zoe"},
		"the least, from the start": {load, team, "zoe", "ben"},
		"of these alone":            {event.Rule{By: event.ByLoad, Members: []event.AgentID{"ana", "busy"}}, team, "", "ana"},
		"nobody who has room":       {event.Rule{By: event.ByLoad, Most: 1}, team, "", ""},
		"one who has room":          {event.Rule{By: event.RoundRobin, Most: 2}, team, "", "ben"},
		"nobody is there":           {turn, []store.Agent{busy, silent}, "", ""},
		"a rule that is not known":  {event.Rule{By: "dice"}, team, "", ""},
		"the only one, again":       {turn, []store.Agent{free("ana", 0)}, "ana", "ana"},
	} {
		if got := store.Choose(c.rule, c.team, c.last); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestWhoBelongsToNobodyAndWhoGotTheLast(t *testing.T) {
	w := newWorld(t)
	w.withTeam()
	w.apply(w.log.Inbound("34611", "Nuria", "hola", w.log.At))
	list, err := w.s.Ownerless(w.ctx, "", 10)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d belong to nobody, %v", len(list), err)
	}
	if last, err := w.s.LastAssigned(w.ctx, ""); err != nil || last != "" {
		t.Errorf("%q got the last, %v", last, err)
	}
	w.apply(w.log.By(storetest.Ana, "34600", event.Assigned{To: storetest.Ben}), w.log.By(storetest.Ana, "34611", event.Assigned{To: storetest.Ana}))
	if list, err = w.s.Ownerless(w.ctx, "", 10); err != nil || len(list) != 0 {
		t.Errorf("%d belong to nobody, %v", len(list), err)
	}
	if last, err := w.s.LastAssigned(w.ctx, ""); err != nil || last != storetest.Ana {
		t.Errorf("%q got the last, %v", last, err)
	}
	agents, err := w.s.Agents(w.ctx)
	if err != nil || len(agents) != 3 || agents[0].Open != 1 || agents[1].Open != 0 || agents[2].Open != 1 {
		t.Errorf("agents %+v, %v", agents, err)
	}
}
