package overlay

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/tui/action"
)

// everything is a template with each part that has values.
func everything() provider.Template {
	card := func(label string) []provider.Component {
		return []provider.Component{
			{Part: provider.PartHeader, Format: "image"},
			component(provider.PartBody, "Room {{1}} with a view", "12"),
			{Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "quick_reply", Text: label}, {Form: "url", Text: "See", URL: "https://h.example/{{1}}"}}},
		}
	}
	return provider.Template{
		ID: "88", Name: "winter_sale", Language: "en", Category: "MARKETING", Status: provider.Approved,
		Components: []provider.Component{
			{Part: provider.PartHeader, Format: "location"},
			component(provider.PartBody, "{{1}}, from {{2}} a night", "Ada", "€99"),
			{Part: provider.PartOffer, Text: "Winter prices", Ends: true},
			component(provider.PartFooter, "Ambiotec"),
			{Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "copy_code", Text: "Copy code"}, {Form: "flow", Text: "Book"}}},
			{Part: provider.PartCarousel, Cards: [][]provider.Component{card("Take 12"), card("Take 7")}},
		},
	}
}

// winter is the picker with it, in the fields.
func winter() *Picker {
	caps, c := whatsapp(), elif()
	caps.Template = provider.TemplateRule{Typed: provider.Full, Payloads: provider.Full}
	caps.Media = map[provider.ContentKind]provider.MediaRule{provider.Image: {Types: map[string]int64{"image/png": 100, "image/jpeg": 100}}}
	c.Link.Fields = nil
	p := NewPicker(look(), PickerData{Conversation: c, Caps: caps, Templates: []provider.Template{everything()}, SyncedAt: now()})
	press(p, "enter")
	return p
}

// typeIn goes to the field of that label and types.
func typeIn(t *testing.T, p *Picker, label, text string) {
	t.Helper()
	for i := range p.fields {
		if got := p.label(&p.fields[i]); got == label || got == label+" ref" {
			p.focus = i
			press(p, "ctrl+u", "'"+text)
			return
		}
	}
	t.Fatalf("no field %q", label)
}

func filledWinter(t *testing.T) *Picker {
	p := winter()
	for _, f := range [][2]string{
		{"latitude", "52,5163"},
		{"longitude", "13.3777"},
		{"name", "Hotel Adlon, Berlin"},
		{"address", "Unter den Linden 77"},
		{"2", "99 EUR"},
		{"ends", "tomorrow 18:00"},
		{"code", "WINTER10"},
		{"card 1 image", "https://f.example/1.jpg"},
		{"card 1 value 1", "12"},
		{"card 1 link 2", "r/12"},
		{"card 2 image", "https://f.example/2.png"},
		{"card 2 value 1", "7"},
		{"card 2 link 2", "r/7"},
	} {
		typeIn(t, p, f[0], f[1])
	}
	return p
}

func TestPickerEveryPart(t *testing.T) {
	p := filledWinter(t)
	p.focus = len(p.fields) - 1
	send, ok := press(p, "enter").(action.SendTemplate)
	if !ok {
		t.Fatalf("it does not go: %v", p.problems())
	}
	end := time.Date(2025, 11, 21, 18, 0, 0, 0, time.UTC)
	place := &provider.Place{Latitude: 52.5163, Longitude: 13.3777, Name: "Hotel Adlon, Berlin", Address: "Unter den Linden 77"}
	card := func(file, body, label string) provider.Shown {
		return provider.Shown{Kind: provider.Image, Media: &provider.Media{Link: file}, Body: body, Buttons: []string{label, "See"}}
	}
	want := provider.Shown{
		Kind: provider.Location, Place: place, Body: "Elif, from 99 EUR a night", Footer: "Ambiotec", Buttons: []string{"Copy code", "Book"},
		Offer: "Winter prices", Until: end, Cards: []provider.Shown{
			card("https://f.example/1.jpg", "Room 12 with a view", "Take 12"), card("https://f.example/2.png", "Room 7 with a view", "Take 7"),
		},
	}
	if diff := cmp.Diff(want, send.Message.Shown); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, there := send.Values["limited_time_offer.until"]; there || send.Values["header.1.name"] != "Hotel Adlon, Berlin" {
		t.Errorf("remembered: %v", send.Values)
	}
}

