package tui

import (
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// newest is the newest text that went to the customer.
func newest(t *testing.T, st *store.Store, chat provider.ChatID) string {
	t.Helper()
	messages, err := st.Messages(t.Context(), storetest.ID(chat), store.MessageCursor{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return messages[0].Content.Text
}

// writeWhileBenReplies is a reply that was begun before a colleague's landed.
func writeWhileBenReplies(t *testing.T, st *store.Store, log *storetest.Log) *tuitest.Screen {
	t.Helper()
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	s.Type("I can do 3 pm")
	if err := st.Apply(t.Context(), log.Sent(storetest.Ben, storetest.Grace, "Taken, sorry. 4 pm?", provider.Sent)); err != nil {
		t.Fatal(err)
	}
	s.WaitText("▏ Taken, sorry. 4 pm?") // in the thread, not only in the list
	s.Press("enter")
	s.WaitText("ben replied at")
	if got := newest(t, st, storetest.Grace); got != "Taken, sorry. 4 pm?" {
		t.Fatalf("before an answer %q went out", got)
	}
	return s
}

func TestAColleaguesReplyIsShownBeforeOursGoes(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := writeWhileBenReplies(t, st, log)
	s.Press("enter") // pressed too easily to be an answer
	s.WaitText("ben replied at")
	s.Press("esc")
	s.WaitText("I can do 3 pm")
	s.Press("enter")
	s.WaitText("ben replied at")
	s.Press("s")
	s.WaitText("⧗ queued")
	if got := newest(t, st, storetest.Grace); got != "I can do 3 pm" {
		t.Errorf("the newest message is %q", got)
	}
	if strings.Contains(s.Text(), "/4096") {
		t.Errorf("the composer still has the text:\n%s", s.Text())
	}
}

// A reply begun after it was seen goes without a question.
func TestAnEarlierReplyOfAColleagueAsksNothing(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := writeWhileBenReplies(t, st, log)
	s.Press("esc")
	for range "I can do 3 pm" {
		s.Press("backspace")
	}
	s.Type("Then 4 pm")
	s.Press("enter")
	s.WaitText("⧗ queued")
	if got := newest(t, st, storetest.Grace); got != "Then 4 pm" {
		t.Errorf("the newest message is %q", got)
	}
}

// A template answers the customer as well: a colleague's reply that landed while it was
// chosen is shown before it goes.
func TestAColleaguesReplyIsShownBeforeATemplateGoes(t *testing.T) {
	var log *storetest.Log
	st := lists(t, func(l *storetest.Log) []event.Event { log = l; return nil }, worded("aa_first", "en", "First"))
	s := start(t, options(st), 160, 48)
	everything(s)
	s.Press("g", "a")
	s.WaitText("hola")
	s.Press("t")
	s.WaitText("1 of 1")
	if err := st.Apply(t.Context(), []event.Event{sentAs(log, "op-ben", provider.TextContent("On my way"), nil)}); err != nil {
		t.Fatal(err)
	}
	s.WaitText("On my way")
	s.Press("enter", "enter")
	s.WaitText("ben replied at")
	s.Press("esc")
	s.WaitText("1 of 1") // nothing that was chosen is lost
	s.Press("enter")
	s.WaitText("ben replied at")
	s.Press("s")
	s.WaitText("⧗ queued")
}
