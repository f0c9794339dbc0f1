package tui

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

const nuria provider.ChatID = "34611000111"

// sentTemplates are templates as they went out, each with other parts.
func sentTemplates() []provider.TemplateMessage {
	card := func(file, body string) provider.Shown {
		return provider.Shown{Kind: provider.Image, Media: &provider.Media{Link: "https://f.example/" + file, Name: file}, Body: body, Buttons: []string{"Take it"}}
	}
	return []provider.TemplateMessage{
		{Name: "label", Language: "en", Shown: provider.Shown{
			Kind: provider.Document, Media: &provider.Media{Name: "label.pdf", MIME: "application/pdf", Size: 48_200}, Body: "Your label, *Nuria*.", Footer: "Ambiotec",
		}},
		{
			Name: "before_kinds", Language: "en", Values: []provider.Value{{Part: provider.PartHeader, Name: "1", Kind: provider.Video, Media: &provider.Media{ID: "9"}}},
			Shown: provider.Shown{Media: &provider.Media{ID: "9"}, Body: "How to open the box."},
		},
		{Name: "winter_sale", Language: "en", Shown: provider.Shown{
			Kind: provider.Location, Place: &provider.Place{Latitude: 52.5163, Longitude: 13.3777, Name: "Hotel Adlon", Address: "Unter den Linden 77"},
			Body: "Come by.", Offer: "Winter prices", Until: time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC), Buttons: []string{"Copy code"},
			Cards: []provider.Shown{card("12.jpg", "Room 12 with a view"), card("7.jpg", "Room 7")},
		}},
		{Name: "visit_reminder", Language: "es", Values: []provider.Value{{Part: provider.PartBody, Name: "1", Text: "Nuria"}, {Part: provider.PartButton, Name: "1", Text: "BK-7"}}},
		{Name: "appointment", Language: "en_GB", Shown: provider.Shown{FilledBy: "PropOps", FilledFrom: "job 1050"}},
	}
}

// A template that went out stands in the thread as the customer sees it: header,
// place, words, offer with its end, footer, buttons, cards; or what is known of it.
func TestScreenOfSentTemplates(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	events := []event.Event{log.Inbound(nuria, "Nuria Soler", "hola", storetest.Now)}
	for i, m := range sentTemplates() {
		events = append(events, sentAs(log, provider.OpID(m.Name), provider.Content{Kind: provider.Templated, Template: &m}, nil))
		log.At = storetest.Now.Add(time.Duration(i) * time.Second)
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 120, 70)
	everything(s)
	s.Press("g", "a")
	s.WaitText("card 2 of 2")
	golden(t, s, "templates")
}

// sentAs is a colleague's message that was sent, or that failed with err.
func sentAs(log *storetest.Log, op provider.OpID, content provider.Content, err *provider.Error) event.Event {
	state := event.JobSent
	if err != nil {
		state = event.JobFailed
	}
	e := log.Event(string(op)+":"+string(state), storetest.ID(nuria), event.SendState{Op: op, State: state, Chat: nuria, Content: content, Error: err, Attempt: 1})
	e.By = storetest.Ben
	return e
}

func worded(name, language, text string) provider.Template {
	return provider.Template{
		ID: provider.TemplateID(name + "/" + language), Name: name, Language: language, Category: "utility", Status: provider.Approved,
		Components: []provider.Component{{Part: provider.PartBody, Text: text}},
	}
}

