package gateway

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"frontdesk/provider"
)

func TestBlockingThroughTheRelay(t *testing.T) {
	const text = "They have not written for a day. Block them when they write."
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   provider.Reason // empty for none
		says   string
	}{
		{"taken", 200, `{"blocked":true}`, "", ""},
		{"refused by the network", 422, `{"error":{"op":"block","reason":"invalid","code":"139100","text":"` + text + `"}}`, provider.Invalid, text},
		{"an account that cannot", 404, `{"error":{"code":"not_found","text":"x"}}`, provider.NotSupported, "own app"},
		{"a relay that fails", 500, "", provider.Unavailable, "Try again"},
		{"no relay at all", 0, "", provider.Unreachable, "Try again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked string
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				asked = r.Method + " " + r.URL.Path + " " + string(body)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			if c.status == 0 {
				s.Close()
			}
			defer s.Close()
			p, err := New(account, &provider.Capabilities{Can: map[provider.Ability]provider.Level{provider.CanBlock: provider.Full}}, Config{Relay: s.URL}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if p.Capabilities(provider.ChatKey{}).Can[provider.CanBlock] != provider.Full {
				t.Error("the table does not say that it can")
			}
			err = p.(provider.Blocker).BlockCustomer(t.Context(), provider.ChatKey{Account: "shop", Chat: "34600"}, true)
			var e *provider.Error
			if errors.As(err, &e) != (c.want != "") || e != nil && (e.Reason != c.want || !strings.Contains(e.Text, c.says)) {
				t.Errorf("%v", err)
			}
			if c.status != 0 && asked != `POST /v1/block {"chat":{"account":"shop","chat":"34600"},"block":true}` {
				t.Errorf("asked %s", asked)
			}
		})
	}
}

// What the driver behind the relay cannot do the gateway does not claim to.
func TestOnlyWhatTheDriverCan(t *testing.T) {
	files := map[provider.ContentKind]provider.Level{provider.Image: provider.Full}
	can := map[provider.Ability]provider.Level{provider.CanBlock: provider.Full}
	for _, c := range []struct {
		table           provider.Capabilities
		blocks, uploads bool
	}{
		{provider.Capabilities{}, false, false},
		{provider.Capabilities{Can: can}, true, false},
		{provider.Capabilities{Send: files}, false, true},
		{provider.Capabilities{Send: files, Can: can}, true, true},
	} {
		p, err := New(account, &c.table, Config{Relay: "https://relay.example"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, blocks := p.(provider.Blocker)
		_, uploads := p.(provider.MediaUploader)
		_, opens := p.(provider.MediaOpener)
		if blocks != c.blocks || uploads != c.uploads || !opens {
			t.Errorf("%+v: blocks %v, uploads %v, opens %v", c.table, blocks, uploads, opens)
		}
	}
}
