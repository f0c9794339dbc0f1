package whautomate_test

import (
	"maps"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
	"frontdesk/provider/whautomate"
)

func changed(s map[string]string, key, value string) map[string]string {
	s = maps.Clone(s)
	s[key] = value
	return s
}

// What is wrong with a setting is said with its key, what to do, and no value.
func TestSettings(t *testing.T) {
	account := map[string]string{"api_key": "SECRET-KEY", "location_id": "loc_1", "channel": "whatsapp"}
	for says, settings := range map[string]map[string]string{
		`"api_key" is missing`:               changed(account, "api_key", ""),
		`"location_id" is missing`:           changed(account, "location_id", " "),
		`"location_id" is no id`:             changed(account, "location_id", "SECRET place"),
		`"channel" is missing`:               changed(account, "channel", ""),
		`"channel" is no channel: use whats`: changed(account, "channel", "SECRET"),
		`"product" is no product: use whau`:  changed(account, "product", "SECRET"),
		`"key" is not a key here`:            changed(account, "key", "SECRET"),
		`"base_url": the address is no URL`:  changed(account, "base_url", "SECRET"),
		`"media_hosts" holds what is no hos`: changed(account, "media_hosts", "files.example, https://SECRET"),
		`"channel" is not the account's net`: changed(account, "channel", "telegram"),
	} {
		config, err := whautomate.ReadConfig(settings)
		if err == nil {
			_, err = whautomate.New(provider.Account{ID: "shop", Network: provider.WhatsApp}, config, nil)
		}
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v, want %s", err, says)
		}
	}
	if _, err := whautomate.Routes(map[string]string{"location_id": "loc_1"}); err == nil {
		t.Error("an account without a channel has routes")
	}
}

// A hook whose secret could be guessed, or would never come, is refused.
func TestHookSettings(t *testing.T) {
	hook := map[string]string{"location_id": "loc_1", "secret": hookSecret}
	for says, settings := range map[string]map[string]string{
		`"secret" is missing`:         changed(hook, "secret", ""),
		`"secret" has fewer than 24`:  changed(hook, "secret", "SECRET"),
		`"secret_previous" has fewer`: changed(hook, "secret_previous", "SECRET"),
		`"location_id" is no id`:      changed(hook, "location_id", "a:b"),
		`"header" is no name`:         changed(hook, "header", "SECRET: x"),
	} {
		if _, err := whautomate.ReadHookConfig(settings); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v, want %s", err, says)
		}
	}
	if _, err := whautomate.NewWebhook(whautomate.HookConfig{}); err == nil {
		t.Error("a hook without a secret lets anybody in")
	}
}

// Nothing that holds a secret gives it away when it is printed, logged or encoded.
func TestSecretsAreNotPrinted(t *testing.T) {
	const secret = providertest.Secret + "-of-24-characters"
	config, err := whautomate.ReadConfig(map[string]string{"api_key": secret, "location_id": "loc_1", "channel": "whatsapp"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := whautomate.New(provider.Account{ID: "shop", Network: provider.WhatsApp}, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	hook, err := whautomate.ReadHookConfig(map[string]string{"location_id": "loc_1", "secret": secret, "secret_previous": secret})
	if err != nil {
		t.Fatal(err)
	}
	w, err := whautomate.NewWebhook(hook)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{config, &config, hook, &hook, p, *p, w, *w} {
		providertest.NoSecret(t, v)
	}
}
