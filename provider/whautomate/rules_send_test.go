package whautomate_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
	"frontdesk/provider/whautomate"
)

// goes sends a message of sent on its channel, and holds it to its file.
func goes(names ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, name := range names {
			c := newContract(t)
			if _, err := c.open(t, channelIn(name)).Send(t.Context(), sent()[name]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			providertest.SameRequest(t, "testdata/requests/"+name+".json", c.last(t))
		}
	}
}

// stays holds a message to being refused before it leaves.
func stays(channel provider.Network, messages ...provider.Outgoing) func(*testing.T) {
	return func(t *testing.T) {
		c := newContract(t)
		for _, m := range messages {
			if _, err := c.open(t, channel).Send(t.Context(), m); err == nil || len(c.requests) > 0 {
				t.Errorf("%v, after %d requests", err, len(c.requests))
			}
		}
	}
}

func both(checks ...func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) {
		for _, check := range checks {
			check(t)
		}
	}
}

func sendRules() map[string]func(*testing.T) {
	hola := provider.TextContent("hola")
	named, tapped := template(), template()
	named.Template.Named, tapped.Template.Payloads = true, map[int]string{0: "yes"}
	file := file("image/jpeg", "a.jpg")
	untyped := file
	untyped.Media = &provider.Media{Link: "https://files.example/a"}
	return map[string]func(*testing.T){
		`The key travels in the header x-api-key.`:                                                                  goes("text-contact"),
		`The host is a setting: accounts in India have another.`:                                                    hosts,
		`A number has its country code and no plus.`:                                                                both(goes("text-number"), stays(provider.WhatsApp, to("+34600111222", hola))),
		`Every send names the account's location; one that is not known is answered 404 with "Invalid locationId".`: wrongLocation,
		`WhautoChat, which a setting chooses, calls the location "workspace" and has a host of its own.`:            whautoChat,
		`Text, a file and a template have each a route of their own on WhatsApp, Telegram, Instagram and Messenger.`: goes(
			"text-contact", "media", "template-texts", "text-telegram", "media-telegram", "buttons-telegram",
			"text-instagram", "media-instagram", "buttons-instagram", "text-messenger", "media-messenger", "buttons-messenger"),
		`A message of WhatsApp goes to a contact, a client or a "recepient" with a phone number, one of the three; elsewhere to a contact alone.`: both( //nolint:misspell // as the vendor spells it
			goes("text-number", "text-client", "text-contact"), stays(provider.Messenger, to("34600111222", hola), to("client:cl_1", hola))),
		`A file is named by a public address and its MIME type; both are needed.`:                            both(goes("media"), stays(provider.WhatsApp, to("contact:ct_1", untyped))),
		`Text and files are sent later with scheduleDateTime on every channel, templates on WhatsApp alone.`: both(scheduled, goes("text-later", "media", "template-texts"), stays(provider.Telegram, at(to("contact:ct_1", link(""))))),
		`A template of WhatsApp has a name, a language and parameters for the header's file, the header, the body, buttons with a link, a place and a flow.`: goes(
			"template-texts", "template-file", "template-place", "template-flow"),
		`On Telegram a template is a text with buttons of type web_url, and may have a header of type IMAGE.`:                  goes("buttons-telegram"),
		`On Instagram and Messenger a template is elements with title, subtitle, image and buttons.`:                           goes("buttons-instagram", "buttons-messenger"),
		`On WhatsApp, text and files go within 24 hours after the customer's last message, templates at any time.`:             whatsAppWindow,
		`scheduleDateTime is in UTC, and times without an offset are none.`:                                                    both(goes("text-later"), noOffset),
		`Values stand in the order of their numbers, those of buttons in the order of the buttons, and a gap would move them.`: both(goes("template-texts"), stays(provider.WhatsApp, to("contact:ct_1", template(value(provider.PartBody, 0, "2", "x"))))),
		`Named variables, payloads of quick replies, carousels, offers and codes cannot be sent: no field is for them.`:        stays(provider.WhatsApp, to("contact:ct_1", named), to("contact:ct_1", tapped), to("contact:ct_1", template(provider.Value{Part: provider.PartBody, Card: 1, Name: "1", Text: "x"})), to("contact:ct_1", template(provider.Value{Part: provider.PartButton, Name: "code", Text: "x", Form: provider.FormCode}))),
		`A menu with a header has it as the element's title and the text as its subtitle; without one the text is the title.`:  both(goes("buttons-messenger"), titled),
		`Instagram and Messenger have Meta's 24 hours and nothing after them; Telegram has no window.`:                         otherWindows,
		`No length, size, type of file or rate is judged: none is documented.`:                                                 unlimited,
	}
}

