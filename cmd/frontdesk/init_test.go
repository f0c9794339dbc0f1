package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/provider/gateway"
	"frontdesk/webhookrelay/relaytest"
)

// sets runs init with answers, a line each.
func sets(t *testing.T, web *http.Client, dir string, answers []string, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	e := environment{
		args: append([]string{"init", "--dir", dir}, args...), in: strings.NewReader(strings.Join(answers, "\n") + "\n"),
		out: &out, errs: &out, web: web, getenv: func(name string) string { return map[string]string{"USER": "ana"}[name] },
	}
	code = e.main(t.Context())
	return code, out.String()
}

func modes(t *testing.T, dir string) map[string]os.FileMode {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]os.FileMode{}
	for _, f := range list {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		m[f.Name()] = info.Mode().Perm()
	}
	return m
}

// A team's relay is asked with the token that was typed, and its inboxes are taken
// over; a wrong token is asked for again.
func TestInitJoinsATeam(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	dir := filepath.Join(t.TempDir(), "desk")
	code, said := sets(t, nil, dir, []string{"", "1", "ftp://nowhere", s.URL, "wrong", "y", "", token})
	if code != 0 || !strings.Contains(said, "begins with https://") || !strings.Contains(said, "it answers 401") || !strings.Contains(said, "The relay answers") {
		t.Fatalf("%d\n%s", code, said)
	}
	if strings.Contains(said, token) {
		t.Error("the token is on the screen")
	}
	cfg, err := loadConfig(dir, nothingSet)
	if err != nil || cfg.Relay != s.URL || cfg.Agent != "ana" || cfg.Token.Reveal() != token {
		t.Fatalf("%+v, %v", cfg, err)
	}
	for name, mode := range modes(t, dir) {
		if mode != 0o600 {
			t.Errorf("%s may be read by others: %v", name, mode)
		}
	}
	if code, said := sets(t, nil, dir, []string{"", "1"}); code != 1 || !strings.Contains(said, "there is a configuration already") {
		t.Errorf("a second time: %d\n%s", code, said)
	}
}

// A provider's credentials are tried before anything is written, and what it wants
// to know of the webhook is shown.
func TestInitWithOneProvider(t *testing.T) {
	meta := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer EAAGood":
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":{"message":"Invalid OAuth access token","type":"OAuthException","code":190}}`)
		case strings.Contains(r.URL.Path, "message_templates"):
			fmt.Fprint(w, `{"data":[{"id":"1","name":"hello","language":"en","status":"APPROVED","category":"UTILITY","components":[{"type":"BODY","text":"Hello"}]}]}`)
		default:
			fmt.Fprint(w, `{"id":"900800700","quality_rating":"GREEN","status":"CONNECTED"}`)
		}
	}))
	defer meta.Close()
	listen := faults.Address(t)
	proxy := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // the way in from outside
		resp, err := http.Get("http://" + listen + r.URL.Path)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		b.ReadFrom(resp.Body)
		w.Write(b.Bytes())
	}))
	defer proxy.Close()
	dir := filepath.Join(t.TempDir(), "desk")
	code, said := sets(t, proxy.Client(), dir, []string{
		"", "2", "1", "Reception", "900800700", "1020304050", "EAABad", "y", "900800700", "1020304050", "EAAGood", proxy.URL, "app-secret",
	}, "--set", "base_url="+meta.URL, "--listen", listen)
	for _, want := range []string{
		"That does not work", "It has 1 templates, 1 of them approved.", "The network takes these credentials.", "Callback URL   " + proxy.URL + "/hooks/inbox",
		"Verify token   ", "▀", "frontdesk --dir " + dir,
	} {
		if code != 0 || !strings.Contains(said, want) {
			t.Fatalf("%d, %q is not in\n%s", code, want, said)
		}
	}
	for _, secret := range []string{"EAAGood", "EAABad", "app-secret"} {
		if strings.Contains(said, secret) {
			t.Errorf("%s is on the screen", secret)
		}
	}
	cfg, err := loadConfig(dir, nothingSet)
	if err != nil || cfg.Relay != embedded || len(cfg.Accounts) != 1 || cfg.Accounts[0].Name != "Reception" || cfg.PublicURL != proxy.URL {
		t.Fatalf("%+v, %v", cfg, err)
	}
	if _, err := cfg.hooks(nothingSet); err != nil {
		t.Error(err)
	}
	if _, err := cfg.gatewayAccounts(); err != nil {
		t.Error(err)
	}
	for name, mode := range modes(t, dir) {
		if mode != 0o600 {
			t.Errorf("%s may be read by others: %v", name, mode)
		}
	}
}

