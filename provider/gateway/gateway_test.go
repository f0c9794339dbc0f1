package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
	"frontdesk/provider/providertest"
)

var account = provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: "cloudapi"}

func open(t *testing.T, base string) provider.Provider {
	t.Helper()
	table := *whatsapp.Capabilities()
	table.Can = map[provider.Ability]provider.Level{provider.CanBlock: provider.Full} // as the Cloud API's driver has it
	p, err := New(account, &table, Config{Relay: base, Token: provider.Hide(providertest.Token)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func carried(t *testing.T, e *provider.Error) providertest.Reply {
	t.Helper()
	b, err := json.Marshal(map[string]any{"error": e})
	if err != nil {
		t.Fatal(err)
	}
	return providertest.Reply{Status: 422, Body: string(b)}
}

// status is what the relay's own statuses mean. It keeps a durable table of
// operations, so nothing that was not answered is uncertain.
func status(code int) providertest.Want {
	switch {
	case code == 401, code == 403:
		return providertest.Want{Reason: provider.Token}
	case code == 413:
		return providertest.Want{Reason: provider.TooLong}
	case code == 408, code == 429, code >= 500:
		return providertest.Want{Reason: provider.Unreachable}
	case code == 404, code < 400:
		return providertest.Want{Reason: provider.Restricted}
	}
	return providertest.Want{Reason: provider.Invalid}
}

func TestConformance(t *testing.T) {
	const text = "The window is closed. Send a template."
	providertest.Run(t, providertest.Harness{
		New: open,
		To:  provider.ChatKey{Account: "shop", Chat: "49151000111"},
		Accepted: func(id string) providertest.Reply {
			return providertest.Reply{Status: 200, Body: `{"message":"` + id + `"}`}
		},
		Refusals: []providertest.Refusal{
			{Name: "window", Reply: carried(t, &provider.Error{Op: "send", Reason: provider.WindowClosed, Code: "131047", Text: text}), Want: providertest.Want{Reason: provider.WindowClosed}},
			{Name: "unsure there", Reply: carried(t, &provider.Error{Op: "send", Reason: provider.NoAnswer, Uncertain: true, Text: text}), Want: providertest.Want{Reason: provider.NoAnswer, Uncertain: true}},
			{Name: "slowed", Reply: carried(t, &provider.Error{Op: "send", Reason: provider.RateLimited, After: time.Minute, Text: text}), Want: providertest.Want{Reason: provider.RateLimited}},
		},
		Status: func(code int) providertest.Want {
			if code == 409 || code == 422 {
				return providertest.Want{Reason: provider.Unreachable}
			}
			return status(code)
		},
	})
}

// What is asked and answered is what the relay's protocol says.
func TestRequestAndAnswers(t *testing.T) {
	out := provider.Outgoing{
		Op: "op-1", To: provider.ChatKey{Account: "shop", Chat: "49151000111"},
		Content: provider.TextContent("<hi> & bye"), ReplyTo: "wamid.A",
	}
	cases := map[string]struct {
		status int
		body   string
		reason provider.Reason
		retry  bool
	}{
		"sent":         {200, `{"message":"wamid.B"}`, "", false},
		"in flight":    {202, `{"state":"sending"}`, provider.Unavailable, true},
		"unsure there": {409, `{"error":{"reason":"no_answer","uncertain":true,"text":"x"}}`, provider.NoAnswer, false},
		"refused":      {422, `{"error":{"reason":"undeliverable","code":"131026","text":"x"}}`, provider.Undeliverable, false},
		"slowed":       {422, `{"error":{"reason":"rate_limited","after":1000000000,"text":"x"}}`, provider.RateLimited, true},
		"bad token":    {401, `{"error":{"code":"unauthorized","text":"x"}}`, provider.Token, false},
		"no account":   {404, `{"error":{"code":"not_found","text":"x"}}`, provider.Restricted, false},
		"disk full":    {503, `{"error":{"code":"unavailable","text":"x"}}`, provider.Unreachable, true},
		"bad request":  {400, `{"error":{"code":"bad_request","text":"x"}}`, provider.Invalid, false},
		"conflict":     {409, `{"error":{"code":"conflict","text":"x"}}`, provider.Invalid, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var asked struct {
				Outgoing provider.Outgoing `json:"outgoing"`
			}
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPost || r.URL.Path != "/v1/send" || r.Header.Get("Authorization") != "Bearer "+providertest.Token {
					t.Errorf("asked %s %s", r.Method, r.URL.Path)
				}
				if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
					t.Error(err)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer s.Close()
			id, err := open(t, s.URL).Send(t.Context(), out)
			if diff := cmp.Diff(out, asked.Outgoing); diff != "" {
				t.Errorf("the message changed on its way (-want +got):\n%s", diff)
			}
			if c.reason == "" {
				if id != "wamid.B" || err != nil {
					t.Errorf("%q, %v", id, err)
				}
				return
			}
			var e *provider.Error
			if !errors.As(err, &e) || e.Reason != c.reason || e.Retryable() != c.retry {
				t.Errorf("%v, want %s, retryable %v", err, c.reason, c.retry)
			}
		})
	}
}

// A person's word gives no id, and is no reason to ask for ever.
func TestSentByAPersonsWord(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"state":"sent"}`) }))
	defer s.Close()
	out := provider.Outgoing{Op: "op-1", To: provider.ChatKey{Account: "shop", Chat: "49151000111"}, Content: provider.TextContent("hi")}
	if id, err := open(t, s.URL).Send(t.Context(), out); id != "" || err != nil {
		t.Errorf("%q, %v", id, err)
	}
}

// A second try names the first in the relay's own field.
func TestRetryNamesTheFailedOperation(t *testing.T) {
	var asked map[string]json.RawMessage
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `{"message":"wamid.B"}`)
	}))
	defer s.Close()
	out := provider.Outgoing{Op: "op-2", Retries: "op-1", To: provider.ChatKey{Account: "shop", Chat: "49151000111"}, Content: provider.TextContent("hi")}
	if _, err := open(t, s.URL).Send(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if string(asked["retries"]) != `"op-1"` {
		t.Errorf("asked %s", asked)
	}
}

func TestConfig(t *testing.T) {
	for relay, want := range map[string]string{"wss://relay.example": "https://relay.example", "ws://127.0.0.1:8": "http://127.0.0.1:8", "https://a": "https://a"} {
		c, err := ReadConfig(map[string]string{"relay": relay, "token": "t"})
		if err != nil || c.Relay != want {
			t.Errorf("%s: %+v, %v", relay, c, err)
		}
	}
	for _, relay := range []string{"", "relay.example", "ftp://a", "https://user:secret@a", "https://a?token=secret"} {
		_, err := New(account, whatsapp.Capabilities(), Config{Relay: relay, Token: provider.Hide("t")}, nil)
		if err == nil || fmt.Sprint(err) == "" {
			t.Errorf("%q was taken", relay)
		}
	}
}
