package tui

import (
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
)

// crowded is a screen with Grace's thread, over a store on a disk that can be
// full.
func crowded(t *testing.T) (st *store.Store, s *tuitest.Screen, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "store.db")
	st = storetest.Open(t, path)
	if err := st.Apply(t.Context(), storetest.NewLog().People()); err != nil {
		t.Fatal(err)
	}
	return st, open(t, options(st), 160, 40, "Grace", "Is the 3 pm slot still free?"), path
}

// draftOf is what the store has of a reply to Grace.
func draftOf(t *testing.T, st *store.Store) string {
	t.Helper()
	text, err := st.Draft(t.Context(), storetest.ID(storetest.Grace), store.DraftReply)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestADraftOutlivesAFullDisk (P15): what is typed while nothing can be saved is
// kept in memory, and that is said; it is there when its conversation is opened
// again, and with room it is saved without a key.
func TestADraftOutlivesAFullDisk(t *testing.T) {
	st, s, path := crowded(t)
	makeRoom := storetest.FillDisk(t, path)
	s.Press("r")
	s.Paste("a long answer") // at once: it is said once, and a key takes what was said away
	s.WaitText("Not saved: the disk is full. What you typed stays here.")
	s.Press("esc")
	s.WaitText("1 not on disk")
	s.Press("]")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "a long answer") })
	s.Press("[")
	s.WaitText("a long answer")
	if got := draftOf(t, st); got != "" {
		t.Errorf("a full disk has %q", got)
	}
	makeRoom()
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "not on disk") })
	if got := draftOf(t, st); got != "a long answer" {
		t.Errorf("with room again the store has %q", got)
	}
}

// TestQuittingWithAFullDiskAsks: no text goes with the program without a word.
func TestQuittingWithAFullDiskAsks(t *testing.T) {
	_, s, path := crowded(t)
	storetest.FillDisk(t, path)
	s.Press("r")
	s.Paste("a long answer")
	s.Press("esc")
	s.WaitText("1 not on disk")
	s.Press("q")
	s.WaitText("Quit and lose what you typed?")
	s.Press("q", "esc")
	s.WaitFor(func(screen string) bool {
		return !strings.Contains(screen, "Quit and lose") && strings.Contains(screen, "a long answer")
	})
}

// TestARefusedSendComesBack: a reply, and a note, that the disk did not take are
// in the composer again, nothing is shown as queued, and nothing that was to
// follow them was done.
func TestARefusedSendComesBack(t *testing.T) {
	for name, keys := range map[string][2]string{"reply": {"r", "enter"}, "note": {"n", "enter"}, "reply and resolve": {"r", "ctrl+r"}} {
		t.Run(name, func(t *testing.T) {
			st, s, path := crowded(t)
			makeRoom := storetest.FillDisk(t, path)
			s.Press(keys[0])
			s.Paste("a long answer")
			s.Press(keys[1])
			s.WaitText("Not saved: the disk is full. What you typed stays here.")
			s.WaitText("1 not on disk")
			if screen := s.Text(); strings.Contains(screen, "queued") || strings.Contains(screen, "✓ resolved") {
				t.Errorf("it is shown as done:\n%s", screen)
			}
			makeRoom()
			s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "not on disk") })
			c, err := st.Conversation(t.Context(), storetest.ID(storetest.Grace))
			if err != nil || c.Status == store.StatusResolved {
				t.Errorf("the conversation is %s, %v", c.Status, err)
			}
			mode := store.DraftReply
			if keys[0] == "n" {
				mode = store.DraftNote
			}
			if text, err := st.Draft(t.Context(), c.ID, mode); err != nil || text != "a long answer" {
				t.Errorf("with room again the store has %q, %v", text, err)
			}
		})
	}
}

// TestLookingFailsSilently: that a thread was seen could not be kept is nothing
// that an agent did, and is not said over what was.
func TestLookingFailsSilently(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	st, log := storetest.Open(t, path), storetest.NewLog()
	if err := st.Apply(t.Context(), append(log.People(), log.Inbound(storetest.Grace, "Grace Obi", "and one more", storetest.Now))); err != nil {
		t.Fatal(err)
	}
	a := New(t.Context(), options(st))
	a.Update(tea.WindowSizeMsg{Width: 160, Height: 40})
	finish(a, a.show(storetest.ID(storetest.Grace), 0))
	storetest.FillDisk(t, path)
	finish(a, a.setFocus(onThread))
	c, err := st.Conversation(t.Context(), storetest.ID(storetest.Grace))
	if err != nil || c.New == 0 {
		t.Fatalf("a full disk took it, or there was nothing to see: %d new, %v", c.New, err)
	}
	if a.said != "" {
		t.Errorf("it says %q", a.said)
	}
}

// TestTroubleOfTheLinkIsNeverCutAway: on a narrow terminal its beginning is shown.
func TestTroubleOfTheLinkIsNeverCutAway(t *testing.T) {
	o := options(storetest.New(t))
	o.Link = func() LinkState {
		return LinkState{Since: storetest.Now, Trouble: "The disk of this machine is full. Nothing more is taken in until there is room."}
	}
	for _, w := range []int{80, 120, 200} {
		s := start(t, o, w, 24)
		s.WaitText("The disk of thi")
	}
}
