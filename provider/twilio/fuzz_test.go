package twilio

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/tui/tuitest/hostile"
)

// seeds are the recorded POSTs and everything hostile.
func seeds(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("testdata/webhook/*")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(strings.ReplaceAll(strings.TrimSpace(string(raw)), "\n", "&")))
		f.Add(raw)
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add([]byte(body))
	}
}

// Whatever was signed, decoding ends in events or an error: the same ones each time,
// each with an id of its own, none believed that names two people, and every body
// fit for the log.
func FuzzDecode(f *testing.F) {
	seeds(f)
	w, err := NewWebhook(HookConfig{AuthToken: provider.Hide("t"), PublicURL: "https://inbox.example.test/hooks/tw"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := w.Decode(body)
		again, errAgain := w.Decode(body)
		if (err == nil) != (errAgain == nil) || !reflect.DeepEqual(events, again) {
			t.Fatalf("%q is decoded in two ways", body)
		}
		if err == nil && len(events) == 0 {
			t.Fatalf("%q says nothing, and is no error", body)
		}
		for _, e := range events {
			if e.ID == "" {
				t.Fatalf("%q has an event without id: %+v", body, e)
			}
			if e.Body == nil {
				continue
			}
			if _, err := json.Marshal(e.Body); err != nil {
				t.Fatalf("%q does not fit the log: %v", body, err)
			}
			if r, ok := e.Body.(provider.Receipt); ok && (r.Message == "" || (r.Status == provider.Failed) != (r.Error != nil) || (r.Error != nil && r.Error.Uncertain)) {
				t.Fatalf("%q is the receipt %+v", body, r)
			}
			if m, ok := e.Body.(provider.MessageReceived); ok && (m.Message == "" || m.From.User == "" || !strings.HasPrefix(e.ID, "m:") || e.Chat != provider.ChatID(m.From.User)) {
				t.Fatalf("%q is the message %+v", body, m)
			}
		}
	})
}

// Whatever Twilio answers to a send, it is an id or an error that a person can read;
// a 2xx without either is never a failure that may be repeated; and nothing of the
// answer but its code is in what is logged.
func FuzzAnswer(f *testing.F) {
	for code := range codes {
		f.Add(400, "", []byte(fmt.Sprintf(`{"code":%d,"message":"PLANTED words","more_info":"PLANTED","status":400}`, code)))
	}
	for _, body := range []string{
		`{"sid":"SM1","status":"queued"}`, `{"sid":""}`, `{"sid":7}`, `{"sid":"SM1","status":"failed","error_code":"30003"}`, `{"code":"21211"}`, `{"code":2e4}`,
		`{"code":null}`, `{"code":-1}`, `{"code":99999999999999999999}`, `{"code":[]}`, "", "<html>", "null", "[]",
	} {
		f.Add(201, "", []byte(body))
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
			id, err = accepted(r, a)
		} else {
			err = refused(r, a)
		}
		if (id == "") == (err == nil) || (err == nil && !a.OK()) {
			t.Fatalf("%d %q is %q, %v", status, body, id, err)
		}
		if err == nil {
			return
		}
		var e *provider.Error
		if !errors.As(err, &e) || e.Op != "send" || e.Reason == "" || !strings.HasSuffix(e.Text, ".") || e.After < 0 || e.After > time.Hour || (e.Uncertain && e.Retryable()) {
			t.Fatalf("%d %q is %+v", status, body, e)
		}
		if a.OK() && !strings.Contains(string(body), "sid") && !e.Uncertain {
			t.Fatalf("%d %q is certain: %+v", status, body, e)
		}
		if strings.Contains(e.Error()+e.Text, "PLANTED") {
			t.Fatalf("%d %q is told as %q", status, body, e)
		}
	})
}

