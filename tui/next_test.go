package tui

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// becomes waits until a conversation is as it should be in the store.
func becomes(t *testing.T, s *tuitest.Screen, st *store.Store, chat provider.ChatID, is func(store.Conversation) bool) {
	t.Helper()
	s.WaitFor(func(string) bool {
		c, err := st.Conversation(t.Context(), storetest.ID(chat))
		return err == nil && is(c)
	})
}

// A snooze is a key, a choice or words; it leaves the view at once, goes on to the
// next, and z brings it back as it was.
func TestSnoozeInWords(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	before := conversation(t, st, storetest.Grace)
	s.Press("h")
	s.WaitText("Snooze until")
	s.Type("wed 9am")
	s.WaitText("Wednesday 25 November, 09:00, in 4d20h")
	s.Press("enter")
	s.WaitText("snoozed Grace Obi until Wed 09:00 · z undoes")
	becomes(t, s, st, storetest.Grace, func(c store.Conversation) bool {
		return c.Status == store.StatusSnoozed && c.SnoozedUntil.Equal(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC))
	})
	s.WaitText("All 6")
	if got := selected(s); strings.Contains(got, "Grace") {
		t.Errorf("it stays with %q", got)
	}
	s.Press("g", "s")
	s.WaitText("back in 4d20h")
	s.Press("z")
	s.WaitText("undone: snoozed Grace Obi")
	becomes(t, s, st, storetest.Grace, func(c store.Conversation) bool { return cmp.Equal(before, c, ignored()) })
}

// Words that are no time are told where they were typed, and what was typed stays.
func TestAnUnknownTimeIsToldInPlace(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 80, 24, "Grace", "Is the 3 pm slot still free?")
	s.Press("b")
	s.Type("wenesday")
	s.WaitText("“wenesday” is no time that is known here.")
	s.Press("enter")
	s.WaitText("› wenesday")
	for range len("wenesday") {
		s.Press("backspace")
	}
	s.Type("yesterday")
	s.WaitText("“yesterday” is no time")
	s.Press("esc")
	if c := conversation(t, st, storetest.Grace); c.Status != store.StatusOpen {
		t.Errorf("it is %s", c.Status)
	}
}

// The digits are the choices, and "until they write" ends with the customer's word.
func TestSnoozeUntilTheyWrite(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("h", "1", "enter")
	s.WaitText("snoozed Grace Obi until they write")
	s.Press("g", "s")
	s.WaitText("· until they write")
	if err := st.Apply(t.Context(), []event.Event{log.Inbound(storetest.Grace, "Grace Obi", "Hello again", log.At)}); err != nil {
		t.Fatal(err)
	}
	s.WaitText("Grace Obi is no longer in Snoozed.")
	s.WaitText("Hello again")
	s.WaitText("Mine 3")
}

// It is back at the instant, by itself, on a screen that nobody touches.
func TestASnoozeComesBackByItself(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	var clock atomic.Pointer[time.Time]
	now := storetest.Now
	clock.Store(&now)
	o := options(st)
	o.Now = func() time.Time { return *clock.Load() }
	until := storetest.Now.Add(-time.Minute) // by the store's clock it is over
	ev := log.By(storetest.Ben, storetest.Grace, event.Snoozed{Until: until})
	if err := st.Apply(t.Context(), []event.Event{ev}); err != nil {
		t.Fatal(err)
	}
	s := start(t, o, 160, 48)
	goAll(s)
	s.WaitText("back since 12:04")
}

// A label is found, made and taken away; the row and the contact show it.
func TestLabels(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 160, 48, "Grace", "Is the 3 pm slot still free?")
	s.Press("l")
	s.WaitText("[ ] billing")
	s.Press("tab")
	s.WaitText("[x] billing")
	s.Type("gold member")
	s.WaitText("new label “gold member”")
	s.Press("enter")
	s.WaitText("labelled Grace Obi billing, gold member · z undoes")
	becomes(t, s, st, storetest.Grace, func(c store.Conversation) bool { return slices.Equal(c.Labels, []string{"billing", "gold member"}) })
	s.WaitFor(func(screen string) bool { return strings.Count(screen, "gold member") >= 2 }) // the line, and the contact
	s.WaitFor(func(string) bool {                                                            // the team's list has it from now on
		list, err := st.Labels(t.Context())
		return err == nil && len(list) == 2 && list[1].Listed && list[1].Used == 1
	})
	s.Press("l")
	s.WaitText("[x] gold member")
	s.Press("down", "enter") // the bar stands on it
	s.WaitText("took the labels of Grace Obi away: gold member")
	s.Press("z", "z")
	s.WaitText("undone: labelled Grace Obi")
	becomes(t, s, st, storetest.Grace, func(c store.Conversation) bool { return len(c.Labels) == 0 })
}

