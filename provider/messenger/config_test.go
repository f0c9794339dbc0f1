package messenger_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/messenger"
)

// An account is named by its own id alone: an Instagram account that sends through
// a Page does not hear what is written to the Page.
func TestRoutes(t *testing.T) {
	for name, c := range map[string]struct {
		settings map[string]string
		want     []provider.Route
	}{
		"a page":                  {map[string]string{"page_id": "9001"}, []provider.Route{"page:9001"}},
		"instagram with a page":   {map[string]string{"page_id": "9001", "instagram_id": "17841"}, []provider.Route{"ig:17841"}},
		"instagram without":       {map[string]string{"instagram_id": "17841"}, []provider.Route{"ig:17841"}},
		"neither":                 {map[string]string{}, nil},
		"a name for an id":        {map[string]string{"page_id": "shop"}, nil},
		"a key of another driver": {map[string]string{"page_id": "9001", "waba_id": "1"}, nil},
	} {
		got, err := messenger.Routes(c.settings)
		if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// Errors of a configuration say the key and what to do, and no value.
func TestConfigErrors(t *testing.T) {
	for says, c := range map[string]struct {
		network provider.Network
		change  map[string]string
	}{
		`"page_id" and "instagram_id" are missing`: {provider.Messenger, map[string]string{"page_id": ""}},
		`"page_id" is not digits`:                  {provider.Messenger, map[string]string{"page_id": "SECRET"}},
		`"instagram_id" is not digits`:             {provider.Instagram, map[string]string{"instagram_id": "SECRET"}},
		`"instagram_id" is missing`:                {provider.Instagram, map[string]string{"instagram_id": ""}},
		`"instagram_id" belongs to`:                {provider.Messenger, map[string]string{"instagram_id": "17841"}},
		`neither messenger nor instagram`:          {provider.WhatsApp, nil},
		`"version" is no version`:                  {provider.Messenger, map[string]string{"version": "SECRET"}},
		`"access_token" is missing`:                {provider.Messenger, map[string]string{"access_token": ""}},
		`"base_url"`:                               {provider.Messenger, map[string]string{"base_url": "http://SECRET@%zz"}},
		`"acces_token" is not a key`:               {provider.Messenger, map[string]string{"acces_token": "SECRET"}},
	} {
		s := settings(c.network, "https://graph.example")
		maps.Copy(s, c.change)
		config, err := messenger.ReadConfig(s)
		if err == nil {
			_, err = messenger.New(provider.Account{ID: "shop", Network: c.network}, config, nil)
		}
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("want %q, got %v", says, err)
		}
	}
	for _, s := range []map[string]string{{}, {"app_secret": "SECRET"}, {"verify_token": "SECRET"}, {"app_secret": "SECRET", "verify_token": "v", "x": "SECRET"}} {
		if _, err := messenger.ReadHookConfig(s); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v", err)
		}
	}
}

// Each way of logging in has its host and its node.
func TestHosts(t *testing.T) {
	for _, c := range []struct {
		page, instagram, base, node string
	}{
		{"9001", "", "https://graph.facebook.com", "9001"},
		{"9001", "17841", "https://graph.facebook.com", "9001"},
		{"", "17841", "https://graph.instagram.com", "17841"},
	} {
		s := map[string]string{"page_id": c.page, "instagram_id": c.instagram, "access_token": "t"}
		config, err := messenger.ReadConfig(s)
		if err != nil || config.BaseURL != c.base || config.Version != "v26.0" {
			t.Fatalf("%+v, %v", config, err)
		}
		var path string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			path = r.URL.Path
			_, _ = w.Write([]byte(accepted("m_1").Body))
		}))
		s["base_url"] = server.URL
		network := provider.Messenger
		if c.instagram != "" {
			network = provider.Instagram
		}
		_, err = openAt(t, network, s).Send(t.Context(), provider.Outgoing{Op: "op-1", To: provider.ChatKey{Chat: psid}, Content: text("x")})
		server.Close()
		if err != nil || path != "/v26.0/"+c.node+"/messages" {
			t.Errorf("%+v: %q, %v", c, path, err)
		}
	}
	if table := messenger.Capabilities(provider.SMS); len(table.Send) != 0 || table.Network != provider.SMS {
		t.Errorf("%+v", table)
	}
}
