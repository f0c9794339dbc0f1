package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestAPasteIsNoKey: a pasted text that looks like keys does nothing in TRIAGE and in
// every overlay that a command opens, but stand where one types: nothing is sent, no
// conversation changes, and what was open is open.
func TestAPasteIsNoKey(t *testing.T) {
	st := storetest.New(t)
	d := newDesk(t, st, storetest.Now)
	d.send(tea.WindowSizeMsg{Width: 160, Height: 48})
	overlays := 0
	for _, command := range append([]string{""}, CommandNames()...) {
		if command == "resolve" || command == "resolve-stay" || changesAtOnce(command) {
			continue // these act by themselves; they open nothing that a paste could reach
		}
		drain(d.App, d.show(storetest.ID(storetest.Grace), 0))
		if command != "" {
			drain(d.App, d.run(command))
		}
		if d.over.Len() > 0 {
			overlays++
		}
		top, length, said, writes := d.over.Top(), d.over.Len(), d.current, d.writes
		for _, text := range []string{"e", "\r", "\n", "s", "y\r\n", "q", "x\n", "\x1b", "1", ":", " ", "\t"} {
			d.send(tea.PasteMsg{Content: text})
		}
		if d.over.Top() != top || d.over.Len() != length || d.current != said {
			t.Errorf("%q: a paste acted: %T is open, %T was", command, d.over.Top(), top)
		}
		if d.writes != writes {
			t.Errorf("%q: a paste wrote to the store", command)
		}
		d.over.Clear()
		d.composer.Forget()
		d.composer.Blur()
	}
	if overlays < 20 {
		t.Errorf("only %d overlays were opened", overlays)
	}
	c, err := st.Conversation(t.Context(), storetest.ID(storetest.Grace))
	if err != nil || c.Status == store.StatusResolved || c.Assignee != storetest.Ana {
		t.Errorf("the conversation is %s, @%s: %v", c.Status, c.Assignee, err)
	}
	m, err := st.Messages(t.Context(), storetest.ID(storetest.Grace), store.MessageCursor{}, 1)
	if err != nil || len(m) == 0 || m[0].Job == event.JobQueued || strings.Contains(m[0].Content.Text, "y\n") {
		t.Errorf("the newest message is %+v: %v", m, err)
	}
}

// changesAtOnce reports commands that act without a question.
func changesAtOnce(command string) bool {
	switch command {
	case "assign-me", "unread", "read", "follow", "mute", "available", "busy", "away", "undo", "claim", "resume", "again", "discard":
		return true
	}
	return false
}
