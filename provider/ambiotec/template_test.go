package ambiotec_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/ambiotec"
	"frontdesk/provider/providertest"
)

func both() []ambiotec.Recipient {
	return []ambiotec.Recipient{{Chat: "50212345678", Link: request("123")}, {Chat: "50298765432", Link: request("124")}}
}

func templateToMany(t *testing.T) {
	c := newContract(t)
	results, err := c.open().SendTemplateMany(t.Context(), reminder(), both())
	if err != nil || len(results) != 2 || results[0].Message != "wamid.1" || results[1].Message != "wamid.2" {
		t.Fatalf("%+v, %v", results, err)
	}
	providertest.SameRequest(t, "testdata/requests/send-template.json", c.last())
	results, err = scripted(t, http.StatusOK, answer(t, "send-template")).SendTemplateMany(t.Context(), reminder(), both())
	if err != nil || results[0].Message != "wamid.HBgNNTA2MTI..." || results[1].Message != "wamid.HBgNNTA2OTg..." {
		t.Errorf("the page's answer is %+v, %v", results, err)
	}
	if id, err := c.open().Send(t.Context(), templated(reminder())); err != nil || id != "wamid.1" {
		t.Errorf("to one: %q, %v", id, err)
	}
}

func atLeastOne(t *testing.T) {
	c := newContract(t)
	_, err := c.open().SendTemplateMany(t.Context(), reminder(), nil)
	judge(t, "", err, provider.Invalid, false)
	results, err := c.open().SendTemplateMany(t.Context(), reminder(), []ambiotec.Recipient{{Chat: "conversation:123"}, {Chat: "07"}})
	if err != nil || len(results) != 2 || results[0].Err == nil || results[1].Err == nil || c.count() != 0 {
		t.Errorf("%+v, %v, %d requests", results, err, c.count())
	}
}

// eachByItself: one is refused before the wire, one by WhatsApp, one goes.
func eachByItself(t *testing.T) {
	c := newContract(t)
	c.set(func(c *contract) { c.unsent = []string{"+50298765432"} })
	to := append(both(), ambiotec.Recipient{Chat: "07"}, ambiotec.Recipient{Chat: "50255555555"})
	results, err := c.open().SendTemplateMany(t.Context(), reminder(), to)
	if err != nil || len(results) != 4 {
		t.Fatalf("%+v, %v", results, err)
	}
	for i, want := range []provider.Reason{"", provider.Other, provider.Invalid, ""} {
		r := results[i]
		if r.Chat != to[i].Chat || (r.Err == nil) != (want == "") || (r.Message == "") == (want == "") || (r.Err != nil && (r.Err.Reason != want || r.Err.Uncertain)) {
			t.Errorf("%d is %+v, want %q", i, r, want)
		}
	}
	if strings.Contains(c.last().Body, `"+07"`) {
		t.Error("a number that is none was sent to")
	}
}

func withoutPlus(t *testing.T) {
	c := newContract(t)
	c.set(func(c *contract) { c.bare, c.unsent = true, []string{"+50212345678"} })
	results, err := c.open().SendTemplateMany(t.Context(), reminder(), both())
	if err != nil || results[0].Err == nil || results[0].Err.Uncertain || results[1].Message != "wamid.2" {
		t.Errorf("%+v, %v", results, err)
	}
}

func twice(t *testing.T) {
	c := newContract(t)
	results, err := c.open().SendTemplateMany(t.Context(), reminder(), append(both(), both()[0]))
	if err != nil || results[0].Message == "" || results[2].Err == nil || results[2].Err.Reason != provider.Duplicate || results[2].Err.Uncertain {
		t.Errorf("%+v, %v", results, err)
	}
	if n := strings.Count(c.last().Body, "+50212345678"); n != 1 {
		t.Errorf("it is in the request %d times", n)
	}
}

