package twilio_test

import (
	"testing"
	"time"

	"frontdesk/provider"
)

// An unsure send is found by its words, not found where it is certainly not there,
// and left open where Twilio cannot tell one from another.
func TestFinding(t *testing.T) {
	text, photo := out(provider.TextContent("“Hola” — 42")), out(provider.Content{Kind: provider.Image, Text: "look", Media: &provider.Media{Link: "https://files.example/a.jpg"}})
	for name, one := range map[string]struct {
		looked provider.Outgoing
		// sent are those that went out, and when, from the moment of the send.
		sent  map[time.Duration]provider.Outgoing
		found bool
		open  bool
	}{
		"lost":            {text, nil, false, false},
		"taken":           {text, map[time.Duration]provider.Outgoing{0: text}, true, false},
		"in other quotes": {text, map[time.Duration]provider.Outgoing{0: out(provider.TextContent(`"Hola" - 42`))}, true, false},
		"other words":     {text, map[time.Duration]provider.Outgoing{0: out(provider.TextContent("hola 43"))}, false, false},
		"to another":      {text, map[time.Duration]provider.Outgoing{0: {To: provider.ChatKey{Chat: "34600111333"}, Content: text.Content}}, false, false},
		"long before":     {text, map[time.Duration]provider.Outgoing{-time.Hour: text}, false, false},
		"just before":     {text, map[time.Duration]provider.Outgoing{-time.Minute: text}, false, true},
		"twice":           {text, map[time.Duration]provider.Outgoing{0: text, time.Second: text}, false, true},
		"a file":          {photo, map[time.Duration]provider.Outgoing{0: photo}, true, false},
		"its words alone": {photo, map[time.Duration]provider.Outgoing{0: out(provider.TextContent("look"))}, false, false},
		"only marks":      {out(provider.TextContent("👍")), map[time.Duration]provider.Outgoing{0: out(provider.TextContent("👍"))}, false, true},
		"a template":      {out(filled()), map[time.Duration]provider.Outgoing{0: out(filled())}, false, true},
		"a template lost": {out(filled()), nil, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := newContract(t)
			c.load()
			p := whatsapp(t, c.http.URL)
			since := c.now.Add(700 * time.Millisecond) // Twilio's times are whole seconds
			want := provider.MessageID("")
			for at, m := range one.sent {
				c.now = since.Truncate(time.Second).Add(at)
				id, err := p.Send(t.Context(), m)
				if err != nil {
					t.Fatal(err)
				}
				want = id
			}
			c.now = since.Add(5 * time.Minute)
			id, found, err := p.(provider.Finder).FindSent(t.Context(), one.looked, since)
			if found != one.found || (err != nil) != one.open || (found && id != want) {
				t.Errorf("%q, %v, %v", id, found, err)
			}
		})
	}
}

// A look that comes too early says so, and a list that does not come says nothing.
func TestFindingTooEarly(t *testing.T) {
	c := newContract(t)
	p := whatsapp(t, c.http.URL).(provider.Finder)
	m := out(provider.TextContent("hola"))
	_, found, err := p.FindSent(t.Context(), m, c.now.Add(-time.Minute))
	if e := provider.AsError("", err); found || e == nil || !e.Retryable() || e.After != time.Minute {
		t.Errorf("%v, %+v", found, err)
	}
	c.http.Close()
	if _, found, err := p.FindSent(t.Context(), m, c.now.Add(-time.Hour)); found || !provider.AsError("", err).Retryable() {
		t.Errorf("%v, %v", found, err)
	}
	m.To.Chat = "nobody" // it cannot have left
	if _, found, err := p.FindSent(t.Context(), m, c.now); found || err != nil {
		t.Errorf("%v, %v", found, err)
	}
}
