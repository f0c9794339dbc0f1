package propops_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/propops"
)

// twenty: at the table's pace no minute has more, and the one that comes too many
// is told to wait.
func twenty(t *testing.T) {
	table := propops.Capabilities(provider.WhatsApp)
	pace := provider.NewPace(4, func(provider.ChatKey) provider.RateLimit { return table.Rate })
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var sent []time.Time
	for now, i := start, 0; now.Before(start.Add(5 * time.Minute)); now = now.Add(100 * time.Millisecond) {
		chat := provider.ChatKey{Account: "tenants", Chat: provider.ChatID([]string{"447700900123", "447700900124"}[i%2])}
		if at, byTime := pace.Ready(chat); byTime && !at.After(now) {
			pace.Begin(chat, now)
			pace.End(chat, now)
			sent, i = append(sent, now), i+1
		}
	}
	for i := range sent {
		end := sent[i].Add(time.Minute)
		n, _ := slices.BinarySearchFunc(sent, end, time.Time.Compare)
		if n-i > perMinute {
			t.Fatalf("%d sends in the minute from %v", n-i, sent[i])
		}
	}
	if len(sent) < 95 {
		t.Errorf("only %d in five minutes", len(sent))
	}
	c := newContract(t)
	p := c.open()
	for i := range perMinute {
		if _, err := p.Send(t.Context(), reminder()); err != nil {
			t.Fatalf("send %d: %v", i+1, err)
		}
	}
	id, err := p.Send(t.Context(), reminder())
	judge(t, id, err, provider.RateLimited, false)
	if !provider.AsError("send", err).Retryable() {
		t.Error("it may go later")
	}
	c.set(func(c *contract) { c.minute = 0 })
	if _, err := p.Send(t.Context(), reminder()); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

func csrf(t *testing.T) {
	e := refusedBy(t, func(c *contract) { c.csrf = "csrf-1" }, provider.Permission, "CSRF token")
	if !e.PausesAccount() {
		t.Error("nothing can go until an administrator acts")
	}
}

func csrfHeader(t *testing.T) {
	for header, extra := range map[string]map[string]string{
		"X-CSRF-Token": {"csrf_token": "csrf-1"},
		"X-XSRF-TOKEN": {"csrf_token": "csrf-1", "csrf_header": "X-XSRF-TOKEN"},
		"":             {},
	} {
		c := newContract(t)
		s := settings(c.http.URL)
		for key, value := range extra {
			s[key] = value
		}
		if header != "" {
			c.set(func(c *contract) { c.csrfHeader, c.csrf = header, "csrf-1" })
		}
		if _, err := opened(t, s).Send(t.Context(), reminder()); err != nil {
			t.Errorf("%q: %v", header, err)
		}
	}
}

func permission(t *testing.T) {
	refusedBy(t, func(c *contract) { c.forbidden = true }, provider.Permission, "api.whatsapp.send")
	c := newContract(t)
	c.set(func(c *contract) { c.forbidden = true })
	_, err := c.open().Templates(t.Context())
	judge(t, "", err, provider.Permission, false)
}

func statuses(t *testing.T) {
	refusedBy(t, func(c *contract) { c.dead = true }, provider.Token, "An administrator must put in a new one")
	refusedBy(t, func(c *contract) { c.forbidden = true }, provider.Permission, "An administrator must")
	refusedBy(t, func(c *contract) { c.minute = perMinute }, provider.RateLimited, "20 messages a minute")
}

func whateverStatus(t *testing.T) {
	for _, status := range []int{200, 201, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503} {
		fails(t, status, answer(t, "no-job"), provider.Invalid, false)
		fails(t, status, answer(t, "bad-number"), provider.Invalid, false)
		fails(t, status, answer(t, "not-configured"), provider.Restricted, false)
	}
}

func unknownError(t *testing.T) {
	said := refusal("The provider timed out for +447700900123")
	for status, want := range map[int]provider.Reason{200: provider.Other, 400: provider.Invalid, 401: provider.Token, 403: provider.Permission, 429: provider.RateLimited} {
		fails(t, status, said, want, false)
	}
	fails(t, 500, said, provider.Unavailable, true)
	fails(t, 200, `{"success": false}`, provider.Other, false)
	fails(t, 200, `{"success": false, "error": {"code": 7}}`, provider.Other, false)
}

func unclear(t *testing.T) {
	for _, said := range []string{
		``, `{}`, `null`, `[]`, `true`, `{"success": "true", "data": {"message_id": "x"}}`, `{"data": {"message_id": "x"}}`,
		`{"success": true}`, `{"success": true, "data": {}}`, `{"success": true, "data": {"message_id": ""}}`, `{"success": true, "data": {"message_id": null}}`,
		`{"success": true, "success": false, "data": {"message_id": "x"}}`, `{"success": true, "data": {"message_id": "x", "message_id": "y"}}`,
		`{"SUCCESS": true, "data": {"message_id": "x"}}`, `{"success": true, "Data": {"message_id": "x"}}`,
	} {
		fails(t, 200, said, provider.NoAnswer, true)
	}
}

// vanished: it was on the list and is gone when it is sent.
func vanished(t *testing.T) {
	e := refusedBy(t, func(c *contract) { c.gone = []int64{3} }, provider.Invalid, "Choose the template from the list again")
	if e.Code != "http 422" {
		t.Errorf("code %q", e.Code)
	}
}

func numbers(t *testing.T) {
	for _, chat := range []provider.ChatID{"", "+447700900123", "07700900123", "44 7700 900123", "447700", "4477009001230000", "tenant", "447700900123\n"} {
		m := reminder()
		m.To.Chat = chat
		stays(t, m, provider.Invalid)
	}
}

func noValues(t *testing.T) {
	for _, change := range []func(*provider.TemplateMessage){
		func(m *provider.TemplateMessage) {
			m.Values = []provider.Value{{Part: provider.PartBody, Name: "1", Text: "Ana"}}
		},
		func(m *provider.TemplateMessage) { m.Payloads = map[int]string{0: "YES"} },
	} {
		m := reminder()
		change(m.Content.Template)
		stays(t, m, provider.TemplateParams)
	}
	for _, id := range []provider.TemplateID{"", "x", "-3", "03", "3.0", "99999999999999999999"} {
		m := reminder()
		m.Content.Template.ID = id
		stays(t, m, provider.TemplateMissing)
	}
	m := reminder()
	m.Content.Template = nil
	stays(t, m, provider.TemplateMissing)
}

// templatesOnly: the table says so with a reason, and nothing else leaves.
func templatesOnly(t *testing.T) {
	table := propops.Capabilities(provider.WhatsApp)
	for _, kind := range []provider.ContentKind{
		provider.Text, provider.Image, provider.Video, provider.Audio, provider.Document, provider.Sticker,
		provider.Location, provider.Contacts, provider.Interactive, provider.Reaction,
	} {
		if table.Send[kind] > provider.Absent || table.Why[kind] == "" {
			t.Errorf("%s: %d, why %q", kind, table.Send[kind], table.Why[kind])
		}
		m := reminder()
		m.Content = provider.Content{Kind: kind, Text: "hello"}
		stays(t, m, provider.NotSupported)
	}
	quoting, later := reminder(), reminder()
	quoting.ReplyTo, later.At = "wamid.X", time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	stays(t, quoting, provider.NotSupported)
	stays(t, later, provider.NotSupported)
}

func window(t *testing.T) {
	table := propops.Capabilities(provider.WhatsApp)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	if state, at := table.Window.State(now.Add(-time.Hour), now); state != provider.WindowUnknown || !at.IsZero() {
		t.Errorf("%s, %v", state, at)
	}
	if err := table.Check(reminder(), time.Time{}, now); err != nil {
		t.Errorf("a template may go: %v", err)
	}
}

func oddOptions(t *testing.T) {
	list := func(status int, body string) ([]provider.Template, error) {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		defer s.Close()
		return opened(t, settings(s.URL)).Templates(t.Context())
	}
	got, err := list(200, `{"success": true, "data": [7, null, {"name": "x", "language": "en", "status": "APPROVED"}, {"id": 9, "language": "en", "status": "APPROVED"},
		{"id": "5", "name": "five", "language": "en", "status": "PAUSED", "variables": ["a", 7, ""], "description": "only that"},
		{"id": 5, "name": "again", "language": "en", "status": "APPROVED"}, {"id": 6, "id": 7, "name": "two", "language": "en", "status": "APPROVED"}]}`)
	if err == nil {
		t.Errorf("a key twice was believed: %+v", got)
	}
	got, err = list(200, `{"success": true, "data": [7, null, {"name": "x", "language": "en", "status": "APPROVED"}, {"id": 9, "language": "en", "status": "APPROVED"},
		{"id": "5", "name": "five", "language": "en", "status": "PAUSED", "variables": ["a", 7, ""], "description": "only that"},
		{"id": 5, "name": "again", "language": "en", "status": "APPROVED"}]}`)
	if err != nil || len(got) != 1 || got[0].ID != "5" || got[0].Status != provider.Paused || got[0].About != "only that" || !slices.Equal(got[0].Filled, []string{"a"}) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := list(200, `{"success": true, "data": []}`); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	for body, reason := range map[string]provider.Reason{
		"<html>": provider.Unavailable, `{"success": true}`: provider.Unavailable, `{"success": true, "data": {}}`: provider.Unavailable,
		`{"success": true, "data": null}`:                                       provider.Unavailable,
		`{"success": false, "error": "WhatsApp integration is not configured"}`: provider.Restricted,
	} {
		_, err := list(200, body)
		judge(t, "", err, reason, false)
	}
}
