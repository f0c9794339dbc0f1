package hotel

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
	"frontdesk/tui/tuitest/hostile"
)

// Whatever is posted, it is read alike each time, every event has an id and fits
// the log, and a message has its guest.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		`{"event":"inbound_message","data":{"guest_phone":"+1234567890","message_content":"hi","message_id":"m","sent_at":"2024-01-14T10:00:00Z"}}`,
		`{"event":"media_received","data":{"guest_phone":"1 (234) 567-890","media_id":"f","media_type":"image"}}`,
		`{"event":"message_failed","data":{"message_id":"m","failure_reason":"GUEST_OPTED_OUT"}}`, `{"event":"message_read","data":{"message_id":"m","message_id":"n"}}`, `{"event":"x"}`, `{}`,
	} {
		f.Add([]byte(body))
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add([]byte(body))
	}
	for _, text := range hostile.Seeds(f, 1<<10, "message_text", "phone", "timestamp") {
		raw, err := json.Marshal(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(fmt.Appendf(nil, `{"event":"inbound_message","data":{"guest_phone":%[1]s,"message_content":%[1]s,"message_id":%[1]s,"sent_at":%[1]s}}`, raw))
	}
	w, err := NewWebhook(HookConfig{VerifyToken: provider.Hide("v")})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := w.Decode(body)
		again, errAgain := w.Decode(body)
		if (err == nil) != (errAgain == nil) || !reflect.DeepEqual(events, again) || (err == nil) != (len(events) == 1) {
			t.Fatalf("%q is %v, then %v", body, events, again)
		}
		for _, e := range events {
			judge(t, e)
		}
	})
}

func judge(t *testing.T, e provider.Event) {
	t.Helper()
	if e.ID == "" || e.Route == "" || !utf8.ValidString(e.ID+string(e.Chat)) {
		t.Fatalf("%+v", e)
	}
	if e.Body == nil {
		return
	}
	if raw, err := json.Marshal(e.Body); err != nil || !utf8.Valid(raw) {
		t.Fatalf("%+v does not fit the log: %v", e, err)
	}
	if m, ok := e.Body.(provider.MessageReceived); ok && (e.Chat == "" || m.From.User == "" || m.Content.Kind == "") {
		t.Fatalf("%+v has no guest or says nothing", e)
	}
}

// Whatever the API answers to a send, it is an id or an error that a person can
// read, that holds nothing but plain words of the answer, and that is certain
// only where the message certainly was not taken.
func FuzzAnswer(f *testing.F) {
	for _, code := range append(Documented(), "OF_TOMORROW") {
		f.Add(403, "7", fmt.Appendf(nil, `{"error":{"code":%q,"message":"Not now","details":{"window_expires":"2024-01-15T10:00:00Z","suggested_templates":["a","b"]},"recovery_options":["Wait","PLANTED4711"]}}`, code))
	}
	for _, body := range []string{`{"message_id":"m","status":"sent"}`, `{"message_id":"m","status":"failed"}`, `{"error":{"code":"x"}}`, `{"error":[]}`, "", "<html>"} {
		f.Add(200, "", []byte(body))
		f.Add(500, "30", []byte(body))
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add(400, "5", []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, after string, body []byte) {
		a := &rest.Answer{Status: status, Header: http.Header{"Retry-After": {after}}, Body: body}
		r := rest.Request{Op: "send", Sends: true}
		if a.OK() {
			id, err := accepted(r, a)
			if (id == "") == (err == nil) {
				t.Fatalf("%q is %q, %v", body, id, err)
			}
			if err == nil {
				return
			}
			told(t, provider.AsError("x", err))
			return
		}
		told(t, refused(r, a))
	})
}

func told(t *testing.T, e *provider.Error) {
	t.Helper()
	if e.Op != "send" || e.Reason == "" || !strings.HasSuffix(e.Text, ".") || strings.Count(e.Text, ". ") < 1 || e.After < 0 || e.After > time.Hour || e.Uncertain && e.Retryable() {
		t.Fatalf("%+v", e)
	}
	for _, r := range e.Text + strings.Join(e.Suggested, "") {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '@' || r == '?' || r == utf8.RuneError {
			t.Fatalf("it tells %q", e.Text)
		}
	}
	if strings.Contains(e.Text, "://") || strings.Contains(e.Text, "4711") || len(e.Suggested) > maxSuggested || utf8.RuneCountInString(e.Text) > 4000 {
		t.Fatalf("it tells %q", e.Text)
	}
}

