package all

import (
	"slices"
	"strings"
	"testing"

	"frontdesk/provider"
)

func shop(driver string) provider.Account {
	return provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: driver}
}

func TestProviders(t *testing.T) {
	direct := Settings{"phone_number_id": "900800700", "waba_id": "1020304050", "access_token": "SECRET"}
	with := func(s Settings, key, value string) Settings {
		out := Settings{key: value}
		for k, v := range s {
			if k != key {
				out[k] = v
			}
		}
		return out
	}
	relayed := Settings{"relay": "https://relay.example", "token": "SECRET"}
	cases := map[string]struct {
		driver   string
		settings Settings
		wrong    []string
	}{
		"cloudapi":        {"cloudapi", direct, nil},
		"cloudapi local":  {"cloudapi", with(direct, "base_url", "http://127.0.0.1:8080"), nil},
		"gateway":         {"gateway", relayed, nil},
		"unknown driver":  {"pigeon", direct, []string{`no driver "pigeon"`, "cloudapi, gateway"}},
		"misspelt":        {"cloudapi", with(direct, "acces_token", "SECRET"), []string{`"acces_token" is not a key`, "use phone_number_id"}},
		"missing token":   {"cloudapi", with(direct, "access_token", ""), []string{`"access_token" is missing`, "set it"}},
		"phone for an id": {"cloudapi", with(direct, "phone_number_id", "+49 30 1"), []string{`"phone_number_id" is not digits`, "copy"}},
		"bad waba":        {"cloudapi", with(direct, "waba_id", "x"), []string{`"waba_id" is not digits`}},
		"bad version":     {"cloudapi", with(direct, "version", "26"), []string{`"version" is no version`, "v26.0"}},
		"bad base":        {"cloudapi", with(direct, "base_url", "graph"), []string{`"base_url"`, "https://host"}},
		"bad relay":       {"gateway", with(relayed, "relay", "relay"), []string{`"relay"`, "https://host"}},
		"no relay":        {"gateway", Settings{"token": "SECRET"}, []string{`"relay" is missing`}},
		"driver's keys":   {"gateway", direct, []string{`is not a key`, "use relay, token"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := NewProvider(shop(c.driver), c.settings, nil)
			if len(c.wrong) == 0 {
				if err != nil || p.Account().ID != "shop" {
					t.Fatalf("%v, %v", p, err)
				}
				return
			}
			if err == nil {
				t.Fatal("no error")
			}
			for _, word := range append(c.wrong, `account "shop"`) {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%q does not say %q", err, word)
				}
			}
			if strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%q tells a secret", err)
			}
		})
	}
	if _, err := NewProvider(provider.Account{ID: "shop", Network: provider.Telegram, Driver: "cloudapi"}, direct, nil); err == nil {
		t.Error("cloudapi serves no Telegram")
	}
}

func TestWebhooks(t *testing.T) {
	good := Settings{"app_secret": "SECRET", "verify_token": "v"}
	if w, err := NewWebhook("cloudapi", good); err != nil || w == nil {
		t.Errorf("%v, %v", w, err)
	}
	for word, c := range map[string]struct {
		driver   string
		settings Settings
	}{
		`"app_secret" is missing`:   {"cloudapi", Settings{"verify_token": "v"}},
		`"verify_token" is missing`: {"cloudapi", Settings{"app_secret": "SECRET"}},
		`"secret" is not a key`:     {"cloudapi", Settings{"secret": "SECRET"}},
		`takes no webhooks`:         {"gateway", good},
		`no driver "pigeon"`:        {"pigeon", good},
	} {
		w, err := NewWebhook(c.driver, c.settings)
		if err == nil || w != nil || !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v, want %q", err, word)
		}
	}
}

func TestRoutes(t *testing.T) {
	routes, err := Routes("cloudapi", Settings{"phone_number_id": "900800700", "waba_id": "1020304050"})
	if err != nil || !slices.Equal(routes, []provider.Route{"900800700", "waba:1020304050"}) {
		t.Errorf("%v, %v", routes, err)
	}
	for _, driver := range []string{"gateway", "pigeon"} {
		if _, err := Routes(driver, Settings{}); err == nil {
			t.Errorf("%s has no routes", driver)
		}
	}
	if !slices.IsSorted(Names()) || len(Names()) != 2 {
		t.Error(Names())
	}
}
