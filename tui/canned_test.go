package tui

import (
	"encoding/json"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// setting is what a colleague made the team share.
func setting(t *testing.T, log *storetest.Log, what event.Setting, name string, value any) event.Event {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	e := log.Event("set-"+name, "", event.Set{What: what, Name: name, Value: raw})
	e.Account, e.By = "", storetest.Ben
	return e
}

// desk is a store where Nuria wrote and the team has canned responses.
func cannedDesk(t *testing.T) *store.Store {
	t.Helper()
	return lists(t, func(log *storetest.Log) []event.Event {
		return []event.Event{
			setting(t, log, event.SettingCanned, "hours", event.Canned{Text: "Hello {first name}, we are open from 9 to 18."}),
			setting(t, log, event.SettingCanned, "sorry", event.Canned{Text: "We are sorry for the trouble."}),
			setting(t, log, event.SettingCanned, "pay", event.Canned{Text: "Please use {link}."}),
			setting(t, log, event.SettingCanned, "long", event.Canned{Text: strings.Repeat("too long ", 500)}),
			setting(t, log, event.SettingCanned, "ben/own", event.Canned{Text: "of Ben alone"}),
		}
	}, worded("visit", "en", "Hello"))
}

func openNuria(t *testing.T, o Options, w, h int) *tuitest.Screen {
	t.Helper()
	s := start(t, o, w, h)
	everything(s)
	s.Press("g", "a")
	s.WaitText("hola")
	return s
}

func newestText(t *testing.T, st *store.Store, chat provider.ChatID) string {
	t.Helper()
	messages, err := st.Messages(t.Context(), storetest.ID(chat), store.MessageCursor{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return messages[0].Content.Text
}

// Two canned responses in one message, the first filled with the contact's name,
// found by code and by words; what goes out is what was shown, and it is counted.
func TestCannedResponsesAtTheCursor(t *testing.T) {
	st := cannedDesk(t)
	s := openNuria(t, options(st), 120, 30)
	s.Press("r")
	s.Type("/")
	s.WaitText("/hours")
	if screen := s.Text(); strings.Contains(screen, "of Ben alone") {
		t.Errorf("a colleague's own is offered:\n%s", screen)
	}
	s.Type("hou")
	s.WaitText("Hello Nuria, we are open from 9 to 18.")
	golden(t, s, "canned")
	s.Press("enter")
	s.WaitText("38/4096")
	s.Type(" /trouble")
	s.WaitText("We are sorry for the trouble.")
	s.Press("enter")
	s.WaitText("68/4096")
	s.Press("enter")
	s.WaitText("⧗ queued")
	if got, want := newestText(t, st, nuria), "Hello Nuria, we are open from 9 to 18. We are sorry for the trouble."; got != want {
		t.Errorf("queued %q, want %q", got, want)
	}
	list, err := st.Canned(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if used := c.Code == "hours" || c.Code == "sorry"; used != (c.Uses == 1) {
			t.Errorf("%s was used %d times", c.Code, c.Uses)
		}
	}
}

// A value that is not there is marked; Enter says so and only a second one sends.
func TestAMissingValueIsMarkedAndAsked(t *testing.T) {
	st := cannedDesk(t)
	s := openNuria(t, options(st), 80, 24)
	s.Press("r")
	s.Type("/pay")
	s.Press("enter")
	s.WaitText("⟦link⟧ has no value here")
	s.Press("enter")
	s.WaitText("⟦link⟧ is not filled in")
	if got := newestText(t, st, nuria); got != "hola" {
		t.Fatalf("it went out: %q", got)
	}
	s.Press("backspace", "enter") // changed: asked anew
	s.WaitText("⟦link⟧ is not filled in")
	s.Press("enter")
	s.WaitText("⧗ queued")
	if got := newestText(t, st, nuria); got != "Please use ⟦link⟧" {
		t.Errorf("queued %q", got)
	}
}

// A slash is a letter too: within a word, with Esc, before a blank, and where it
// matches nothing.
func TestASlashIsALetter(t *testing.T) {
	st := cannedDesk(t)
	s := openNuria(t, options(st), 80, 24)
	s.Press("r")
	s.Type("9/18 /")
	s.WaitText("Esc writes it as it is")
	s.Press("esc")
	s.Type(" / x /etc/hosts y")
	s.WaitText("9/18 / / x /etc/hosts y")
	s.Type(" /")
	s.Press("backspace")
	s.WaitFor(func(screen string) bool {
		return !strings.Contains(screen, "writes it as it is") && strings.Contains(screen, "24/4096")
	})
}

// What the network would refuse is said at once, as of any text.
func TestACannedResponseOverTheLimit(t *testing.T) {
	s := openNuria(t, options(cannedDesk(t)), 120, 30)
	s.Press("r")
	s.Type("/long")
	s.Press("enter")
	s.WaitText("404 characters over the limit of 4096.")
}

// Without any canned response the slash is typed like any letter.
func TestASlashWithoutCannedResponses(t *testing.T) {
	st := lists(t, nil)
	s := openNuria(t, options(st), 80, 24)
	s.Press("r")
	s.Type("/hi")
	s.WaitText("3/4096")
}

// One is made, changed and removed from the palette, and the team is told.
func TestMakingACannedResponse(t *testing.T) {
	st := lists(t, nil)
	s := openNuria(t, options(st), 80, 24)
	manage := func() {
		s.Press("ctrl+k")
		s.Type("canned")
		s.Press("enter")
		s.WaitText("Canned responses")
	}
	manage()
	s.WaitText("There is no canned response yet.")
	s.Press("enter", "enter")
	s.WaitText("That is no short code.")
	s.Type("hi")
	s.Press("enter")
	s.WaitText("There is no text to insert.")
	s.Type("Hello {name}")
	s.Press("ctrl+j")
	s.Type("How are you?")
	golden(t, s, "cannedform")
	s.Press("enter")
	s.WaitText("kept /hi")
	s.WaitText("/hi  Hello {name}")
	s.Press("enter")
	s.WaitText("How are you?")
	s.Press("tab", "tab")
	s.Type(" ")
	s.WaitText("me alone")
	s.Press("enter")
	s.WaitText("kept /hi")
	list, err := st.Canned(t.Context())
	if err != nil || len(list) != 1 || list[0].Owner != storetest.Ana || list[0].Text != "Hello {name}\nHow are you?" {
		t.Fatalf("kept %+v, %v", list, err)
	}
	s.WaitText("only me · not shared yet") // the list has it too
	s.Press("ctrl+d")
	s.WaitText("Remove this canned response?")
	s.Press("y")
	s.WaitText("removed /hi")
	s.WaitText("There is no canned response yet.")
	pubs, err := st.Unpublished(t.Context(), 9)
	if err != nil || len(pubs) != 4 {
		t.Errorf("to be published: %+v, %v", pubs, err)
	}
}
