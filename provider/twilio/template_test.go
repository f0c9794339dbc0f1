package twilio_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
)

// The list is whole, over every page, and each template is what may be sent of it.
func TestTemplates(t *testing.T) {
	c := newContract(t)
	c.load()
	list, err := whatsapp(t, c.http.URL).(provider.TemplateLister).Templates(t.Context())
	if err != nil || len(list) != 6 {
		t.Fatalf("%d, %v", len(list), err)
	}
	if diff := cmp.Diff(provider.Template{
		ID: "HX00000000000000000000000000000a01", Name: "parcel_out", Language: "es", Category: "utility", Status: provider.Approved,
		Components: []provider.Component{{Part: provider.PartBody, Text: "Hola {{1}}, tu pedido {{2}} ha salido.", Examples: map[string]string{"1": "Ana", "2": "42"}}},
	}, list[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(provider.Template{
		ID: "HX00000000000000000000000000000a02", Name: "offer", Language: "en", Category: "marketing", Status: provider.Refused, Reason: "TAG_CONTENT_MISMATCH", Named: true,
		Components: []provider.Component{
			{Part: provider.PartHeader, Format: "text", Text: "News"},
			{Part: provider.PartBody, Text: "Hello {{1}}, look", Examples: map[string]string{"1": "Ana"}},
			{Part: provider.PartFooter, Text: "Reply STOP"},
			{
				Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "url", Text: "Look", URL: "https://shop.example/{{code}}"}, {Form: "quick_reply", Text: "No"}},
				Examples: map[string]string{"button0.code": "x1"},
			},
		},
	}, list[1]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i, want := range map[int]struct {
		status     provider.TemplateStatus
		unfillable bool
	}{2: {"unsubmitted", true}, 3: {"something_new", false}, 4: {provider.Approved, true}, 5: {"unsubmitted", true}} {
		if list[i].Status != want.status || list[i].Unfillable != want.unfillable {
			t.Errorf("%s: %s, unfillable %v", list[i].Name, list[i].Status, list[i].Unfillable)
		}
	}
	if fields := list[3].Fields(); len(fields) != 1 || fields[0].Key() != "header.1" || fields[0].Media != "" || fields[0].Example != "a.jpg" {
		t.Errorf("a file's address has a variable: %+v", fields)
	}
}

// SMS asks nobody for approval, and carries the plain form of a template.
func TestTemplatesBySMS(t *testing.T) {
	c := newContract(t)
	c.load()
	list, err := sms(t, c.http.URL).(provider.TemplateLister).Templates(t.Context())
	if err != nil || list[1].Status != provider.Approved || len(list[1].Components) != 1 || list[1].Components[0].Text != "Hello {{1}}" || list[2].Status != provider.Disabled {
		t.Errorf("%+v, %v", list, err)
	}
}

// A listed template, filled, is what goes out.
func TestTemplateGoesOut(t *testing.T) {
	c := newContract(t)
	c.load()
	p := whatsapp(t, c.http.URL)
	list, err := p.(provider.TemplateLister).Templates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]provider.Value{"body.1": {Text: "Ana"}, "body.2": {Text: "42"}}
	if problems := list[0].Lint(values); len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	m := list[0].Fill(values)
	if _, err := p.Send(t.Context(), out(provider.Content{Kind: provider.Templated, Template: &m})); err != nil {
		t.Fatal(err)
	}
	sameRequest(t, c, "template")
}

func made() provider.Template {
	return provider.Template{Name: "parcel", Language: "es", Category: "utility", Components: []provider.Component{
		{Part: provider.PartHeader, Format: "text", Text: "News"},
		{Part: provider.PartBody, Text: "Hola {{1}}", Examples: map[string]string{"1": "Ana"}},
		{Part: provider.PartFooter, Text: "STOP"},
		{Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "url", Text: "Look", URL: "https://shop.example/{{1}}"}}, Examples: map[string]string{"button0.1": "Ana"}},
	}}
}

// A template is made, handed in and taken away; what was refused leaves nothing.
func TestSubmitting(t *testing.T) {
	c := newContract(t)
	p := whatsapp(t, c.http.URL)
	id, status, err := p.(provider.TemplateSubmitter).SubmitTemplate(t.Context(), made())
	if err != nil || status != provider.Pending || id == "" {
		t.Fatalf("%q %q, %v", id, status, err)
	}
	sameRequest(t, c, "approval")
	c.requests = c.requests[:1]
	sameRequest(t, c, "content")
	if err := p.(provider.TemplateDeleter).DeleteTemplate(t.Context(), provider.Template{ID: id}); err != nil || len(c.contents) != 0 {
		t.Errorf("%v, %d left", err, len(c.contents))
	}
	if err := p.(provider.TemplateDeleter).DeleteTemplate(t.Context(), provider.Template{ID: id}); provider.AsError("", err).Reason != provider.TemplateMissing {
		t.Errorf("deleted twice: %v", err)
	}
	if err := p.(provider.TemplateDeleter).DeleteTemplate(t.Context(), provider.Template{ID: "../x"}); provider.AsError("", err).Reason != provider.TemplateMissing {
		t.Errorf("no id: %v", err)
	}
	wrong := made()
	wrong.Category = "gossip"
	if _, _, err := p.(provider.TemplateSubmitter).SubmitTemplate(t.Context(), wrong); err == nil || len(c.contents) != 0 {
		t.Errorf("%v, %d left", err, len(c.contents))
	}
	picture, empty := made(), made()
	picture.Components[0].Format, empty.Components = "image", nil
	for _, cannot := range []provider.Template{picture, empty} {
		if _, _, err := p.(provider.TemplateSubmitter).SubmitTemplate(t.Context(), cannot); provider.AsError("", err).Reason != provider.Invalid {
			t.Errorf("%v", err)
		}
	}
	if _, status, err := sms(t, c.http.URL).(provider.TemplateSubmitter).SubmitTemplate(t.Context(), made()); err != nil || status != provider.Approved {
		t.Errorf("by SMS: %q, %v", status, err)
	}
}

// Pages that lead in a circle, or to another list, end in an error and not in a
// part.
func TestListsWithoutEnd(t *testing.T) {
	for name, next := range map[string]string{
		"a circle":      "https://content.twilio.com/v1/ContentAndApprovals?PageSize=1000",
		"another list":  "https://content.twilio.com/v1/Content?Page=1",
		"no address":    ":",
		"other machine": "https://evil.example/v1/ContentAndApprovals?PageSize=1000",
	} {
		c := newContract(t)
		c.fault = func(w http.ResponseWriter, _ *http.Request) {
			c.answer(w, 200, map[string]any{"contents": []any{}, "meta": map[string]any{"next_page_url": next}})
		}
		if _, err := whatsapp(t, c.http.URL).(provider.TemplateLister).Templates(t.Context()); provider.AsError("", err).Reason != provider.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}
