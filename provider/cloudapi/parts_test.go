package cloudapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
)

// everyPart is a template with each part that has values, as an account has it.
func everyPart() provider.Template {
	card := []provider.Component{
		{Part: provider.PartHeader, Format: "image"},
		{Part: provider.PartBody, Text: "Room {{1}}", Examples: map[string]string{"1": "12"}},
		{Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "quick_reply", Text: "More"}}},
	}
	return provider.Template{
		ID: "88", Name: "winter_sale", Language: "en", Category: "marketing", Status: provider.Approved,
		Components: []provider.Component{
			{Part: provider.PartHeader, Format: "location"},
			{Part: provider.PartBody, Text: "{{1}}, {{2}} until {{3}}", Examples: map[string]string{"1": "Ada", "2": "€99", "3": "Monday"}},
			{Part: provider.PartOffer, Text: "Winter prices", Ends: true},
			{
				Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "copy_code", Text: "Copy"}, {Form: "url", Text: "See", URL: "https://h.example/{{1}}"}},
				Examples: map[string]string{"button0.code": "WINTER10", "button1.1": "all"},
			},
			{Part: provider.PartCarousel, Cards: [][]provider.Component{card, card}},
		},
	}
}

// A template with every part is listed, filled, sent and taken: what Meta has
// after that is what was filled.
func TestEveryPartOfATemplate(t *testing.T) {
	w := newWorldWith(t, func(o *simulator.Options) { o.Templates = []provider.Template{everyPart()} })
	listed, err := w.send.(provider.TemplateLister).Templates(t.Context())
	if err != nil || len(listed) != 1 {
		t.Fatalf("%d templates, %v", len(listed), err)
	}
	if diff := cmp.Diff(everyPart(), listed[0]); diff != "" {
		t.Fatalf("listed as another one:\n%s", diff)
	}
	values := map[string]provider.Value{
		"header.1": {Text: "52.5163, 13.3777, Front desk"}, "body.1": {Text: "Ada"},
		"body.2": {Text: "€99.50", Money: &provider.Money{Currency: "EUR", Milli: 99500}}, "body.3": {Text: "Monday", Date: true},
		"limited_time_offer.until": {Until: time.Date(2026, 12, 24, 17, 0, 0, 0, time.UTC)},
		"button0.code":             {Text: "WINTER10"}, "button1.1": {Text: "all"},
		"card1.header.1": {Media: &provider.Media{Link: "https://f.example/1.jpg"}}, "card1.body.1": {Text: "12"},
		"card2.header.1": {Media: &provider.Media{Link: "https://f.example/2.jpg"}}, "card2.body.1": {Text: "7"},
	}
	if problems := listed[0].Lint(values); len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	m := listed[0].Fill(values)
	m.CardPayloads = map[int]map[int]string{1: {0: "ROOM-12"}, 2: {0: "ROOM-7"}}
	if _, err := w.out("op", tom, provider.Content{Kind: provider.Templated, Template: &m}); err != nil {
		t.Fatal(err)
	}
	got := w.sim.Accepted()[0].Content.Template
	if diff := cmp.Diff(m.Shown, got.Shown); diff != "" || got.CardPayloads[2][0] != "ROOM-7" {
		t.Errorf("it arrived as another one, payloads %v:\n%s", got.CardPayloads, diff)
	}
	for i := range m.Values {
		broken := m
		broken.Values = append(append([]provider.Value{}, m.Values[:i]...), m.Values[i+1:]...)
		_, err := w.out("op", tom, provider.Content{Kind: provider.Templated, Template: &broken})
		if e := provider.AsError("", err); e == nil || (e.Reason != provider.TemplateParams && e.Reason != provider.Invalid) {
			t.Errorf("without %s: %v", m.Values[i].Key(), err)
		}
	}
}

