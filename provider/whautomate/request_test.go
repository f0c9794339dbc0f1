package whautomate_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

// later is when a scheduled message goes, in another zone than UTC.
var later = time.Date(2026, 11, 21, 9, 30, 0, 0, time.FixedZone("", 3600))

func to(chat string, c provider.Content) provider.Outgoing {
	return provider.Outgoing{Op: "op", To: provider.ChatKey{Account: "shop", Chat: provider.ChatID(chat)}, Content: c}
}

func at(m provider.Outgoing) provider.Outgoing {
	m.At = later
	return m
}

func file(mime, name string) provider.Content {
	kind := provider.Image
	if mime == "application/pdf" {
		kind = provider.Document
	}
	return provider.Content{Kind: kind, Media: &provider.Media{Link: "https://files.example/" + name, MIME: mime}}
}

func template(values ...provider.Value) provider.Content {
	return provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "visit", Language: "es", Values: values}}
}

func value(part provider.Part, index int, name, text string) provider.Value {
	return provider.Value{Part: part, Index: index, Name: name, Text: text}
}

func link(header string) provider.Content {
	return provider.Content{
		Kind: provider.Interactive, Text: "hola", Media: &provider.Media{Link: "https://files.example/a.jpg", MIME: "image/jpeg"},
		Menu: &provider.Menu{Form: "cta_url", Header: header, Button: "Book", URL: "https://shop.example/book"},
	}
}

// sent has a message for each request in testdata/requests, by the file's name.
// The channel is the last part of the name, or WhatsApp.
func sent() map[string]provider.Outgoing {
	hola, photo := provider.TextContent("hola"), file("image/jpeg", "a.jpg")
	picture := provider.Value{Part: provider.PartHeader, Name: "1", Kind: provider.Image, Media: &provider.Media{Link: "https://files.example/a.jpg"}}
	clinic := provider.Value{Part: provider.PartHeader, Name: "1", Form: provider.FormPlace, Place: &provider.Place{Latitude: 40.4, Longitude: -3.7, Name: "Clinic", Address: "Calle 1"}}
	return map[string]provider.Outgoing{
		"text-number":  to("34600111222", hola),
		"text-client":  to("client:cl_1", hola),
		"text-contact": to("contact:ct_1", hola), "text-later": at(to("contact:ct_1", hola)),
		"text-telegram": to("contact:ct_1", hola), "text-instagram": to("contact:ct_1", hola), "text-messenger": to("contact:ct_1", hola),
		"media":          at(to("contact:ct_1", file("application/pdf", "a.pdf"))),
		"media-telegram": to("contact:ct_1", photo), "media-instagram": to("contact:ct_1", photo), "media-messenger": to("contact:ct_1", photo),
		"template-texts": at(to("contact:ct_1", template(
			value(provider.PartBody, 0, "2", "10:00"), value(provider.PartBody, 0, "1", "martes"), value(provider.PartHeader, 0, "1", "Ana"),
			value(provider.PartButton, 2, "1", "b/2"), value(provider.PartButton, 0, "1", "a/1")))),
		"template-file":  to("34600111222", template(picture, value(provider.PartBody, 0, "1", "martes"))),
		"template-place": to("contact:ct_1", template(clinic)),
		"template-flow": to("contact:ct_1", template(
			value(provider.PartButton, 0, "flow_token", "t1"), value(provider.PartButton, 0, "flow_data", `{"day":"martes"}`))),
		"buttons-telegram": to("contact:ct_1", link("")), "buttons-instagram": to("contact:ct_1", link("Visit")), "buttons-messenger": to("contact:ct_1", link("Visit")),
	}
}

func channelIn(name string) provider.Network {
	for _, n := range []provider.Network{provider.Telegram, provider.Instagram, provider.Messenger} {
		if strings.HasSuffix(name, string(n)) {
			return n
		}
	}
	return provider.WhatsApp
}

// Each request is the one in its file, the server finds it in the form of the
// document's own example, and takes it without giving an id.
func TestRequests(t *testing.T) {
	all := sent()
	for name, m := range all {
		t.Run(name, func(t *testing.T) {
			c := newContract(t)
			id, err := c.open(t, channelIn(name)).Send(t.Context(), m)
			if err != nil || id != "" {
				t.Errorf("%q, %v", id, err)
			}
			providertest.SameRequest(t, "testdata/requests/"+name+".json", c.last(t))
		})
	}
	files, err := filepath.Glob("testdata/requests/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		if _, ok := all[name]; !ok && !strings.HasPrefix(name, "history") && name != "text-workspace" {
			t.Errorf("%s is compared with nothing", f)
		}
	}
}

