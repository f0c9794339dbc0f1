package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestRDecidesOverTheUnsureOneFirst: what is held waits for it, so that without
// a selection R is about the oldest unsure one, with the list focused too.
func TestRDecidesOverTheUnsureOneFirst(t *testing.T) {
	st := storetest.New(t)
	lost, _ := doubtful(t, st)
	d := newDesk(t, st, storetest.Now.Add(3*time.Minute))
	drain(d.App, d.show(storetest.ID(storetest.Grace), 0))
	for _, where := range []focus{onList, onThread} {
		drain(d.App, d.setFocus(where))
		d.press("R")
		if screen := d.shows(); !strings.Contains(screen, "This may have been sent") || !strings.Contains(screen, "“did it arrive?”") {
			t.Errorf("focus %d:\n%s", where, screen)
		}
		d.press("esc")
	}
	d.press("k", "R", "u") // from the held one to what it waits for
	if screen := d.shows(); !strings.Contains(screen, "This may have been sent") {
		t.Fatalf("the held one leads to:\n%s", screen)
	}
	d.press("m")
	if m, err := st.Message(t.Context(), lost); err != nil || m.Job != event.JobSent {
		t.Errorf("%s, %v", m.Job, err)
	}
}

// TestRSaysWhatItIsNotFor: of the selected message it says that it is the
// selected one, and of one that a colleague wrote, who decides.
func TestRSaysWhatItIsNotFor(t *testing.T) {
	ben := func(state event.JobState) func(*storetest.Log) []event.Event {
		return func(log *storetest.Log) []event.Event {
			return []event.Event{log.SendState(storetest.Ben, storetest.Grace, "op-ben", state, "", "from ben")}
		}
	}
	none := func(*storetest.Log) []event.Event { return nil }
	for _, c := range []struct {
		name   string
		events func(*storetest.Log) []event.Event
		doubt  bool
		keys   []string
		want   string
	}{
		{"nothing is wrong", none, false, []string{"R"}, "No message here failed, is unsure or held."},
		{"the selected one is fine", none, true, []string{"k", "k", "k", "R"}, "The selected message did not fail and is neither unsure nor held."},
		{"nor is it to be discarded", none, true, []string{"k", "k", "k", "D"}, "The selected message is not queued, held or failed."},
		{"a colleague's", ben(event.JobUnsure), false, []string{"R"}, "The unsure or held message here is for ben to decide, where it was written."},
		{"a colleague's, selected", ben(event.JobUnsure), true, []string{"k", "R"}, "The selected message is for ben to decide, where it was written."},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, log := storetest.NewWithLog(t)
			if c.doubt {
				doubtful(t, st)
			}
			if events := c.events(log); events != nil {
				if err := st.Apply(t.Context(), events); err != nil {
					t.Fatal(err)
				}
			}
			d := newDesk(t, st, storetest.Now.Add(3*time.Minute))
			d.send(tea.WindowSizeMsg{Width: 200, Height: 40})
			drain(d.App, d.show(storetest.ID(storetest.Grace), 0))
			d.press("enter")
			d.press(c.keys...)
			if d.said != c.want {
				t.Errorf("it says %q, want %q\n%s", d.said, c.want, d.shows())
			}
		})
	}
}

// TestAnOlderFailureIsNotDenied: more messages than are read at once lie between
// the failure and now.
func TestAnOlderFailureIsNotDenied(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	events := log.Sent(storetest.Ben, storetest.Grace, "lost long ago", provider.Failed)
	for range 100 {
		events = append(events, log.By(storetest.Ben, storetest.Grace, event.Noted{Text: "still waiting"}))
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, st, storetest.Now)
	drain(d.App, d.show(storetest.ID(storetest.Grace), 0))
	if c, _ := d.thread.Conversation(); c.Failed != 1 || !d.thread.Data().More {
		t.Fatalf("%d failed, more %v", c.Failed, d.thread.Data().More)
	}
	d.press("enter", "R")
	if !strings.Contains(d.said, "further up") {
		t.Errorf("it says %q", d.said)
	}
}
