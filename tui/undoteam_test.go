package tui

import (
	"strings"
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestUndoLeavesWhatAColleagueChangedSince: by each kind of action, z says who changed it
// after this agent, and theirs stays.
func TestUndoLeavesWhatAColleagueChangedSince(t *testing.T) {
	mine := func(c *store.Conversation) bool { return c.Assignee == storetest.Ana }
	urgent := func(c *store.Conversation) bool { return c.Priority == event.UrgentPriority }
	for name, c := range map[string]struct {
		keys []string
		did  func(*store.Conversation) bool
		ben  event.Body
		says string
	}{
		"assigned":    {[]string{"A"}, mine, event.Assigned{To: storetest.Ben, Team: "night"}, "ben has assigned it since."},
		"resolved":    {[]string{"E"}, isStatus(store.StatusResolved), event.Reopened{}, "ben has reopened it since."},
		"snoozed":     {[]string{"h", "enter"}, isStatus(store.StatusSnoozed), event.Resolved{}, "ben has resolved it since."},
		"slept anew":  {[]string{"E"}, isStatus(store.StatusResolved), event.Snoozed{}, "ben has snoozed it since."},
		"prioritized": {[]string{"!", "u"}, urgent, event.Prioritized{Priority: event.LowPriority}, "ben has set the priority since."},
	} {
		t.Run(name, func(t *testing.T) {
			st, log := storetest.NewWithLog(t)
			const chat = storetest.Omar
			s := open(t, options(st), 120, 40, "عمر", "السلام عليكم")
			s.Press(c.keys...)
			s.WaitFor(func(string) bool { now := conversation(t, st, chat); return c.did(&now) })
			if err := st.Apply(t.Context(), []event.Event{log.By(storetest.Ben, chat, c.ben)}); err != nil {
				t.Fatal(err)
			}
			s.Press("z")
			s.WaitText("not undone: " + c.says)
			if pubs, err := st.Unpublished(t.Context(), 10); err != nil || len(pubs) != 1 {
				t.Errorf("to publish: %+v, %v", pubs, err)
			}
		})
	}
	words := New(t.Context(), options(storetest.New(t))).words
	for _, kind := range []string{event.KindLabeled, event.KindLinked, event.KindJoined, event.KindNoted, ""} {
		if said := words.Screen.Did.Since("ben", kind); !strings.HasPrefix(said, "ben has ") {
			t.Errorf("%s: %q", kind, said)
		}
	}
	if got := words.Screen.Did.NotUndone(1, 3, words.Screen.Did.Since("", event.KindLabeled)); got != "not undone, 1 of 3: somebody has changed the labels since." {
		t.Errorf("%q", got)
	}
}

func isStatus(want store.ConversationStatus) func(*store.Conversation) bool {
	return func(c *store.Conversation) bool { return c.Status == want }
}
