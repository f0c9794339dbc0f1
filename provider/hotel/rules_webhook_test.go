package hotel_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/provider/hotel"
)

var ten = time.Date(2024, 1, 14, 10, 0, 0, 0, time.UTC)

// decoded is the one event of a body.
func decoded(t *testing.T, event, data string) provider.Event {
	t.Helper()
	events, err := newHook(t).Decode(fmt.Appendf(nil, `{"event":%q,"data":%s}`, event, data))
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	return events[0]
}

// same compares an event with what it must be.
func same(t *testing.T, got, want provider.Event) {
	t.Helper()
	want.Route = "hotel"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

var noor = provider.Sender{User: guestChat, Phone: guestChat}

var webhookRules = map[string]func(*testing.T){
	"A webhook is an object with event and data; the five events are understood": func(t *testing.T) {
		for event, want := range map[string]provider.Body{
			"inbound_message":   provider.MessageReceived{Message: "m1", From: noor, Content: provider.TextContent("hello")},
			"media_received":    provider.MessageReceived{Message: "m1", From: noor, Content: provider.TextContent("hello")},
			"message_delivered": provider.Receipt{Message: "m1", Status: provider.Delivered},
			"message_read":      provider.Receipt{Message: "m1", Status: provider.Read},
		} {
			got := decoded(t, event, `{"guest_phone":"+1234567890","message_id":"m1","message_content":"hello"}`)
			if diff := cmp.Diff(want, got.Body); diff != "" || got.Chat != guestChat {
				t.Errorf("%s of %q: %s", event, got.Chat, diff)
			}
		}
		if r, ok := decoded(t, "message_failed", `{"message_id":"m1"}`).Body.(provider.Receipt); !ok || r.Status != provider.Failed || r.Error == nil {
			t.Errorf("%+v", r)
		}
		if u, ok := decoded(t, "guest_left", `{"guest_phone":"+1234567890"}`).Body.(provider.Unknown); !ok || u.Field != "guest_left" {
			t.Errorf("%+v", u)
		}
	},
	"A delivered or read receipt names its message by message_id": func(t *testing.T) {
		same(t, decoded(t, "message_delivered", `{"message_id":"msg_1"}`), provider.Event{ID: "s:msg_1:delivered", Body: provider.Receipt{Message: "msg_1", Status: provider.Delivered}})
	},
	"A guest's message has guest_phone, message_content and conversation_id": func(t *testing.T) {
		got := decoded(t, "inbound_message", `{"guest_phone":"+1234567890","message_content":"Towels","conversation_id":"conv_abc123"}`)
		if m, ok := got.Body.(provider.MessageReceived); !ok || m.Content.Text != "Towels" || got.Chat != guestChat || !cmp.Equal(m.From, noor) {
			t.Errorf("%+v", got)
		}
	},
	"A webhook's data has the field names of the other calls: message_id, sent_at, delivered_at, read_at, failure_reason, media_id, media_type, media_url, caption, filename": func(t *testing.T) {
		same(t, decoded(t, "message_read", `{"message_id":"a","read_at":"2024-01-14T10:00:00Z"}`), provider.Event{ID: "s:a:read", Body: provider.Receipt{Message: "a", Status: provider.Read, At: ten}})
		same(t, decoded(t, "message_delivered", `{"message_id":"a","delivered_at":"2024-01-14T11:00:00+01:00"}`), provider.Event{ID: "s:a:delivered", Body: provider.Receipt{Message: "a", Status: provider.Delivered, At: ten}})
		same(t, decoded(t, "message_failed", `{"message_id":"a","failure_reason":"Phone is switched off"}`), provider.Event{ID: "s:a:failed", Body: provider.Receipt{
			Message: "a", Status: provider.Failed,
			Error: &provider.Error{Op: "send", Reason: provider.Other, Text: "The hotel API could not deliver it: Phone is switched off. Send it again, or reach the guest another way."},
		}})
		same(t, decoded(t, "media_received", `{"guest_phone":"1234567890","message_id":"b","sent_at":"2024-01-14T10:00:00Z","media_id":"f1","media_type":"document","media_url":"https://hotel.example/f1","caption":"my visa","filename":"visa.pdf"}`),
			provider.Event{ID: "f:b", Chat: guestChat, Body: provider.MessageReceived{
				Message: "b", From: noor, SentAt: ten,
				Content: provider.Content{Kind: provider.Document, Text: "my visa", Media: &provider.Media{ID: "f1", Link: "https://hotel.example/f1", Name: "visa.pdf"}},
			}})
	},
	"A guest's message without message_id is known by what it says": func(t *testing.T) {
		data := `{"guest_phone":"+1234567890","message_content":%q}`
		one, again, other := decoded(t, "inbound_message", fmt.Sprintf(data, "yes")), decoded(t, "inbound_message", fmt.Sprintf(data, "yes")), decoded(t, "inbound_message", fmt.Sprintf(data, "no"))
		if one.ID != again.ID || one.ID == other.ID || one.Body.(provider.MessageReceived).Message != "" {
			t.Error(one.ID, again.ID, other.ID)
		}
	},
	"message_content is a text, or an object with one": func(t *testing.T) {
		for content, want := range map[string]provider.ContentKind{`"hi"`: provider.Text, `{"text":"hi"}`: provider.Text, `{"button":{"id":"y"}}`: provider.Unsupported, `null`: provider.Unsupported, `7`: provider.Unsupported} {
			c := decoded(t, "inbound_message", `{"guest_phone":"+1234567890","message_id":"m","message_content":`+content+`}`).Body.(provider.MessageReceived).Content
			if c.Kind != want || (want == provider.Text) != (c.Text == "hi") || (want == provider.Unsupported) != (len(c.Raw) > 0) {
				t.Errorf("%s is %+v", content, c)
			}
		}
	},
	"media_received tells of a message with a file, under an event id of its own": func(t *testing.T) {
		words := decoded(t, "inbound_message", `{"guest_phone":"+1234567890","message_id":"m","message_content":"look"}`)
		picture := decoded(t, "media_received", `{"guest_phone":"+1234567890","message_id":"m","media_id":"f","media_type":"image"}`)
		if words.ID != "m:m" || picture.ID != "f:m" || picture.Body.(provider.MessageReceived).Content.Kind != provider.Image {
			t.Error(words.ID, picture)
		}
	},
	"Times are written as in the error's example, RFC 3339; anything else is no time": func(t *testing.T) {
		for text, want := range map[string]time.Time{
			`"2024-01-14T10:00:00Z"`: ten, `"2024-01-14T10:00:00.000Z"`: ten, `1705226400`: {}, `"1705226400"`: {}, `"yesterday"`: {},
			`"2024-01-14"`: {}, `"0001-01-01T00:00:00Z"`: {}, `"9999-12-31T23:59:59-12:00"`: {}, `null`: {}, `{}`: {},
		} {
			if at := decoded(t, "inbound_message", `{"guest_phone":"+1234567890","sent_at":`+text+`}`).Body.(provider.MessageReceived).SentAt; !at.Equal(want) {
				t.Errorf("%s is %v", text, at)
			}
		}
	},
	"Webhooks are not signed: the token in the address shows who posts, and there is no handshake": func(t *testing.T) {
		w := newHook(t)
		for query, good := range map[string]bool{
			"verify_token=" + hookToken: true, "x=1&verify_token=the+old+one": true, "": false, "verify_token=": false, "verify_token=other": false,
			"verify_token=" + hookToken + "&verify_token=" + hookToken: false, "verify_token=" + hookToken + "&a;b": false, "Verify_Token=" + hookToken: false,
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/h", nil)
			r.URL.RawQuery = query
			if err := w.Verify(r, nil); (err == nil) != good || err != nil && !errors.Is(err, provider.ErrSignature) {
				t.Errorf("%q: %v", query, err)
			}
		}
		if _, shakes := any(w).(provider.Handshaker); shakes {
			t.Error("a handshake that nobody wrote of")
		}
		if _, err := hotel.NewWebhook(hotel.HookConfig{PreviousToken: provider.Hide("x")}); err == nil {
			t.Error("a hook for anybody")
		}
	},
	"A message that failed with GUEST_OPTED_OUT says that the guest wants no more messages of any kind": func(t *testing.T) {
		for data, want := range map[string]int{
			`{"message_id":"a","guest_phone":"+1234567890","failure_reason":"GUEST_OPTED_OUT"}`: 2, `{"message_id":"a","failure_reason":"GUEST_OPTED_OUT"}`: 1,
			`{"message_id":"a","guest_phone":"+1234567890","failure_reason":"Phone is switched off"}`: 1,
		} {
			events, err := newHook(t).Decode([]byte(`{"event":"message_failed","data":` + data + `}`))
			if err != nil || len(events) != want {
				t.Errorf("%s is %+v, %v", data, events, err)
				continue
			}
			if want == 2 && !cmp.Equal(events[1], provider.Event{Route: events[0].Route, ID: "c:a", Chat: guestChat, Body: provider.Consent{Category: "all", Detail: "GUEST_OPTED_OUT"}}) {
				t.Errorf("%+v", events[1])
			}
		}
		s := newContract(t)
		s.set(func(s *contract) {
			s.conversations[0].messages = append(s.conversations[0].messages, map[string]any{
				"message_id": "msg_9", "status": "failed", "failure_reason": "GUEST_OPTED_OUT", "direction": "outbound", "sent_at": "2024-01-15T08:30:00Z",
			})
		})
		if events, err := s.provider().MessageStatus(t.Context(), chatOf(guestChat), "msg_9"); err != nil || len(events) < 2 || events[len(events)-1].Body.Kind() != provider.KindConsent {
			t.Errorf("%+v, %v", events, err)
		}
	},
	"A hook is one hotel's, because webhooks name no account": func(t *testing.T) {
		routes, err := hotel.Routes(map[string]string{"base_url": "https://hotel.example"})
		if err != nil || len(routes) != 1 || routes[0] != decoded(t, "message_read", `{"message_id":"a"}`).Route {
			t.Errorf("%v, %v", routes, err)
		}
	},
}