// lists is a store where a customer wrote and the account has these templates.
func lists(t *testing.T, more func(*storetest.Log) []event.Event, templates ...provider.Template) *store.Store {
	t.Helper()
	st, log := storetest.NewWithLog(t)
	events := []event.Event{
		log.Inbound(nuria, "Nuria Soler", "hola", storetest.Now),
		log.Event("listed", "", event.TemplatesListed{Templates: templates}),
	}
	if more != nil {
		events = append(events, more(log)...)
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	return st
}

// place is the line in which a text stands.
func place(t *testing.T, screen, text string) int {
	t.Helper()
	before, _, found := strings.Cut(screen, text)
	if !found {
		t.Fatalf("%q is not there:\n%s", text, screen)
	}
	return strings.Count(before, "\n")
}

// What the network suggests when it refuses a message is offered first and marked;
// once another message went it is not.
func TestSuggestedTemplatesComeFirst(t *testing.T) {
	refusal := &provider.Error{
		Op: "send", Reason: provider.WindowClosed, Code: "WINDOW_EXPIRED", Suggested: []string{"zz_follow_up"},
		Text: "The window has closed. Send a template.",
	}
	for _, later := range []bool{false, true} {
		st := lists(t, func(log *storetest.Log) []event.Event {
			events := []event.Event{sentAs(log, "op-1", provider.TextContent("still there?"), refusal)}
			if later {
				events = append(events, sentAs(log, "op-2", provider.TextContent("hello again"), nil))
			}
			return events
		}, worded("aa_first", "en", "First"), worded("zz_follow_up", "en", "Following up"))
		s := start(t, options(st), 160, 48)
		everything(s)
		s.Press("g", "a")
		s.WaitText("hola")
		s.Press("t")
		s.WaitText("2 of 2")
		screen := s.Text()
		if first := place(t, screen, "zz_follow_up") < place(t, screen, "aa_first"); first == later || strings.Contains(screen, "suggested by the network") == later {
			t.Errorf("after another message %v:\n%s", later, screen)
		}
	}
}

// The contact's language comes first, and in it what was used last, also by an
// agent who opens the picker again.
func TestLanguageThenLastUsedComeFirst(t *testing.T) {
	st := lists(t, func(log *storetest.Log) []event.Event {
		return []event.Event{log.By(storetest.Ben, nuria, event.ContactDescribed{Language: "es"})}
	}, worded("aa_first", "en", "First"), worded("bb_primero", "es", "Primero"), worded("cc_segundo", "es_MX", "Segundo"), worded("dd_tercero", "es", "Tercero"))
	s := start(t, options(st), 160, 48)
	everything(s)
	s.Press("g", "a")
	s.WaitText("hola")
	opened := func(want ...string) {
		t.Helper()
		s.Press("t")
		s.WaitText("4 of 4")
		for i := 1; i < len(want); i++ {
			if place(t, s.Text(), want[i-1]+" ") > place(t, s.Text(), want[i]+" ") {
				t.Errorf("%s stands after %s:\n%s", want[i-1], want[i], s.Text())
			}
		}
	}
	opened("bb_primero", "dd_tercero", "cc_segundo", "aa_first")
	s.Type("tercero")
	s.Press("enter", "enter")
	s.WaitText("queued")
	opened("dd_tercero", "bb_primero", "cc_segundo", "aa_first")
}

// An inbox that lists no templates is asked for one by its name, and says what is
// not known of it, in the picker's place and in the thread.
func TestTemplateByItsName(t *testing.T) {
	st := lists(t, nil)
	o := options(st)
	caps := rules()
	caps.Template.Unlisted = true
	o.Capabilities = func(provider.AccountID, provider.ChatID) *provider.Capabilities { return caps }
	s := start(t, o, 80, 24)
	everything(s)
	s.Press("g", "a")
	s.WaitText("hola")
	s.Press("t")
	s.WaitText("Name a template")
	s.Type("visit_reminder")
	s.Press("enter")
	s.Type("es")
	s.Press("enter", "enter")
	s.Type("Nuria")
	golden(t, s, "naming-80x24")
	s.Press("enter", "enter", "enter")
	s.WaitText("Template visit_reminder · es")
	s.WaitText("1 = Nuria")
	job, ok, err := st.Claim(t.Context(), storetest.Now.Add(time.Hour), func(store.Job) bool { return false })
	if err != nil || !ok || job.Send.Content.Template.Name != "visit_reminder" || job.Send.Content.Template.Values[0].Text != "Nuria" {
		t.Errorf("it goes out as %+v, %v", job.Send.Content.Template, err)
	}
}
