package dialog360_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/provider/dialog360"
)

// Requests are the document's examples, field by field.
func TestRequests(t *testing.T) {
	chat := provider.ChatKey{Account: "shop", Chat: "34600111222"}
	send := func(c provider.Content) func(*dialog360.Provider) error {
		return func(p *dialog360.Provider) error {
			_, err := p.Send(t.Context(), provider.Outgoing{Op: "op_1", To: chat, Content: c})
			return err
		}
	}
	calls := map[string]func(*dialog360.Provider) error{
		"text":   send(provider.TextContent("hola")),
		"read":   func(p *dialog360.Provider) error { return p.MarkRead(t.Context(), chat, "wamid.THEIRS") },
		"typing": func(p *dialog360.Provider) error { return p.Typing(t.Context(), chat, "wamid.THEIRS") },
		"username": func(p *dialog360.Provider) error {
			_, err := p.Send(t.Context(), provider.Outgoing{Op: "op_1", To: provider.ChatKey{Chat: "US.1349"}, Content: provider.TextContent("hi")})
			return err
		},
	}
	files, err := filepath.Glob("testdata/requests/*.json")
	if err != nil || len(files) != len(calls) {
		t.Fatalf("%d examples of %d, %v", len(files), len(calls), err)
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			var got, want any
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if err := json.NewDecoder(r.Body).Decode(&got); err != nil || r.Method != http.MethodPost || r.URL.Path != "/messages" {
					t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
				}
				reply(w, 200, `{"success":true,"messages":[{"id":"wamid.NEW"}]}`)
			}))
			defer s.Close()
			if err := call(open(t, s.URL)); err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile("testdata/requests/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever is wrong is told in plain words, and nothing is sent twice for it.
func TestTrouble(t *testing.T) {
	text := provider.TextContent("hello")
	html := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>maintenance</html>") }
	for name, c := range map[string]struct {
		answer    http.HandlerFunc
		chat      provider.ChatID
		content   provider.Content
		reason    provider.Reason
		uncertain bool
		asked     int
	}{
		"given up":        {nil, tom, text, provider.NoAnswer, true, 1},
		"a page":          {html, tom, text, provider.NoAnswer, true, 1},
		"no number":       {html, "reception", text, provider.Invalid, false, 0},
		"template gone":   {refusing(404, 132001), tom, provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "gone", Language: "de"}}, provider.TemplateMissing, false, 1},
		"file too large":  {refusing(400, 131053), tom, provider.Content{Kind: provider.Image, Media: &provider.Media{ID: "1"}}, provider.MediaRejected, false, 1},
		"not on WhatsApp": {refusing(400, 131026), gone, text, provider.Undeliverable, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				_, _ = io.Copy(io.Discard, r.Body)
				if c.answer == nil { // it has come, and is answered too late
					giveUp()
					<-r.Context().Done()
					return
				}
				c.answer(w, r)
			}))
			defer s.Close()
			_, err := open(t, s.URL).Send(ctx, provider.Outgoing{Op: "op", To: provider.ChatKey{Account: "shop", Chat: c.chat}, Content: c.content})
			var e *provider.Error
			if !errors.As(err, &e) || e.Reason != c.reason || e.Uncertain != c.uncertain || asked != c.asked || strings.Count(e.Text, ".") < 2 {
				t.Errorf("%+v after %d requests", e, asked)
			}
		})
	}
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	_, err := open(t, down.URL).Send(t.Context(), provider.Outgoing{Op: "op", To: provider.ChatKey{Chat: tom}, Content: text})
	if e := provider.AsError("", err); e.Reason != provider.Unreachable || e.Uncertain {
		t.Errorf("a host that is down: %v", err)
	}
}

func refusing(status, code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		raw, _ := json.Marshal(map[string]any{"error": map[string]any{"code": code, "message": "x"}})
		reply(w, status, string(raw))
	}
}

func TestSettings(t *testing.T) {
	good := map[string]string{"api_key": "SECRETkey", "phone_number_id": "2", "waba_id": "1"}
	if c, err := dialog360.ReadConfig(good); err != nil || c.BaseURL != "https://waba-v2.360dialog.io" {
		t.Errorf("%v, %v", c, err)
	}
	routes, err := dialog360.Routes(map[string]string{"phone_number_id": "2", "waba_id": "1"})
	if err != nil || len(routes) != 2 || routes[0] != "2" || routes[1] != "waba:1" {
		t.Errorf("%v, %v", routes, err)
	}
	for key, value := range map[string]string{"api_key": "", "phone_number_id": "+34 9", "waba_id": "x", "base_url": "http://far.example", "token": "SECRET"} {
		bad := map[string]string{key: value}
		for k, v := range good {
			if k != key {
				bad[k] = v
			}
		}
		c, err := dialog360.ReadConfig(bad)
		if err == nil {
			_, err = dialog360.New(provider.Account{}, c, nil)
		}
		if err == nil || !strings.Contains(err.Error(), `"`+key+`"`) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v", key, err)
		}
	}
	for name, bad := range map[string]map[string]string{
		"none":      {},
		"short":     {"header_secret": "SECRET"},
		"no header": {"header_secret": "SECRET-SECRET-SECRET", "header": "X Y"},
		"signature": {"header_secret": "SECRET-SECRET-SECRET", "header": "x-360dialog-signature"},
		"previous":  {"header_secret": "SECRET-SECRET-SECRET", "header_secret_previous": "SECRET"},
	} {
		if _, err := dialog360.ReadHookConfig(bad); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := dialog360.NewWebhook(dialog360.HookConfig{Header: "Authorization"}); err == nil {
		t.Error("a hook without a secret lets anybody in")
	}
}
