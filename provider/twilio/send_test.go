package twilio_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
	"frontdesk/provider/twilio"
)

// sameRequest compares the last request with a recorded one, as values.
func sameRequest(t *testing.T, c *contract, name string) {
	t.Helper()
	providertest.SameRequest(t, "testdata/requests/"+name+".json", c.requests[len(c.requests)-1])
}

func out(c provider.Content) provider.Outgoing {
	return provider.Outgoing{Op: "op-1", To: provider.ChatKey{Account: "shop", Chat: ana}, Content: c}
}

func filled() provider.Content {
	return provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{
		ID: "HX00000000000000000000000000000a01", Name: "parcel", Language: "es",
		Values: []provider.Value{{Part: provider.PartBody, Name: "1", Text: "Ana"}, {Part: provider.PartBody, Name: "2", Text: "42"}, {Part: provider.PartButton, Name: "1", Text: "Ana"}},
	}}
}

func TestRequests(t *testing.T) {
	c := newContract(t)
	c.load()
	service, silent := config(c.http.URL, bySMS), config(c.http.URL, bySMS)
	service.Service, silent.PublicURL = serviceSID, ""
	photo := provider.Content{Kind: provider.Image, Text: "look", Media: &provider.Media{Link: "https://files.example/a.jpg"}}
	toUser := out(provider.TextContent("hola"))
	toUser.To.Chat = "ES.1000000000000001"
	later := out(provider.TextContent("later"))
	later.At = time.Date(2026, 11, 21, 10, 0, 0, 0, time.FixedZone("", 3600))
	for name, one := range map[string]struct {
		p provider.Provider
		m provider.Outgoing
	}{
		"text":      {whatsapp(t, c.http.URL), out(provider.TextContent("hola & adiós\n+1"))},
		"username":  {whatsapp(t, c.http.URL), toUser},
		"image":     {whatsapp(t, c.http.URL), out(photo)},
		"template":  {whatsapp(t, c.http.URL), out(filled())},
		"scheduled": {open(t, provider.SMS, service), later},
		"sms":       {open(t, provider.SMS, silent), out(provider.TextContent("hola"))},
	} {
		if id, err := one.p.Send(t.Context(), one.m); err != nil || id == "" {
			t.Errorf("%s: %q, %v", name, id, err)
			continue
		}
		sameRequest(t, c, name)
	}
	typer := whatsapp(t, c.http.URL).(provider.Typer)
	if err := typer.Typing(t.Context(), provider.ChatKey{Chat: ana}, "SM00000000000000000000000000000a12:1"); err != nil {
		t.Error(err)
	}
	sameRequest(t, c, "typing")
	if _, types := sms(t, c.http.URL).(provider.Typer); types {
		t.Error("SMS shows nobody that somebody writes")
	}
}

// With an API key its SID is the user; the account stays in the path.
func TestKeyOfTheAPI(t *testing.T) {
	c := newContract(t)
	keyed := config(c.http.URL, bySMS)
	keyed.Key = "SK0123456789abcdef0123456789abcdef"
	_, _ = open(t, provider.SMS, keyed).Send(t.Context(), out(provider.TextContent("hola")))
	r := http.Request{Header: c.requests[0].Header}
	if user, password, _ := r.BasicAuth(); user != keyed.Key || password != providertest.Token || !strings.Contains(c.requests[0].Path, accountSID) {
		t.Errorf("user %q at %s", user, c.requests[0].Path)
	}
}

