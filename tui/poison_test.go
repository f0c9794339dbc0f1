package tui

import (
	"fmt"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// poisoned is an inbox with one message that no part of the screen can draw:
// the drawing of a sticker panics.
func poisoned(t *testing.T) (*App, event.Event) {
	t.Helper()
	st, log := storetest.NewWithLog(t)
	bad := log.Message("34611000111", "Nuria Soler", provider.Content{Kind: provider.Sticker}, storetest.Now)
	if err := st.Apply(t.Context(), []event.Event{bad}); err != nil {
		t.Fatal(err)
	}
	a := New(t.Context(), options(st))
	content := a.words.Word.Content
	a.words.Word.Content = func(k provider.ContentKind) string {
		if k == provider.Sticker {
			panic("no drawing this")
		}
		return content(k)
	}
	return a, bad
}

// A row or a message that cannot be drawn says so in its own place; everything
// around it works on, and d tells what is known of it.
func TestOneBadEntryTakesNothingWithIt(t *testing.T) {
	a, bad := poisoned(t)
	s := tuitest.New(t, a, 120, 40)
	s.Press("g", "a")
	s.WaitText("Enter opens it")
	s.WaitText(fmt.Sprintf("⚠ cannot be shown (event %d) · d for what is known", bad.Seq))
	s.WaitText("Grace Obi")
	s.Press("j")
	s.WaitText("السلام عليكم")
	s.Press("k")
	s.WaitText(fmt.Sprintf("(event %d)", bad.Seq))
	s.Press("enter", "d")
	s.WaitText("Behind this message")
	s.WaitText(fmt.Sprintf("⚠ event %d cannot be shown", bad.Seq))
	s.Press("esc", "esc", "r")
	s.Type("Hola")
	s.WaitText("4/4096")
	s.Press("enter")
	s.WaitText("⧗ queued")
}

// The marked row keeps its words and its width in the smallest screens too.
func TestBadEntryAtEveryWidth(t *testing.T) {
	for _, w := range []int{160, 80, 40} {
		a, bad := poisoned(t)
		s := tuitest.New(t, a, w, 24)
		s.Press("g", "a")
		s.WaitText("⚠ cannot be shown")
		s.WaitText("Grace Obi")
		s.Press("enter")
		s.WaitText(fmt.Sprintf("⚠ cannot be shown (event %d)", bad.Seq))
		s.Press("esc")
		s.WaitText("Grace Obi")
	}
}

// What is judged of one chat by a table that panics is said to be unknown there;
// the other conversations, the thread's messages and the rest of the contact
// stand.
func TestBadPartsOfHeaderAndContact(t *testing.T) {
	st := storetest.New(t)
	a := New(t.Context(), options(st))
	caps := a.look.Caps
	a.look.Caps = func(id provider.AccountID, chat provider.ChatID) *provider.Capabilities {
		if chat == storetest.Grace {
			panic("no window for this one")
		}
		return caps(id, chat)
	}
	s := tuitest.New(t, a, 160, 48)
	s.Press("g", "a")
	s.WaitText("Bruno Lima") // in All alone, while the marked row is in Mine as well
	for range 9 {
		if strings.Contains(selected(s), "⚠") {
			break
		}
		s.Press("j")
	}
	s.WaitText("Is the 3 pm slot still free?")
	screen := s.Text()
	if n := strings.Count(screen, "⚠ this part cannot be shown"); n != 2 {
		t.Errorf("%d parts are marked, want the header's window and the contact's:\n%s", n, screen)
	}
	for _, want := range []string{"Enter opens it", "+44 ", "Support", "Bruno Lima"} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is not on the screen:\n%s", want, screen)
		}
	}
}

// An overlay that cannot be drawn says so and goes away with Esc.
func TestBadOverlayIsMarked(t *testing.T) {
	st := storetest.New(t)
	a := New(t.Context(), options(st))
	a.words.Assign.NoMatch = func(string) string { panic("no words") }
	s := tuitest.New(t, a, 100, 30)
	goAll(s)
	s.Press("a")
	s.WaitText("Assign to")
	s.Type("nobody is called that")
	s.WaitText("⚠ this part cannot be shown")
	s.Press("esc")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "⚠ this part") })
	if v := a.view; v != store.ViewAll {
		t.Errorf("the view is %s", v)
	}
}
