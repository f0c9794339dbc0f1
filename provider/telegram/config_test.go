package telegram_test

import (
	"slices"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
	"frontdesk/provider/telegram"
)

func TestConfig(t *testing.T) {
	for name, c := range map[string]struct {
		settings map[string]string
		wrong    string
	}{
		"token alone":         {map[string]string{"bot_token": "12:SECRET"}, ""},
		"and its bot":         {map[string]string{"bot_token": "12:SECRET", "bot_id": "12"}, ""},
		"a server of ours":    {map[string]string{"bot_token": "12:SECRET", "base_url": "http://127.0.0.1:8081"}, ""},
		"no token":            {map[string]string{"bot_id": "12"}, `"bot_token" is missing`},
		"half a token":        {map[string]string{"bot_token": "SECRET"}, `"bot_token" is no bot's token`},
		"a path in it":        {map[string]string{"bot_token": "12:SECRET/x"}, `"bot_token" is no bot's token`},
		"another bot":         {map[string]string{"bot_token": "12:SECRET", "bot_id": "1"}, `"bot_token" is not of the bot`},
		"a bot that is words": {map[string]string{"bot_token": "12:SECRET", "bot_id": "SECRET"}, `"bot_token" is not of the bot`},
		"misspelt":            {map[string]string{"bot_token": "12:SECRET", "token": "SECRET"}, `"token" is not a key`},
		"no address":          {map[string]string{"bot_token": "12:SECRET", "base_url": "SECRET"}, `"base_url"`},
		"a path":              {map[string]string{"bot_token": "12:SECRET", "base_url": "https://api.example/SECRET"}, "holds a path"},
		"a slash":             {map[string]string{"bot_token": "12:SECRET", "base_url": "https://api.example/"}, ""},
		"plain http":          {map[string]string{"bot_token": "12:SECRET", "base_url": "http://api.example"}, `"base_url"`},
	} {
		config, err := telegram.ReadConfig(c.settings)
		if err == nil {
			_, err = telegram.New(account, config, nil)
		}
		if (err == nil) != (c.wrong == "") || err != nil && (!strings.Contains(err.Error(), c.wrong) || strings.Contains(err.Error(), "SECRET")) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && config.BotID != "12" {
			t.Errorf("%s: bot %s", name, config.BotID)
		}
	}
}

// An account without its token, which sends through a relay, is found by its id.
func TestRoutes(t *testing.T) {
	for name, c := range map[string]struct {
		settings map[string]string
		want     []provider.Route
		wrong    string
	}{
		"token":       {map[string]string{"bot_token": "12:SECRET"}, []provider.Route{"bot:12"}, ""},
		"id":          {map[string]string{"bot_id": "12"}, []provider.Route{"bot:12"}, ""},
		"both":        {map[string]string{"bot_id": "12", "bot_token": "12:SECRET"}, []provider.Route{"bot:12"}, ""},
		"two":         {map[string]string{"bot_id": "13", "bot_token": "12:SECRET"}, nil, "leave one of them out"},
		"none":        {map[string]string{}, nil, `"bot_id" is missing`},
		"words":       {map[string]string{"bot_id": "SECRET"}, nil, "is not digits"},
		"token words": {map[string]string{"bot_token": "SECRET"}, nil, "is not digits"},
		"misspelt":    {map[string]string{"bot": "12"}, nil, "is not a key"},
	} {
		got, err := telegram.Routes(c.settings)
		if !slices.Equal(got, c.want) || (err == nil) != (c.wrong == "") || err != nil && (!strings.Contains(err.Error(), c.wrong) || strings.Contains(err.Error(), "SECRET")) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestHookConfig(t *testing.T) {
	for name, c := range map[string]struct {
		settings map[string]string
		wrong    string
	}{
		"good":       {map[string]string{"bot_id": "12", "secret_token": "SECRET_-1"}, ""},
		"no bot":     {map[string]string{"secret_token": "SECRET"}, `"bot_id" is missing`},
		"bot words":  {map[string]string{"bot_id": "SECRET", "secret_token": "SECRET"}, "is not digits"},
		"no secret":  {map[string]string{"bot_id": "12"}, `"secret_token" is missing`},
		"blank":      {map[string]string{"bot_id": "12", "secret_token": " "}, `"secret_token" is missing`},
		"not taken":  {map[string]string{"bot_id": "12", "secret_token": "SECRET!"}, "none that Telegram takes"},
		"too long":   {map[string]string{"bot_id": "12", "secret_token": strings.Repeat("SECRET", 43)}, "none that Telegram takes"},
		"with token": {map[string]string{"bot_id": "12", "secret_token": "SECRET", "bot_token": "SECRET"}, "is not a key"},
	} {
		config, err := telegram.ReadHookConfig(c.settings)
		if err == nil {
			_, err = telegram.NewWebhook(config)
		}
		if (err == nil) != (c.wrong == "") || err != nil && (!strings.Contains(err.Error(), c.wrong) || strings.Contains(err.Error(), "SECRET")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := telegram.NewWebhook(telegram.HookConfig{BotID: "12"}); err == nil {
		t.Error("a webhook without a secret lets anybody in")
	}
}

// Nothing that holds a secret gives it away when it is printed, logged or
// encoded, by itself or inside of something else.
func TestSecretsAreNotPrinted(t *testing.T) {
	config := telegram.Config{BotID: "1", BaseURL: "https://api.telegram.org", Token: provider.Hide("1:" + providertest.Secret)}
	sender, err := telegram.New(account, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	hookConfig := telegram.HookConfig{BotID: "1", Secret: provider.Hide(providertest.Secret), PreviousSecret: provider.Hide(providertest.Secret)}
	hook, err := telegram.NewWebhook(hookConfig)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{config, &config, sender, *sender, hookConfig, &hookConfig, hook, *hook} {
		providertest.NoSecret(t, v)
	}
}