// What cannot go is refused here, in words, and nothing leaves.
func TestRefusedHere(t *testing.T) {
	c := newContract(t)
	p := whatsapp(t, c.http.URL)
	to := func(chat provider.ChatID) provider.Outgoing {
		m := out(provider.TextContent("hola"))
		m.To.Chat = chat
		return m
	}
	quoting, later, payload, two := out(provider.TextContent("x")), out(filled()), out(filled()), out(filled())
	quoting.ReplyTo, later.At = "SM1", time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	payload.Content.Template.Payloads = map[int]string{0: "yes"}
	two.Content.Template.Values[2].Text = "Bea"
	for name, one := range map[string]struct {
		m    provider.Outgoing
		want provider.Reason
		says string
	}{
		"no number":        {to("hello"), provider.Undeliverable, "no number with its country code"},
		"too short":        {to("1234"), provider.Undeliverable, "country code"},
		"a short code":     {to("name:25400"), provider.Undeliverable, "this network"},
		"file of ours":     {out(provider.Content{Kind: provider.Image, Media: &provider.Media{ID: "x"}}), provider.MediaRejected, "public address"},
		"file elsewhere":   {out(provider.Content{Kind: provider.Image, Media: &provider.Media{Link: "file:///etc/passwd"}}), provider.MediaRejected, "public address"},
		"buttons":          {out(provider.Content{Kind: provider.Interactive, Text: "x", Menu: &provider.Menu{Form: "button"}}), provider.NotSupported, "Content Template Builder"},
		"unknown":          {out(provider.Content{Kind: "hologram"}), provider.NotSupported, "Send it as text"},
		"no template":      {out(provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{ID: "../Messages"}}), provider.TemplateMissing, "from the list"},
		"no template at":   {out(provider.Content{Kind: provider.Templated}), provider.TemplateMissing, "from the list"},
		"payload":          {payload, provider.TemplateParams, "buttons send back"},
		"two values":       {two, provider.TemplateParams, "two values"},
		"quote":            {quoting, provider.NotSupported, "quote"},
		"later, no office": {later, provider.NotSupported, "Messaging Service"},
	} {
		_, err := p.Send(t.Context(), one.m)
		e := provider.AsError("", err)
		if e == nil || e.Reason != one.want || e.Uncertain || !strings.Contains(e.Text, one.says) {
			t.Errorf("%s: %+v", name, e)
		}
	}
	service := config(c.http.URL, onWhatsApp)
	service.Service = serviceSID
	later.Content = provider.TextContent("x")
	if _, err := open(t, provider.WhatsApp, service).Send(t.Context(), later); provider.AsError("", err).Reason != provider.NotSupported {
		t.Errorf("text later on WhatsApp: %v", err)
	}
	if len(c.requests) != 0 {
		t.Errorf("%d requests left", len(c.requests))
	}
}

// What is wrong on the other side is told in words that say what to do.
func TestTroubleInPlainWords(t *testing.T) {
	page := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<html>gateway"))
		}
	}
	for name, one := range map[string]struct {
		fault http.HandlerFunc
		spoil func(*twilio.Config, *provider.Outgoing)
		want  provider.Reason
		sure  bool
		says  string
	}{
		"wrong token":       {nil, func(c *twilio.Config, _ *provider.Outgoing) { c.Secret = provider.Hide("old") }, provider.Token, true, "new one"},
		"wrong account":     {nil, func(c *twilio.Config, _ *provider.Outgoing) { c.AccountSID = strings.Replace(accountSID, "0", "1", 1) }, provider.Token, true, "administrator"},
		"a page with 200":   {page(200), nil, provider.NoAnswer, false, "may have been sent"},
		"a page with 502":   {page(502), nil, provider.Unavailable, false, "may have been sent"},
		"a page with 404":   {page(404), nil, provider.Invalid, true, "did not accept"},
		"template vanished": {nil, func(_ *twilio.Config, m *provider.Outgoing) { m.Content = filled() }, provider.TemplateMissing, true, "no such approved template"},
		"too long":          {nil, func(_ *twilio.Config, m *provider.Outgoing) { m.Content.Text = strings.Repeat("x", 1601) }, provider.TooLong, true, "1600"},
		"stopped":           {nil, func(_ *twilio.Config, m *provider.Outgoing) { m.To.Chat = "34600111999" }, provider.OptedOut, true, "START"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newContract(t)
			c.fault, c.stopped["whatsapp:+34600111999"] = one.fault, true
			settings, m := config(c.http.URL, onWhatsApp), out(provider.TextContent("hola"))
			if one.spoil != nil {
				one.spoil(&settings, &m)
			}
			_, err := open(t, provider.WhatsApp, settings).Send(t.Context(), m)
			if e := provider.AsError("", err); e == nil || e.Reason != one.want || e.Uncertain == one.sure || !strings.Contains(e.Text, one.says) {
				t.Errorf("%+v", e)
			}
		})
	}
}

// A host that takes its time is left at the deadline, and the message may be there.
func TestSlowHost(t *testing.T) {
	c := newContract(t)
	taken := make(chan struct{})
	c.fault = func(_ http.ResponseWriter, r *http.Request) {
		close(taken)
		<-r.Context().Done()
	}
	_, err := whatsapp(t, c.http.URL).Send(providertest.After(t.Context(), taken), out(provider.TextContent("hola")))
	if e := provider.AsError("", err); e == nil || e.Reason != provider.NoAnswer || !e.Uncertain {
		t.Errorf("%+v", e)
	}
}

// A message that failed before the answer gets no callback any more.
func TestFailedAtOnce(t *testing.T) {
	c := newContract(t)
	c.fault = func(w http.ResponseWriter, _ *http.Request) {
		c.answer(w, 201, map[string]any{"sid": "SM1", "status": "failed", "error_code": 30002})
	}
	_, err := sms(t, c.http.URL).Send(t.Context(), out(provider.TextContent("hola")))
	if e := provider.AsError("", err); e == nil || e.Reason != provider.Restricted || e.Uncertain || e.Code != "30002" {
		t.Errorf("%+v", e)
	}
}
