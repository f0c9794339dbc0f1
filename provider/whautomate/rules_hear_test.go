package whautomate_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/whautomate"
)

// heard decodes a recorded webhook.
func heard(t *testing.T, name string) []provider.Event {
	t.Helper()
	body, err := os.ReadFile("testdata/webhook/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	events, err := newHook(t).Decode(body)
	if err != nil || len(events) == 0 {
		t.Fatalf("%s: %v", name, err)
	}
	return events
}

// hears holds recorded webhooks to the kinds of their events; the routes are in the
// golden files too.
func hears(want string, names ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, name := range names {
			if got := kindsOf(heard(t, name)); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
	}
}

func hearRules() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		`The messages of a contact are read by page, with a limit and a text to search for.`:                                  both(TestHistory, TestHistoryRequest),
		`A webhook is posted with the headers that were entered for it, and is not signed.`:                                   verified,
		`incoming_…_message is a customer's message, outgoing_…_message one of ours.`:                                         both(hears("m:message.received", "text", "text-telegram", "text-instagram", "text-messenger"), hears("m:message.sent", "sent")),
		`isIncoming is a bool or the word for it.`:                                                                            both(hears("m:message.received", "text", "reply"), hears("m:message.sent s:message.receipt", "sent-failed")),
		`"from" is a name and no number; of a message of ours it is not the customer's.`:                                      names,
		`errorMessage says that a message of ours was not delivered.`:                                                         undelivered,
		`A message names no account and no location: the hook's settings do.`:                                                 routed,
		`The first page is 1; one that is empty, or the same again, is the last.`:                                             both(TestHistory, TestHistoryRequest),
		`A message of the history without a time of its own is kept and not believed; one of a webhook has the event's time.`: both(TestHistoryOdd, eventTime),
		`The channel is compared without regard to case; a word that is no channel says nothing.`:                             both(hears("m:message.received", "text", "reply"), otherWord),
		`What tells two channels or two directions is believed in neither.`:                                                   hears("h:unknown", "strange-contradiction", "strange-channels"),
		`Messages of the website, called livechat elsewhere, and events of no message are kept as unknown, without a conversation.`: func(t *testing.T) {
			for _, name := range []string{"strange-website", "strange-livechat", "strange-appointment", "strange-contact"} {
				e := heard(t, name)[0]
				if u, ok := e.Body.(provider.Unknown); !ok || e.Chat != "" || !strings.Contains(string(u.Raw), `"event"`) {
					t.Errorf("%s: %+v", name, e)
				}
			}
		},
		`The event of a contact belongs to the location that the contact names, everything else to the hook's.`: func(t *testing.T) {
			for name, want := range map[string]provider.Route{"strange-contact": "loc_2:whatsapp", "strange-appointment": "loc_1", "strange-website": "loc_1", "text": "loc_1:whatsapp"} {
				if got := heard(t, name)[0].Route; got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		},
		`Types of messages are text, image, video, audio, document, sticker and template; any other is kept whole beside its text.`: types,
		`A file of a message is fetched from the API's own host and those a setting names, without the key.`:                        both(TestMedia, TestHeardFile),
		`message.status is not read: its words are not documented.`: func(t *testing.T) {
			for _, word := range []string{"read", "delivered", "failed", "queued"} {
				body := strings.Replace(outgoingEvent, `"status":"sent"`, `"status":"`+word+`"`, 1)
				events, err := newHook(t).Decode([]byte(body))
				if err != nil || kindsOf(events) != "m:message.sent" {
					t.Errorf("%s: %s, %v", word, kindsOf(events), err)
				}
			}
			if whautomate.Capabilities(provider.WhatsApp).Receipts != provider.ReceiptsNone {
				t.Error("the table promises receipts")
			}
		},
	}
}

const outgoingEvent = `{"event":{"id":"ev_1","type":"outgoing_whatsapp_message","timeStamp":"2026-11-20T10:00:05Z"},"message":{"id":"ms_2",
	"contact":{"id":"ct_1"},"channel":"whatsApp","isIncoming":false,"type":"text","from":"Clinic","timestamp":"2026-11-20T10:00:00Z","status":"sent","text":"dime"}}`

