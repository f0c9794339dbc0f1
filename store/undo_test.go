package store_test

import (
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestAnUndoLeavesAColleaguesChangeAlone: of a batch, what somebody else changed since
// stays as they made it, and it is said who; the rest is taken back, whether the relay has
// it already or not. An aspect that nobody else touched is no matter.
func TestAnUndoLeavesAColleaguesChangeAlone(t *testing.T) {
	urgent, none := event.Prioritized{Priority: event.UrgentPriority}, event.Prioritized{}
	for name, c := range map[string]struct {
		confirmed bool
		ben       event.Body
		lost      int
	}{
		"in the log":            {confirmed: true, ben: event.Prioritized{Priority: event.LowPriority}, lost: 1},
		"on its way":            {ben: event.Prioritized{Priority: event.LowPriority}, lost: 1},
		"something else":        {confirmed: true, ben: event.Labeled{Labels: []string{"vip"}}},
		"something else, later": {ben: event.Labeled{Labels: []string{"vip"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.withTeam()
			w.apply(w.log.Inbound("34611", "Nuria", "hola", w.log.At))
			first, second := w.do("34600", urgent), w.do("34611", urgent)
			if c.confirmed {
				w.apply(w.echo(first, "34600", urgent), w.echo(second, "34611", urgent))
			}
			w.apply(w.log.By(storetest.Ben, "34600", c.ben))
			list := []store.Action{
				{Conversation: storetest.ID("34600"), Body: none, Expect: event.AspectPriority},
				{Conversation: storetest.ID("34611"), Body: none, Expect: event.AspectPriority},
				{Conversation: storetest.ID("nobody"), Body: none, Expect: event.AspectPriority},
			}
			ops, lost, err := w.s.Undo(w.ctx, list)
			if err != nil || len(lost) != c.lost || (ops[0] == "") != (c.lost == 1) || ops[1] == "" || ops[2] != "" {
				t.Fatalf("%q, %+v, %v", ops, lost, err)
			}
			if c.lost == 1 && (lost[0].By != storetest.Ben || lost[0].Kind != event.KindPrioritized || lost[0].Conversation != storetest.ID("34600")) {
				t.Errorf("lost to %+v", lost[0])
			}
			if got := w.conversation("34611").Priority; got != event.NoPriority {
				t.Errorf("the other one is %d", got)
			}
			if got := w.conversation("34600").Priority; c.confirmed && c.lost == 1 && got != event.LowPriority {
				t.Errorf("ben's is %d", got)
			}
		})
	}
	w := newWorld(t)
	w.withTeam()
	if _, _, err := w.s.Undo(w.ctx, []store.Action{{Conversation: storetest.ID("34600"), Body: event.Available{}}}); err == nil {
		t.Error("it takes back what is no action")
	}
}
