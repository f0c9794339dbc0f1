package twilio_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
)

func one(t *testing.T, name string) provider.Event {
	t.Helper()
	events := all(t, name)
	if len(events) != 1 {
		t.Fatalf("%s: %d events", name, len(events))
	}
	return events[0]
}

func all(t *testing.T, name string) []provider.Event {
	t.Helper()
	events, err := newHook(t).Decode(recorded(t)[name])
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// known is the customer of most recorded messages.
func known(also ...provider.ChatID) provider.Sender {
	return provider.Sender{User: provider.UserID(ana), Phone: string(ana), Name: "Ana", Also: also}
}

func TestHearing(t *testing.T) {
	nameless := known()
	nameless.Name = ""
	for name, want := range map[string]provider.MessageReceived{
		"text": {Message: "SM00000000000000000000000000000a12", From: known(), Content: provider.TextContent("hola & adiós + 1"), ReplyTo: "SM00000000000000000000000000000b01", Forwarded: true},
		"button": {
			Message: "SM00000000000000000000000000000a11", From: known("ES.1000000000000001"),
			Content: provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: "confirm_42", Title: "Sí"}},
		},
		"list": {Message: "SM00000000000000000000000000000a15", From: nameless, Content: provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: "am", Title: "Morning"}}},
		"location": {Message: "SM00000000000000000000000000000a14", From: nameless, Content: provider.Content{
			Kind: provider.Location, Place: &provider.Place{Latitude: 40.4168, Longitude: -3.7038, Name: "Sol", Address: "Puerta del Sol"},
		}},
		"image": {Message: "MM00000000000000000000000000000a16", From: nameless, Content: provider.Content{
			Kind: provider.Image, Text: "look", Media: &provider.Media{ID: "MM00000000000000000000000000000a16/ME00000000000000000000000000000c01", MIME: "image/jpeg"},
		}},
		"username":  {Message: "SM00000000000000000000000000000a13", From: provider.Sender{User: "ES.1000000000000002", Name: "Fox"}, Content: provider.TextContent("soy yo")},
		"shortcode": {Message: "SM00000000000000000000000000000a19", From: provider.Sender{User: "name:25400"}, Content: provider.TextContent("your code")},
	} {
		e := one(t, name)
		route := provider.Route(onWhatsApp)
		if name == "shortcode" {
			route = bySMS
		}
		wanted := provider.Event{Route: route, ID: "m:" + string(want.Message), Chat: provider.ChatID(want.From.User), Body: want}
		if diff := cmp.Diff(wanted, e); diff != "" {
			t.Errorf("%s -want +got:\n%s", name, diff)
		}
	}
}

// Several files of one message are several of ours, each under its own name.
func TestHearingFiles(t *testing.T) {
	events := all(t, "mms")
	var got []provider.MessageReceived
	for _, e := range events {
		got = append(got, e.Body.(provider.MessageReceived))
	}
	if len(got) != 2 || got[0].Content.Text != "two" || got[0].Content.Kind != provider.Image || got[1].Content.Kind != provider.Document || got[1].Content.Text != "" {
		t.Fatalf("%+v", got)
	}
	if got[0].Message == got[1].Message || events[1].ID != "m:MM00000000000000000000000000000a17:1" || got[1].Message != "MM00000000000000000000000000000a17:1" {
		t.Errorf("named %s and %s", got[0].Message, got[1].Message)
	}
}

func TestHearingStop(t *testing.T) {
	events := all(t, "stop")
	if len(events) != 2 {
		t.Fatalf("%d events", len(events))
	}
	want := provider.Event{Route: bySMS, ID: "c:SM00000000000000000000000000000a18", Chat: ana, Body: provider.Consent{Category: "all", Detail: "STOP"}}
	if diff := cmp.Diff(want, events[1]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReceipts(t *testing.T) {
	for name, want := range map[string]provider.Event{
		"delivered": {
			Route: onWhatsApp, ID: "s:SM00000000000000000000000000000b01:delivered", Chat: ana,
			Body: provider.Receipt{Message: "SM00000000000000000000000000000b01", Op: "op-77", Status: provider.Delivered},
		},
		"queued": {
			Route: bySMS, ID: "s:SM00000000000000000000000000000b03:queued", Chat: ana,
			Body: provider.Receipt{Message: "SM00000000000000000000000000000b03", Op: "op-78"},
		},
		"failed": {
			Route: onWhatsApp, ID: "s:SM00000000000000000000000000000b02:undelivered:63016", Chat: "ES.1000000000000002",
			Body: provider.Receipt{Message: "SM00000000000000000000000000000b02", Status: provider.Failed, Error: &provider.Error{
				Op: "send", Reason: provider.WindowClosed, Code: "63016", Text: "More than 24 hours have passed since the customer's last message. Send a template.",
			}},
		},
	} {
		if diff := cmp.Diff(want, one(t, name)); diff != "" {
			t.Errorf("%s -want +got:\n%s", name, diff)
		}
	}
}

// An event stream tells the same facts under the same ids, with a time.
func TestStream(t *testing.T) {
	events := all(t, "stream")
	if len(events) != 3 {
		t.Fatalf("%d events", len(events))
	}
	m, ok := events[0].Body.(provider.MessageReceived)
	if !ok || events[0].ID != "m:SM00000000000000000000000000000e01" || m.Content.Text != "Start" || !m.SentAt.Equal(time.Date(2026, 11, 20, 11, 59, 58, 250e6, time.UTC)) {
		t.Errorf("%+v", events[0])
	}
	if c, ok := events[1].Body.(provider.Consent); !ok || !c.Allowed {
		t.Errorf("%+v", events[1])
	}
	r, ok := events[2].Body.(provider.Receipt)
	if !ok || events[2].ID != "s:SM00000000000000000000000000000b05:failed:30007" || r.Op != "op-79" || r.Error.Reason != provider.Withheld || events[2].Route != bySMS {
		t.Errorf("%+v", events[2])
	}
}

// What is not known is kept whole, and what can be read in two ways is believed in
// nothing.
func TestOddities(t *testing.T) {
	for name, field := range map[string]string{"odd-status": "partially_delivered", "odd-debugger": "form"} {
		e := one(t, name)
		if u, ok := e.Body.(provider.Unknown); !ok || u.Field != field || e.Route == "" || e.ID[:2] != "h:" {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if e := one(t, "odd-status"); e.Chat != ana || e.Route != bySMS {
		t.Errorf("it is about our own message: %+v", e)
	}
	for _, name := range []string{"odd-flow", "odd-empty", "odd-files"} {
		m, ok := one(t, name).Body.(provider.MessageReceived)
		if !ok || m.Content.Kind != provider.Unsupported || len(m.Content.Raw) == 0 {
			t.Errorf("%s: %+v", name, m)
		}
	}
	for _, name := range []string{"odd-twice", "odd-stream-twice"} {
		if e := one(t, name); e.Body != nil || e.ID == "" {
			t.Errorf("%s is believed: %+v", name, e)
		}
	}
}
