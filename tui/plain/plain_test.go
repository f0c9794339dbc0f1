package plain

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// The dialogue's main way: what there is, one of it, an answer, and what becomes of it.
func TestReadAnswerAndHear(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	woken := make(chan struct{}, 8)
	k := begin(t, st, func(o *Options) { o.Wake = func() { woken <- struct{}{} } })
	k.hears("Type help for the commands.", "Views: 1 Mine 3, 2 Unassigned", "Mine, 3 conversations.", "Lucía Fernández, 1 unread, with you, window 0h23", "Last: “Hola, sigo sin agua")
	k.does("open luc")
	k.hears("Lucía Fernández, open.\n", "with you, window 0h23, SR-2024-001.\n", "Lucía Fernández wrote on Thu at 12:28: Hola, sigo sin agua caliente. ¿Cuándo viene el técnico?\n", "ben linked SR-2024-001")
	k.does("reply", "Hola, Lucía.", "..", "Llega a las 3.", ".")
	k.hears("Write to Lucía Fernández.", "To Lucía Fernández: in the queue.\n")
	<-woken
	m := newestText(t, st, storetest.Lucia)
	if m.Content.Text != "Hola, Lucía.\n.\nLlega a las 3." || m.Job != event.JobQueued {
		t.Fatalf("queued %q as %s", m.Content.Text, m.Job)
	}
	if text, err := st.Draft(t.Context(), m.Conversation, store.DraftReply); err != nil || text != "" {
		t.Errorf("the draft is %q, %v", text, err)
	}
	apply(t, st, log.SendState(storetest.Ana, storetest.Lucia, m.Op, event.JobSent, "wamid.1", m.Content.Text))
	k.hears("To Lucía Fernández: sent.\n")
	apply(t, st, log.Receipt(storetest.Lucia, "wamid.1", m.Op, provider.Delivered))
	k.hears("To Lucía Fernández: delivered.\n")
	apply(t, st, log.Receipt(storetest.Lucia, "wamid.1", m.Op, provider.Read))
	k.hears("To Lucía Fernández: read.\n")
	if text := k.ends(); strings.ContainsAny(text, "✓✗⧗│─\x1b\r") {
		t.Errorf("marks or drawing in words:\n%s", text)
	}
}

