package tui

import (
	"strings"
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// teamed is a store whose team is "support", with ana in it and ben, and what makes
// another event of everybody's.
func teamed(t *testing.T) (st *store.Store, log *storetest.Log, tell func(id string, body event.Body)) {
	t.Helper()
	st, log = storetest.NewWithLog(t)
	tell = func(id string, body event.Body) {
		t.Helper()
		e := log.Event(id, "", body)
		e.Account, e.By = "", storetest.Ben
		if err := st.Apply(t.Context(), []event.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	tell("zoe", event.AgentDefined{Agent: "zoe", Name: "Zoe"})
	tell("support", event.Set{What: event.SettingTeam, Name: "support", Value: []byte(`{"members":["ana","ben"]}`)})
	return st, log, tell
}

func give(s *tuitest.Screen, name string) {
	s.Press("a")
	s.WaitText("Assign to")
	s.Type(name)
	s.WaitText("› " + name)
	s.Press("enter")
}

// TestATeamsQueue: a conversation is given to a team, is seen to be of it, is in the view
// of the team, is claimed from its queue, and z takes each of it back.
func TestATeamsQueue(t *testing.T) {
	st, _, _ := teamed(t)
	s := open(t, options(st), 160, 48, "عمر", "السلام عليكم")
	give(s, "support")
	s.WaitText("gave عمر حسن to the team support · z undoes")
	s.WaitText("open · support · nobody")
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedRow(screen), " support") })
	s.Press("z")
	s.WaitText("undone: gave عمر حسن to the team support")
	s.WaitText("open · nobody")
	give(s, "support")
	s.Press("g", "m")
	s.Press("v")
	s.WaitText("a team · 1 of nobody")
	s.Type("support")
	s.Press("enter")
	s.WaitText("support 1")
	s.Press("C")
	s.WaitText("gave عمر حسن to ana · z undoes")
	s.WaitText("open · support · @ana")
	s.Press("C")
	s.WaitText("Nobody waits in your teams' queues.")
	s.Press("z")
	s.WaitText("open · support · nobody")
	c := conversation(t, st, storetest.Omar)
	if c.Team != "support" || c.Assignee != "" {
		t.Errorf("it is %q's of %q", c.Assignee, c.Team)
	}
	give(s, "no team")
	s.WaitText("took عمر حسن out of its team")
	s.WaitText("open · nobody")
}

// selectedRow is the lines of the selected row of the list.
func selectedRow(screen string) string {
	var row []string
	for line := range strings.SplitSeq(screen, "\n") {
		if strings.HasPrefix(line, "▍") {
			row = append(row, strings.Split(line, "│")[0])
		}
	}
	return strings.Join(row, "\n")
}

// TestWhoWasRemovedIsNotChosen: somebody, or a team, that went while the list was open is
// given nothing, and what they have says so.
func TestWhoWasRemovedIsNotChosen(t *testing.T) {
	st, _, tell := teamed(t)
	s := open(t, options(st), 160, 48, "عمر", "السلام عليكم")
	s.Press("C")
	s.WaitText("Nobody waits in your teams' queues.")
	give(s, "Zoe")
	s.WaitText("open · @zoe")
	s.Press("a")
	s.WaitText("Assign to")
	tell("zoe-gone", event.AgentDefined{Agent: "zoe", Name: "Zoe", Role: event.RoleGone})
	s.WaitText("open · @zoe (removed)")
	s.Type("Zoe")
	s.WaitText("› Zoe")
	s.Press("enter")
	s.WaitText("zoe was removed from the team. Choose again.")
	s.Press("esc")
	give(s, "support")
	s.WaitText("open · support · nobody")
	tell("support-gone", event.Set{What: event.SettingTeam, Name: "support"})
	s.WaitText("open · support (removed) · nobody")
	s.Press("C")
	s.WaitText("You are in no team.")
	if c := conversation(t, st, storetest.Omar); c.Assignee != "" {
		t.Errorf("it is %s's", c.Assignee)
	}
}