// Whatever a list holds, its messages are facts with ids or nothing, and its
// templates are none that would be sent with a value nobody gave.
func FuzzLists(f *testing.F) {
	f.Add([]byte(`{"sid":"SM1","from":"whatsapp:+34600111222","to":"+1","direction":"outbound-api","status":"failed","error_code":30003,"date_updated":"Fri, 20 Nov 2026 12:00:00 +0000"}`))
	f.Add([]byte(`{"sid":7,"body":[],"status":"delivered","direction":"inbound","num_media":"x"}`))
	raw, err := os.ReadFile("testdata/contents.json")
	if err != nil {
		f.Fatal(err)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		f.Fatal(err)
	}
	for _, one := range list {
		f.Add([]byte(one))
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add([]byte(body))
	}
	s := &sender{account: provider.Account{Network: provider.WhatsApp}, config: Config{AccountSID: "AC"}}
	f.Fuzz(func(t *testing.T, body []byte) {
		var m record
		if json.Unmarshal(body, &m) == nil {
			if e, ok := m.receipt(); ok && (e.ID == "" || e.Body.(provider.Receipt).Status == provider.NoStatus) {
				t.Fatalf("%q is %+v", body, e)
			}
			for _, kind := range []provider.ContentKind{provider.Text, provider.Image, provider.Templated} {
				resembles(&provider.Content{Kind: kind}, &m)
			}
		}
		var c content
		if json.Unmarshal(body, &c) == nil {
			tpl := s.templateIn(&c)
			if !tpl.Unfillable && !covers(&tpl, provider.Variables(string(c.Types[s.typeOf(&c)]))) {
				t.Fatalf("%q has variables that nobody is asked for", body)
			}
		}
	})
}

// A customer's address leads to a chat, and the chat back to the same address.
func FuzzAddress(f *testing.F) {
	for _, at := range []string{"whatsapp:+34600111222", "+34600111222", "whatsapp:ES.1000000000000001", "whatsapp:34600111222", "25400", "Telekom", "", "whatsapp:", "name:25400"} {
		f.Add(at)
	}
	f.Fuzz(func(t *testing.T, at string) {
		chat, phone := chatOf(at)
		if (chat == "") != (at == "" || at == whatsappPrefix) || (phone != "" && provider.ChatID(phone) != chat) {
			t.Fatalf("%q is %q, %q", at, chat, phone)
		}
		network := provider.SMS
		if strings.HasPrefix(at, whatsappPrefix) {
			network = provider.WhatsApp
		}
		back, ok := addressOf(network, chat)
		if same, _ := chatOf(back); ok && same != chat {
			t.Fatalf("%q is the chat %q, and that is %q", at, chat, back)
		}
	})
}

// Whatever Twilio says of a sender, the health is words of ours: of its own only
// statuses that are one of a list and the numbers of codes.
func FuzzHealth(f *testing.F) {
	for _, body := range []string{
		`{"sender_id":"whatsapp:+1","status":"ONLINE","properties":{"quality_rating":"HIGH","messaging_limit":"10K Customers/24hr"}}`,
		`{"status":"OFFLINE","offline_reasons":[{"code":"63020"},{"code":"planted"},{"code":"-1"}]}`, `{"status":"planted words","properties":{"quality_rating":"planted","messaging_limit":"planted"}}`,
		`{"properties":{"messaging_limit":"9999999K Customers/24hr"}}`, `{}`, `null`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var s channelSender
		if json.Unmarshal(body, &s) != nil {
			return
		}
		h := s.health(time.Unix(0, 0))
		if h.Access != "ok" || h.Limit < 0 || h.Limit > 9_999_999_000 || strings.Contains(h.Text+h.Quality+h.Status, "planted") {
			t.Fatalf("%s is %+v", body, h)
		}
		if what, word, ails := h.Ails(); ails && what == "status" && (h.Text == "" || strings.ToLower(word) != word) {
			t.Fatalf("%s: %s %q says %q", body, what, word, h.Text)
		}
	})
}
