package twilio

import (
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

// Nothing that holds a secret gives it away when it is printed, logged or encoded,
// by itself or inside of something else.
func TestSecretsAreNotPrinted(t *testing.T) {
	secret := provider.Hide(providertest.Secret)
	hookConfig := HookConfig{AuthToken: secret, Previous: secret, PublicURL: "https://inbox.example.test/hooks/tw"}
	hook, err := NewWebhook(hookConfig)
	if err != nil {
		t.Fatal(err)
	}
	config, err := ReadConfig(settings("auth_token", providertest.Secret))
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(provider.Account{ID: "shop", Network: provider.WhatsApp}, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{hookConfig, &hookConfig, config, &config, hook, *hook, p} {
		providertest.NoSecret(t, v)
	}
}

// settings are good ones, with one changed.
func settings(key, value string) map[string]string {
	s := map[string]string{
		"account_sid": "AC0123456789abcdef0123456789abcdef", "sender": "whatsapp:+34900333444", "auth_token": "SECRET",
		"public_url": "https://inbox.example.test/hooks/tw",
	}
	s[key] = value
	return s
}

// What is wrong with a configuration is named by its key, and no value is told.
func TestConfigErrors(t *testing.T) {
	for key, c := range map[string]struct{ value, says string }{
		"account_sid":       {"SK0123456789abcdef0123456789SECRET", "begins with AC"},
		"sender":            {"SECRET number", "whatsapp:+34900333444"},
		"auth_token":        {"", "missing"},
		"api_key_sid":       {"SECRET", "begins with SK"},
		"messaging_service": {"SECRET", "begins with MG"},
		"media_hosts":       {"mms.twiliocdn.com, https://SECRET/", "names in lower case"},
		"base_url":          {"http://SECRET.example", "https://host"},
		"content_url":       {"SECRET", "https://host"},
		"messaging_url":     {"https://user:SECRET@x.example", "leave user"},
		"auth_tokn":         {"SECRET", "is not a key"},
	} {
		config, err := ReadConfig(settings(key, c.value))
		if err == nil {
			_, err = New(provider.Account{ID: "shop", Network: provider.WhatsApp}, config, nil)
		}
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v", key, err)
		}
	}
	for at, says := range map[string]string{
		"SECRET": "write it as Twilio has it", "https://SECRET@x.example/": "leave user", "https://x.example/a#rc=3": "fragment",
		"https://my_inbox.example/": "underscore", "https://x.example/?op=SECRET": "another word", "ftp://x.example/SECRET": "write it as Twilio has it",
	} {
		_, accountErr := ReadConfig(settings("public_url", at))
		_, hookErr := ReadHookConfig(map[string]string{"auth_token": "SECRET", "public_url": at})
		for _, err := range []error{accountErr, hookErr} {
			if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%s: %v", at, err)
			}
		}
	}
	if _, err := ReadHookConfig(map[string]string{"public_url": "https://x.example/"}); err == nil {
		t.Error("a hook without a token lets anybody in")
	}
	if _, err := NewWebhook(HookConfig{PublicURL: "https://x.example/"}); err == nil {
		t.Error("a hook without a token lets anybody in")
	}
}

// A sender is of one network, and names the account's events.
func TestSenders(t *testing.T) {
	config, err := ReadConfig(settings("sender", "+34900333444"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(provider.Account{Network: provider.WhatsApp}, config, nil); err == nil || !strings.Contains(err.Error(), "sender") {
		t.Errorf("a number for SMS on WhatsApp: %v", err)
	}
	p, err := New(provider.Account{Network: provider.SMS}, config, nil)
	if err != nil || p.Capabilities(provider.ChatKey{}).Window.For != 0 {
		t.Errorf("%v", err)
	}
	routes, err := Routes(settings("auth_token", ""))
	if err != nil || len(routes) != 2 || routes[0] != "whatsapp:+34900333444" || routes[1] != "AC0123456789abcdef0123456789abcdef" {
		t.Errorf("%v, %v", routes, err)
	}
}

// Only a Messaging Service sends later, and only then is it offered.
func TestScheduleIsOffered(t *testing.T) {
	for service, want := range map[string]provider.Level{"": provider.Absent, "MG0123456789abcdef0123456789abcdef": provider.Full} {
		config, err := ReadConfig(settings("messaging_service", service))
		if err != nil {
			t.Fatal(err)
		}
		p, err := New(provider.Account{Network: provider.WhatsApp}, config, nil)
		if err != nil || p.Capabilities(provider.ChatKey{}).Can[provider.CanSchedule] != want {
			t.Errorf("%q: %v", service, err)
		}
	}
}
