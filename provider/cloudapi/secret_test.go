package cloudapi

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
	hookConfig := HookConfig{AppSecret: secret, PreviousSecret: secret, VerifyToken: secret}
	hook, err := NewWebhook(hookConfig)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{PhoneNumberID: "1", WABA: "2", BaseURL: defaultBase, Version: defaultVersion, AccessToken: secret}
	sender, err := New(provider.Account{ID: "shop", Network: provider.WhatsApp}, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{hookConfig, &hookConfig, config, &config, hook, *hook, sender, *sender} {
		providertest.NoSecret(t, v)
	}
}

// An error of the configuration names keys, and no value.
func TestConfigErrorsHoldNoValue(t *testing.T) {
	for _, settings := range []map[string]string{
		{"app_secret": "SECRET"},
		{"app_secret": "SECRET", "verify_token": "SECRET", "access_token": "SECRET"},
		{"phone_number_id": "SECRET", "waba_id": "1", "access_token": "SECRET"},
		{"phone_number_id": "1", "waba_id": "SECRET", "access_token": "SECRET"},
		{"phone_number_id": "1", "waba_id": "1", "access_token": "SECRET", "version": "SECRET"},
		{"phone_number_id": "1", "waba_id": "1", "access_token": "SECRET", "app_id": "SECRET"},
		{"phone_number_id": "1", "waba_id": "1", "access_token": "SECRET", "base_url": "http://SECRET@%zz"},
		{"phone_number_id": "1", "waba_id": "1", "access_token": "SECRET", "retry_503": "SECRET"},
	} {
		_, hookErr := ReadHookConfig(settings)
		config, accountErr := ReadConfig(settings)
		_, routesErr := Routes(settings)
		if accountErr == nil {
			_, accountErr = New(provider.Account{ID: "shop"}, config, nil)
		}
		for _, err := range []error{hookErr, accountErr, routesErr} {
			if err != nil && strings.Contains(err.Error(), "SECRET") {
				t.Errorf("it says %v", err)
			}
		}
		if hookErr == nil && accountErr == nil {
			t.Errorf("%d settings were taken", len(settings))
		}
	}
}
