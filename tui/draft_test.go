package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// finish runs a command and what it batches, and gives the app every answer.
func finish(a *App, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			finish(a, c)
		}
	default:
		a.Update(msg)
	}
}

// TestOpeningAgainKeepsWhatIsTyped: the answer of a read that began before the
// typing may not come over it.
func TestOpeningAgainKeepsWhatIsTyped(t *testing.T) {
	st := storetest.New(t)
	a := New(t.Context(), options(st))
	a.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	id := storetest.ID(storetest.Grace)
	finish(a, a.show(id, 0))
	if !a.loaded() {
		t.Fatal("the conversation is not loaded")
	}
	again := a.show(id, 0)
	a.startWriting(store.DraftReply)
	for _, r := range "Va" {
		a.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	finish(a, again)
	if got := a.composer.Text(); got != "Va" {
		t.Errorf("the composer holds %q", got)
	}
}

// Who is erased while the screen shows them leaves it, with what was typed, and
// the word of it is no half sentence.
func TestAnErasedContactLeavesTheScreen(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	s.Type("dear grace of room nine")
	erased := log.By(storetest.Ben, storetest.Grace, event.Erased{})
	if err := st.Apply(t.Context(), []event.Event{erased}); err != nil {
		t.Fatal(err)
	}
	s.WaitText("The contact that was open here was erased")
	s.WaitFor(func(screen string) bool {
		return !strings.Contains(screen, "3 pm slot") && !strings.Contains(screen, "room nine")
	})
}
