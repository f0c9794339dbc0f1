package tui

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// planned is the messages of Grace's thread that were ever scheduled.
func planned(t *testing.T, st *store.Store) (list []store.Message) {
	t.Helper()
	rows, err := st.Messages(t.Context(), storetest.ID(storetest.Grace), store.MessageCursor{}, 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range rows {
		if m.Plan.Edition > 0 {
			list = append(list, m)
		}
	}
	return list
}

// until waits until what was scheduled is as it should be, and returns it.
func until(t *testing.T, s *tuitest.Screen, st *store.Store, ok func([]store.Message) bool) []store.Message {
	t.Helper()
	s.WaitFor(func(string) bool { return ok(planned(t, st)) })
	return planned(t, st)
}

func one(state event.JobState) func([]store.Message) bool {
	return func(list []store.Message) bool { return len(list) > 0 && list[len(list)-1].Job == state }
}

// TestSendLater: Ctrl+D asks when, shows what it understood with the zone before Enter,
// and keeps the draft where no time is taken; then the thread and the row say when it
// goes, and z, D and z again cancel and restore it.
func TestSendLater(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	s.WaitText("WRITE")
	s.Press("ctrl+d")
	s.WaitText("Write something first")
	s.Type("See you at nine")
	s.Press("ctrl+d")
	s.WaitText("Send later")
	s.Type("at some point")
	s.WaitText("is no time that is known here")
	s.Press("enter") // takes nothing
	s.Press("esc")
	s.WaitFor(func(screen string) bool {
		return !strings.Contains(screen, "Send later") && strings.Contains(screen, "See you at nine")
	})
	if list := planned(t, st); len(list) != 0 {
		t.Fatalf("scheduled without a time: %+v", list)
	}
	s.Press("ctrl+d")
	s.Type("tomorrow 9am")
	s.WaitText("Saturday 21 November, 09:00 UTC, in 20h55")
	s.Press("enter")
	s.WaitText("goes on Sat at 09:00, in 20h55")
	s.WaitText("◷ Sat 09:00") // the row
	m := until(t, s, st, one(event.JobScheduled))[0]
	if !m.Due.Equal(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)) || m.Content.Text != "See you at nine" {
		t.Errorf("scheduled %+v", m)
	}
	if text, err := st.Draft(t.Context(), storetest.ID(storetest.Grace), store.DraftReply); err != nil || text != "" {
		t.Errorf("the draft is %q, %v", text, err)
	}
	s.Press("esc", "z")
	s.WaitText("undone: goes on Sat at 09:00")
	until(t, s, st, one(event.JobDiscarded))
	if s.Press("D"); len(planned(t, st)) != 1 {
		t.Error("D scheduled something")
	}
}

// TestCancelAndBringBack: D cancels what is scheduled, z schedules the same again.
func TestCancelAndBringBack(t *testing.T) {
	st := storetest.New(t)
	schedule(t, st, "See you at nine")
	s := open(t, options(st), 120, 40, "Grace", "goes at 14:05, in 2h00")
	s.Press("D")
	s.WaitText("cancelled, nothing goes out")
	until(t, s, st, one(event.JobDiscarded))
	s.Press("z")
	list := until(t, s, st, one(event.JobScheduled))
	if len(list) != 2 || list[0].Op == list[1].Op || !list[1].Due.Equal(list[0].Due) {
		t.Errorf("there are %+v", list)
	}
}

func schedule(t *testing.T, st *store.Store, text string) store.MessageKey {
	t.Helper()
	key, err := st.Schedule(t.Context(), provider.Outgoing{To: storetest.Chat(storetest.Grace), Content: provider.TextContent(text)},
		storetest.Now.Add(2*time.Hour), "")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestChangeWhatIsScheduled: R offers another time, now, the text back and cancel.
func TestChangeWhatIsScheduled(t *testing.T) {
	for name, c := range map[string]struct {
		keys []string
		want func(m store.Message) bool
		says string
	}{
		"another time": {[]string{"t", "f", "r", "i", " ", "9", "a", "m", "enter"}, func(m store.Message) bool {
			return m.Job == event.JobScheduled && m.Due.Equal(time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)) && m.Plan.Edition == 2
		}, "goes on 27 Nov at 09:00"},
		"now":     {[]string{"s"}, func(m store.Message) bool { return m.Due.Equal(storetest.Now) && m.Plan.Anyway }, "goes now"},
		"reword":  {[]string{"e"}, func(m store.Message) bool { return m.Job == event.JobDiscarded }, "WRITE"},
		"cancel":  {[]string{"x"}, func(m store.Message) bool { return m.Job == event.JobDiscarded }, "cancelled"},
		"nothing": {[]string{"w"}, func(m store.Message) bool { return m.Job == event.JobScheduled && m.Plan.Edition == 1 }, "D cancels"},
	} {
		t.Run(name, func(t *testing.T) {
			st := storetest.New(t)
			schedule(t, st, "See you at nine")
			s := open(t, options(st), 120, 40, "Grace", "goes at 14:05, in 2h00")
			s.Press("R")
			s.WaitText("This goes at its time")
			s.Press(c.keys...)
			s.WaitText(c.says)
			until(t, s, st, func(list []store.Message) bool { return len(list) == 1 && c.want(list[0]) })
			if name == "reword" {
				s.WaitFor(func(screen string) bool { return strings.Count(screen, "See you at nine") >= 2 })
			}
		})
	}
}

// TestHeldIsDecided: what did not go because the customer wrote says so in the thread
// and in the row, and R sends it anyway.
func TestHeldIsDecided(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	held := event.SendState{
		Op: "op-b", State: event.JobScheduled, Chat: storetest.Grace, Content: provider.TextContent("See you at nine"), Due: storetest.Now.Add(-time.Hour),
		Plan: event.Plan{Edition: 2, Hold: event.HeldWrote},
	}
	if err := st.Apply(t.Context(), []event.Event{log.By(storetest.Ben, storetest.Grace, held)}); err != nil {
		t.Fatal(err)
	}
	s := open(t, options(st), 120, 40, "Grace", "not sent: the customer wrote")
	s.WaitText("◷ 1 held")
	s.Press("R")
	s.WaitText("This did not go by itself")
	s.Press("s")
	list := until(t, s, st, func(list []store.Message) bool { return list[0].Plan.Hold == "" })
	if !list[0].Plan.Anyway || list[0].Plan.Edition != 3 || list[0].By != storetest.Ben {
		t.Errorf("it is %+v", list[0])
	}
}

// TestLaterWarnsOfTheWindow: a time after the window's end is taken, and what that means
// is said before.
func TestLaterWarnsOfTheWindow(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 80, 24, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	s.WaitText("WRITE")
	s.Type("still there?")
	s.Press("ctrl+d")
	s.Type("in 3 days")
	s.WaitText("The window closes before that")
	s.Press("esc", "ctrl+n", "ctrl+d")
	s.WaitText("A note cannot be sent later.")
}
