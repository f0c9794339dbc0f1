package hotel_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
)

// readTemplate is what the driver makes of one template.
func readTemplate(t *testing.T, body string) provider.Template {
	t.Helper()
	got, err := answering(t, 200, body).Template(t.Context(), "n")
	if err != nil {
		t.Fatal(err)
	}
	return got
}

var templateRules = map[string]func(*testing.T){
	"A template has no id: name and language are one": func(t *testing.T) {
		list, err := answering(t, 200, `[{"name":"a","language":"en"},{"name":"a","language":"de"},{"name":"a","language":"en"}]`).Templates(t.Context())
		if err != nil || len(list) != 2 || list[0].ID != "a:en" || list[1].ID != "a:de" {
			t.Errorf("%+v, %v", list, err)
		}
	},
	"The variable {{1}} of a template is the first of its parameters": func(t *testing.T) {
		s := newContract(t)
		got, err := s.provider().Template(t.Context(), "welcome_checkin")
		want := provider.Template{
			ID: "welcome_checkin:en", Name: "welcome_checkin", Language: "en", Category: "utility", Status: provider.Approved, Named: true,
			Components: []provider.Component{
				{Part: provider.PartHeader, Format: "text", Text: "Welcome"},
				{Part: provider.PartBody, Text: "Hi {{guest_name}}, your room is {{room_number}}.", Examples: map[string]string{"guest_name": "Noor", "room_number": "205"}},
				{Part: provider.PartFooter, Text: "Your hotel"},
			},
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		m := got.Fill(map[string]provider.Value{"body.guest_name": {Text: "Noor"}, "body.room_number": {Text: "205"}})
		send(t, s.provider(), to(provider.Content{Kind: provider.Templated, Template: &m}))
		if diff := cmp.Diff(map[string]any{"guest_name": "Noor", "room_number": "205"}, s.last().body.(map[string]any)["parameters"]); diff != "" || m.Shown.Body != "Hi Noor, your room is 205." {
			t.Errorf("%q %s", m.Shown.Body, diff)
		}
		for body, text := range map[string]string{
			`{"name":"n","parameters":[{"name":"a"}],"example":["x"],"components":[{"type":"BODY","text":"{{1}} {{2}}"}]}`: "{{a}} {{2}}",
			`{"name":"n","parameters":["a b"],"components":[{"type":"BODY","text":"{{1}}"}]}`:                              "{{1}}",
			`{"name":"n","components":[{"type":"body","text":"{{1}} {{0}} {{x}}"}]}`:                                       "{{1}} {{0}} {{x}}",
		} {
			if got := readTemplate(t, body).Components[0].Text; got != text {
				t.Errorf("%s is %q", body, got)
			}
		}
	},
	"A template whose status is approved in any spelling may be sent, one of any other may not": func(t *testing.T) {
		for word, sendable := range map[string]bool{"APPROVED": true, "Approved": true, "pending": false, "in_review": false, "": false} {
			got := readTemplate(t, `{"name":"n","language":"en","status":"`+word+`","components":[{"type":"BODY","text":"x"}]}`)
			if problems := got.Lint(nil); (len(problems) == 0) != sendable {
				t.Errorf("%q: %v", word, problems)
			}
		}
	},
	"A template with a file above it, or variables in a part the document does not have, cannot be filled": func(t *testing.T) {
		for part, whole := range map[string]bool{
			`{"type":"HEADER","format":"TEXT","text":"x"}`: true, `{"type":"HEADER","format":"IMAGE"}`: false,
			`{"type":"BUTTONS","buttons":[{"text":"Yes"}]}`: true, `{"type":"BUTTONS","buttons":[{"url":"https://x/{{1}}"}]}`: false,
		} {
			if got := readTemplate(t, `{"name":"n","status":"APPROVED","components":[`+part+`]}`); got.Unfillable == whole {
				t.Errorf("%s: unfillable %v", part, got.Unfillable)
			}
		}
	},
	"A new template has a text header, a body and a footer with numbered variables, and is pending": func(t *testing.T) {
		asked("submit")(t)
		s := newContract(t)
		for _, c := range []provider.Component{
			{Part: provider.PartHeader, Format: "image"}, {Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "quick_reply", Text: "Yes"}}}, {Part: provider.PartBody, Text: "Hi {{guest_name}}"},
		} {
			_, _, err := s.provider().SubmitTemplate(t.Context(), provider.Template{Name: "n", Language: "en", Components: []provider.Component{c}})
			if refusedAs(t, err, provider.NotSupported, ""); len(s.calls) > 0 {
				t.Errorf("%+v was submitted", c)
			}
		}
		for body, want := range map[string]provider.TemplateStatus{"": provider.Pending, "{}": provider.Pending, `{"status":"REJECTED"}`: provider.Refused, "<html>": provider.Pending} {
			if _, status, err := answering(t, 200, body).SubmitTemplate(t.Context(), lateCheckout()); err != nil || status != want {
				t.Errorf("%q: %q, %v", body, status, err)
			}
		}
	},
}