// What has no form here is refused before anything leaves, in plain words.
func TestNoForm(t *testing.T) {
	hola := provider.TextContent("hola")
	photo := file("image/jpeg", "a.jpg")
	with := func(c provider.Content, change func(*provider.Content)) provider.Content {
		change(&c)
		return c
	}
	quoted, named, tapped := to("contact:ct_1", hola), template(), template()
	quoted.ReplyTo = "ms_0"
	named.Template.Named, tapped.Template.Payloads = true, map[int]string{0: "yes"}
	for name, c := range map[string]struct {
		channel provider.Network
		m       provider.Outgoing
		says    string
	}{
		"a number that is none":       {provider.WhatsApp, to("34 600", hola), "neither a contact, nor a client, nor a phone number"},
		"a number with a plus":        {provider.WhatsApp, to("+34600111222", hola), "phone number"},
		"a number too long":           {provider.WhatsApp, to("3460011122233445", hola), "phone number"},
		"a contact that leads away":   {provider.WhatsApp, to("contact:..", hola), "phone number"},
		"a number elsewhere":          {provider.Telegram, to("34600111222", hola), "contacts alone"},
		"a client elsewhere":          {provider.Instagram, to("client:cl_1", hola), "contacts alone"},
		"a quote":                     {provider.WhatsApp, quoted, "cannot be quoted"},
		"no text":                     {provider.WhatsApp, to("contact:ct_1", provider.TextContent(" ")), "no text"},
		"a caption":                   {provider.WhatsApp, to("contact:ct_1", with(photo, func(c *provider.Content) { c.Text = "x" })), "caption"},
		"a file on this machine":      {provider.WhatsApp, to("contact:ct_1", with(photo, func(c *provider.Content) { c.Media = &provider.Media{ID: "1", MIME: "image/png"} })), "no public address"},
		"no file":                     {provider.Telegram, to("contact:ct_1", with(photo, func(c *provider.Content) { c.Media = nil })), "no public address"},
		"a file of no type":           {provider.WhatsApp, to("contact:ct_1", with(photo, func(c *provider.Content) { c.Media = &provider.Media{Link: "https://files.example/a"} })), "type is not known"},
		"a sticker":                   {provider.WhatsApp, to("contact:ct_1", provider.Content{Kind: provider.Sticker}), "no message of this kind"},
		"a template on Telegram":      {provider.Telegram, to("contact:ct_1", template()), "no message of this kind"},
		"a menu on WhatsApp":          {provider.WhatsApp, to("contact:ct_1", link("")), "no message of this kind"},
		"a template without a name":   {provider.WhatsApp, to("contact:ct_1", provider.Content{Kind: provider.Templated}), "names no template"},
		"named variables":             {provider.WhatsApp, to("contact:ct_1", named), "numbered ones"},
		"a quick reply's word":        {provider.WhatsApp, to("contact:ct_1", tapped), "quick reply"},
		"a gap in the values":         {provider.WhatsApp, to("contact:ct_1", template(value(provider.PartBody, 0, "2", "x"))), "without a gap"},
		"a header of this machine":    {provider.WhatsApp, to("contact:ct_1", template(provider.Value{Part: provider.PartHeader, Name: "1", Media: &provider.Media{ID: "1"}})), "no public address"},
		"a button with two variables": {provider.WhatsApp, to("contact:ct_1", template(value(provider.PartButton, 0, "2", "x"))), "no field"},
		"a card's value":              {provider.WhatsApp, to("contact:ct_1", template(provider.Value{Part: provider.PartBody, Card: 1, Name: "1", Text: "x"})), "no field"},
		"a code to copy":              {provider.WhatsApp, to("contact:ct_1", template(provider.Value{Part: provider.PartButton, Name: "code", Text: "x", Form: provider.FormCode})), "no field"},
		"an offer's end":              {provider.WhatsApp, to("contact:ct_1", template(provider.Value{Part: provider.PartOffer, Name: "until", Until: later, Form: provider.FormUntil})), "no field"},
		"a place that is none":        {provider.WhatsApp, to("contact:ct_1", template(provider.Value{Part: provider.PartHeader, Name: "1", Text: "here", Form: provider.FormPlace})), "no field"},
		"reply buttons":               {provider.Telegram, to("contact:ct_1", with(link(""), func(c *provider.Content) { c.Menu = &provider.Menu{Form: "button"} })), "a button with a link and no other"},
		"a button without an address": {provider.Telegram, to("contact:ct_1", with(link(""), func(c *provider.Content) { c.Menu = &provider.Menu{Form: "cta_url", Button: "x"} })), "no address"},
		"a menu without text":         {provider.Messenger, to("contact:ct_1", with(link(""), func(c *provider.Content) { c.Text = "" })), "no text"},
		"a header on Telegram":        {provider.Telegram, to("contact:ct_1", link("Visit")), "header or footer"},
		"a footer": {provider.Messenger, to("contact:ct_1", with(link(""), func(c *provider.Content) {
			c.Menu = &provider.Menu{Form: "cta_url", Button: "x", URL: "https://a.example", Footer: "f"}
		})), "header or footer"},
		"a film above buttons":          {provider.Telegram, to("contact:ct_1", with(link(""), func(c *provider.Content) { c.Media = &provider.Media{Link: "https://a.example", MIME: "video/mp4"} })), "pictures alone"},
		"a picture of this machine":     {provider.Messenger, to("contact:ct_1", with(link(""), func(c *provider.Content) { c.Media = &provider.Media{ID: "1"} })), "no public address"},
		"buttons later":                 {provider.Instagram, at(to("contact:ct_1", link(""))), "cannot be sent later"},
		"a header of two kinds at once": {provider.WhatsApp, to("contact:ct_1", template(value(provider.PartHeader, 0, "1", "x"), provider.Value{Part: provider.PartHeader, Name: "2", Media: &provider.Media{}})), "without a gap"},
	} {
		t.Run(name, func(t *testing.T) {
			server := newContract(t)
			_, err := server.open(t, c.channel).Send(t.Context(), c.m)
			e := provider.AsError("send", err)
			if e == nil || e.Reason != provider.Invalid || e.Uncertain || !strings.Contains(e.Text, c.says) || !strings.HasSuffix(e.Text, "Change it and send it again.") {
				t.Errorf("%+v, want words with %q", e, c.says)
			}
			if len(server.requests) > 0 {
				t.Error("something left")
			}
		})
	}
}