// Answers that end, or never are any, write nothing.
func TestInitThatEndsEarly(t *testing.T) {
	for name, answers := range map[string][]string{
		"at once":         {},
		"in the middle":   {"", "2", "1", "Reception", "900800700"},
		"never a number":  append([]string{""}, slices.Repeat([]string{"seven"}, 40)...),
		"with a control":  append([]string{""}, slices.Repeat([]string{"\x1b[2J"}, 40)...),
		"given up":        {"", "1", "http://127.0.0.1:1", "t", "n"},
		"a name of words": append(slices.Repeat([]string{"ana b"}, 40), "1"),
	} {
		dir := filepath.Join(t.TempDir(), "desk")
		code, said := sets(t, nil, dir, answers)
		if _, err := os.Stat(dir); code != 1 || !os.IsNotExist(err) || !strings.Contains(said, "nothing was written") {
			t.Errorf("%s: %d, %v\n%s", name, code, err, said)
		}
	}
}

// Every driver has a way, and what a way asks for is all that its driver needs.
func TestEveryDriverCanBeSetUp(t *testing.T) {
	sample := map[string]string{
		"phone_number_id": "900800700", "waba_id": "1020304050", "account_sid": "AC" + strings.Repeat("0", 32), "sender": "+15551234567",
		"bot_token": "123456:" + strings.Repeat("a", 35), "page_id": "12345", "instagram_id": "12345", "base_url": "https://api.example.org", "location_id": "ab12",
		publicKey: "https://inbox.example.org/hooks/inbox",
	}
	seen := map[string]bool{gateway.Name: true}
	for _, w := range ways() {
		seen[w.driver] = true
		sample["sender"] = map[provider.Network]string{provider.WhatsApp: "whatsapp:+15551234567", provider.SMS: "+15551234567"}[w.network]
		fill := func(asks []asked, into, other map[string]string) {
			for _, a := range asks {
				switch {
				case a.fixed != "":
					into[a.key] = a.fixed
				case a.of != "":
					into[a.key] = other[a.of]
				default:
					if into[a.key] = sample[a.key]; into[a.key] == "" {
						into[a.key] = strings.Repeat("f", 40)
					}
				}
			}
		}
		account, hook := map[string]string{}, map[string]string{}
		fill(w.account, account, nil)
		if _, err := all.NewProvider(provider.Account{ID: "a", Network: w.network, Driver: w.driver}, account, nil); err != nil {
			t.Errorf("%s: %v", w.title, err)
		}
		if len(w.hook) == 0 {
			continue
		}
		account[publicKey] = sample[publicKey]
		fill(w.hook, hook, account)
		if _, err := all.NewWebhook(w.driver, hook); err != nil {
			t.Errorf("%s: %v", w.title, err)
		}
		for _, l := range w.paste {
			for key := range hook {
				l = strings.ReplaceAll(l, "{"+key+"}", "")
			}
			if strings.Contains(strings.ReplaceAll(l, "{url}", ""), "{") {
				t.Errorf("%s: nothing fills %q", w.title, l)
			}
		}
	}
	for _, name := range all.Names() {
		if !seen[name] {
			t.Errorf("%s cannot be set up", name)
		}
	}
}
