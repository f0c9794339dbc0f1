package dialog360_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"frontdesk/provider"
)

// kinds is one of everything that goes both ways.
func kinds() []provider.Content {
	return []provider.Content{
		provider.TextContent("¿Está listo? 📦"),
		{Kind: provider.Image, Text: "the box", Media: &provider.Media{MIME: "image/jpeg"}},
		{Kind: provider.Video, Media: &provider.Media{MIME: "video/mp4"}},
		{Kind: provider.Audio, Media: &provider.Media{MIME: "audio/ogg", Voice: true}},
		{Kind: provider.Document, Text: "label", Media: &provider.Media{MIME: "application/pdf", Name: "label.pdf"}},
		{Kind: provider.Sticker, Media: &provider.Media{MIME: "image/webp"}},
		{Kind: provider.Location, Place: &provider.Place{Latitude: 14.6349, Longitude: -90.5069, Name: "Zona 1"}},
		{Kind: provider.Contacts, Cards: []provider.ContactCard{{Name: "Noor Haddad", Phones: []string{"+49151222"}}}},
	}
}

var asHeard = cmp.Options{cmpopts.IgnoreFields(provider.Media{}, "ID", "SHA256", "Size"), cmpopts.EquateEmpty()}

// What a customer says is what is heard, and what we say is what they get, to the
// tick, whatever it is.
func TestBothWays(t *testing.T) {
	c := newContract(t)
	for _, content := range kinds() {
		c.say(ana, content)
		var media *provider.Media
		for _, e := range c.told(time.Minute) {
			m, ok := e.Body.(provider.MessageReceived)
			if !ok {
				continue
			}
			if diff := cmp.Diff(content, m.Content, asHeard); diff != "" {
				t.Errorf("%s is heard as another one:\n%s", content.Kind, diff)
			}
			media = m.Content.Media
		}
		answer := content
		if content.Media != nil {
			if media == nil {
				t.Fatalf("%s was not heard", content.Kind)
			}
			answer.Media = &provider.Media{ID: media.ID, Name: content.Media.Name, Voice: content.Media.Voice}
		}
		id, err := c.out("op-"+string(content.Kind), ana, answer)
		if err != nil {
			t.Errorf("%s: %v", content.Kind, err)
			continue
		}
		status := provider.NoStatus
		for _, e := range c.told(time.Hour) {
			if r, ok := e.Body.(provider.Receipt); ok && r.Message == id {
				status = status.Merge(r.Status)
			}
		}
		if status != provider.Read {
			t.Errorf("%s ended as %s", content.Kind, status)
		}
	}
	for _, content := range []provider.Content{
		{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: c.say(ana, provider.TextContent("?")), Emoji: "👍"}},
		{Kind: provider.Interactive, Text: "Which?", Menu: &provider.Menu{Form: "button", Options: []provider.MenuOption{{ID: "y", Title: "Yes"}}}},
	} {
		if _, err := c.out("op-"+string(content.Kind), ana, content); err != nil {
			t.Errorf("%s: %v", content.Kind, err)
		}
	}
	all := c.sim.Accepted()
	tapped, err := c.sim.TapButton(ana, all[len(all)-1].WAMID, "Yes")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range c.told(time.Minute) {
		if m, ok := e.Body.(provider.MessageReceived); ok && m.Message == tapped && m.Content.Chosen.ID == "y" && m.ReplyTo == all[len(all)-1].WAMID {
			return
		}
	}
	t.Error("the tap was not heard")
}

// A template goes to who never wrote.
func TestTemplateOutsideOfTheWindow(t *testing.T) {
	c := newContract(t)
	for _, tpl := range c.sim.Templates(waba) {
		if len(tpl.Fields()) > 0 || tpl.Status != provider.Approved {
			continue
		}
		m := tpl.Fill(nil)
		id, err := c.out("op", tom, provider.Content{Kind: provider.Templated, Template: &m})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range c.told(time.Hour) {
			if r, ok := e.Body.(provider.Receipt); ok && r.Message == id && r.Status == provider.Delivered {
				return
			}
		}
		t.Fatal("it was not delivered")
	}
	t.Fatal("the pretend account has no template without variables")
}