func unclearResults(t *testing.T) {
	one := func(phone, rest string) string { return `{"phoneNumber": "` + phone + `"` + rest + `}` }
	good := one("50298765432", `, "success": true, "data": {"messages": [{"id": "wamid.B"}]}`)
	for name, odd := range map[string]string{
		"not named":       one("50200000000", `, "success": true, "data": {"messages": [{"id": "wamid.X"}]}`),
		"no number":       `{"success": true, "data": {"messages": [{"id": "wamid.X"}]}}`,
		"no success":      one("50212345678", `, "data": {"messages": [{"id": "wamid.X"}]}`),
		"a word":          one("50212345678", `, "success": "false"`),
		"no id":           one("50212345678", `, "success": true, "data": {"messages": []}`),
		"an empty id":     one("50212345678", `, "success": true, "data": {"messages": [{"id": ""}]}`),
		"a key twice":     one("50212345678", `, "success": false, "success": true, "data": {"messages": [{"id": "wamid.X"}]}`),
		"a number twice":  one("50212345678", `, "phoneNumber": "50200000000", "success": false`),
		"said twice":      one("50212345678", `, "success": false`) + "," + one("+50212345678", `, "success": true, "data": {"messages": [{"id": "wamid.X"}]}`),
		"null":            `null`,
		"an odd spelling": `{"PhoneNumber": "50212345678", "success": false}`,
	} {
		for _, flag := range []string{"true", "false"} {
			body := `{"success": ` + flag + `, "results": [` + odd + `, ` + good + `]}`
			results, err := scripted(t, http.StatusOK, body).SendTemplateMany(t.Context(), reminder(), both())
			if err != nil || results[0].Message != "" || results[0].Err == nil || !results[0].Err.Uncertain || results[0].Err.Reason != provider.NoAnswer {
				t.Errorf("%s: %+v, %v", name, results, err)
				continue
			}
			if results[1].Message != "wamid.B" || results[1].Err != nil {
				t.Errorf("%s: the other one is %+v", name, results[1])
			}
		}
	}
	for _, body := range []string{``, `{}`, `<html>`, `{"success": true}`, `{"success": true, "results": {}}`, `{"success": false, "results": null}`, `{"results": [], "results": []}`} {
		_, err := scripted(t, http.StatusOK, body).SendTemplateMany(t.Context(), reminder(), both())
		judge(t, "", err, provider.NoAnswer, true)
	}
}

func resultsDecide(t *testing.T) {
	body := `{"success": false, "results": [{"phoneNumber": "50212345678", "success": true, "data": {"messages": [{"id": "wamid.A"}]}}]}`
	for status, want := range map[int]provider.Reason{400: provider.Invalid, 500: provider.Unavailable, 200: provider.NoAnswer} {
		results, err := scripted(t, status, body).SendTemplateMany(t.Context(), reminder(), both())
		if err != nil || results[0].Message != "wamid.A" || results[1].Err == nil || results[1].Err.Reason != want || results[1].Err.Uncertain != (status != 400) {
			t.Errorf("%d: %+v, %v", status, results, err)
		}
	}
}

func vanished(t *testing.T) {
	c := newContract(t)
	c.set(func(c *contract) { c.gone = []string{"appointment_reminder"} })
	results, err := c.open().SendTemplateMany(t.Context(), reminder(), both())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Err == nil || r.Err.Uncertain || r.Err.Reason != provider.Other || !strings.Contains(r.Err.Text, "Check the number and the template") {
			t.Errorf("%+v", r)
		}
	}
}

// components: the page's template of header, body and button, in any order.
func components(t *testing.T) {
	c := newContract(t)
	m := templated(&provider.TemplateMessage{Name: "service_confirmation", Language: "es", Values: []provider.Value{
		{Part: provider.PartButton, Name: "1", Text: "tracking-code-123"},
		{Part: provider.PartBody, Name: "3", Text: "15 de marzo, 10:00 AM"},
		{Part: provider.PartBody, Name: "1", Text: "Juan Pérez"},
		{Part: provider.PartBody, Name: "2", Text: "SR-2024-001"},
		{Part: provider.PartHeader, Name: "1", Text: "Confirmación de Servicio"},
	}})
	if _, err := c.open().Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	sameFragment(t, "testdata/requests/components.json", c.last().Body, "templateName", "languageCode", "components")
	plain := templated(&provider.TemplateMessage{Name: "hello", Language: "es"})
	if _, err := c.open().Send(t.Context(), plain); err != nil || strings.Contains(c.last().Body, "components") {
		t.Errorf("%v, %s", err, c.last().Body)
	}
}

