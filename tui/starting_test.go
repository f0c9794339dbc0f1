package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// rowsWith counts the conversations of a chat.
func rowsWith(t *testing.T, st *store.Store, chat provider.ChatID) (n int) {
	t.Helper()
	list, err := st.Conversations(t.Context(), store.ViewAll, store.ConversationCursor{}, 99)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if list[i].Chat == chat {
			n++
		}
	}
	return n
}

func beginning(t *testing.T, st *store.Store, o Options, w, h int) *tuitest.Screen {
	t.Helper()
	s := start(t, o, w, h)
	everything(s)
	s.Press("c")
	s.WaitText("New conversation")
	return s
}

// A number that never wrote: a template first, and with it the conversation, once.
func TestBeginningWithANumber(t *testing.T) {
	const chat provider.ChatID = "50212345678"
	st := lists(t, nil, worded("hello", "en", "Hello from us"))
	s := beginning(t, st, options(st), 80, 24)
	s.Type("12345678")
	s.WaitText("needs a plus sign")
	s.Press("enter")
	s.Press("ctrl+u")
	s.Type("+502 1234-5678")
	s.WaitText("+502 1234 5678  from")
	golden(t, s, "starting")
	s.Press("enter")
	s.WaitText("Send a template")
	s.WaitText("Hello from us")
	if n := rowsWith(t, st, chat); n != 0 {
		t.Errorf("%d conversations before anything was sent", n)
	}
	s.Press("enter")
	s.WaitText("Enter send")
	s.Press("enter")
	s.WaitText("⧗ queued")
	s.WaitFor(func(screen string) bool { return strings.Contains(screen, "│ +502 1234 5678") })
	if n := rowsWith(t, st, chat); n != 1 {
		t.Errorf("%d conversations, want one", n)
	}
	s.Press("c")
	s.Type("+50212345678")
	s.WaitText("from")
	s.Press("enter")
	s.WaitText("There is a conversation with them already")
	if n := rowsWith(t, st, chat); n != 1 {
		t.Errorf("%d conversations, want one", n)
	}
}

// A contact is found by name, and their conversation opened.
func TestBeginningWithAContact(t *testing.T) {
	st := storetest.New(t)
	s := beginning(t, st, options(st), 120, 40)
	s.Type("zzz")
	s.WaitText("No contact matches “zzz”.")
	s.Press("ctrl+u")
	s.Type("Grace")
	s.WaitText("+44 7700 777 888")
	s.Press("enter")
	s.WaitText("It is. Shall I book it?")
	if screen := s.Text(); strings.Contains(screen, "New conversation") {
		t.Errorf("the question stays:\n%s", screen)
	}
}

// Where the network takes a text first, it is asked for and judged.
func TestBeginningWithAText(t *testing.T) {
	st := storetest.New(t)
	o := options(st)
	caps := rules()
	caps.Window = provider.WindowRule{}
	caps.Send = map[provider.ContentKind]provider.Level{provider.Text: provider.Full}
	caps.Text.Max = 20
	o.Capabilities = func(provider.AccountID, provider.ChatID) *provider.Capabilities { return caps }
	s := beginning(t, st, o, 80, 24)
	s.Type("+50212345678")
	s.WaitText("from")
	s.Press("enter")
	s.WaitText("First message")
	s.Type("This is too long for it")
	s.WaitText("over the limit of 20")
	s.Press("enter", "ctrl+u")
	s.Type("Hello")
	s.Press("enter")
	s.WaitText("⧗ queued")
	if got := newestText(t, st, "50212345678"); got != "Hello" {
		t.Errorf("queued %q", got)
	}
}

// Whoever is blocked or wants nothing is not begun with anew: it is said.
func TestBeginningWithWhomIsBlocked(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	if err := st.Apply(t.Context(), []event.Event{log.By(storetest.Ben, storetest.Grace, event.Blocked{Blocked: true})}); err != nil {
		t.Fatal(err)
	}
	s := beginning(t, st, options(st), 120, 40)
	s.Type("+" + string(storetest.Grace))
	s.WaitText("from")
	s.Press("enter")
	s.WaitText("They are here already, and blocked.")
}

// The inboxes may be known only after the question was opened, and typed into.
func TestBeginningBeforeTheInboxesAreKnown(t *testing.T) {
	a := New(t.Context(), options(lists(t, nil)))
	a.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	known := a.readTeam()()
	a.startNew()
	a.over.Top().Paste("+502 1234-5678")
	if shown := strings.Join(a.over.Top().View(), "\n"); strings.Contains(shown, "from") {
		t.Fatalf("there is no inbox yet:\n%s", shown)
	}
	a.Update(known)
	if shown := strings.Join(a.over.Top().View(), "\n"); !strings.Contains(shown, "from") {
		t.Errorf("the inboxes that came later are not offered:\n%s", shown)
	}
}

// A user id is begun with like a number where an inbox takes one; a user name finds who
// was last seen under it and is said to name nobody else.
func TestBeginningWithAUserID(t *testing.T) {
	const chat provider.ChatID = "DE.5512009"
	st := lists(t, nil, worded("hello", "en", "Hello from us"))
	s := beginning(t, st, options(st), 120, 30)
	s.Type("@nobody.here")
	s.WaitText("no network can be written to")
	s.Press("enter", "ctrl+u")
	s.Type("DE.5512009")
	s.WaitText("DE.5512009  from")
	s.Press("enter")
	s.WaitText("Send a template")
	s.Press("enter")
	s.WaitText("Enter send")
	s.Press("enter")
	s.WaitText("⧗ queued")
	if n := rowsWith(t, st, chat); n != 1 {
		t.Errorf("%d conversations, want one", n)
	}
	o := options(st)
	caps := rules()
	caps.Begins = []provider.RecipientKind{provider.RecipientNumber}
	o.Capabilities = func(provider.AccountID, provider.ChatID) *provider.Capabilities { return caps }
	s = beginning(t, st, o, 120, 30)
	s.Type("US.1")
	s.WaitText("No inbox here can write to a user id first")
}