// Each thing that would be refused is said at its field, and Enter goes there.
func TestPickerSaysItAtTheField(t *testing.T) {
	for _, c := range []struct{ label, text, want string }{
		{"latitude", "north", "latitude is no number of degrees on earth. Write it like 52.5163; south and west have a minus."},
		{"latitude", "91", "latitude is no number of degrees on earth."},
		{"longitude", "", "longitude is empty. Fill it in."},
		{"2", "", "value 2 is empty. Fill it in."},
		{"ends", "24 Dec", "ends is no instant that is understood."},
		{"ends", "today 9am", "The offer would be over already. Give a later end."},
		{"code", "SIXTEENCHARACTER", "code has 16 characters; the most is 15. Shorten it."},
		{"card 1 image", "1.jpg", "The card 1 image has no address that a network could fetch. Give one that begins with https://."},
		{"card 2 image", "https://f.example/2.gif", "The network takes no such file as card 2 image. It takes JPEG or PNG."},
		{"card 2 value 1", "a     b", "card 2 value 1 has more than four spaces in a row. Take some out."},
		{"2", strings.Repeat("x", 600), "The message has 619 characters; the most is 600. Shorten a value."},
	} {
		p := filledWinter(t)
		typeIn(t, p, c.label, c.text)
		p.focus = len(p.fields) - 1
		say, ok := press(p, "enter").(action.Say)
		if !ok || !strings.HasPrefix(say.Text, c.want) {
			t.Errorf("%s %q: %#v, want %q", c.label, c.text, say, c.want)
		}
		if got := p.label(&p.fields[p.focus]); got != c.label {
			t.Errorf("%s %q: Enter goes to %s", c.label, c.text, got)
		}
		if shown := strings.Join(strings.Fields(screen(t, p, 120, 46)), " "); !strings.Contains(shown, "✗") {
			t.Errorf("%s %q: the screen does not say so:\n%s", c.label, c.text, shown)
		}
	}
}

// A text may go as an amount, where the network words it; what is written has to be
// one then.
func TestPickerAmount(t *testing.T) {
	p := filledWinter(t)
	typeIn(t, p, "2", "€99")
	press(p, "ctrl+t")
	if got := p.problems(); len(got) != 1 || !strings.Contains(got[0], "12.50 EUR") {
		t.Fatalf("got %q", got)
	}
	typeIn(t, p, "2", "99,50 EUR")
	if shown := screen(t, p, 120, 46); !strings.Contains(shown, "as an amount") || !strings.Contains(shown, "may word amounts and dates") {
		t.Errorf("the screen does not say so:\n%s", shown)
	}
	m := p.fill(p.template())
	if v := m.Values[2]; v.Money == nil || v.Money.Milli != 99500 {
		t.Errorf("got %+v", v)
	}
	press(p, "ctrl+t")
	if v := p.fill(p.template()).Values[2]; v.Money != nil || !v.Date {
		t.Errorf("as a date: %+v", v)
	}
	press(p, "ctrl+t")
	if v := p.fill(p.template()).Values[2]; v.Money != nil || v.Date {
		t.Errorf("as a text: %+v", v)
	}
	p.data.Caps.Template.Typed = provider.Absent
	if press(p, "ctrl+t"); p.fields[p.focus].as != "" {
		t.Error("an account that words nothing offers it")
	}
}

// What a quick reply sends back and a flow opens with can be given; left out it is
// the network's own.
func TestPickerOptions(t *testing.T) {
	p := filledWinter(t)
	if m := p.fill(p.template()); m.CardPayloads != nil {
		t.Errorf("unasked: %v", m.CardPayloads)
	}
	press(p, "ctrl+o")
	typeIn(t, p, "card 2 reply 1 sends", "ROOM-7")
	typeIn(t, p, "flow data", "room 12")
	if got := p.problems(); len(got) != 1 || !strings.Contains(got[0], "no JSON object") {
		t.Fatalf("got %q", got)
	}
	typeIn(t, p, "flow data", `{"room":"12"}`)
	m := p.fill(p.template())
	if m.CardPayloads[2][0] != "ROOM-7" || len(p.problems()) > 0 {
		t.Errorf("%v, %v", m.CardPayloads, p.problems())
	}
	p.data.Caps.Template.Payloads = provider.Absent
	press(p, "ctrl+o", "ctrl+o")
	for i := range p.fields {
		if p.fields[i].Form == provider.FormPayload {
			t.Fatal("an account that takes none is asked for payloads")
		}
	}
}

// What the network suggests comes first, in its order, whatever was used last; what
// cannot be sent does not.
func TestPickerSuggestions(t *testing.T) {
	p := picker()
	d := p.data
	d.Suggested = []string{"service_followup", "appointment_reminder", "review_request", "gone"}
	p = NewPicker(look(), d)
	want := []string{
		"service_followup/en", "appointment_reminder/tr", "appointment_reminder/en",
		"spring_offer/tr", "thanks/tr", "order_link/en", "review_request/en",
	}
	if diff := cmp.Diff(want, listed(p)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if shown := screen(t, p, 120, 40); strings.Count(shown, "suggested") != 4 || !strings.Contains(shown, "suggested by the network") {
		t.Errorf("it is not marked:\n%s", shown)
	}
}

// A template in another language than the contact's says so before it goes.
func TestPickerOtherLanguage(t *testing.T) {
	p := picker()
	press(p, "'order_l", "enter")
	if shown := strings.Join(strings.Fields(screen(t, p, 120, 40)), " "); !strings.Contains(shown, "This one is in English; the contact's language is") {
		t.Errorf("not said:\n%s", shown)
	}
	if shown := screen(t, picker(), 120, 40); strings.Contains(shown, "This one is in") {
		t.Errorf("said of their own:\n%s", shown)
	}
}

// Where a button leads is shown with its value: nobody sees it before a tap.
func TestPickerShowsWhereAButtonLeads(t *testing.T) {
	p := picker()
	press(p, "'order_l", "enter")
	if shown := screen(t, p, 120, 40); !strings.Contains(shown, "Track opens https://shop.example/o/BK-7702") {
		t.Errorf("not shown:\n%s", shown)
	}
}
