package messenger_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
)

// signed is a request for a body, signed with a secret.
func signed(with, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/hooks/meta", strings.NewReader(body))
	r.Header.Set("X-Hub-Signature-256", "sha256="+sign.SHA256(with, []byte(body)))
	return r
}

func transportRules() []rule {
	return []rule{
		{"a webhook is signed over its raw bytes with the app's secret", true, "", func(w *world) {
			body := `{"object":"page","entry":[{"id":"\u0039001"}]}`
			if err := newHook(w.t).Verify(signed(secret, body), []byte(body)); err != nil {
				w.t.Error(err)
			}
			if newHook(w.t).Verify(signed(secret, body), []byte(strings.Replace(body, `\u0039`, "9", 1))) == nil {
				w.t.Error("other bytes of the same meaning are signed")
			}
		}},
		{"a webhook of an app with Instagram Login may be signed with Instagram's own secret", false, provider.Instagram, func(w *world) {
			body := `{"object":"instagram","entry":[]}`
			if err := newHook(w.t).Verify(signed("ig secret", body), []byte(body)); err != nil {
				w.t.Error(err)
			}
		}},
		{"the address is checked with a GET that is answered with its challenge", true, "", func(w *world) {
			got, err := newHook(w.t).Handshake(httptest.NewRequest(http.MethodGet, "/?hub.mode=subscribe&hub.verify_token=let+me+in&hub.challenge=77", nil))
			if err != nil || string(got) != "77" {
				w.t.Errorf("%q, %v", got, err)
			}
			if _, err := newHook(w.t).Handshake(httptest.NewRequest(http.MethodGet, "/?hub.mode=subscribe&hub.verify_token=x&hub.challenge=77", nil)); err == nil {
				w.t.Error("another token is answered")
			}
		}},
		{"an account is named by the entry's id, whatever else the webhook holds", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			want := map[provider.Network]provider.Route{provider.Messenger: "page:" + pageID, provider.Instagram: "ig:" + instagramID}[w.c.network]
			for _, e := range w.events() {
				if e.Route != want || e.Chat != psid {
					w.t.Errorf("route %q, chat %q", e.Route, e.Chat)
				}
			}
		}},
		{"an id may be a number, and a time may be in seconds", false, "", func(w *world) {
			at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
			body := fmt.Sprintf(`{"object":"page","entry":[{"id":9001,"time":%d,"messaging":[{"sender":{"id":7001},"recipient":{"id":9001},"timestamp":%d,"message":{"mid":"m_1","text":"x"}}]}]}`, at.Unix(), at.Unix())
			events, err := newHook(w.t).Decode([]byte(body))
			if err != nil {
				w.t.Fatal(err)
			}
			if m := one[provider.MessageReceived](w.t, events); !m.SentAt.Equal(at) || m.From.User != psid || events[0].Route != "page:9001" {
				w.t.Errorf("%+v", events)
			}
		}},
	}
}
