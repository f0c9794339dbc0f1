package telegram

import (
	"encoding/json"
	"errors"
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

// Whatever is posted, it becomes events that fit the log, the same each time, or
// an error; and the same update polled becomes the same events.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
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
	hook, err := NewWebhook(HookConfig{BotID: "1", Secret: provider.Hide("x")})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := hook.Decode(body)
		again, _ := hook.Decode(body)
		if !reflect.DeepEqual(events, again) || (err == nil) != (len(events) > 0) {
			t.Fatalf("%d events, %v; then %d", len(events), err, len(again))
		}
		for _, e := range events {
			if e.ID == "" || e.Route != "bot:1" {
				t.Fatalf("%+v", e)
			}
			if _, err := json.Marshal(e.Body); err != nil {
				t.Fatalf("%+v: %v", e, err)
			}
			if m, ok := e.Body.(provider.MessageReceived); ok {
				in, _, plain := parseMessage(m.Message)
				if (plain && in.id() != e.Chat) || (!plain && m.Content.Kind != provider.Choice) {
					t.Fatalf("%+v", e)
				}
			}
		}
		if err != nil {
			return
		}
		polled, last, err := polled(rest.Request{}, []byte("["+string(body)+"]"), route("1"))
		if err != nil || last <= 0 || !reflect.DeepEqual(polled, events) {
			t.Fatalf("polled %+v, %d, %v; posted %+v", polled, last, err, events)
		}
	})
}

// Whatever Telegram answers to a send, it is an id or an error that a person can
// read; and nothing of its words but the known ones is in what is logged.
func FuzzAnswer(f *testing.F) {
	for _, m := range meanings() {
		body, err := json.Marshal(map[string]any{"ok": false, "error_code": m.code, "description": "PLANTED: " + m.words})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(m.code, "", body)
	}
	for _, body := range []string{
		`{"ok":true,"result":{"message_id":5,"chat":{"id":5}}}`, `{"ok":true,"result":{"message_id":0,"chat":{"id":5}}}`, `{"ok":true}`, `{"ok":false}`, `{"ok":null,"error_code":400}`,
		`{"ok":false,"error_code":"400"}`, `{"ok":false,"error_code":429,"parameters":{"retry_after":-5}}`, `{"ok":false,"error_code":429,"parameters":{"retry_after":9223372036854775807}}`,
		`{"ok":false,"error_code":429,"parameters":[]}`, `{"ok":false,"error_code":-1}`, `{"ok":false,"error_code":599,"description":"PLANTED words"}`, "", "<html>", "[]",
	} {
		f.Add(200, "", []byte(body))
		f.Add(500, "30", []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, after string, body []byte) {
		a := &rest.Answer{Status: status, Header: http.Header{"Retry-After": {after}}, Body: body}
		r := rest.Request{Op: "send", Sends: true}
		var id provider.MessageID
		raw, err := result(r, a)
		if err == nil {
			id, err = sent(r, raw, "")
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
		if strings.Contains(e.Error()+e.Text, "PLANTED") {
			t.Fatalf("%d %q is told as %v", status, body, e)
		}
	})
}

// An id is read back as what it was made of, and as nothing else.
func FuzzID(f *testing.F) {
	for _, id := range []string{"5550001/12", "-1001234567890123/1", "5550001/tap/1", "5/012", "/", "5/", "/5", "5/5/5", "+5/5", "9223372036854775808/1", "0/1", "5@bc_1/7", "5@/7", "5@b%2Fc/7", "5@b%2fc/7", "5@a@b/7", "5@%ff/7"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		in, message, ok := parseMessage(provider.MessageID(id))
		if ok && (string(in.message(message)) != id || in.chat == 0 || message <= 0) {
			t.Fatalf("%q is %+v and %d", id, in, message)
		}
		if chat, ok := parseChat(provider.ChatID(id)); ok && string(chat.id()) != id {
			t.Fatalf("%q is %+v", id, chat)
		}
	})
}