func apply(t *testing.T, st *store.Store, events ...event.Event) {
	t.Helper()
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

// Where the window is closed no reply is begun: it is said, and the templates are there.
func TestClosedWindowOffersTemplates(t *testing.T) {
	st := storetest.New(t)
	k := begin(t, st)
	k.does("open 佐藤", "reply")
	k.hears("The window closed at 10:05. Send a template.\n", "The templates of this inbox:\n1. ")
	list, err := st.Templates(t.Context(), storetest.Account)
	if err != nil || len(list.Templates) != 3 {
		t.Fatal(list, err)
	}
	first := list.Templates[0]
	k.does(first.Name)
	fields := first.Fields()
	k.hears("Value 1 of")
	k.does("")
	for range fields[1:] {
		k.does("x y")
	}
	k.hears("value 1 is empty. Fill it in.\n", "Value 1 of")
	k.does("佐藤さん")
	k.hears("佐藤ゆき will read:\n> ", "佐藤さん", "costs one", "Send it to 佐藤ゆき? Type yes or no.\n")
	k.does("n")
	k.hears("Nothing was sent.")
	if m := newestText(t, st, storetest.Yuki); m.Content.Kind == provider.Templated {
		t.Fatal("it was sent all the same")
	}
	k.does("template "+first.Name, "佐藤さん")
	for range fields[1:] {
		k.does("x y")
	}
	k.does("yes")
	k.hears("To 佐藤ゆき: in the queue.\n")
	if m := newestText(t, st, storetest.Yuki); m.Content.Kind != provider.Templated || !strings.Contains(m.Content.Template.Shown.Body, "佐藤さん") {
		t.Errorf("sent %+v", m.Content)
	}
	k.does("template 3")
	k.hears("paused: the network would refuse it")
	k.ends()
}

// A window that closes while the reply is written is told at its instant, and the text
// stays as a draft.
func TestWindowClosesMeanwhile(t *testing.T) {
	st := storetest.New(t)
	var late bool
	begun := time.Now()
	k := begin(t, st, func(o *Options) {
		o.Now = func() time.Time { // 300 ms before the window of Lucia closes
			return storetest.Now.Add(23*time.Minute - 300*time.Millisecond + time.Since(begun))
		}
	})
	k.does("open luc", "reply", "too late")
	k.hears("The window of Lucía Fernández has closed.")
	k.does(".")
	text := k.hears("The window closed at 12:28.", "kept as a draft", "The templates of this inbox:")
	late = strings.Contains(text, "in the queue")
	if draft, err := st.Draft(t.Context(), storetest.ID(storetest.Lucia), store.DraftReply); late || err != nil || draft != "too late" {
		t.Errorf("sent: %v; the draft is %q, %v", late, draft, err)
	}
	k.ends()
}

// What is done to a conversation is done by a word and taken back by another.
func TestTriageAndUndo(t *testing.T) {
	st := storetest.New(t)
	k := begin(t, st)
	k.does("open gr", "resolve")
	k.hears("resolved Grace Obi.\n")
	is := func(what string, ok func(store.Conversation) bool) {
		t.Helper()
		if c := conversation(t, st, storetest.Grace); !ok(c) {
			t.Errorf("%s: %+v", what, c)
		}
	}
	is("resolved", func(c store.Conversation) bool { return c.Status == store.StatusResolved })
	k.does("resolve", "undo")
	k.hears("It is so already.", "undone: resolved Grace Obi.\n")
	is("open", func(c store.Conversation) bool { return c.Status == store.StatusOpen })
	k.does("assign", "ben", "label vip", "label -vip", "label vip", "snooze never", "snooze tomorrow 9am")
	k.hears("The team: ana, ben.", "gave Grace Obi to ben.", "labelled Grace Obi vip.", "took the labels of Grace Obi away.", "labelled", "is no time that is known here", "snoozed Grace Obi until Sat 09:00.")
	is("done", func(c store.Conversation) bool {
		return c.Assignee == storetest.Ben && c.Status == store.StatusSnoozed && len(c.Labels) == 1
	})
	k.does("assign zoe", "note", "call @ben", ".", "undo", "undo", "undo", "undo", "undo", "undo")
	k.hears("Nobody of the team is called “zoe”.", "note saved.", "undone: snoozed", "undone: labelled", "undone: took", "undone: labelled", "undone: gave Grace Obi to ben.", "Nothing to undo.")
	is("back", func(c store.Conversation) bool {
		return c.Assignee == storetest.Ana && c.Status == store.StatusOpen && len(c.Labels) == 0
	})
	k.ends()
}

// Commands are known by their beginning, and a mistake is told with the nearest.
func TestCommands(t *testing.T) {
	st := storetest.New(t)
	k := begin(t, st)
	k.does("serach x", "re", "xyzzy", "HELP", "5000", "open", "list nowhere", "list all", "resolve")
	k.hears("There is no command “serach x”. Did you mean search?", "“re” may be reply, resolve, reopen, retry.", "There is no command “xyzzy”. Type help", "list: the views", "quit: leave", "There is no row “5000”",
		"Something is missing", "There is no view “nowhere”.", "All, 7 conversations.", "Nothing is open yet.")
	k.does("search boleto", "1", "next", "status", "search is:nowhere", "search")
	k.hears("1 hit.", "1. Bruno Lima, 11:15: ", "Bruno Lima, open.", "A note by ben at", "which only the team sees: Asked accounting", ", open.", "outbox empty.", "is not understood", "Search for what?")
	k.does("nothing of this kind", "quit")
	k.hears("Nothing is found for “nothing of this kind”.", "Goodbye.")
	if err := <-k.done; err != nil {
		t.Fatal(err)
	}
	for _, id := range order() {
		if begin := (&Dialogue{}); begin.verbs()[id] == nil {
			t.Errorf("%s does nothing", id)
		}
	}
}

// Only what concerns the agent is told, and nothing once they want quiet.
func TestNews(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	k := begin(t, st)
	k.does("open luc")
	k.hears("Lucía Fernández, open.", "ben linked")
	tell := func(chat provider.ChatID, name, text string) { apply(t, st, log.Inbound(chat, name, text, log.At)) }
	tell(storetest.Grace, "Grace Obi", "one")
	k.hears("From Grace Obi: one\n")
	tell(storetest.Bruno, "Bruno Lima", "of ben's")
	tell(storetest.Lucia, "Lucía Fernández", "two\nlines")
	k.hears("Lucía Fernández wrote at 12:05: two↵lines\n")
	apply(t, st, log.By(storetest.Ben, storetest.Bruno, event.Noted{Text: "look @ana", Mentions: []event.AgentID{storetest.Ana}}))
	k.hears("ben calls you at Bruno Lima: look @ana\n")
	apply(t, st, log.By(storetest.Ben, storetest.Bruno, event.Assigned{To: storetest.Ana}))
	k.hears("From Bruno Lima: ben assigned it to you.\n")
	k.does("quiet")
	k.hears("Quiet:")
	tell(storetest.Grace, "Grace Obi", "unheard")
	k.does("quiet")
	k.hears("told again.")
	tell(storetest.Grace, "Grace Obi", "heard")
	k.hears("From Grace Obi: heard\n")
	if text := k.ends(); strings.Contains(text, "From Grace Obi: unheard") || strings.Contains(text, "of ben's") {
		t.Errorf("too much is told:\n%s", text)
	}
}

// A reply of a colleague that came after ours was begun is heard before ours goes.
func TestColleagueWasFirst(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	k := begin(t, st)
	k.does("open luc", "reply", "mine")
	k.hears("Write to")
	apply(t, st, log.Sent(storetest.Ben, storetest.Lucia, "I have answered her.", provider.Sent)...)
	k.hears("ben wrote at 12:05: I have answered her.\n")
	k.does(".")
	k.hears("ben replied at 12:05. That came after you began to write.", "Send it to Lucía Fernández? Type yes or no.")
	k.does("no")
	k.hears("kept as a draft")
	k.does("reply", ".")
	k.hears("A draft is here.", "> mine\n", "in the queue")
	k.ends()
}

// A disk without room loses no text: it is told, and the same text goes with room again.
func TestFullDisk(t *testing.T) {
	path := t.TempDir() + "/store.db"
	st := storetest.Open(t, path)
	apply(t, st, storetest.NewLog().People()...)
	k := begin(t, st)
	k.does("open luc")
	k.hears("Lucía Fernández, open.", "ben linked")
	makeRoom := storetest.FillDisk(t, path)
	k.does("reply", "still here", ".")
	k.hears("Not saved: the disk is full. Make room, then do it again. What you typed stays here.", "Not saved: the disk is full.")
	makeRoom()
	k.does(".")
	k.hears("in the queue")
	if m := newestText(t, st, storetest.Lucia); m.Content.Text != "still here" {
		t.Errorf("sent %q", m.Content.Text)
	}
	k.ends()
}

// What may go in the customer's language comes first, what may not comes last.
func TestTheirTemplatesComeFirst(t *testing.T) {
	list := []provider.Template{
		{Name: "a", Language: "", Status: provider.Approved},
		{Name: "b", Language: "es", Status: provider.Paused},
		{Name: "c", Language: "pt_BR", Status: provider.Approved},
		{Name: "d", Language: "ES_mx", Status: provider.Approved},
	}
	theirsFirst(list, "es-GT")
	got := ""
	for _, x := range list {
		got += x.Name
	}
	if got != "dacb" {
		t.Errorf("they come as %s", got)
	}
	theirsFirst(list, "")
}