// A menu of every form is taken as what it is.
func TestEveryMenu(t *testing.T) {
	w := newWorld(t)
	w.say(tom, provider.TextContent("hello"))
	for _, menu := range []provider.Menu{
		{Form: "button", Header: "H", Footer: "F", Options: []provider.MenuOption{{ID: "a", Title: "A"}}},
		{Form: "list", Button: "Pick", Options: []provider.MenuOption{{ID: "a", Title: "A", Description: "first", Section: "One"}, {ID: "b", Title: "B", Section: "Two"}}},
		{Form: "cta_url", Button: "Pay", URL: "https://pay.example/1"},
		{Form: "location_request"},
		{Form: "flow", Button: "Book", Flow: &provider.Flow{ID: "771", Ref: "t", Screen: "DATES"}},
		{Form: "flow", Button: "Book", Flow: &provider.Flow{ID: "771", Draft: true}},
	} {
		content := provider.Content{Kind: provider.Interactive, Text: "Which?", Menu: &menu}
		if err := w.send.Capabilities(provider.ChatKey{}).Check(provider.Outgoing{Content: content}, w.clock(), w.clock()); err != nil {
			t.Errorf("%s: %v", menu.Form, err)
		}
		if _, err := w.out("op", tom, content); err != nil {
			t.Errorf("%s: %v", menu.Form, err)
			continue
		}
		all := w.sim.Accepted()
		if diff := cmp.Diff(content, all[len(all)-1].Content); diff != "" {
			t.Errorf("%s:\n%s", menu.Form, diff)
		}
	}
}

// What Lint says would be refused is what the pretend Meta refuses, with a reason
// that leads back to the value.
func TestValuesThatWouldBeRefused(t *testing.T) {
	w := newWorldWith(t, func(o *simulator.Options) { o.Templates = []provider.Template{everyPart()} })
	tpl := everyPart()
	for key, v := range map[string]provider.Value{
		"body.1":       {Text: "a\nb"},
		"card1.body.1": {Text: "a\tb"},
		"button1.1":    {Text: "a     b"},
		"button0.code": {Text: "SIXTEENCHARACTER"},
		"card2.body.1": {Text: " "},
	} {
		values := map[string]provider.Value{
			"header.1": {Text: "1, 2"}, "body.1": {Text: "A"}, "body.2": {Text: "B"}, "body.3": {Text: "C"},
			"limited_time_offer.until": {Until: time.Date(2026, 12, 24, 17, 0, 0, 0, time.UTC)}, "button0.code": {Text: "X"}, "button1.1": {Text: "y"},
			"card1.header.1": {Media: &provider.Media{Link: "https://f.example/1.jpg"}}, "card1.body.1": {Text: "12"},
			"card2.header.1": {Media: &provider.Media{Link: "https://f.example/2.jpg"}}, "card2.body.1": {Text: "7"},
		}
		values[key] = v
		problems := tpl.Lint(values)
		if len(problems) != 1 || problems[0].Field != key {
			t.Errorf("%s: %+v", key, problems)
		}
		m := tpl.Fill(values)
		_, err := w.out("op", tom, provider.Content{Kind: provider.Templated, Template: &m})
		if e := provider.AsError("", err); e == nil || (e.Reason != provider.TemplateParams && e.Reason != provider.TooLong) {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// An offer is asked for its end unless the list says that it has none.
func TestOfferOfUnknownEnd(t *testing.T) {
	for offer, want := range map[string]int{
		`,"limited_time_offer":{"text":"Now"}`: 1,
		``:                                     1,
		`,"limited_time_offer":{"text":"Now","has_expiration":true}`:  1,
		`,"limited_time_offer":{"text":"Now","has_expiration":false}`: 0,
	} {
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"data":[{"id":"1","name":"n","language":"de","status":"APPROVED","components":[{"type":"LIMITED_TIME_OFFER"`+offer+`}]}]}`)
		}))
		list, err := open(t, api.URL).(provider.TemplateLister).Templates(t.Context())
		api.Close()
		if err != nil || len(list) != 1 || list[0].Unfillable || len(list[0].Fields()) != want {
			t.Errorf("%q: %+v, %v", offer, list, err)
		}
	}
}
