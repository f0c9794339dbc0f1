package cloudapi_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/internal/whatsapp"
	"frontdesk/provider/providertest"
)

var account = provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: cloudapi.Name}

func open(t *testing.T, base string) provider.Provider {
	t.Helper()
	p, err := cloudapi.New(account, cloudapi.Config{
		PhoneNumberID: "900800700", WABA: "1020304050", BaseURL: base,
		Version: "v26.0", AccessToken: provider.Hide(providertest.Token),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// refused is Meta's error answer. Its words hold what an error must not tell.
func refused(code int64) providertest.Reply {
	return providertest.Reply{Status: http.StatusBadRequest, Body: fmt.Sprintf(
		`{"error":{"message":"(#%d) see https://graph.example/?access_token=%s","type":"OAuthException","code":%d,
		"error_data":{"messaging_product":"whatsapp","details":"the customer's secret order 4711"},"fbtrace_id":"AbC_123"}}`,
		code, providertest.Token, code)}
}

func refusals() []providertest.Refusal {
	var all []providertest.Refusal
	for _, code := range append(whatsapp.Documented(), 200, 299, 131205, 138001) {
		m, _ := whatsapp.Lookup(code)
		all = append(all, providertest.Refusal{
			Name: fmt.Sprint(code), Reply: refused(code),
			Want: providertest.Want{Reason: m.Reason, Uncertain: m.Uncertain},
		})
	}
	return all
}

func accepted(id string) providertest.Reply {
	return providertest.Reply{Status: 200, Body: `{"messaging_product":"whatsapp","contacts":[{"input":"+49151000111","wa_id":"49151000111"}],"messages":[{"id":"` + id + `"}]}`}
}

func TestConformance(t *testing.T) {
	providertest.Run(t, providertest.Harness{
		New:      open,
		To:       provider.ChatKey{Account: "shop", Chat: "49151000111"},
		Accepted: accepted,
		Refusals: refusals(),
		Webhook:  webhook(t),
	})
}

const secret = "app secret"

func webhook(t *testing.T) *providertest.WebhookHarness {
	t.Helper()
	h := &providertest.WebhookHarness{
		New: func(t *testing.T) provider.Webhook {
			t.Helper()
			w, err := cloudapi.NewWebhook(cloudapi.HookConfig{AppSecret: provider.Hide(secret), VerifyToken: provider.Hide("v")})
			if err != nil {
				t.Fatal(err)
			}
			return w
		},
		Sign: func(r *http.Request, body []byte) {
			r.Header.Set("X-Hub-Signature-256", "sha256="+sign.SHA256(secret, body))
		},
		Known: map[string][]byte{}, Strange: map[string][]byte{},
		Broken: map[string][]byte{"empty": nil, "null": []byte("null"), "open": []byte("{"), "page": []byte("<html>")},
	}
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("recorded webhooks: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		switch name := strings.TrimSuffix(filepath.Base(file), ".json"); name {
		case "batch", "errors", "hostile", "other-fields", "reactions", "statuses-odd", "template-status", "unsupported", "choices":
			h.Strange[name] = body
		default:
			if strings.HasSuffix(name, "-odd") {
				h.Strange[name] = body
				continue
			}
			h.Known[name] = body
		}
	}
	return h
}
