package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestHookSet: the network is told where to post, with the admin's token and the hook's
// own; what it cannot be told is one line, and nothing is asked then.
func TestHookSet(t *testing.T) {
	var asked []*http.Request
	var body struct {
		URL    string   `json:"webhook_url"`
		Token  string   `json:"verify_token"`
		Events []string `json:"events"`
	}
	status := http.StatusOK
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r)
		_ = json.NewDecoder(r.Body).Decode(&body)
		w.WriteHeader(status)
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(api.Close)
	config := `public_url = "https://inbox.example.com/"
` + goodConfig + `
[[hook]]
id = "rooms"
driver = "hotel"
verify_token = "env:APP_SECRET"

[[account]]
id = "hotel"
hook = "rooms"
driver = "hotel"
network = "whatsapp"
base_url = "` + api.URL + `"
staff_token = "env:APP_SECRET"
admin_token = "env:APP_SECRET"
`
	c := newCLI(t, config)
	if code := c.run(t, "hook", "set", "hotel", "--config", c.config); code != 0 || c.out.String() != "hotel posts to the hook rooms from now on\n" || len(asked) != 1 {
		t.Fatalf("%d: %q %s, %d asked", code, &c.out, c.errs, len(asked))
	}
	if r := asked[0]; r.URL.Path != "/api/v1/whatsapp/webhooks/configure" || r.Header.Get("Authorization") != "Bearer app secret" ||
		!strings.HasPrefix(body.URL, "https://inbox.example.com/hooks/rooms?") || body.Token != "app secret" || len(body.Events) != 5 {
		t.Errorf("%s %+v", r.URL, body)
	}
	if code := c.run(t, "hook", "set", "hotel", "--url", "https://other.example/hooks/rooms", "--config", c.config); code != 0 || !strings.HasPrefix(body.URL, "https://other.example/hooks/rooms?") {
		t.Errorf("another address: %d, %q", code, body.URL)
	}
	before := len(asked)
	for says, args := range map[string][]string{
		"hook does what?":     {"hook"},
		"was not understood":  {"hook", "set"},
		"there is no account": {"hook", "set", "nobody"},
		"holds no credential": {"hook", "set", "shop"},
		"not a plain https":   {"hook", "set", "hotel", "--url", "http://plain.example/hooks/rooms"},
	} {
		refusedHook(t, c, says, args...)
	}
	if len(asked) != before {
		t.Errorf("the network was asked %d times", len(asked)-before)
	}
	status = http.StatusUnauthorized
	refusedHook(t, c, "was not told, or did not take it", "hook", "set", "hotel")
}

func refusedHook(t *testing.T, c *cli, says string, args ...string) {
	t.Helper()
	from := len(c.errs.String())
	code := c.run(t, append(args, "--config", c.config)...)
	said := c.errs.String()[from:]
	if code == 0 || !strings.Contains(said, says) || strings.Count(said, "\n") != 1 || strings.Contains(said, "app secret") {
		t.Errorf("%v: %d, %q", args, code, said)
	}
}
