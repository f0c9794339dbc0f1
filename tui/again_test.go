package tui

import (
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// failedSend is what the log says of a send that the network took and then
// could not deliver.
func failedSend(log *storetest.Log, by event.AgentID, text string) []event.Event {
	op, id := provider.OpID("op_"+text), provider.MessageID("wamid."+text)
	sent := log.SendState(by, storetest.Grace, op, event.JobSent, id, text)
	return []event.Event{sent, log.Receipt(storetest.Grace, id, op, provider.Failed)}
}

// TestAFailureIsTriedAgain: R makes a new message of one that could not be
// delivered, whoever sent it and from wherever, and the old one is settled.
func TestAFailureIsTriedAgain(t *testing.T) {
	for _, by := range []event.AgentID{"ana", "ben"} {
		t.Run(string(by), func(t *testing.T) {
			st, log := storetest.NewWithLog(t)
			s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
			if err := st.Apply(t.Context(), failedSend(log, by, "lost")); err != nil {
				t.Fatal(err)
			}
			s.WaitText("R tries again")
			s.Press("R")
			s.WaitFor(func(screen string) bool {
				return strings.Contains(screen, "⧗ queued") && !strings.Contains(screen, "R tries again")
			})
			s.Press("R")
			s.WaitText("dealt with already")
		})
	}
}

// TestAFailureIsPutAside: D takes a failure off the list of what needs someone.
func TestAFailureIsPutAside(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	if err := st.Apply(t.Context(), failedSend(log, "ana", "lost")); err != nil {
		t.Fatal(err)
	}
	s.WaitText("R tries again")
	s.Press("D")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "R tries again") })
}
