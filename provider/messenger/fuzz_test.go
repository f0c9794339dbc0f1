package messenger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
	"frontdesk/tui/tuitest/hostile"
)

// Whatever is posted: it is decoded the same twice, everything has an id and fits
// the log, and no message of the customer's is from the account itself.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("recorded webhooks: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, body := range hostile.Seeds(f, 16<<10, "webhook_body") {
		f.Add([]byte(body))
	}
	for _, s := range hostile.Seeds(f, 200, "timestamp", "message_text") {
		f.Add([]byte(`{"object":"page","entry":[{"id":"9001","time":1,"messaging":[{"sender":{"id":"7001"},"recipient":{"id":"9001"},"timestamp":` +
			strconv.Quote(s) + `,"message":{"mid":"m","text":` + strconv.Quote(s) + `}}]}]}`))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var w Webhook
		events, err := w.Decode(body)
		again, errAgain := w.Decode(bytes.Clone(body))
		if (err == nil) != (errAgain == nil) || !reflect.DeepEqual(events, again) {
			t.Fatal("the same body decoded twice differs")
		}
		for _, e := range events {
			judge(t, e)
		}
	})
}

func judge(t *testing.T, e provider.Event) {
	t.Helper()
	if len(e.ID) < 3 || e.Route == "" {
		t.Fatalf("an event without an id or a route: %#v", e)
	}
	if e.Body == nil {
		return // for the quarantine
	}
	raw, err := json.Marshal(e.Body)
	if err != nil {
		t.Fatalf("%s does not fit the log: %v", e.Body.Kind(), err)
	}
	if !bytes.Equal(bytes.ToValidUTF8(raw, []byte("!")), raw) {
		t.Fatalf("%s is not UTF-8", e.Body.Kind())
	}
	m, ok := e.Body.(provider.MessageReceived)
	if !ok {
		return
	}
	_, account, _ := strings.Cut(string(e.Route), ":")
	if m.Message == "" || string(m.From.User) != string(e.Chat) || string(e.Chat) == account || e.Chat == "" {
		t.Fatalf("a message from nobody: %#v", e)
	}
	if m.PartOf != "" && whole(m.Message) != string(m.PartOf) || m.PartOf == "" && whole(m.Message) != string(m.Message) {
		t.Fatalf("a part of another message: %#v", m)
	}
}

// Whatever Meta answers to a send, it is an id or an error that a person can
// read; a 2xx without either is never a failure that may be repeated; and nothing
// of the answer but its code and trace is in what is logged.
func FuzzAnswer(f *testing.F) {
	for c := range causes {
		f.Add(400, "", "", fmt.Appendf(nil, `{"error":{"message":"PLANTED WORDS","code":%d,"error_subcode":%d,"fbtrace_id":"Az"}}`, c.code, c.sub))
	}
	for _, body := range []string{
		`{"recipient_id":"7001","message_id":"m_1"}`, `{"recipient_id":"7001"}`, `{"message_id":""}`, `{"error":{"code":"190"}}`, `{"error":{"code":1e2}}`,
		`{"error":{"code":null}}`, `{"error":[]}`, `{"error":{"code":999999}}`, `{"error":{"code":4,"fbtrace_id":"PLANTED WORDS"}}`, "", "<html>",
	} {
		f.Add(200, "", `{"1":[{"type":"messenger","estimated_time_to_regain_access":19}]}`, []byte(body))
		f.Add(500, "30", `{"1":[{"estimated_time_to_regain_access":1e300}]}`, []byte(body))
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add(400, "5", body, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, after, usage string, body []byte) {
		a := &rest.Answer{Status: status, Header: http.Header{"Retry-After": {after}, usageHeader: {usage}}, Body: body}
		r := rest.Request{Op: "send", Sends: true}
		id, err := provider.MessageID(""), error(nil)
		if a.OK() {
			id, err = accepted(r, a, provider.Outgoing{})
		} else {
			err = refused(r, a)
		}
		if (id == "") == (err == nil) || err == nil && !a.OK() {
			t.Fatalf("%d %q is %q, %v", status, body, id, err)
		}
		if err == nil {
			return
		}
		var e *provider.Error
		if !errors.As(err, &e) || e.Op != "send" || e.Reason == "" || !strings.HasSuffix(e.Text, ".") || e.After < 0 || e.After > maxWait || e.Uncertain && e.Retryable() {
			t.Fatalf("%d %q is %+v", status, body, e)
		}
		if g, coded := graphError(body); a.OK() && !coded && (!e.Uncertain || e.Retryable()) || coded && e.Code != g.word() {
			t.Fatalf("%d %q is %+v", status, body, e)
		}
		if strings.Contains(string(body), "PLANTED WORDS") && strings.Contains(e.Error()+e.Text, "PLANTED WORDS") {
			t.Fatalf("%d %q is told as %q", status, body, e)
		}
	})
}

// Whatever a template is said to be, it is one that can be shown, and every
// variable of one that can be filled has a field.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{
		`{"id":"1","name":"n","language":"en","status":"APPROVED","components":[{"type":"BODY","text":"{{1}} and {{2}}","example":{"body_text":[["a","b"]]}}]}`,
		`{"id":1,"name":"n","language":"en","parameter_format":"NAMED","components":[{"type":"HEADER","text":"{{a}}","example":{"header_text_named_params":[{"param_name":"a","example":"x"}]}}]}`,
		`{"id":1,"name":"n","language":"en","body":"{{1}}","body_params":["x"],"buttons":[{"type":"URL","text":"a","url":"https://a/{{1}}"},{"type":"POSTBACK","payload":"{{1}}"}]}`,
		`{"id":1,"name":"n","language":"en","components":[{"type":"BUTTONS","buttons":[{}]},null,7,{"type":"body","example":{"body_text":[7]}}]}`,
	} {
		f.Add([]byte(s))
	}
	for _, body := range hostile.Seeds(f, 4<<10, "webhook_body", "template") {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := exact.Parse(body, exact.Snake)
		if err != nil {
			return
		}
		one, ok := templateIn(v)
		if !ok {
			return
		}
		if one.ID == "" || one.Name == "" || one.Language == "" || one.Status == "" || len(one.Components) == 0 {
			t.Fatalf("%q is %+v", body, one)
		}
		values := map[string]provider.Value{}
		for _, field := range one.Fields() {
			values[field.Key()] = provider.Value{Text: "x"}
		}
		filled := one.Fill(values)
		if _, err := templateOut(&filled, provider.Messenger); err != nil && !one.Unfillable {
			t.Fatalf("%q was offered to be filled, and is not sent: %v", body, err)
		}
	})
}
