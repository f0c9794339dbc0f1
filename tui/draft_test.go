package tui

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/store/storetest"
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
