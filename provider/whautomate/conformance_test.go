package whautomate_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
	"frontdesk/provider/whautomate"
)

const hookSecret = "a-long-random-secret-0123456789"

// contents are messages as this API takes them: a file has a type and no caption,
// a menu one link.
func contents() map[provider.ContentKind]provider.Content {
	all := map[provider.ContentKind]provider.Content{
		provider.Interactive: {Kind: provider.Interactive, Text: "book?", Menu: &provider.Menu{Form: "cta_url", Button: "Book", URL: "https://shop.example/book"}},
	}
	for kind, mime := range map[provider.ContentKind]string{
		provider.Image: "image/jpeg", provider.Video: "video/mp4", provider.Audio: "audio/ogg", provider.Document: "application/pdf",
	} {
		all[kind] = provider.Content{Kind: kind, Media: &provider.Media{Link: "https://files.example/a", MIME: mime}}
	}
	return all
}

func TestConformance(t *testing.T) {
	for _, channel := range whautomate.Networks() {
		t.Run(string(channel), func(t *testing.T) {
			t.Parallel() // the suite of each channel has servers of its own
			h := harness(channel)
			if channel == provider.WhatsApp {
				h.Webhook = webhook(t)
			}
			providertest.Run(t, h)
		})
	}
}

func harness(channel provider.Network) providertest.Harness {
	open := func(t *testing.T, base string) provider.Provider {
		t.Helper()
		return opened(t, map[string]string{"api_key": providertest.Token, "location_id": "loc_1", "channel": string(channel), "base_url": base})
	}
	return providertest.Harness{
		New:        open,
		To:         provider.ChatKey{Account: "shop", Chat: "contact:ct_1"},
		Contents:   contents(),
		Authorized: func(r providertest.Request) bool { return r.Header.Get("X-Api-Key") == providertest.Token },
		NoOp:       "no field of a request comes back",
		Accepted:   func(string) providertest.Reply { return providertest.Reply{Status: 200, Body: `{"success": true}`} },
		Refusals: []providertest.Refusal{
			{Name: "forbidden", Reply: providertest.Reply{Status: 403, Body: forbidden.body}, Want: providertest.Want{Reason: provider.Token}},
			{Name: "location", Reply: providertest.Reply{Status: 404, Body: badLocation.body}, Want: providertest.Want{Reason: provider.Restricted}},
			{Name: "body", Reply: providertest.Reply{Status: 400, Body: badBody.body}, Want: providertest.Want{Reason: provider.Invalid}},
			{Name: "parameters", Reply: providertest.Reply{Status: 400, Body: badParameters.body}, Want: providertest.Want{Reason: provider.Invalid}},
		},
		Live: func(t *testing.T) (provider.Provider, provider.ChatKey) {
			t.Helper()
			return newContract(t).open(t, channel), provider.ChatKey{Account: "shop", Chat: "contact:ct_1"}
		},
	}
}

func newHook(t testing.TB) *whautomate.Webhook {
	t.Helper()
	config, err := whautomate.ReadHookConfig(map[string]string{"location_id": "loc_1", "secret": hookSecret, "secret_previous": "the-former-secret-0123456789"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := whautomate.NewWebhook(config)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func webhook(t *testing.T) *providertest.WebhookHarness {
	t.Helper()
	h := &providertest.WebhookHarness{
		New:   func(t *testing.T) provider.Webhook { t.Helper(); return newHook(t) },
		Sign:  func(r *http.Request, _ []byte) { r.Header.Set("X-Frontdesk-Secret", hookSecret) },
		Word:  true,
		Known: map[string][]byte{}, Strange: map[string][]byte{},
		Broken: map[string][]byte{
			"empty": nil, "null": []byte("null"), "open": []byte("{"), "page": []byte("<html>"), "list": []byte("[]"), "nothing": []byte("{}"),
			"no event": []byte(`{"message":{"id":"ms_1"}}`),
		},
	}
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("webhooks: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if strings.HasPrefix(name, "strange-") {
			h.Strange[name] = body
		} else {
			h.Known[name] = body
		}
	}
	return h
}
