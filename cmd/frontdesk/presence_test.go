package main

import (
	"context"
	"strings"
	"testing"

	"frontdesk/store"
	"frontdesk/tui"
	"frontdesk/tui/tuitest"
)

// beside is the teammate's own terminal on the office's relay, with its screen.
func (f *office) beside() (*desk, *tuitest.Screen) {
	f.t.Helper()
	d := f.terminal(demoTeammate, f.t.TempDir())
	ctx, cancel := context.WithCancel(f.t.Context())
	f.t.Cleanup(cancel)
	s := tuitest.New(f.t, tui.New(ctx, d.screenOptions()), 120, 40)
	s.WaitText("live")
	return d, s
}

// TestAColleagueIsSeenAtWork: who opens a conversation and writes in it is seen at the
// other terminal, a note's name reaches its bearer there, and whoever leaves is gone at
// once. The relay's log has the note, and nothing of the rest.
func TestAColleagueIsSeenAtWork(t *testing.T) {
	f := openOffice(t)
	ben, there := f.beside()
	search(there, "Juan Pérez")
	here := f.screen(120, 40)
	search(here, "Juan Pérez")
	here.WaitText(demoTeammate + " is viewing")
	there.WaitText(demoAgent + " is viewing")
	before := f.feed.State().Head
	here.Press("r")
	here.Type("enseguida")
	there.WaitText(demoAgent + " is writing")
	if after := f.feed.State().Head; after != before {
		t.Errorf("the log went from %d to %d", before, after)
	}
	here.Press("esc")
	there.Press("esc")
	search(there, "Mariela")
	here.Press("n")
	here.Type("@" + demoTeammate[:1])
	here.WaitText("Tab: @" + demoTeammate)
	here.Press("tab")
	here.Type("please")
	here.Press("enter")
	here.WaitText("note saved")
	there.WaitText(demoAgent + " calls you at Juan Pérez: @" + demoTeammate + " please")
	until(t, ben.store, "the mention is there", func() bool {
		list, err := ben.store.Conversations(t.Context(), store.ViewMentions, store.ConversationCursor{}, 10)
		return err == nil && len(list) == 1 && list[0].ID == f.conversation("Juan").ID
	})
	there.Press("g", "@")
	there.WaitFor(func(screen string) bool { return strings.Contains(threadHeader(screen), "Juan Pérez") })
	there.Press("enter")
	there.WaitText("Mentions 0")
	here.WaitText(demoTeammate + " is viewing")
	ben.Close()
	here.WaitFor(func(screen string) bool { return !strings.Contains(screen, "is viewing") })
}