// What cannot be a label is told while it is typed.
func TestALabelThatIsNone(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 80, 24, "Grace", "Is the 3 pm slot still free?")
	s.Press("l")
	s.WaitText("find one, or type a new one")
	s.Paste(strings.Repeat("x", store.MaxLabel+1))
	s.WaitText("A label has at most 40 characters.")
	s.Press("enter")
	s.WaitText("A label has at most 40 characters.")
	s.Press("esc")
	if list, err := st.Labels(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("the team's labels are %+v, %v", list, err)
	}
}

// Priority stands in the row in a word, and a view sorts by it.
func TestPriorityIsShownAndSorted(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("!")
	s.WaitText("Priority")
	s.Press("u")
	s.WaitText("set Grace Obi urgent · z undoes")
	s.Press("esc", "s")
	s.WaitText("Sort by")
	s.Press("p")
	s.WaitText("All · by priority 7")
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "Grace") })
	s.WaitText("urgent")
	s.Press("s", "w")
	s.WaitText("All · by waiting 7")
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "佐藤") })
	s.Press("g", "m", "g", "a") // it is remembered
	s.WaitText("All · by waiting 7")
}

// x and * select; what is done is done to all, is told with how many, and z takes
// all of it back.
func TestManyAtOnce(t *testing.T) {
	st := storetest.New(t)
	s := start(t, options(st), 120, 40)
	goAll(s)
	before := map[provider.ChatID]store.Conversation{}
	for _, chat := range []provider.ChatID{storetest.Omar, storetest.Priya, storetest.Bruno, storetest.Grace, storetest.Lucia, storetest.Yuki, storetest.Nobody} {
		before[chat] = conversation(t, st, chat)
	}
	s.Press("x", "j", "x")
	s.WaitText("2 selected")
	s.Press("*")
	s.WaitText("7 selected")
	s.Press("h", "3", "enter")
	s.WaitText("snoozed 7 until Sat 09:00 · z undoes")
	s.WaitText("All 0")
	s.Press("z")
	s.WaitText("undone: snoozed 7")
	s.WaitText("All 7")
	s.Press("*")
	s.WaitText("7 selected")
	s.Press("e")
	s.WaitText("resolved 7 · z undoes")
	s.WaitText("All 0")
	s.Press("z")
	s.WaitText("All 7")
	for chat, want := range before {
		if d := cmp.Diff(want, conversation(t, st, chat), ignored()); d != "" {
			t.Errorf("%s is not as it was (-before +after):\n%s", want.Name, d)
		}
	}
	s.Press("x")
	s.WaitText("1 selected")
	s.Press("esc")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "1 selected") })
}

// Each action works on a selection, and skips what has nothing to change.
func TestEveryActionOnASelection(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		said string
		is   func(store.Conversation) bool
	}{
		{"take", []string{"A"}, "gave 4 to ana", func(c store.Conversation) bool { return c.Assignee == storetest.Ana }},
		{"read", []string{"I"}, "marked 5 read", func(c store.Conversation) bool { return c.Unread == 0 && !c.Marked }},
		{"unread", []string{"U"}, "marked 2 unread", func(c store.Conversation) bool { return c.Unread > 0 || c.Marked }},
		{"priority", []string{"!", "h"}, "set 7 high", func(c store.Conversation) bool { return c.Priority == event.HighPriority }},
		{"label", []string{"l", "tab", "enter"}, "labelled 6 billing", func(c store.Conversation) bool { return slices.Contains(c.Labels, "billing") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := storetest.New(t)
			s := start(t, options(st), 120, 40)
			goAll(s)
			s.Press("*")
			s.WaitText("7 selected")
			for i, k := range c.keys {
				if k == "tab" {
					s.WaitText("[-] billing")
				}
				if k == "enter" && i > 1 {
					s.WaitText("[x] billing")
				}
				s.Press(k)
			}
			s.WaitText(c.said + " · z undoes")
			for _, chat := range []provider.ChatID{storetest.Omar, storetest.Priya, storetest.Bruno, storetest.Grace, storetest.Lucia, storetest.Yuki, storetest.Nobody} {
				if got := conversation(t, st, chat); !c.is(got) {
					t.Errorf("%s is %+v", got.Name, got)
				}
			}
		})
	}
}

// A note goes on all of them, and nobody is promised that it can be taken back.
func TestANoteOnASelection(t *testing.T) {
	st := storetest.New(t)
	s := start(t, options(st), 120, 40)
	goAll(s)
	s.Press("x", "j", "x", "n")
	s.WaitText("Private note")
	s.Type("asked the shop")
	s.Press("enter")
	s.WaitText("noted on 2")
	if got := status(s); strings.Contains(got, "undoes") {
		t.Errorf("it promises to undo: %q", got)
	}
	for _, chat := range []provider.ChatID{storetest.Omar, storetest.Priya} {
		if got := newest(t, st, chat); got != "asked the shop" {
			t.Errorf("the newest of %s is %q", chat, got)
		}
	}
}

