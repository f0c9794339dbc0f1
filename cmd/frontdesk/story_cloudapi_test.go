package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"frontdesk/provider"
)

// metaSigned signs as Meta does: the raw body, under the app's secret.
func metaSigned(secret string) func(*http.Request, []byte) {
	return func(r *http.Request, body []byte) {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
}

// metaRefusal is the Graph API's error.
func metaRefusal(status, code, sub int) reply {
	return reply{status, fmt.Sprintf(`{"error":{"message":"(#%d) words that may change","type":"OAuthException","code":%d,"error_subcode":%d,"fbtrace_id":"Az8or2yhqkZfEZ-_4Qn_Bam"}}`, code, code, sub)}
}

// pictureSum is what WhatsApp's webhooks say of the file.
func pictureSum() string {
	sum := sha256.Sum256([]byte(aPicture))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Paths into a webhook of WhatsApp's.
const (
	waMessages = "entry.0.changes.0.value.messages"
	waStatuses = "entry.0.changes.0.value.statuses"
)

// waReceipt is one of the example's statuses, of our latest message.
func waReceipt(file string, which int) example {
	return as(file, waStatuses, only{which}, waStatuses+".0.id", lastID, waStatuses+".0.biz_opaque_callback_data", lastAsked("biz_opaque_callback_data"))
}

// waLate is a receipt of a message of which nobody knows the network's id: it has
// our operation's.
func waLate(file string, which int) example {
	e := waReceipt(file, which)
	e.edits = append(e.edits, waStatuses+".0.id", "wamid.LATE", waStatuses+".0.status", "delivered")
	return e
}

func waTaken(_ *wire, n int) (id, body string) {
	id = fmt.Sprintf("wamid.OUT%d", n)
	return id, fmt.Sprintf(`{"messaging_product":"whatsapp","contacts":[{"input":"+49151000111","wa_id":"49151000111"}],"messages":[{"id":%q}]}`, id)
}

func cloudapiStory() story {
	return story{
		name: "cloudapi", driver: "cloudapi", network: provider.WhatsApp, at: time.Unix(1790000500, 0),
		account: map[string]string{
			"phone_number_id": "900800700", "waba_id": "1020304050", "access_token": "secret:EAAtoken", "base_url": atNetwork,
		},
		hook: map[string]string{"app_secret": "secret:shh", "verify_token": "secret:verify"}, sign: metaSigned("shh"),
		credential: [2]string{"Authorization", "Bearer EAAtoken"},
		sends:      []string{"POST /v26.0/900800700/messages"}, taken: waTaken,
		answers: map[string]func(*wire, call) reply{
			"GET /v26.0/900800700":                    always(`{"quality_rating":"GREEN","status":"CONNECTED","whatsapp_business_manager_messaging_limit":"TIER_2K","id":"900800700"}`),
			"GET /v26.0/1020304050/message_templates": cloudTemplates,
			"GET /v26.0/111":                          cloudFile,
			"GET /files/111":                          always(aPicture),
		},
		acts: []act{
			hears(as("webhook/text.json"), "Ada Lindqvist", "Grüezi, ist mein Paket"),
			opens("Ada Lindqvist"),
			hears(as("webhook/media.json", waMessages, only{0}, waMessages+".0.image.sha256", pictureSum()), "▤ Photo", "image/jpeg", "the box"),
			saves(),
			hears(as("webhook/choices.json", waMessages, only{1}), "chose: Yes"),
			writes("Ja, es ist da.", as("send/text-user-id.golden", "body.text.body", "Ja, es ist da.", "body.biz_opaque_callback_data", asAsked)),
			isTold("Ja, es ist da.", waReceipt("webhook/statuses.json", 1), "✓✓ delivered"),
			isTold("Ja, es ist da.", waReceipt("webhook/statuses.json", 2), "✓✓ read"),
			picks("coupon", []string{"SAVE10"}, "Code inside", as("send/template-static.golden", "body.to", absent, "body.recipient", "DE.5512009", "body.biz_opaque_callback_data", asAsked,
				"body.template.name", "coupon", "body.template.components", []any{map[string]any{
					"type": "button", "sub_type": "copy_code", "index": "0",
					"parameters": []any{map[string]any{"type": "coupon_code", "coupon_code": "SAVE10"}},
				}})),
			isTold("Code inside", waReceipt("webhook/statuses-failed.json", 1), "✗ failed: This number cannot receive WhatsApp messages. Check the number"),
			isRefused("Sind Sie da?", metaRefusal(400, 131030, 0), "This is a test number and the customer is not on its list. An administrator must add them."),
			pauses("Noch etwas?", metaRefusal(401, 190, 463), "WhatsApp no longer accepts the access token. An administrator must put in a new one"),
			isDown("Bis morgen."),
			isUnsure("Schönen Tag!"),
			isTold("Schönen Tag!", waLate("webhook/statuses.json", 1), "✓✓ delivered"),
			offers("✓ Template", "✓ Reaction", "for each message", "free text for 24 h after the customer's"),
		},
	}
}

// cloudTemplates lists page by page, as the example has the pages.
func cloudTemplates(w *wire, c call) reply {
	var pages map[string]json.RawMessage
	if err := json.Unmarshal(w.file("templates.json"), &pages); err != nil {
		w.t.Error(err)
	}
	return reply{http.StatusOK, string(pages[c.query("after")])}
}

func cloudFile(w *wire, _ call) reply {
	return reply{http.StatusOK, fmt.Sprintf(`{"messaging_product":"whatsapp","url":"%s/files/111","mime_type":"image/jpeg","id":"111"}`, w.url)}
}
