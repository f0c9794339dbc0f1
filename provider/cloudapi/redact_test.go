package cloudapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"frontdesk/provider"
)

// Nothing that holds a secret gives it away when it is printed, logged or
// encoded, by itself or inside of something else.
func TestSecretsAreNotPrinted(t *testing.T) {
	hookConfig := HookConfig{AppSecret: "SECRET", PreviousSecret: "SECRET", VerifyToken: "SECRET"}
	hook, err := NewWebhook(hookConfig)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{PhoneNumberID: "1", WABA: "2", BaseURL: defaultBase, Version: defaultVersion, AccessToken: "SECRET"}
	sender, err := New(provider.Account{ID: "shop", Network: provider.WhatsApp}, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{hookConfig, &hookConfig, config, &config, hook, sender} {
		inside := struct{ V any }{v}
		said := []string{fmt.Errorf("config %v", v).Error()}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			said = append(said, fmt.Sprintf(verb, v), fmt.Sprintf(verb, inside), fmt.Sprintf(verb, []any{v}), fmt.Sprintf(verb, map[string]any{"v": v}))
		}
		var b bytes.Buffer
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v, "inside", inside)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v, "inside", inside)
		raw, err := json.Marshal(inside)
		if err != nil {
			t.Errorf("%T: %v", v, err)
		}
		for _, text := range append(said, b.String(), string(raw)) {
			if strings.Contains(text, "SECRET") || strings.Contains(text, "534543524554") {
				t.Errorf("%T is printed as %q", v, text)
			}
		}
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
