package hotel

import (
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

// Nothing that holds a secret gives it away when it is printed, logged or
// encoded, by itself or inside of something else.
func TestSecretsAreNotPrinted(t *testing.T) {
	secret := provider.Hide(providertest.Secret)
	hookConfig := HookConfig{VerifyToken: secret, PreviousToken: secret}
	hook, err := NewWebhook(hookConfig)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{BaseURL: "https://hotel.example", StaffToken: secret, AdminToken: secret}
	sender, err := New(provider.Account{ID: "grand", Network: provider.WhatsApp}, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	setup := provider.HookSetup{URL: "https://relay.example", VerifyToken: secret}
	for _, v := range []any{hookConfig, &hookConfig, config, &config, hook, *hook, sender, *sender, setup} {
		providertest.NoSecret(t, v)
	}
}

// An error of the configuration names keys and what to do, and no value.
func TestConfigErrors(t *testing.T) {
	for word, settings := range map[string]map[string]string{
		`"base_url" is missing`:    {"staff_token": "SECRET"},
		`"staff_token" is missing`: {"base_url": "https://hotel.example", "admin_token": "SECRET"},
		`"token" is not a key`:     {"base_url": "https://hotel.example", "token": "SECRET"},
		`"staff_member_id" is no`:  {"base_url": "https://hotel.example", "staff_token": "SECRET", "staff_member_id": "SECRET SECRET"},
		`"staff_members" holds`:    {"base_url": "https://hotel.example", "staff_token": "SECRET", "staff_members": "ana=SECRET SECRET"},
		`"staff_members" does not`: {"base_url": "https://hotel.example", "staff_token": "SECRET", "staff_members": "ana=SECRET, ana=SECRET"},
		`"base_url": http would`:   {"base_url": "http://SECRET.example", "staff_token": "SECRET"},
		`"base_url": the address`:  {"base_url": "SECRET", "staff_token": "SECRET", "admin_token": "SECRET"},
	} {
		config, err := ReadConfig(settings)
		if err == nil {
			_, err = New(provider.Account{ID: "grand"}, config, nil)
		}
		if err == nil || !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v, want %s", err, word)
		}
	}
	if _, err := Routes(map[string]string{"base_url": "x", "staff_members": "ana"}); err == nil {
		t.Error("an agent without an id has a route")
	}
	if _, err := Routes(map[string]string{"base_url": "x", "staff_member_id": "a b"}); err == nil {
		t.Error("routes of no account")
	}
	for _, settings := range []map[string]string{{}, {"previous_verify_token": "SECRET"}, {"verify_token": "SECRET", "app_secret": "SECRET"}} {
		if _, err := ReadHookConfig(settings); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v: %v", settings, err)
		}
	}
	if hook, err := ReadHookConfig(map[string]string{"verify_token": "a", "previous_verify_token": "b"}); err != nil || hook.VerifyToken.Reveal() != "a" || hook.PreviousToken.Reveal() != "b" {
		t.Error(err)
	}
}

// What the hotel's API is told of our address goes nowhere else.
func TestConfigureWebhookErrors(t *testing.T) {
	sender, err := New(provider.Account{ID: "grand"}, Config{BaseURL: "http://127.0.0.1:1", StaffToken: provider.Hide("s"), AdminToken: provider.Hide("a")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := provider.HookSetup{URL: "https://relay.example/hooks/SECRET", VerifyToken: provider.Hide("SECRET")}
	for name, change := range map[string]func(*provider.HookSetup){
		"unreachable": func(*provider.HookSetup) {}, "http": func(s *provider.HookSetup) { s.URL = "http://SECRET" }, "query": func(s *provider.HookSetup) { s.URL += "?a=1" },
		"user": func(s *provider.HookSetup) { s.URL = "https://SECRET:SECRET@x" }, "none": func(s *provider.HookSetup) { s.URL = "" },
		"token": func(s *provider.HookSetup) { s.VerifyToken = provider.Secret{} }, "negative": func(s *provider.HookSetup) { s.MaxRetries = -1 },
	} {
		setup := good
		change(&setup)
		err := sender.SetHook(t.Context(), setup)
		e := provider.AsError("", err)
		if e == nil || strings.Contains(e.Error()+e.Text, "SECRET") || strings.Count(e.Text, ". ") < 1 {
			t.Errorf("%s: %+v", name, e)
		}
	}
}
