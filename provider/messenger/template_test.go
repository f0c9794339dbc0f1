package messenger_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
)

// listing answers the list of templates with a body and reads it.
func listing(t *testing.T, body string) ([]provider.Template, error) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
	defer s.Close()
	return open(t, provider.Messenger, s.URL).(provider.TemplateLister).Templates(t.Context())
}

// Every page is followed; what comes out is filled and sent.
func TestTemplatesAreListedFilledAndSent(t *testing.T) {
	w := newWorld(t, provider.Messenger)
	list, err := w.send.(provider.TemplateLister).Templates(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%d templates, %v", len(list), err)
	}
	want := provider.Template{
		ID: "104", Name: "order_shipped", Language: "es", Category: "utility", Status: provider.Approved,
		Components: []provider.Component{{Part: provider.PartBody, Text: "Su pedido {{1}} va en camino.", Examples: map[string]string{"1": "A-1"}}},
	}
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if list[1].Status != provider.Refused || list[1].Reason != "INVALID_FORMAT" {
		t.Errorf("%+v", list[1])
	}
	values := map[string]provider.Value{"body.1": {Text: "A-42"}}
	if problems := list[0].Lint(values); len(problems) != 0 {
		t.Errorf("%+v", problems)
	}
	filled := list[0].Fill(values)
	w.sends(w.message(provider.Content{Kind: provider.Templated, Template: &filled}))
}

// What a template needs and this program cannot give, or does not know, is shown
// and not offered.
func TestTemplatesThatCannotBeFilled(t *testing.T) {
	for name, c := range map[string]struct {
		json       string
		unfillable bool
	}{
		"text alone":             {`"components":[{"type":"HEADER","format":"TEXT","text":"{{a}}","example":{"header_text_named_params":[{"param_name":"a","example":"x"}]}},{"type":"BODY","text":"b"},{"type":"FOOTER","text":"f"}],"parameter_format":"NAMED"`, false},
		"a picture":              {`"components":[{"type":"HEADER","format":"IMAGE"}]`, true},
		"a link":                 {`"components":[{"type":"BUTTONS","buttons":[{"type":"URL","text":"a","url":"https://a.example/{{1}}"}]}]`, false},
		"one link of two":        {`"components":[{"type":"BUTTONS","buttons":[{"type":"URL","text":"a","url":"https://a.example/{{1}}"},{"type":"POSTBACK","text":"b","payload":"x"}]}]`, true},
		"two fixed buttons":      {`"components":[{"type":"BUTTONS","buttons":[{"type":"PHONE_NUMBER","text":"a","phone_number":"+1"},{"type":"POSTBACK","text":"b","payload":"x"}]}]`, false},
		"a payload to fill":      {`"components":[{"type":"BUTTONS","buttons":[{"type":"POSTBACK","text":"b","payload":"order_{{1}}"}]}]`, true},
		"a button of tomorrow":   {`"components":[{"type":"BUTTONS","buttons":[{"type":"HOLOGRAM","text":"b"}]}]`, true},
		"a part of tomorrow":     {`"components":[{"type":"CAROUSEL"}]`, true},
		"the other form":         {`"body":"{{1}}, it came.","body_params":["Mark"]`, false},
		"the other form, a link": {`"body":"It came.","buttons":[{"type":"URL","text":"a","url":"https://a.example"}]`, false},
	} {
		list, err := listing(t, `{"data":[{"id":"1","name":"n","language":"en","category":"UTILITY","status":"APPROVED",`+c.json+`}]}`)
		if err != nil || len(list) != 1 || list[0].Unfillable != c.unfillable {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
	list, err := listing(t, `{"data":[{"id":7,"name":"n","language":"en","body":"x"},{"id":"8"},null,7]}`)
	if err != nil || len(list) != 1 || list[0].ID != "7" || list[0].Status == provider.Approved || list[0].Status == "" {
		t.Errorf("a list that tells no status: %+v, %v", list, err)
	}
}

func TestTemplateListsThatAreNone(t *testing.T) {
	for _, body := range []string{"", "<html>", "{}", "[]", `{"data":{}}`, `{"data":"x"}`} {
		if list, err := listing(t, body); err == nil || provider.AsError("templates", err).Uncertain {
			t.Errorf("%q: %+v, %v", body, list, err)
		}
	}
	circle := `{"data":[{"id":"1","name":"n","language":"en"}],"paging":{"cursors":{"after":"x"},"next":"https://graph.facebook.com/x"}}`
	if _, err := listing(t, circle); err == nil || !strings.Contains(provider.AsError("templates", err).Text, "no end") {
		t.Errorf("a circle: %v", err)
	}
}