// A conversation is read whatever it holds: no message costs another, and each
// has an id.
func FuzzConversation(f *testing.F) {
	for _, body := range []string{
		`{"conversation_id":"c","guest_phone":"+1234567890","messages":[{"message_id":"m","direction":"inbound","content":{"text":"hi"},"sent_at":"2024-01-14T10:00:00Z"},{"message_id":"n","direction":"outbound","status":"failed"}],"participants":[{"a":[1,{"b":null}]}],"metadata":{"x":1e400}}`,
		`{"messages":[1,"a",null,{"message_id":"m","message_id":"n"}]}`,
	} {
		f.Add([]byte(body))
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := exact.Parse(body, exact.Snake)
		if err != nil {
			return
		}
		c := conversationIn(v)
		if len(c.Metadata) > maxDetails {
			t.Fatalf("%d details", len(c.Metadata))
		}
		messages := v.Member("messages").List()
		for _, m := range inOrder(messages) {
			events := messageEvents(c.Chat, m)
			if len(events) == 0 {
				t.Fatalf("%s is lost", m.Raw())
			}
			for _, e := range events {
				if judge(t, e); e.Body == nil {
					t.Fatalf("%+v says nothing", e)
				}
			}
		}
	})
}

// A template that is read can be shown and linted, and its id is one.
func FuzzTemplate(f *testing.F) {
	for _, body := range []string{
		`{"name":"n","language":"en","status":"APPROVED","parameters":["a",{"name":"b"}],"example":{"a":"x"},"components":[{"type":"BODY","text":"{{1}} {{2}}"},{"type":"HEADER","format":"IMAGE"}]}`,
		`{"name":"n","parameters":[1],"example":["{{1}}"],"components":[{"type":"BUTTONS","x":"{{1}}"},null]}`,
	} {
		f.Add([]byte(body))
	}
	for _, text := range hostile.Seeds(f, 1<<10, "template") {
		raw, err := json.Marshal(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(fmt.Appendf(nil, `{"name":"n","parameters":["a"],"components":[{"type":"BODY","text":%s}]}`, raw))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := exact.Parse(body, exact.Snake)
		if err != nil || v.Spoilt() {
			return
		}
		one := templateIn(v)
		values := map[string]provider.Value{}
		for _, field := range one.Fields() {
			values[field.Key()] = provider.Value{Text: "x"}
		}
		one.Lint(values)
		if m := one.Fill(values); m.Name != one.Name || one.ID != templateID(one) {
			t.Fatalf("%+v", m)
		}
	})
}

// A cursor is read, or it is none; and it never makes a poll forget what it has
// not told.
func FuzzMark(f *testing.F) {
	for _, cursor := range []string{"", "1:0:", "1:1705309200:AAAAAAAA", "1:9223372036854775807:", "1:-1:", "2:1:", "1:1:AAAA"} {
		f.Add(cursor, int64(1705309200))
	}
	f.Fuzz(func(t *testing.T, cursor string, now int64) {
		m, err := parseMark(cursor)
		if err != nil {
			return
		}
		fact := receipt("1234567890", "m", provider.Read, time.Unix(now%(1<<40), 0), nil)
		events, after := m.pass([]provider.Event{fact, fact}, time.Unix(now%(1<<40), 0))
		next, err := parseMark(after)
		if err != nil || len(events) > 1 || len(events) == 0 && len(m.seen) == 0 && !m.at.After(time.Unix(now%(1<<40), 0)) && fact.Body.(provider.Receipt).At.After(m.at) {
			t.Fatalf("%q becomes %q with %d events, %v", cursor, after, len(events), err)
		}
		if len(events) == 1 && next.at.Sub(fact.Body.(provider.Receipt).At) < late {
			if again, _ := next.pass([]provider.Event{fact}, next.at); len(again) > 0 {
				t.Fatalf("%q tells it again", after)
			}
		}
	})
}
