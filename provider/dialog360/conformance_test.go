package dialog360_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/internal/whatsapp"
	"frontdesk/provider/providertest"
)

func accepted(id string) providertest.Reply {
	return providertest.Reply{Status: 200, Body: `{"messaging_product":"whatsapp","contacts":[{"input":"+34600111222","wa_id":"34600111222","user_id":"ES.300000003"}],"messages":[{"id":"` + id + `"}]}`}
}

// ownRefusals are 360dialog's, in both of its envelopes.
func ownRefusals() []providertest.Refusal {
	var all []providertest.Refusal
	for _, c := range []struct {
		status int
		words  string
		want   provider.Reason
	}{
		{400, "API disabled for this number", provider.Restricted},
		{400, "Endpoint rate limit exceeded", provider.RateLimited},
		{400, "Messaging stopped because of unpaid invoices", provider.Restricted},
		{401, "Invalid api_key", provider.Token},
		{403, "Endpoint blocked", provider.Permission},
		{403, "Permission denied for partner", provider.Permission},
	} {
		own := fmt.Sprintf(`{"meta":{"httpCode":404,"developerMessage":%q,"success":false}}`, c.words+" https://hub.example/?key="+providertest.Token)
		for name, body := range map[string]string{"meta": own, "error": fmt.Sprintf(`{"error":%q}`, c.words)} {
			all = append(all, providertest.Refusal{Name: c.words + " as " + name, Reply: providertest.Reply{Status: c.status, Body: body}, Want: providertest.Want{Reason: c.want}})
		}
	}
	return all
}

// metaRefusals are Meta's, passed on as they are.
func metaRefusals() []providertest.Refusal {
	var all []providertest.Refusal
	for _, code := range append(whatsapp.Documented(), 200, 299, 131205, 138001) {
		m, _ := whatsapp.Lookup(code)
		all = append(all, providertest.Refusal{
			Name: fmt.Sprint(code), Want: providertest.Want{Reason: m.Reason, Uncertain: m.Uncertain},
			Reply: providertest.Reply{Status: http.StatusBadRequest, Body: fmt.Sprintf(
				`{"error":{"message":"(#%d) at https://x.example/?%s","type":"OAuthException","code":%d,"error_data":{"details":"the customer's secret order 4711"},"fbtrace_id":"AbC_123"}}`, code, providertest.Token, code)},
		})
	}
	return all
}

func TestConformance(t *testing.T) {
	providertest.Run(t, providertest.Harness{
		New:      func(t *testing.T, base string) provider.Provider { t.Helper(); return open(t, base) },
		To:       provider.ChatKey{Account: "shop", Chat: "34600111222"},
		Accepted: accepted,
		Refusals: append(ownRefusals(), metaRefusals()...),
		Authorized: func(r providertest.Request) bool {
			return r.Header.Get("D360-API-KEY") == providertest.Token && r.Header.Get("Authorization") == ""
		},
		Live: func(t *testing.T) (provider.Provider, provider.ChatKey) {
			t.Helper()
			c := newContract(t)
			c.say(tom, provider.TextContent("hello"))
			c.told(time.Second)
			return c.send, provider.ChatKey{Account: "shop", Chat: tom}
		},
		Webhook: webhook(t),
	})
}

func webhook(t *testing.T) *providertest.WebhookHarness {
	t.Helper()
	h := &providertest.WebhookHarness{
		New: func(t *testing.T) provider.Webhook { t.Helper(); return webhookOf(t, platformSecret) },
		Sign: func(r *http.Request, body []byte) {
			r.Header.Set("Authorization", headerSecret)
			r.Header.Set("X-360dialog-Signature", sign.SHA256(platformSecret, body))
		},
		Known: map[string][]byte{}, Strange: map[string][]byte{},
		Broken: map[string][]byte{"empty": nil, "null": []byte("null"), "page": []byte("<html>"), "partner": []byte(`{"event":"channel_running","data":{}}`)},
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
		if name := strings.TrimSuffix(filepath.Base(file), ".json"); strings.HasPrefix(name, "strange-") {
			h.Strange[name] = body
		} else {
			h.Known[name] = body
		}
	}
	return h
}
