package main

import (
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/provider/providertest"
)

// driverSecrets are settings of an account and of a hook of each driver, with the
// planted word in the place of every secret.
func driverSecrets() map[string]struct{ account, hook all.Settings } {
	const word = providertest.Secret
	type pair = struct{ account, hook all.Settings }
	return map[string]pair{
		"ambiotec": {account: all.Settings{"base_url": "https://a.example", "access_token": word}},
		"cloudapi": {
			account: all.Settings{"phone_number_id": "1", "waba_id": "2", "access_token": word},
			hook:    all.Settings{"app_secret": word, "app_secret_previous": word, "verify_token": word},
		},
		"dialog360": {
			account: all.Settings{"phone_number_id": "1", "waba_id": "2", "api_key": word},
			hook:    all.Settings{"header_secret": word + word, "header_secret_previous": word + word, "platform_secret": word},
		},
		"hotel": {
			account: all.Settings{"base_url": "https://a.example", "staff_token": word, "admin_token": word},
			hook:    all.Settings{"verify_token": word, "previous_verify_token": word},
		},
		"messenger": {
			account: all.Settings{"page_id": "1", "access_token": word},
			hook:    all.Settings{"app_secret": word, "app_secret_previous": word, "instagram_app_secret": word, "verify_token": word},
		},
		"propops": {account: all.Settings{"base_url": "https://a.example", "access_token": word, "csrf_token": word}},
		"telegram": {
			account: all.Settings{"bot_token": "4711:" + word},
			hook:    all.Settings{"bot_id": "4711", "secret_token": word, "secret_token_previous": word},
		},
		"twilio": {
			account: all.Settings{"account_sid": "AC00000000000000000000000000000001", "sender": "whatsapp:+15005550006", "auth_token": word},
			hook:    all.Settings{"auth_token": word, "previous_auth_token": word, "public_url": "https://r.example/hooks/t"},
		},
		"whautomate": {
			account: all.Settings{"location_id": "loc_1", "channel": "whatsapp", "api_key": word},
			hook:    all.Settings{"location_id": "loc_1", "secret": word + word, "secret_previous": word + word},
		},
	}
}

// TestNothingPrintsADriversSecret: what a driver makes of an account's secrets and
// a hook's gives none of them away.
func TestNothingPrintsADriversSecret(t *testing.T) {
	given := driverSecrets()
	for _, name := range all.Names() {
		settings, ok := given[name]
		if !ok {
			t.Errorf("%s has no settings here: plant its secrets", name)
			continue
		}
		account := provider.Account{ID: "shop", Driver: name, Network: all.Networks(name)[0]}
		p, err := all.NewProvider(account, settings.account, nil)
		if err != nil {
			t.Fatal(err)
		}
		providertest.NoSecret(t, p)
		if settings.hook == nil {
			continue
		}
		w, err := all.NewWebhook(name, settings.hook)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		providertest.NoSecret(t, w)
	}
	providertest.NoSecret(t, provider.HookSetup{URL: "https://r.example", VerifyToken: provider.Hide(providertest.Secret)})
}
