package all

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"frontdesk/provider"
)

func shop(driver string) provider.Account {
	return provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: driver}
}

// made is what sends for the shop: "gateway" is through a relay.
func made(driver string, settings Settings) (provider.Provider, error) {
	if driver == "gateway" {
		return NewGateway(shop("cloudapi"), settings, nil)
	}
	return NewProvider(shop(driver), settings, nil)
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
		"ambiotec":        {"ambiotec", Settings{"base_url": "https://ambiotec.example", "access_token": "SECRET"}, nil},
		"propops":         {"propops", Settings{"base_url": "https://propops.example", "access_token": "SECRET"}, nil},
		"unknown driver":  {"pigeon", direct, []string{`no driver "pigeon"`, "cloudapi"}},
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
			p, err := made(c.driver, c.settings)
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
	other := provider.Account{ID: "shop", Network: provider.Telegram, Driver: "cloudapi"}
	for _, open := range []func(provider.Account, Settings, *http.Client) (provider.Provider, error){NewProvider, NewGateway} {
		if _, err := open(other, direct, nil); err == nil || !strings.Contains(err.Error(), "use whatsapp") {
			t.Errorf("cloudapi serves no Telegram: %v", err)
		}
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
	if _, err := Routes("pigeon", Settings{}); err == nil {
		t.Error("a driver nobody has has no routes")
	}
}

// The list is whole: each driver says which networks it serves, has a table for
// each, and wants a secret.
func TestDrivers(t *testing.T) {
	if names := Names(); !slices.IsSorted(names) || slices.Compact(names) == nil {
		t.Error(names)
	}
	for _, d := range drivers() {
		if d.opens == "" || len(d.networks) == 0 || (d.webhook == nil) != (d.routes == nil) {
			t.Errorf("%s is not whole", d.name)
		}
		for _, network := range d.networks {
			if table := Capabilities(d.name, network); table.Network != network || len(table.Send) == 0 || table.Receipts == "" {
				t.Errorf("%s has no table of %s", d.name, network)
			}
		}
		if !slices.Equal(Networks(d.name), d.networks) || Sends(d.name, Settings{}) || !Sends(d.name, Settings{d.opens: "x"}) {
			t.Errorf("%s: its networks or its secret", d.name)
		}
	}
	if table := Capabilities("pigeon", provider.SMS); table.Network != provider.SMS || len(table.Send) > 0 || Networks("pigeon") != nil || Sends("pigeon", nil) {
		t.Error("a driver nobody has can do something")
	}
}
