package dialog360_test

import (
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/dialog360"
	"frontdesk/provider/providertest"
)

// Nothing that holds a secret gives it away when it is printed, logged or
// encoded, by itself or inside of something else.
func TestSecretsAreNotPrinted(t *testing.T) {
	secret := provider.Hide(providertest.Secret + "-that-is-long-enough")
	hookConfig := dialog360.HookConfig{Header: "Authorization", HeaderSecret: secret, PreviousSecret: secret, PlatformSecret: secret}
	hook, err := dialog360.NewWebhook(hookConfig)
	if err != nil {
		t.Fatal(err)
	}
	config := dialog360.Config{PhoneNumberID: "1", WABA: "2", BaseURL: "https://api.example", APIKey: secret}
	sender, err := dialog360.New(provider.Account{ID: "shop", Network: provider.WhatsApp}, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{hookConfig, &hookConfig, config, &config, hook, *hook, sender, *sender} {
		providertest.NoSecret(t, v)
	}
}
