package messenger_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/messenger"
	"frontdesk/provider/providertest"
)

const (
	pageID      = "9001"
	instagramID = "17841400000000001"
	psid        = "7001"
	secret      = "app_secret_example"
)

func networks() []provider.Network {
	return []provider.Network{provider.Messenger, provider.Instagram}
}

func settings(network provider.Network, base string) map[string]string {
	s := map[string]string{"page_id": pageID, "base_url": base, "access_token": providertest.Token}
	if network == provider.Instagram {
		s["instagram_id"] = instagramID
	}
	return s
}

// open returns the provider of an account of a network, at an API.
func open(t testing.TB, network provider.Network, base string) provider.Provider {
	t.Helper()
	config, err := messenger.ReadConfig(settings(network, base))
	if err != nil {
		t.Fatal(err)
	}
	p, err := messenger.New(provider.Account{ID: "shop", Network: network, Driver: messenger.Name}, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// refusedWith is Meta's error answer. Its words hold what an error must not tell.
func refusedWith(code, sub int64) providertest.Reply {
	return providertest.Reply{Status: http.StatusBadRequest, Body: fmt.Sprintf(
		`{"error":{"message":"(#%d) see https://graph.example/?access_token=%s","type":"OAuthException","code":%d,"error_subcode":%d,
		"error_user_msg":"the customer's secret order 4711","fbtrace_id":"BLBz/WZt8dN"}}`, code, providertest.Token, code, sub)}
}

// documented are Meta's refusals as its pages have them, written down apart from
// the driver.
func documented() []providertest.Refusal {
	var all []providertest.Refusal
	for _, c := range codes() {
		all = append(all, providertest.Refusal{Name: fmt.Sprintf("%d-%d", c.code, c.sub), Reply: refusedWith(c.code, c.sub), Want: c.want})
	}
	return all
}

// code is an error of Meta's and what it means.
type code struct {
	code, sub int64
	want      providertest.Want
}

func codes() []code {
	type w = providertest.Want
	unsure := w{Reason: provider.Unavailable, Uncertain: true}
	return []code{
		{10, 2018278, w{Reason: provider.WindowClosed}},
		{10, 2534022, w{Reason: provider.WindowClosed}},
		{10, 1893063, w{Reason: provider.Restricted}},
		{10, 0, w{Reason: provider.Permission}},
		{10, 999, w{Reason: provider.Permission}},
		{200, 0, w{Reason: provider.Permission}},
		{230, 0, w{Reason: provider.Permission}},
		{100, 1893061, w{Reason: provider.NotSupported}},
		{100, 2018001, w{Reason: provider.Undeliverable}},
		{100, 33, w{Reason: provider.Restricted}},
		{100, 2018108, w{Reason: provider.Undeliverable}},
		{100, 2018344, w{Reason: provider.Undeliverable}},
		{100, 2534014, w{Reason: provider.Undeliverable}},
		{100, 2018047, w{Reason: provider.MediaRejected}},
		{100, 0, w{Reason: provider.Invalid}},
		{100, 4242, w{Reason: provider.Invalid}},
		{551, 1545041, w{Reason: provider.Undeliverable}},
		{551, 0, w{Reason: provider.Undeliverable}},
		{190, 0, w{Reason: provider.Token}},
		{190, 460, w{Reason: provider.Token}},
		{190, 463, w{Reason: provider.Token}},
		{190, 467, w{Reason: provider.Token}},
		{368, 0, w{Reason: provider.Restricted}},
		{1, 0, unsure},
		{2, 0, unsure},
		{-3, 0, unsure},
		{4, 0, w{Reason: provider.RateLimited}},
		{17, 0, w{Reason: provider.RateLimited}},
		{32, 0, w{Reason: provider.RateLimited}},
		{613, 0, w{Reason: provider.RateLimited}},
		{80006, 0, w{Reason: provider.RateLimited}},
		{2022, 0, w{Reason: provider.Restricted}},
		{10903, 0, w{Reason: provider.Undeliverable}},
		{10904, 0, w{Reason: provider.Restricted}},
	}
}

func accepted(id string) providertest.Reply {
	return providertest.Reply{Status: 200, Body: `{"recipient_id":"7001","message_id":"` + id + `"}`}
}

func TestConformance(t *testing.T) {
	for _, network := range networks() {
		t.Run(string(network), func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				New:      func(t *testing.T, base string) provider.Provider { t.Helper(); return open(t, network, base) },
				To:       provider.ChatKey{Account: "shop", Chat: psid},
				Accepted: accepted,
				Refusals: documented(),
				Contents: contents(network),
				NoOpKinds: map[provider.ContentKind]string{
					provider.Reaction: "a sender action has no metadata",
				},
				Live:    func(t *testing.T) (provider.Provider, provider.ChatKey) { t.Helper(); return live(t, network) },
				Webhook: webhook(t, network),
			})
		})
	}
}

// contents are what the suite's own do not fit: a file takes no caption here, and
// Instagram no other reaction than a heart.
func contents(network provider.Network) map[provider.ContentKind]provider.Content {
	all := map[provider.ContentKind]provider.Content{
		provider.Image: {Kind: provider.Image, Media: &provider.Media{Link: "https://files.example/a"}},
	}
	if network == provider.Instagram {
		all[provider.Reaction] = provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: "id-0", Emoji: "❤️"}}
	}
	return all
}

func newHook(t testing.TB) *messenger.Webhook {
	t.Helper()
	config, err := messenger.ReadHookConfig(map[string]string{
		"app_secret": secret, "app_secret_previous": "the old one", "instagram_app_secret": "ig secret", "verify_token": "let me in",
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := messenger.NewWebhook(config)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// strange are the recorded webhooks that hold something the driver does not
// understand, or keeps beside.
func strange(name string) bool {
	for _, word := range []string{"aside", "odd", "unsupported", "handover", "hostile", "changes"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func webhook(t *testing.T, network provider.Network) *providertest.WebhookHarness {
	t.Helper()
	h := &providertest.WebhookHarness{
		New: func(t *testing.T) provider.Webhook { t.Helper(); return newHook(t) },
		Sign: func(r *http.Request, body []byte) {
			r.Header.Set("X-Hub-Signature-256", "sha256="+sign.SHA256(secret, body))
		},
		Known: map[string][]byte{}, Strange: map[string][]byte{},
		Broken: map[string][]byte{"empty": nil, "null": []byte("null"), "open": []byte("{"), "page": []byte("<html>")},
	}
	for name, body := range recorded(t) {
		switch {
		case !strings.HasPrefix(name, string(network)):
		case strange(name):
			h.Strange[name] = body
		default:
			h.Known[name] = body
		}
	}
	if len(h.Known) == 0 || len(h.Strange) == 0 {
		t.Fatal("no recorded webhooks")
	}
	return h
}

// recorded are the webhooks of testdata, by name.
func recorded(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = body
	}
	return all
}