// verified: the secret in its header, once; the former one too; and the header a
// setting names.
func verified(t *testing.T) {
	request := func(name string, values ...string) *http.Request {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/x", nil)
		for _, v := range values {
			r.Header.Add(name, v)
		}
		return r
	}
	const header, former = "X-Frontdesk-Secret", "the-former-secret-0123456789"
	for name, c := range map[string]struct {
		r  *http.Request
		ok bool
	}{
		"the secret": {request(header, hookSecret), true}, "the former": {request(header, former), true}, "another spelling": {request("x-frontdesk-secret", hookSecret), true},
		"none": {request(header), false}, "empty": {request(header, ""), false}, "two": {request(header, hookSecret, hookSecret), false},
		"another": {request(header, hookSecret+"x"), false}, "a part": {request(header, hookSecret[:8]), false}, "elsewhere": {request("X-Secret", hookSecret), false},
	} {
		if err := newHook(t).Verify(c.r, []byte("{}")); (err == nil) != c.ok || (err != nil && !errors.Is(err, provider.ErrSignature)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	config, err := whautomate.ReadHookConfig(map[string]string{"location_id": "loc_1", "secret": hookSecret, "header": "X-Ours"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := whautomate.NewWebhook(config)
	if err != nil || w.Verify(request("X-Ours", hookSecret), nil) != nil || w.Verify(request(header, hookSecret), nil) == nil || w.Verify(request("X-Ours", ""), nil) == nil {
		t.Errorf("the header of the setting: %v", err)
	}
}

func names(t *testing.T) {
	in, ok := heard(t, "text")[0].Body.(provider.MessageReceived)
	if !ok || in.From.Name != "Ana" || in.From.Phone != "34600111222" {
		t.Errorf("%+v", in.From)
	}
	out, ok := heard(t, "sent-buttons")[0].Body.(provider.MessageSent)
	if !ok || out.To.Name != "" || out.By != "Clinic" || out.To.Phone != "34600111222" {
		t.Errorf("%+v by %q", out.To, out.By)
	}
}

func undelivered(t *testing.T) {
	r, ok := heard(t, "sent-failed")[1].Body.(provider.Receipt)
	if !ok || r.Status != provider.Failed || r.Message != "ms_1" || r.Error.Uncertain || r.Error.Text == "" || !r.At.After(heard(t, "sent-failed")[0].Body.(provider.MessageSent).SentAt) {
		t.Errorf("%+v", r)
	}
}

// routed: what a hook decodes finds the account of the same channel and location,
// and no other.
func routed(t *testing.T) {
	for _, channel := range whautomate.Networks() {
		routes, err := whautomate.Routes(map[string]string{"location_id": "loc_1", "channel": string(channel)})
		if err != nil || len(routes) != 2 || routes[1] != "loc_1" {
			t.Fatalf("%v, %v", routes, err)
		}
		for name, of := range map[string]provider.Network{
			"text": provider.WhatsApp, "text-telegram": provider.Telegram, "text-instagram": provider.Instagram, "text-messenger": provider.Messenger,
		} {
			if found := heard(t, name)[0].Route == routes[0]; found != (of == channel) {
				t.Errorf("%s reaches the account of %s: %v", name, channel, found)
			}
		}
	}
}

func eventTime(t *testing.T) {
	m, ok := heard(t, "no-own-time")[0].Body.(provider.MessageReceived)
	if !ok || m.SentAt.Format("15:04:05") != "10:00:05" {
		t.Errorf("%+v", m)
	}
	events, err := newHook(t).Decode([]byte(strings.NewReplacer(`"timeStamp":"2026-11-20T10:00:05Z"`, `"timeStamp":"soon"`, `"timestamp":"2026-11-20T10:00:00Z",`, "").Replace(outgoingEvent)))
	if err != nil || kindsOf(events) != "h:unknown" || events[0].Chat != "contact:ct_1" {
		t.Errorf("without any time: %s, %v", kindsOf(events), err)
	}
}

func otherWord(t *testing.T) {
	events, err := newHook(t).Decode([]byte(strings.Replace(outgoingEvent, `"channel":"whatsApp"`, `"channel":"default"`, 1)))
	if err != nil || kindsOf(events) != "m:message.sent" {
		t.Errorf("%s, %v", kindsOf(events), err)
	}
}

func types(t *testing.T) {
	for change, want := range map[string]provider.ContentKind{
		`"type":"TEXT"`: provider.Text,
		`"type":"video","mediaUrl":"https://f.example/v"`:    provider.Video,
		`"type":"audio","mediaUrl":"https://f.example/v"`:    provider.Audio,
		`"type":"document","mediaUrl":"https://f.example/v"`: provider.Document,
		`"type":"sticker","mediaUrl":"https://f.example/v"`:  provider.Sticker,
		`"type":"image"`: provider.Unsupported,
		`"type":"text","mediaUrl":"https://f.example/v"`: provider.Unsupported,
		`"type":"order"`:                                                   provider.Unsupported,
		`"type":"template"`:                                                provider.Templated,
		`"type":"text","headerText":"Visit"`:                               provider.Interactive,
		`"type":"text","options":{"buttons":[{"type":"x"}]}`:               provider.Unsupported,
		`"type":"text","options":{"type":"","buttons":[]}`:                 provider.Text,
		`"type":"image","mediaUrl":"https://f.example/v","footerText":"x"`: provider.Unsupported,
	} {
		events, err := newHook(t).Decode([]byte(strings.Replace(outgoingEvent, `"type":"text"`, change, 1)))
		if err != nil {
			t.Fatal(err)
		}
		m, ok := events[0].Body.(provider.MessageSent)
		if !ok || m.Content.Kind != want || (want == provider.Unsupported) != (len(m.Content.Raw) > 0) {
			t.Errorf("%s: %+v", change, m.Content)
		}
		if want == provider.Unsupported && m.Content.Text != "dime" {
			t.Errorf("%s: its text is lost", change)
		}
	}
}
