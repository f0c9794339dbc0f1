package twilio_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/providertest"
	"frontdesk/provider/twilio"
)

// config is an account at a server that is all three of Twilio's hosts.
func config(base, sender string) twilio.Config {
	return twilio.Config{
		AccountSID: accountSID, Secret: provider.Hide(providertest.Token), Sender: sender, PublicURL: hookURL,
		BaseURL: base, ContentURL: base, MessagingURL: base, MediaHosts: []string{"mms.twiliocdn.com"},
	}
}

func shop(network provider.Network) provider.Account {
	return provider.Account{ID: "shop", Network: network, Driver: twilio.Name}
}

func open(t *testing.T, network provider.Network, c twilio.Config) provider.Provider {
	t.Helper()
	p, err := twilio.New(shop(network), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func whatsapp(t *testing.T, base string) provider.Provider {
	t.Helper()
	return open(t, provider.WhatsApp, config(base, onWhatsApp))
}

func sms(t *testing.T, base string) provider.Provider {
	t.Helper()
	return open(t, provider.SMS, config(base, bySMS))
}

// refused are both of Twilio's envelopes. Their words hold what an error must not
// tell.
func refused(code int64, newer bool) providertest.Reply {
	status := "status"
	if newer {
		status = "httpStatusCode"
	}
	raw, _ := json.Marshal(map[string]any{
		"code": code, status: 400, "message": "see https://x.example/?token=" + providertest.Token + " of the customer's secret order 4711",
		"more_info": "https://www.twilio.com/docs/errors/21211", "details": map[string]any{"x": providertest.Token},
	})
	return providertest.Reply{Status: http.StatusBadRequest, Body: string(raw)}
}

func refusals(t *testing.T) []providertest.Refusal {
	t.Helper()
	var all []providertest.Refusal
	for i, code := range twilio.Documented() {
		reason, uncertain, ok := twilio.Meaning(code)
		if !ok {
			t.Fatalf("%d is documented and unknown", code)
		}
		all = append(all, providertest.Refusal{
			Name: fmt.Sprint(code), Reply: refused(code, i%2 == 0), Want: providertest.Want{Reason: reason, Uncertain: uncertain},
		})
	}
	return all
}

func accepted(id string) providertest.Reply {
	return providertest.Reply{Status: 201, Body: `{"sid":"` + id + `","status":"queued","error_code":null,"num_segments":"1","price":null}`}
}

func authorized(r providertest.Request) bool {
	return r.Header.Get("Authorization") == "Basic "+base64.StdEncoding.EncodeToString([]byte(accountSID+":"+providertest.Token))
}

func harness(t *testing.T, open func(*testing.T, string) provider.Provider) providertest.Harness {
	t.Helper()
	chat := provider.ChatKey{Account: "shop", Chat: ana}
	return providertest.Harness{
		New: open, To: chat, Accepted: accepted, Refusals: refusals(t), Authorized: authorized,
		Contents: map[provider.ContentKind]provider.Content{
			provider.Templated: {Kind: provider.Templated, Template: &provider.TemplateMessage{ID: "HX00000000000000000000000000000a01", Name: "parcel", Language: "es"}},
			provider.Document:  {Kind: provider.Document, Media: &provider.Media{Link: "https://files.example/a.pdf"}},
		},
		Live: func(t *testing.T) (provider.Provider, provider.ChatKey) {
			t.Helper()
			c := newContract(t)
			c.load()
			return open(t, c.http.URL), chat
		},
	}
}

func TestConformanceWhatsApp(t *testing.T) {
	h := harness(t, whatsapp)
	h.Webhook = webhook(t)
	providertest.Run(t, h)
}

func TestConformanceSMS(t *testing.T) {
	h := harness(t, sms)
	h.Refusals = nil // they are read by the same lines
	providertest.Run(t, h)
}

func newHook(t *testing.T) *twilio.Webhook {
	t.Helper()
	w, err := twilio.NewWebhook(twilio.HookConfig{AuthToken: provider.Hide(authToken), PublicURL: hookURL})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// webhook is every recorded POST. Forms are one parameter a line, for people.
func webhook(t *testing.T) *providertest.WebhookHarness {
	t.Helper()
	h := &providertest.WebhookHarness{
		New: func(t *testing.T) provider.Webhook {
			t.Helper()
			return newHook(t)
		},
		Sign: func(r *http.Request, body []byte) {
			at, parameters := "https://inbox.example.test/hooks/tw", formOfBody(t, body)
			if strings.HasPrefix(strings.TrimSpace(string(body)), "[") {
				sum := sha256.Sum256(body)
				r.URL.RawQuery, parameters = "bodySHA256="+hex.EncodeToString(sum[:]), ""
				at += "?" + r.URL.RawQuery
			}
			r.Header.Set("X-Twilio-Signature", sign.SHA1(authToken, at+parameters))
		},
		Known: map[string][]byte{}, Strange: map[string][]byte{},
		Broken: map[string][]byte{"empty": nil, "null": []byte("null"), "open": []byte("{"), "page": []byte("<html>"), "escape": []byte("AccountSid=%zz"), "list": []byte("[]")},
	}
	for name, body := range recorded(t) {
		switch {
		case strings.HasPrefix(name, "odd-"):
			h.Strange[name] = body
		default:
			h.Known[name] = body
		}
	}
	return h
}

func formOfBody(t *testing.T, body []byte) string {
	t.Helper()
	f, err := url.ParseQuery(string(body))
	if err != nil {
		t.Fatal(err)
	}
	return parameters(f)
}

// recorded reads testdata/webhook.
func recorded(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/webhook/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("recorded webhooks: %v", err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		if filepath.Ext(file) == ".json" {
			all[name] = raw
			continue
		}
		all[name] = []byte(formOf(t, string(raw)).Encode())
	}
	return all
}

// formOf reads lines of key=value.
func formOf(t testing.TB, text string) url.Values {
	t.Helper()
	f := url.Values{}
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if !ok {
			t.Fatalf("%q is no parameter", line)
		}
		f.Add(key, value)
	}
	return f
}
