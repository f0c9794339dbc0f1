package hotel_test

import (
	"fmt"
	"net/http"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/hotel"
	"frontdesk/provider/providertest"
)

var account = provider.Account{ID: "grand", Network: provider.WhatsApp, Driver: hotel.Name}

// documented is what the document's codes mean, with the status they come with.
var documented = map[string]struct {
	status int
	want   providertest.Want
}{
	"INVALID_PHONE_NUMBER":    {400, providertest.Want{Reason: provider.Undeliverable}},
	"TEMPLATE_NOT_FOUND":      {404, providertest.Want{Reason: provider.TemplateMissing}},
	"MESSAGE_WINDOW_EXPIRED":  {403, providertest.Want{Reason: provider.WindowClosed}},
	"RATE_LIMIT_EXCEEDED":     {429, providertest.Want{Reason: provider.RateLimited}},
	"MEDIA_UPLOAD_FAILED":     {422, providertest.Want{Reason: provider.MediaRejected}},
	"WEBHOOK_DELIVERY_FAILED": {500, providertest.Want{Reason: provider.Unavailable, Uncertain: true}},
	"GUEST_OPTED_OUT":         {403, providertest.Want{Reason: provider.OptedOut}},
}

// refusals are the documented codes. Their words hold what an error must not
// tell.
func refusals(t *testing.T) []providertest.Refusal {
	t.Helper()
	var all []providertest.Refusal
	for _, code := range hotel.Documented() {
		d, known := documented[code]
		if !known {
			t.Errorf("%s is not in the document", code)
		}
		all = append(all, providertest.Refusal{Name: code, Want: d.want, Reply: providertest.Reply{Status: d.status, Body: fmt.Sprintf(
			`{"error":{"code":%q,"message":"the customer's secret order 4711 with %s","details":{"guest_phone":"+1234567890","suggested_templates":["https://x?%[2]s","service_followup"]},
			"recovery_options":["See https://hotel.example/?t=%[2]s","Call +1234567890","Wait for guest to initiate conversation"]}}`, code, providertest.Token)}})
	}
	if len(all) != len(documented) {
		t.Errorf("%d codes, the document has %d", len(all), len(documented))
	}
	return all
}

func TestConformance(t *testing.T) {
	file := &provider.Media{ID: "media_1", Name: "guide.pdf"}
	providertest.Run(t, providertest.Harness{
		New: func(t *testing.T, base string) provider.Provider {
			t.Helper()
			return openAt(t, base, providertest.Token, "")
		},
		To:   provider.ChatKey{Account: account.ID, Chat: guestChat},
		NoOp: "the API has no field for it",
		Contents: map[provider.ContentKind]provider.Content{
			provider.Image:    {Kind: provider.Image, Media: file, Text: "caption"},
			provider.Document: {Kind: provider.Document, Media: file},
		},
		Accepted: func(id string) providertest.Reply {
			return providertest.Reply{Status: 200, Body: `{"message_id":"` + id + `","status":"sent"}`}
		},
		Refusals: refusals(t),
		Live: func(t *testing.T) (provider.Provider, provider.ChatKey) {
			t.Helper()
			return newContract(t).provider(), provider.ChatKey{Account: account.ID, Chat: guestChat}
		},
		Webhook: webhookHarness(),
	})
}

const hookToken = "your_verification_token"

func newHook(t testing.TB) *hotel.Webhook {
	t.Helper()
	w, err := hotel.NewWebhook(hotel.HookConfig{VerifyToken: provider.Hide(hookToken), PreviousToken: provider.Hide("the old one")})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func webhookHarness() *providertest.WebhookHarness {
	return &providertest.WebhookHarness{
		New:  func(t *testing.T) provider.Webhook { t.Helper(); return newHook(t) },
		Sign: func(r *http.Request, _ []byte) { r.URL.RawQuery = "verify_token=" + hookToken },
		Word: true,
		Known: map[string][]byte{
			"text":      []byte(`{"event":"inbound_message","data":{"guest_phone":"+1234567890","message_content":"Towels, please","conversation_id":"conv_abc123","message_id":"m1","sent_at":"2024-01-14T10:00:00Z"}}`),
			"bare":      []byte(`{"event":"inbound_message","data":{"guest_phone":"+1234567890","message_content":"Towels, please","conversation_id":"conv_abc123"}}`),
			"file":      []byte(`{"event":"media_received","data":{"guest_phone":"+1234567890","message_id":"m2","media_id":"f1","media_type":"image","caption":"the tap","media_url":"https://hotel.example/f1"}}`),
			"delivered": []byte(`{"event":"message_delivered","data":{"message_id":"msg_123456"}}`),
			"read":      []byte(`{"event":"message_read","data":{"message_id":"msg_123456","read_at":"2024-01-14T10:00:00Z"}}`),
			"failed":    []byte(`{"event":"message_failed","data":{"message_id":"msg_123456","failure_reason":"GUEST_OPTED_OUT"}}`),
		},
		Strange: map[string][]byte{
			"event":          []byte(`{"event":"guest_checked_in","data":{"guest_phone":"+1234567890","room":"205"}}`),
			"content":        []byte(`{"event":"inbound_message","data":{"guest_phone":"+1234567890","message_id":"m3","message_content":{"poll":[1]}}}`),
			"no guest":       []byte(`{"event":"inbound_message","data":{"message_content":"hello"}}`),
			"no message":     []byte(`{"event":"message_read","data":{}}`),
			"no data":        []byte(`{"event":"message_read"}`),
			"data is a list": []byte(`{"event":"message_read","data":[1]}`),
			"a key twice":    []byte(`{"event":"message_read","data":{"message_id":"a","message_id":"b"}}`),
			"deep twice":     []byte(`{"event":"inbound_message","data":{"guest_phone":"+1234567890","message_content":{"text":"a","text":"b"}}}`),
			"case":           []byte(`{"event":"message_read","data":{"Message_ID":"a"}}`),
			"broken id":      []byte(`{"event":"message_read","data":{"message_id":"\ud800"}}`),
			"a kind of file": []byte(`{"event":"media_received","data":{"guest_phone":"+1234567890","message_id":"m4","media_id":"f","media_type":"hologram"}}`),
			"media, no file": []byte(`{"event":"media_received","data":{"guest_phone":"+1234567890","message_id":"m5","media_type":"image"}}`),
		},
		Broken: map[string][]byte{
			"empty": nil, "null": []byte("null"), "list": []byte("[]"), "open": []byte("{"), "page": []byte("<html>"), "nothing": []byte("{}"),
			"event twice": []byte(`{"event":"message_read","event":"message_failed","data":{"message_id":"a"}}`),
			"case":        []byte(`{"Event":"message_read","data":{"message_id":"a"}}`), "two": []byte(`{"event":"x","data":{}}{}`),
		},
	}
}