func listedTemplates(t *testing.T) {
	c := newContract(t)
	list, err := c.open().Templates(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	providertest.SameRequest(t, "testdata/requests/templates.json", c.last())
	got := list[0]
	if got.ID != "appointment_reminder/es" || got.Name != "appointment_reminder" || got.Language != "es" || got.Category != "utility" ||
		got.Status != provider.Approved || got.Opaque || got.Unfillable || len(got.Components) != 2 {
		t.Errorf("%+v", got)
	}
	m := got.Fill(map[string]provider.Value{"body.1": {Text: "Juan Pérez"}, "body.2": {Text: "15 de marzo"}})
	if m.Shown.Body != "Hola Juan Pérez, te recordamos tu cita para el 15 de marzo." || m.Shown.Footer != "Ambiotec - Servicios Profesionales" {
		t.Errorf("%+v", m.Shown)
	}
}

// parsed lists one template of the components.
func parsed(t *testing.T, components string) provider.Template {
	t.Helper()
	body := `{"success": true, "data": [{"name": "x", "language": "es", "status": "APPROVED", "components": ` + components + `}]}`
	list, err := scripted(t, http.StatusOK, body).Templates(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %+v, %v", components, list, err)
	}
	return list[0]
}

func unfillable(t *testing.T) {
	for _, components := range []string{
		`[{"type": "HEADER", "format": "IMAGE"}]`, `[{"type": "BODY", "text": "Hola {{nombre}}"}]`, `[{"type": "BODY", "text": "{{2}}"}]`,
		`[{"type": "CAROUSEL"}]`, `[{"type": "FOOTER", "text": "{{1}}"}]`, `[7]`, `{}`, `"x"`,
		`[{"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "text": "Copy"}]}]`, `[{"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://x.example/{{code}}"}]}]`,
	} {
		if one := parsed(t, components); !one.Unfillable || len(one.Lint(nil)) == 0 {
			t.Errorf("%s is offered: %+v", components, one)
		}
	}
	for name, change := range map[string]func(*provider.TemplateMessage){
		"a file": func(m *provider.TemplateMessage) {
			m.Values[0].Media = &provider.Media{Link: "https://files.example/a"}
		},
		"names":        func(m *provider.TemplateMessage) { m.Named = true },
		"a footer":     func(m *provider.TemplateMessage) { m.Values[0].Part = provider.PartFooter },
		"payloads":     func(m *provider.TemplateMessage) { m.Payloads = map[int]string{0: "YES"} },
		"a gap":        func(m *provider.TemplateMessage) { m.Values[0].Name = "3" },
		"a name":       func(m *provider.TemplateMessage) { m.Values[0].Name = "date" },
		"one twice":    func(m *provider.TemplateMessage) { m.Values[0].Name = "1" },
		"empty values": func(m *provider.TemplateMessage) { m.Values[0].Text = " " },
	} {
		t.Run(name, func(t *testing.T) {
			m := reminder()
			change(m)
			stays(t, templated(m), provider.TemplateParams)
		})
	}
	for _, m := range []*provider.TemplateMessage{nil, {Name: "x"}, {Language: "es"}} {
		stays(t, templated(m), provider.TemplateMissing)
	}
}

func metaButtons(t *testing.T) {
	one := parsed(t, `[{"type": "HEADER", "format": "TEXT", "text": "{{1}}"}, {"type": "BODY", "text": "{{2}} {{1}}"}, {"type": "BUTTONS", "buttons": [
		{"type": "QUICK_REPLY", "text": "Yes"}, {"type": "URL", "text": "Track", "url": "https://x.example/{{1}}"}, {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+502123"}]}]`)
	var keys []string
	for _, f := range one.Fields() {
		keys = append(keys, f.Key())
	}
	if one.Unfillable || !slices.Equal(keys, []string{"header.1", "body.2", "body.1", "button1.1"}) {
		t.Fatalf("%+v, %v", one, keys)
	}
	c := newContract(t)
	m := one.Fill(map[string]provider.Value{"header.1": {Text: "h"}, "body.1": {Text: "a"}, "body.2": {Text: "b"}, "button1.1": {Text: "code"}})
	if _, err := c.open().Send(t.Context(), templated(&m)); err != nil {
		t.Fatal(err)
	}
	want := `"components":[{"type":"header","parameters":[{"type":"text","text":"h"}]},` +
		`{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},` +
		`{"type":"button","sub_type":"url","index":"1","parameters":[{"type":"text","text":"code"}]}]`
	if !strings.Contains(c.last().Body, want) {
		t.Errorf("the body is %s", c.last().Body)
	}
}

func oddTemplates(t *testing.T) {
	list, err := scripted(t, http.StatusOK, `{"success": true, "data": [7, null, {"name": "a", "language": "es"}, {"name": "a", "status": "APPROVED"}, {"language": "es", "status": "APPROVED"},
		{"name": "a", "name": "b", "language": "es", "status": "APPROVED"}, {"name": "a", "language": "es", "status": "PAUSED"}, {"name": "a", "language": "es", "status": "APPROVED"},
		{"name": "a", "language": "en", "status": "APPROVED"}]}`).Templates(t.Context())
	if err != nil || len(list) != 2 || list[0].ID != "a/es" || list[0].Status != provider.Paused || list[1].ID != "a/en" {
		t.Errorf("%+v, %v", list, err)
	}
	for body, reason := range map[string]provider.Reason{
		"<html>": provider.Unavailable, `{"success": true}`: provider.Unavailable, `{"success": true, "data": null}`: provider.Unavailable, `{"success": false}`: provider.Other,
	} {
		_, err := scripted(t, http.StatusOK, body).Templates(t.Context())
		judge(t, "", err, reason, false)
	}
}