func hosts(t *testing.T) {
	for product, want := range map[string]string{"": "https://api.whautomate.com", "whautochat": "https://api.whauto.chat"} {
		c, err := whautomate.ReadConfig(map[string]string{"api_key": "k", "location_id": "loc_1", "channel": "whatsapp", "product": product})
		if err != nil || c.BaseURL != want {
			t.Errorf("%q: %q, %v", product, c.BaseURL, err)
		}
	}
	c, err := whautomate.ReadConfig(map[string]string{"api_key": "k", "location_id": "loc_1", "channel": "whatsapp", "base_url": "https://api.in.whautomate.com"})
	if err != nil || c.BaseURL != "https://api.in.whautomate.com" {
		t.Errorf("%q, %v", c.BaseURL, err)
	}
}

func wrongLocation(t *testing.T) {
	c := newContract(t)
	c.location = "loc_2"
	_, err := c.open(t, provider.WhatsApp).Send(t.Context(), to("contact:ct_1", provider.TextContent("hola")))
	if e := provider.AsError("send", err); e == nil || e.Reason != provider.Restricted || e.Uncertain || !e.PausesAccount() || !strings.Contains(e.Text, "copy its id") {
		t.Errorf("%+v", e)
	}
}

func whautoChat(t *testing.T) {
	c := newContract(t)
	c.scope = "workspace"
	p := opened(t, map[string]string{"api_key": apiKey, "location_id": "loc_1", "channel": "whatsapp", "base_url": c.http.URL, "product": "whautochat"})
	if _, err := p.Send(t.Context(), to("contact:ct_1", provider.TextContent("hola"))); err != nil {
		t.Error(err)
	}
	providertest.SameRequest(t, "testdata/requests/text-workspace.json", c.last(t))
}

func scheduled(t *testing.T) {
	for _, channel := range whautomate.Networks() {
		c := newContract(t)
		if _, err := c.open(t, channel).Send(t.Context(), at(to("contact:ct_1", provider.TextContent("hola")))); err != nil {
			t.Errorf("%s: %v", channel, err)
		}
		if !strings.Contains(c.last(t).Body, `"scheduleDateTime":"2026-11-21T08:30:00.000Z"`) {
			t.Errorf("%s: %s", channel, c.last(t).Body)
		}
	}
}

func noOffset(t *testing.T) {
	for stamp, unknown := range map[string]bool{"2026-11-20T10:00:00.000": true, "2026-11-20T11:00:00+0100": false} {
		c := newContract(t)
		c.history = []string{"[" + strings.Replace(asked, "2026-11-20T10:00:00.000Z", stamp, 1) + "]"}
		events, _ := read(t, c)
		if _, is := events[0].Body.(provider.Unknown); is != unknown {
			t.Errorf("%s: %s", stamp, kindsOf(events))
		}
	}
}

func titled(t *testing.T) {
	c := newContract(t)
	if _, err := c.open(t, provider.Messenger).Send(t.Context(), to("contact:ct_1", link(""))); err != nil {
		t.Fatal(err)
	}
	var body struct {
		Elements []struct{ Title, Subtitle string }
	}
	if err := json.Unmarshal([]byte(c.last(t).Body), &body); err != nil || len(body.Elements) != 1 || body.Elements[0].Title != "hola" || body.Elements[0].Subtitle != "" {
		t.Errorf("%+v, %v", body, err)
	}
}

// outside is what the judge says of a message a day and a minute after the
// customer's.
func outside(channel provider.Network, c provider.Content) error {
	wrote := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	return whautomate.Capabilities(channel).Check(to("contact:ct_1", c), wrote, wrote.Add(24*time.Hour+time.Minute))
}

func whatsAppWindow(t *testing.T) {
	if outside(provider.WhatsApp, provider.TextContent("hola")) == nil || outside(provider.WhatsApp, file("image/jpeg", "a.jpg")) == nil {
		t.Error("text or a file may go after the window")
	}
	if err := outside(provider.WhatsApp, template(value(provider.PartHeader, 0, "1", "Ana"))); err != nil {
		t.Errorf("a template: %v", err)
	}
	place := provider.Value{Part: provider.PartHeader, Name: "1", Form: provider.FormPlace, Place: &provider.Place{Latitude: 1, Longitude: 2}}
	if err := outside(provider.WhatsApp, template(place)); err != nil {
		t.Errorf("a template with a place: %v", err)
	}
}

func otherWindows(t *testing.T) {
	for _, channel := range []provider.Network{provider.Instagram, provider.Messenger} {
		if outside(channel, provider.TextContent("hola")) == nil || outside(channel, link("")) == nil {
			t.Errorf("%s: something may go after the window", channel)
		}
	}
	if err := outside(provider.Telegram, provider.TextContent("hola")); err != nil {
		t.Error(err)
	}
}

func unlimited(t *testing.T) {
	for _, channel := range whautomate.Networks() {
		table := whautomate.Capabilities(channel)
		if table.Text.Max+table.Caption.Max+table.MenuText.Max > 0 || table.Rate != (provider.RateLimit{}) {
			t.Errorf("%s has a number that no document gives", channel)
		}
		for kind, rule := range table.Media {
			if len(rule.Types) > 0 || table.Why[kind] == "" {
				t.Errorf("%s: %s has types, or does not say why a file may not go", channel, kind)
			}
		}
	}
}
