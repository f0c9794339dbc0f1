package whautomate_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
	"frontdesk/provider/whautomate"
)

// TestEndToEnd is an agent's way on each channel: what the table offers passes its
// judge and is sent, the customer's message comes in by the hook, and the answer
// goes to the chat that it names.
func TestEndToEnd(t *testing.T) {
	for _, channel := range whautomate.Networks() {
		c := newContract(t)
		p := c.open(t, channel)
		table := p.Capabilities(ana)
		all := contents()
		all[provider.Text], all[provider.Templated] = provider.TextContent("hola"), template(value(provider.PartBody, 0, "1", "martes"))
		now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		for kind, level := range table.Send {
			m := to("contact:ct_1", all[kind])
			if level <= provider.Absent || all[kind].Kind == "" {
				t.Fatalf("%s: %s has the level %d, and nothing to send", channel, kind, level)
			}
			if err := table.Check(m, now.Add(-time.Hour), now); err != nil {
				t.Errorf("%s: the judge refuses %s: %v", channel, kind, err)
			}
			if id, err := p.Send(t.Context(), m); err != nil || id != "" {
				t.Errorf("%s: %s: %q, %v", channel, kind, id, err)
			}
		}
		in := posted(t, channel)[0]
		if m, ok := in.Body.(provider.MessageReceived); !ok || m.Content.Text != "hola" {
			t.Fatalf("%s: %+v", channel, in)
		}
		c.contacts["ct_2"] = true
		if _, err := p.Send(t.Context(), to(string(in.Chat), provider.TextContent("dime"))); err != nil {
			t.Errorf("%s: an answer to the customer: %v", channel, err)
		}
	}
}

// posted is a customer's message that comes in by the hook, as the network posts
// it.
func posted(t *testing.T, channel provider.Network) []provider.Event {
	t.Helper()
	name := "text"
	if channel != provider.WhatsApp {
		name += "-" + string(channel)
	}
	body, err := os.ReadFile("testdata/webhook/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/x", nil)
	r.Header.Set("X-Frontdesk-Secret", hookSecret)
	if err := newHook(t).Verify(r, body); err != nil {
		t.Fatal(err)
	}
	return heard(t, name)
}

// A conversation begun by number is the one the customer's answer belongs to.
func TestNumberAndContact(t *testing.T) {
	m, ok := heard(t, "text")[0].Body.(provider.MessageReceived)
	if !ok || len(m.From.Also) != 1 || m.From.Also[0] != "34600111222" {
		t.Errorf("%+v", m)
	}
	if m, ok := heard(t, "text-telegram")[0].Body.(provider.MessageReceived); !ok || m.From.Also != nil {
		t.Errorf("%+v: no chat of Telegram's is a number", m)
	}
}

// TestBadHosts: what is wrong with the host is said in plain words, and only what
// certainly never left is certain.
func TestBadHosts(t *testing.T) {
	providertest.BadHosts(t, func(t *testing.T, h providertest.BadHost) {
		p := opened(t, map[string]string{"api_key": apiKey, "location_id": "loc_1", "channel": "telegram", "base_url": h.URL})
		id, err := p.Send(h.Context(t), to("contact:ct_1", provider.TextContent("hola")))
		h.Judge(t, id, err)
		_, err = p.ReadHealth(h.Context(t))
		h.Repeatable(t, err)
	})
}
