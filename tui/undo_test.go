package tui

import (
	"context"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
)

// Each triage action that says "z undoes" is taken back whole: status, owner,
// unread count, mark and wait are as they were.
func TestUndoBringsBackWhatWasShown(t *testing.T) {
	for _, c := range []struct {
		name, key, said string
		chat            provider.ChatID
		who, text       string
	}{
		{"read", "I", "marked عمر حسن read", storetest.Omar, "عمر", "السلام عليكم"},
		{"unread", "U", "marked Grace Obi unread", storetest.Grace, "Grace", "Is the 3 pm slot still free?"},
		{"resolve", "E", "resolved عمر حسن", storetest.Omar, "عمر", "السلام عليكم"},
		{"take", "A", "gave عمر حسن to ana", storetest.Omar, "عمر", "السلام عليكم"},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := storetest.New(t)
			s := open(t, options(st), 120, 40, c.who, c.text)
			before := conversation(t, st, c.chat)
			s.Press(c.key)
			s.WaitText(c.said)
			s.WaitText("z undo")          // the line's or the strip's
			s.WaitFor(func(string) bool { // else nothing could be undone
				changed, err := st.Conversation(t.Context(), storetest.ID(c.chat))
				return err == nil && !cmp.Equal(before, changed, ignored())
			})
			s.Press("z")
			s.WaitText("undone: " + c.said)
			if d := cmp.Diff(before, conversation(t, st, c.chat), ignored()); d != "" {
				t.Errorf("not as it was (-before +after):\n%s", d)
			}
		})
	}
}

// ignored are the revision, what only tells whether it was shared, what this
// agent has seen meanwhile, and the resolution's note, which reopening keeps.
func ignored() cmp.Option {
	return cmpopts.IgnoreFields(store.Conversation{}, "Rev", "Pending", "StatusSeq", "AssigneeSeq", "New", "SeenSeq", "Resolution")
}

// z pressed right after the key, before anything is written, undoes that key.
func TestUndoIsNotOutrunByFastKeys(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 120, 40, "عمر", "السلام عليكم")
	s.Press("I", "z")
	s.WaitText("undone: marked عمر حسن read")
	if c := conversation(t, st, storetest.Omar); c.Unread != 2 {
		t.Errorf("unread is %d, want 2", c.Unread)
	}
}

// TestALateAnswerIsNotSaid: answers of writes come in any order, and the line
// speaks of the latest.
func TestALateAnswerIsNotSaid(t *testing.T) {
	a := New(t.Context(), options(storetest.New(t)))
	first := a.write(func(context.Context) tea.Msg { return wroteMsg{said: "marked read"} })
	second := a.write(func(context.Context) tea.Msg { return wroteMsg{said: "undone"} })
	one := first()
	a.Update(second())
	a.Update(one)
	if a.said != "undone" {
		t.Errorf("it says %q", a.said)
	}
}
