package tui

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
)

// waiting is an app that was asked to reply in a conversation that is being read,
// and what it has been sent of that reading.
func waiting(t *testing.T) (*App, threadMsg) {
	t.Helper()
	a := New(t.Context(), options(storetest.New(t)))
	a.resize(120, 40)
	var read threadMsg
	var run func(cmd tea.Cmd)
	run = func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		switch m := cmd().(type) {
		case tea.BatchMsg:
			for _, c := range m {
				run(c)
			}
		case listMsg:
			a.gotList(m)
		case threadMsg:
			read = m
		}
	}
	run(a.showView(store.ViewAll))
	run(a.show(storetest.ID(storetest.Grace), 0))
	if read.err != nil || len(read.data.Messages) == 0 {
		t.Fatalf("the thread was not read: %+v", read)
	}
	return a, read
}

// What is typed before the conversation is there is typed, not done: the e of a
// reply would resolve it.
func TestEarlyKeysAreTyped(t *testing.T) {
	a, read := waiting(t)
	for _, k := range []string{"r", "e", "e", "D"} {
		if cmd := a.key(tuitest.Key(k)); cmd != nil {
			t.Errorf("%s does something", k)
		}
	}
	a.gotThread(read)
	if !a.composer.Focused() || a.composer.Text() != "eeD" {
		t.Errorf("the composer has %q (writing: %v)", a.composer.Text(), a.composer.Focused())
	}
	if c, _ := a.thread.Conversation(); c.Status != store.StatusOpen || len(a.undos) > 0 {
		t.Errorf("something was done: %s, %d to undo", c.Status, len(a.undos))
	}
}

// Esc takes it back, and the keys after it are commands again.
func TestEarlyKeysAreTakenBack(t *testing.T) {
	a, read := waiting(t)
	for _, k := range []string{"r", "x", "esc"} {
		a.key(tuitest.Key(k))
	}
	a.gotThread(read)
	if a.composer.Focused() || a.composer.Text() != "" {
		t.Errorf("the composer has %q (writing: %v)", a.composer.Text(), a.composer.Focused())
	}
}
