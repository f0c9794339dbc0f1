package tui

import (
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/store/storetest"
)

// TestAClockEndsWithItsNeed: a window closes in a day, and its clock is set anew
// with every event of the conversation. The one before ends at once, so that a
// day of reading leaves no thousand of them behind.
func TestAClockEndsWithItsNeed(t *testing.T) {
	a := New(t.Context(), options(storetest.New(t)))
	tick := a.tick
	a.tick = still
	a.resize(120, 40)
	drain(a, a.showView(store.ViewAll))
	drain(a, a.run("next")) // a conversation with an open window
	a.tick = tick
	var clocks sync.WaitGroup
	for range 100 {
		cmd := a.armTurn()
		if cmd == nil {
			t.Fatal("no clock was set")
		}
		clocks.Go(func() { wait(cmd) })
	}
	a.timers.stopTurn()
	clocks.Wait() // for ever, where one of them is left
}

// wait runs a command and what it is made of to the end, as the program does.
func wait(cmd tea.Cmd) {
	batch, _ := cmd().(tea.BatchMsg)
	var parts sync.WaitGroup
	for _, part := range batch {
		parts.Go(func() { wait(part) })
	}
	parts.Wait()
}
