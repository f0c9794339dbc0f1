package tui

import (
	"slices"
	"strings"
	"testing"

	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// Who may only read is offered nothing that the relay would refuse, and told why.
func TestWhoMayOnlyReadIsToldSo(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.WaitText("r to write")
	role := log.Event("agent:ana:2", "", event.AgentDefined{Agent: storetest.Ana, Name: "ana", Role: event.RoleReadOnly})
	role.Account = ""
	if err := st.Apply(t.Context(), []event.Event{role}); err != nil {
		t.Fatal(err)
	}
	s.WaitText("you may only read here")
	if row := status(s); strings.Contains(row, "reply") || strings.Contains(row, "resolve") {
		t.Errorf("the keys that are named: %q", row)
	}
	for _, key := range []string{"r", "n", "t", "e", "E", "A", "a", "U", "z"} {
		s.Press(key)
		s.WaitText("Your token may only read")
		s.Press("i", "i")
		s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "Your token") })
	}
	if pubs, err := st.Unpublished(t.Context(), 10); err != nil || len(pubs) != 0 {
		t.Errorf("to publish: %+v, %v", pubs, err)
	}
}

func TestAvailabilityIsToldAndHelpsToAssign(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	ben := log.Event("agent:ben", "", event.AgentDefined{Agent: storetest.Ben, Name: "Ben"})
	busy := log.Event("busy", "", event.Available{State: event.AvailableBusy})
	busy.By, ben.Account, busy.Account = storetest.Ben, "", ""
	if err := st.Apply(t.Context(), []event.Event{ben, busy}); err != nil {
		t.Fatal(err)
	}
	s.Press("a")
	s.WaitText("busy · 1 open")
	s.WaitText("has it now · 3 open")
	s.Press("esc")
	s.Press("ctrl+k")
	s.Type("I am away")
	s.WaitText("the team sees that you are not here")
	s.Press("enter")
	s.WaitText("the team sees that you are away")
	pubs, err := st.Unpublished(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	bodies := make([]event.Body, len(pubs))
	for i := range pubs {
		bodies[i] = pubs[i].Body
	}
	if !slices.Contains(bodies, event.Body(event.Available{State: event.AvailableAway})) {
		t.Errorf("to publish: %+v", bodies)
	}
}
