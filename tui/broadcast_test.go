package tui

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// tables opens texts by their paths.
func tables(files map[string]string) func(string) (io.ReadCloser, error) {
	return func(path string) (io.ReadCloser, error) {
		text, ok := files[path]
		if !ok {
			return nil, errors.New("there is no file " + path + ": check the name")
		}
		return io.NopCloser(strings.NewReader(text)), nil
	}
}

// gone waits until a screen says something no more.
func gone(s *tuitest.Screen, text string) {
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, text) })
}

// only is the one broadcast there is, as the store has it.
func only(t *testing.T, st *store.Store) (b store.Broadcast, tally store.Tally) {
	t.Helper()
	pubs, err := st.Unpublished(t.Context(), 1)
	if err != nil || len(pubs) != 1 {
		t.Fatalf("to be told: %+v, %v", pubs, err)
	}
	d, ok := pubs[0].Body.(event.Broadcast)
	if !ok {
		t.Fatalf("told first: %+v", pubs[0])
	}
	b, err = st.Broadcast(t.Context(), d.ID)
	if err == nil {
		tally, err = st.BroadcastTally(t.Context(), d.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b, tally
}

// TestBroadcastOfATable: from the key to what is queued. What is no file, no table or no
// mapping is said where it is typed and keeps it; the dry run lists who is set aside and
// why, and nothing goes before the question with the number is answered.
func TestBroadcastOfATable(t *testing.T) {
	st := storetest.New(t)
	o := options(st)
	o.OpenTable = tables(map[string]string{
		"guests.csv": "phone,name,day\n+50255557001,Ana,viernes\n5.02E+10,Ben,viernes\n+50255557001,Ana again,viernes\n" +
			"+50255557002,\"Cl\"eo,viernes\n+50255557003,,viernes\n+50255557004,Eva,s\x1bábado\n",
		"book.xlsx": "PK\x03\x04zzzz",
	})
	s := start(t, o, 120, 40)
	everything(s)
	way := func(path string) {
		s.Press("B")
		s.WaitText("Send a template to many")
		s.Type("table")
		s.Press("enter")
		s.WaitText("Which table")
		s.Type(path)
		s.Press("enter")
	}
	way("none.csv")
	s.WaitText("there is no file none.csv")
	way("book.xlsx")
	s.WaitText("This is no table of text.")
	way("guests.csv")
	s.WaitText("Which template")
	s.Type("visit")
	s.Press("enter")
	s.WaitText("columns: phone, name, day")
	s.Press("enter")
	s.WaitText("Nothing fills the template's parameter body.1.")
	s.Press("tab", "tab", "tab")
	s.Type("name")
	s.Press("tab")
	s.Type("DAY")
	s.Press("tab")
	s.Type("fast")
	s.Press("enter")
	s.WaitText("This is no pace.")
	s.Press("ctrl+u")
	s.Type("60")
	s.Press("enter")
	s.WaitText("goes to 2 from")
	for _, said := range []string{
		"Hola Ana, le recordamos su visita el viernes.", "costs up to 2 utility messages", "At most 60 go in a minute", "4 set aside",
		"same person as on line 2", "A spreadsheet has rounded", "The quotes of this row are broken", "value 1 is empty",
	} {
		s.WaitText(said)
	}
	if screen := s.Text(); strings.Contains(screen, "\x1b") {
		t.Error("another's text reaches the terminal as a control")
	}
	if pubs, err := st.Unpublished(t.Context(), 10); err != nil || len(pubs) != 0 {
		t.Errorf("before it was asked: %+v, %v", pubs, err)
	}
	s.Press("enter")
	s.WaitText("It goes to 2 people.")
	s.Press("enter") // is pressed too easily to be an answer
	s.Press("y")
	s.WaitText("Broadcasts")
	s.WaitText("all 2 are on their way")
	b, tally := only(t, st)
	if b.Name != "guests" || b.PerMinute != 60 || b.Recipients != 2 || tally.Scheduled != 2 {
		t.Errorf("%+v %+v", b, tally)
	}
	use, err := st.TemplateUse(t.Context(), storetest.Account)
	if v := use["visit_reminder/es@table"].Values; err != nil || v["body.1"] != "name" || v["pace"] != "60" || v["name"] != "" {
		t.Errorf("remembered %+v, %v", use, err)
	}
}

// TestBroadcastToASelection: whoever is selected gets it, each with their own name; who
// opted out in whichever of their conversations is set aside.
func TestBroadcastToASelection(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	if err := st.Apply(t.Context(), []event.Event{
		log.Inbound("34600", "Paz", "STOP", storetest.Now), log.Inbound("34601", "Paz Ruiz", "hola", storetest.Now),
		log.By(storetest.Ben, "34601", event.Joined{Contact: storetest.ID("34600")}),
	}); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 120, 40)
	goAllOf(s, "All 9")
	s.Press("*")
	s.WaitText("9 selected")
	s.Press("B")
	s.WaitText("the 9 selected")
	s.Press("enter")
	s.WaitText("Which template")
	s.Type("order")
	s.Press("enter")
	s.WaitText("What fills the template")
	s.WaitText("{firstname}")
	s.Press("enter")
	s.WaitText("goes to")
	s.WaitText("opted out")
	s.WaitText("Paz Ruiz")
	s.Press("esc")
	gone(s, "Dry run")
	s.WaitText("What fills the template") // what was typed is there to be changed
	s.Press("esc")
	gone(s, "What fills the template")
	if pubs, err := st.Unpublished(t.Context(), 10); err != nil || len(pubs) != 0 {
		t.Errorf("nobody said yes: %+v, %v", pubs, err)
	}
}

// sent makes a broadcast with one sent, one failed, one scheduled.
func sent(t *testing.T, st *store.Store, log *storetest.Log, id event.BroadcastID) {
	t.Helper()
	apply := func(e ...event.Event) {
		t.Helper()
		if err := st.Apply(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	apply(log.By(storetest.Ben, "", event.Broadcast{ID: id, Name: "spring", Recipients: 3, Template: provider.TemplateMessage{Name: "visit_reminder", Language: "es", Category: "utility"}}))
	for i, state := range []event.JobState{event.JobSent, event.JobFailed, event.JobScheduled} {
		chat := provider.ChatID("3461" + string(rune('0'+i)))
		said := event.SendState{
			Op: provider.OpID("broadcast-" + string(chat)), State: event.JobScheduled, Chat: chat, Content: provider.TextContent("hola"), Broadcast: id,
			Due: storetest.Now.Add(time.Hour), Plan: event.Plan{Edition: 1, Anyway: true},
		}
		apply(log.By(storetest.Ben, chat, said))
		if said.State = state; state == event.JobScheduled {
			continue
		}
		if state == event.JobFailed {
			said.Error = &provider.Error{Op: "send", Reason: provider.Undeliverable, Code: "131026"}
		} else {
			said.Message = "wamid.1"
		}
		apply(log.By(storetest.Ben, chat, said))
	}
}

// TestTheListOfBroadcasts: how far each is and who did what; p, r and x change it, results
// are walked to the conversation, and a pause by the program is told.
func TestTheListOfBroadcasts(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	sent(t, st, log, "b1")
	o := options(st)
	o.ExportBroadcast = func(_ context.Context, id event.BroadcastID) (string, error) {
		return "/home/ana/" + string(id) + ".csv", nil
	}
	s := start(t, o, 120, 40)
	s.Press("g", "b")
	s.WaitText("running · 1 of 3 sent · 1 failed")
	s.WaitText("begun by ben")
	s.WaitText("the next goes")
	s.Press("p")
	s.WaitText("you asked: paused. The team does not have it yet.")
	pubs, err := st.Unpublished(t.Context(), 10)
	if err != nil || len(pubs) != 1 || pubs[0].Expect == nil || pubs[0].Expect.Aspect != event.AspectBroadcast {
		t.Fatalf("to be told: %+v, %v", pubs, err)
	}
	e := log.By(storetest.Ana, "", pubs[0].Body)
	e.ID = string(pubs[0].ID)
	if err := st.Apply(t.Context(), []event.Event{e}); err != nil {
		t.Fatal(err)
	}
	s.WaitText("paused by you")
	s.Press("x")
	s.WaitText("The 1 of “spring” that have not left never will.")
	s.Press("esc", "e")
	s.WaitText("the results are in /home/ana/b1.csv")
	s.Press("enter")
	s.WaitText("Results")
	s.WaitText("failed: ")
	s.Press("f")
	s.WaitText("only what failed, is unsure or held")
	gone(s, "34612")
	s.Press("enter")
	gone(s, "Results")
	s.WaitText("34611")
	if err := st.Apply(t.Context(), []event.Event{log.By(storetest.Ben, "", event.BroadcastState{ID: "b1", State: event.BroadcastPaused, Why: event.PausedFailing})}); err != nil {
		t.Fatal(err)
	}
	s.WaitText("The broadcast “spring” was paused")
}

// TestWhoMayNotSendToMany: an agent is told so and offered nothing.
func TestWhoMayNotSendToMany(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	if err := st.Apply(t.Context(), []event.Event{log.Event("role", "", event.AgentDefined{Agent: storetest.Ana, Name: "ana", Role: event.RoleAgent})}); err != nil {
		t.Fatal(err)
	}
	sent(t, st, log, "b1")
	s := start(t, options(st), 120, 40)
	everything(s)
	s.Press("B")
	s.WaitText("Your role does not send to many at once.")
	s.Press("g", "b")
	s.WaitText("1 of 3 sent")
	s.Press("p")
	s.WaitText("Your role does not send to many at once.")
	if pubs, err := st.Unpublished(t.Context(), 10); err != nil || len(pubs) != 0 {
		t.Errorf("to be told: %+v, %v", pubs, err)
	}
}

// TestTemplateLater: Ctrl+D in the filler asks when; the thread says when it goes, R and e
// fill other values, and z takes that back.
func TestTemplateLater(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("t")
	s.WaitText("order_ready")
	s.Type("order")
	s.Press("enter", "ctrl+d")
	s.WaitText("Send later")
	s.Press("esc")
	s.WaitText("your order is ready") // the picker is there with what was filled in
	s.Press("ctrl+d")
	s.Type("in 2h")
	s.Press("enter")
	list := until(t, s, st, one(event.JobScheduled))
	m := list[len(list)-1]
	if m.Content.Kind != provider.Templated || m.Content.Template.Name != "order_ready" || !m.Due.Equal(storetest.Now.Add(2*time.Hour)) {
		t.Fatalf("%+v", m)
	}
	s.WaitText("◷ goes")
	s.Press("R")
	s.WaitText("This goes at its time")
	s.Press("e")
	s.WaitText("Send a template")
	s.Press("ctrl+u")
	s.Type("Ms Obi")
	s.Press("enter")
	words := func(want string) func([]store.Message) bool {
		return func(list []store.Message) bool {
			last := list[len(list)-1]
			return last.Job == event.JobScheduled && strings.Contains(last.Content.Template.Shown.Body, want)
		}
	}
	list = until(t, s, st, words("Hello Ms Obi,"))
	if last := list[len(list)-1]; last.Op != m.Op || last.Plan.Edition != 2 || !last.Due.Equal(m.Due) {
		t.Errorf("%+v", last)
	}
	s.Press("z")
	until(t, s, st, words("Hello Grace,"))
}
