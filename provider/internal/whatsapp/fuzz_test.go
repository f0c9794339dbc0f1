package whatsapp

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/tui/tuitest/hostile"
)

// Whatever Meta answers to a send, it is an id or an error that a person can
// read; a 2xx without either is never a failure that may be repeated; and nothing
// of the answer but its code and trace is in what is logged.
func FuzzAnswer(f *testing.F) {
	for _, code := range Documented() {
		f.Add(400, "", []byte(fmt.Sprintf(`{"error":{"message":"PLANTED","code":%d,"fbtrace_id":"Az"}}`, code)))
	}
	for _, body := range []string{
		`{"messages":[{"id":"wamid.A"}]}`, `{"messages":[]}`, `{"messages":[{"id":""}]}`, `{"error":{"code":100,"error_subcode":33}}`, `{"error":{"code":"190"}}`,
		`{"error":{"code":1e2}}`, `{"error":{"code":null}}`, `{"error":[]}`, `{"error":{"code":999999,"is_transient":true}}`, `{"error":{"code":4,"fbtrace_id":"PLANTED words"}}`, "", "<html>",
	} {
		f.Add(200, "", []byte(body))
		f.Add(500, "30", []byte(body))
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add(400, "5", []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, after string, body []byte) {
		a := &rest.Answer{Status: status, Header: http.Header{"Retry-After": {after}}, Body: body}
		r := rest.Request{Op: "send", Sends: true}
		id, err := provider.MessageID(""), error(nil)
		if a.OK() {
			id, err = Accepted(r, a)
		} else {
			err = Refused(r, a)
		}
		if (id == "") == (err == nil) || err == nil && !a.OK() {
			t.Fatalf("%d %q is %q, %v", status, body, id, err)
		}
		if err == nil {
			return
		}
		var e *provider.Error
		if !errors.As(err, &e) || e.Op != "send" || e.Reason == "" || !strings.HasSuffix(e.Text, ".") || e.After < 0 || e.After > time.Hour || e.Uncertain && e.Retryable() {
			t.Fatalf("%d %q is %+v", status, body, e)
		}
		g, coded := graphError(body)
		if a.OK() && !coded && (!e.Uncertain || e.Retryable()) {
			t.Fatalf("%d %q is certain: %+v", status, body, e)
		}
		if coded && e.Code != strconv.FormatInt(int64(g.Code), 10) {
			t.Fatalf("%d %q has the code %q", status, body, e.Code)
		}
		for _, words := range []string{g.Message, g.Type} {
			if len(words) > 8 && !strings.Contains(e.Text, words) && strings.Contains(e.Error(), words) {
				t.Fatalf("%d %q is told as %q", status, body, e)
			}
		}
	})
}

// Whatever stands in a list of templates, it is read, shown, judged and filled; and
// what Lint lets pass has a form on the wire.
func FuzzTemplateIn(f *testing.F) {
	raw, err := os.ReadFile("../../cloudapi/testdata/templates.json")
	if err != nil {
		f.Fatal(err)
	}
	var pages map[string]struct {
		Data []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &pages); err != nil {
		f.Fatal(err)
	}
	for _, page := range pages {
		for _, one := range page.Data {
			f.Add([]byte(one), "Ada")
		}
	}
	f.Add([]byte(`{"name":"n","language":"de","status":"APPROVED","components":[{"type":"CAROUSEL","cards":[{"components":[{"type":"BODY","text":"{{1}}"}]}]},{"type":"LIMITED_TIME_OFFER"},{"type":"HEADER","format":"LOCATION"}]}`), "52.5, 13.4")
	for _, text := range hostile.Seeds(f, 500, "template") {
		f.Add([]byte(`{"name":"n","language":"de","status":"APPROVED","components":[{"type":"BODY","text":`+strconv.Quote(text)+`}]}`), text)
	}
	f.Fuzz(func(t *testing.T, body []byte, text string) {
		var wire Template
		if json.Unmarshal(body, &wire) != nil {
			return
		}
		tpl, values := TemplateIn(&wire), map[string]provider.Value{}
		for _, field := range tpl.Fields() {
			values[field.Key()] = provider.Value{Text: text, Media: &provider.Media{ID: "1"}}
			if field.Form == provider.FormUntil {
				values[field.Key()] = provider.Value{Text: "2026-12-24 18:00 +01:00"}
			}
		}
		m := tpl.Fill(values)
		_, err := NewRequest(provider.Outgoing{Op: "op", To: provider.ChatKey{Chat: "491"}, Content: provider.Content{Kind: provider.Templated, Template: &m}})
		if len(tpl.Lint(values)) == 0 && err != nil && tpl.Name != "" && tpl.Language != "" {
			t.Fatalf("%s with %q: %v", body, text, err)
		}
		_, _ = NewTemplate(tpl)
	})
}
