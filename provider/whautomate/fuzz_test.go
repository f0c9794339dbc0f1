package whautomate

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
	"frontdesk/tui/tuitest/hostile"
)

func fuzzHook(t testing.TB) *Webhook {
	t.Helper()
	w, err := NewWebhook(HookConfig{LocationID: "loc_1", Header: "X-Ours", Secret: provider.Hide(strings.Repeat("s", minSecret))})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func seed(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("webhooks: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add([]byte(body))
	}
}

// sound holds events to what the relay and the store rely on.
func sound(t *testing.T, events []provider.Event) {
	t.Helper()
	ids := map[string]bool{}
	for _, e := range events {
		if e.ID == "" || e.Route == "" || ids[e.ID] {
			t.Fatalf("%+v has no id, no route, or an id of another", e)
		}
		ids[e.ID] = true
		ok := true
		switch b := e.Body.(type) {
		case provider.MessageReceived:
			ok = b.Message != "" && b.From.User != "" && !b.SentAt.IsZero() && e.Chat == provider.ChatID(b.From.User)
		case provider.MessageSent:
			ok = b.Message != "" && b.To.User != "" && !b.SentAt.IsZero() && b.To.Name == ""
		case provider.Receipt:
			ok = b.Status == provider.Failed && b.Error != nil && !b.Error.Uncertain
		case provider.Unknown:
			ok = len(b.Raw) > 0
		}
		if !ok {
			t.Fatalf("%+v", e)
		}
	}
}

// Whatever is posted is an error or events that stand, the same each time, in the
// routes of the hook's own location unless a contact names another.
func FuzzDecode(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		w := fuzzHook(t)
		events, err := w.Decode(body)
		if (err == nil) != (len(events) > 0) {
			t.Fatalf("%d events, %v", len(events), err)
		}
		again, _ := w.Decode(append([]byte(nil), body...))
		if !reflect.DeepEqual(events, again) {
			t.Fatal("decoded twice, it differs")
		}
		sound(t, events)
		for _, e := range events {
			_, unknown := e.Body.(provider.Unknown)
			if location, _, _ := strings.Cut(string(e.Route), ":"); location != "loc_1" && !unknown {
				t.Fatalf("a message goes to %q", e.Route)
			}
		}
	})
}

// Whatever stands in a history is one event or two that stand, of the contact that
// was asked for.
func FuzzHistory(f *testing.F) {
	seed(f)
	f.Add([]byte(`{"id":"ms_1","isIncoming":"true","type":"text","timestamp":"2026-11-20T10:00:00Z","text":"hola"}`))
	f.Fuzz(func(t *testing.T, element []byte) {
		v, err := exact.Parse(element, exact.Any)
		if err != nil {
			return
		}
		d := &decoder{location: "loc_1"}
		d.past(provider.WhatsApp, "ct_1", v)
		if len(d.events) == 0 || len(d.events) > 2 {
			t.Fatalf("%d events of one message", len(d.events))
		}
		sound(t, d.events)
		for _, e := range d.events {
			if e.Route != "loc_1:whatsapp" || (e.Chat != "" && e.Chat != "contact:ct_1") {
				t.Fatalf("%+v", e)
			}
		}
	})
}

// Whatever answers a send, it is an acceptance that says so, or an error that a
// person can read and that holds nothing of the answer.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		`{"success":true}`, `{"success":"true"}`, `{"success":false,"error":"PLANTED"}`, `{"template":{"name":"x"}}`, `{"success":true,"success":false}`,
		`{"message":"Forbidden"}`, `{"error":"Invalid locationId"}`, `{"message":"Invalid request body"}`, `{"error":"Invalid parameters"}`, "", "<html>PLANTED", "[]", "null",
	} {
		f.Add(200, "", []byte(body), false)
		f.Add(500, "30", []byte(body), true)
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add(400, "5", []byte(body), true)
	}
	f.Fuzz(func(t *testing.T, status int, after string, body []byte, template bool) {
		a := &rest.Answer{Status: status, Header: http.Header{"Retry-After": {after}}, Body: body}
		err := judged(rest.Request{Op: "send", Sends: true}, a, template)
		if err == nil {
			if success, _ := truth(answerOf(a).Member("success")); !a.OK() || (!success && !template) {
				t.Fatalf("%d %q is an acceptance", status, body)
			}
			return
		}
		var e *provider.Error
		if !errors.As(err, &e) || e.Op != "send" || e.Reason == "" || !strings.HasSuffix(e.Text, ".") || e.After < 0 || e.After > time.Hour || e.Uncertain && e.Retryable() {
			t.Fatalf("%d %q is %+v", status, body, e)
		}
		if strings.Contains(e.Error()+e.Text, "PLANTED") {
			t.Fatalf("%d %q is told as %q", status, body, e)
		}
	})
}

// Whatever is given as a cursor, a page is asked for.
func FuzzCursor(f *testing.F) {
	for _, cursor := range hostile.Seeds(f, 1<<10, "webhook_body") {
		f.Add(cursor)
	}
	f.Add("2.0123456789abcdef")
	f.Add("-1.x")
	f.Fuzz(func(t *testing.T, cursor string) {
		if page, _ := readCursor(cursor); page < 1 {
			t.Fatalf("%q is the page %d", cursor, page)
		}
	})
}
