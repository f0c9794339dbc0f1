package store_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// sets gives the team a setting, as the log has it.
func (w *world) sets(what event.Setting, name, value string) {
	w.t.Helper()
	w.apply(w.team(string(what)+"-"+name+value, storetest.Ben, event.Set{What: what, Name: name, Value: json.RawMessage(value)}))
}

// TestTeamsAndTheirQueues: a team is a setting; what belongs to it and to nobody is its
// queue, and what is of a team that was removed is nobody's queue.
func TestTeamsAndTheirQueues(t *testing.T) {
	w := newWorld(t)
	w.withTeam()
	w.sets(event.SettingTeam, "support", `{"members":["ana","ben"],"inboxes":["`+string(storetest.Account)+`"]}`)
	w.sets(event.SettingTeam, "night", `{"members":[]}`)
	w.sets(event.SettingTeam, "newer", `{"members":[],"colour":"red"}`)
	w.apply(w.log.Inbound("34611", "Nuria", "hola", w.log.At))
	w.apply(w.log.By(storetest.Ana, "34600", event.Assigned{Team: "support"}),
		w.log.By(storetest.Ana, "34611", event.Assigned{To: storetest.Ben, Team: "support"}))
	teams, err := w.s.Teams(w.ctx)
	if err != nil || len(teams) != 2 || teams[0].Name != "night" || teams[1].Open != 2 || teams[1].Queue != 1 || !teams[1].Has("ana") || teams[1].Has("zoe") {
		t.Fatalf("teams %+v, %v", teams, err)
	}
	rows, err := w.s.Conversations(w.ctx, teams[1].Queued(), store.ConversationCursor{}, 10)
	if err != nil || len(rows) != 1 || rows[0].Chat != "34600" {
		t.Errorf("the queue is %+v, %v", rows, err)
	}
	c, err := w.s.Claimable(w.ctx, []string{"night", "support"})
	if err != nil || c.Chat != "34600" {
		t.Errorf("to be claimed: %+v, %v", c, err)
	}
	if _, err := w.s.Claimable(w.ctx, []string{"night"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of an empty queue: %v", err)
	}
	if _, err := w.s.Claimable(w.ctx, nil); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("of no team: %v", err)
	}
	for team, want := range map[string]int{"support": 1, "night": 0, "": 0} {
		if list, err := w.s.Ownerless(w.ctx, team, 10); err != nil || len(list) != want {
			t.Errorf("nobody's of %q: %d, %v", team, len(list), err)
		}
	}
	w.sets(event.SettingTeam, "support", "null")
	if list, err := w.s.Ownerless(w.ctx, "", 10); err != nil || len(list) != 1 {
		t.Errorf("of a team that is gone: %d, %v", len(list), err)
	}
	if last, err := w.s.LastAssigned(w.ctx, "support"); err != nil || last != storetest.Ben {
		t.Errorf("the last one of it went to %q, %v", last, err)
	}
}

// TestOnlyNewConversationsAreRouted: a person's word on the owner stands.
func TestOnlyNewConversationsAreRouted(t *testing.T) {
	w := newWorld(t)
	w.withTeam()
	w.apply(w.log.Inbound("34611", "Nuria", "hola", w.log.At))
	w.apply(w.log.By(storetest.Ana, "34611", event.Assigned{To: storetest.Ben}), w.log.By(storetest.Ana, "34611", event.Assigned{}))
	here := []provider.AccountID{storetest.Account, "elsewhere"}
	list, err := w.s.Unrouted(w.ctx, here, 10)
	if err != nil || len(list) != 1 || list[0].Chat != "34600" {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := w.s.Unrouted(w.ctx, here[1:], 10); err != nil || len(list) != 0 {
		t.Errorf("of another inbox: %+v, %v", list, err)
	}
}

func TestTeamSet(t *testing.T) {
	set, err := store.TeamSet("support", event.Team{Members: []event.AgentID{"zoe", "ana", "zoe"}})
	if err != nil || set.What != event.SettingTeam || string(set.Value) != `{"members":["ana","zoe"]}` {
		t.Errorf("%s, %v", set.Value, err)
	}
	if set, err = store.TeamSet("support", event.Team{}); err != nil || string(set.Value) != `{"members":[]}` {
		t.Errorf("of nobody: %s, %v", set.Value, err)
	}
	if _, err := store.TeamSet("none", event.Team{}); err == nil {
		t.Error("a team is called none")
	}
	read, err := event.ReadTeam(set.Value)
	if err != nil || !slices.Equal(read.Members, []event.AgentID{}) {
		t.Errorf("read back %+v, %v", read, err)
	}
}