// Where others were first with some of a batch, how many and who is told.
func TestSomeOfABatchAreRefused(t *testing.T) {
	st := storetest.New(t)
	s := start(t, options(st), 120, 40)
	goAll(s)
	s.Press("*")
	s.WaitText("7 selected")
	s.Press("e")
	s.WaitText("resolved 7")
	list, err := st.Unpublished(t.Context(), 100)
	if err != nil || len(list) != 7 {
		t.Fatalf("%d to publish, %v", len(list), err)
	}
	for i := range 2 {
		if err := st.RefusePublication(t.Context(), list[i].ID, storetest.Ben, "ben was first."); err != nil {
			t.Fatal(err)
		}
		s.WaitText(fmt.Sprintf("%d of 7 taken back: ben was first.", i+1))
	}
	s.WaitText("All 2")
}

// A filter is kept under a name and a digit, for oneself or for the team.
func TestSavedViews(t *testing.T) {
	st := storetest.New(t)
	s := start(t, options(st), 120, 40)
	goAll(s)
	s.Press("1")
	s.WaitText("No view is saved under 1.")
	s.Press("v")
	s.WaitText("Go to")
	s.Press("ctrl+n")
	s.WaitText("Save a view")
	s.Type("Billing")
	s.Press("tab")
	s.Press("ctrl+u")
	s.Type("label:billing hue:red")
	s.WaitText("“hue:red” is no filter.")
	s.Press("ctrl+w")
	for range len(" hue:red") {
		s.Press("backspace")
	}
	s.Press("ctrl+u")
	s.Type("label:billing")
	s.WaitText("shows billing")
	s.Press("enter")
	s.WaitText("saved Billing")
	s.WaitText("Billing 1")
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "Bruno") })
	s.Press("g", "m")
	s.WaitText("Grace")
	s.Press("1")
	s.WaitText("Billing 1")
	s.Press("v")
	s.WaitText("1 Billing")
	s.Type("billing")
	s.Press("ctrl+d")
	s.WaitText("removed Billing")
	if list, err := st.SavedViews(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

// A view of one's own is nobody else's, and its digit is free for them.
func TestAViewOfOnesOwn(t *testing.T) {
	st := storetest.New(t)
	if err := st.SaveView(t.Context(), store.SavedView{Title: "Ben's", Key: 1, Agent: storetest.Ben, Query: store.Query{Label: "billing"}}); err != nil {
		t.Fatal(err)
	}
	if err := st.SaveView(t.Context(), store.SavedView{Title: "Mine, urgent", Key: 1, Agent: storetest.Ana, Query: store.Query{In: store.ViewMine, Order: store.OrderPriority}}); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 120, 40)
	goAll(s)
	s.Press("1")
	s.WaitText("Mine, urgent 3")
	s.Press("v")
	s.WaitText("Go to")
	if screen := s.Text(); strings.Contains(screen, "Ben's") || !strings.Contains(screen, "yours alone") {
		t.Errorf("the list shows:\n%s", screen)
	}
}

// What was resolved with a follow-up is due at its time.
func TestFollowUpIsDue(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	resolve := func(chat provider.ChatID, at time.Time) event.Event {
		return log.By(storetest.Ben, chat, event.Resolved{Resolution: event.Resolution{FollowUp: at}})
	}
	zone := time.FixedZone("", 5*3600)
	if err := st.Apply(t.Context(), []event.Event{
		resolve(storetest.Grace, storetest.Now.Add(-time.Hour).In(zone)), resolve(storetest.Bruno, storetest.Now.Add(time.Hour)),
		resolve(storetest.Lucia, storetest.Now.Add(-2*time.Hour)),
	}); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 120, 40)
	s.Press("g", "d")
	s.WaitText("Follow-up due 2")
	s.WaitFor(func(screen string) bool {
		return strings.Contains(selectedIn(screen), "Lucía") && strings.Contains(screen, "Grace") && !strings.Contains(screen, "Bruno")
	})
}

// The palette finds a label and a saved view by their names.
func TestThePaletteFindsLabels(t *testing.T) {
	st := storetest.New(t)
	s := start(t, options(st), 120, 40)
	goAll(s)
	s.Press("ctrl+k")
	s.WaitText("Everything")
	s.Type("billing")
	s.WaitText("go to billing")
	s.Press("enter")
	s.WaitText("billing 1")
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "Bruno") })
}
