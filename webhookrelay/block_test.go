package webhookrelay_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
)

// bouncer is an account whose network blocks people, as it says.
type bouncer struct {
	provider.Provider
	blocked map[provider.ChatKey]bool
}

func (b bouncer) BlockCustomer(_ context.Context, chat provider.ChatKey, block bool) error {
	switch chat.Chat {
	case "late":
		return &provider.Error{Op: "block", Reason: provider.Invalid, Code: "139100", Text: "They have not written for a day."}
	case "odd":
		return errors.New("something inside")
	}
	b.blocked[chat] = block
	return nil
}

func TestTheRelayBlocksForTerminals(t *testing.T) {
	door := bouncer{blocked: map[provider.ChatKey]bool{}}
	r, err := webhookrelay.Open(t.Context(), webhookrelay.Options{
		Path: t.TempDir() + "/relay.db",
		Accounts: []webhookrelay.Account{
			{Account: provider.Account{ID: "shop", Network: provider.WhatsApp}, Provider: door},
			{Account: provider.Account{ID: "bare", Network: provider.WhatsApp}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	s := httptest.NewServer(r.Handler())
	t.Cleanup(s.Close)
	token, err := r.Tokens().Add(t.Context(), "ana", "agent")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		body, token string
		status      int
		says        string
	}{
		{`{"chat": {"account": "shop", "chat": "1"}, "block": true}`, token, 200, `"blocked":true`},
		{`{"chat": {"account": "shop", "chat": "1"}, "block": false}`, token, 200, `"blocked":false`},
		{`{"chat": {"account": "shop", "chat": "2"}, "block": true}`, token, 200, `"blocked":true`},
		{`{"chat": {"account": "shop", "chat": "late"}, "block": true}`, token, 422, "139100"},
		{`{"chat": {"account": "shop", "chat": "odd"}, "block": true}`, token, 422, "Try again"},
		{`{"chat": {"account": "bare", "chat": "1"}, "block": true}`, token, 404, "cannot block"},
		{`{"chat": {"account": "none", "chat": "1"}, "block": true}`, token, 404, "cannot block"},
		{`{"chat": {"account": "shop"}, "block": true}`, token, 400, "no chat"},
		{`{`, token, 400, "no chat"},
		{`{"chat": {"account": "shop", "chat": "3"}, "block": true}`, "fd_none_none", 401, ""},
		{strings.Repeat(" ", 8<<10), token, 413, ""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/v1/block", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+c.token)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != c.status || !strings.Contains(string(said), c.says) {
			t.Errorf("%.60s is %d %s, want %d %s", c.body, res.StatusCode, said, c.status, c.says)
		}
		if strings.Contains(string(said), "inside") {
			t.Errorf("it tells what went wrong inside: %s", said)
		}
	}
	one, two := provider.ChatKey{Account: "shop", Chat: "1"}, provider.ChatKey{Account: "shop", Chat: "2"}
	if len(door.blocked) != 2 || door.blocked[one] || !door.blocked[two] {
		t.Errorf("blocked are %v", door.blocked)
	}
}
