package main

import (
	"net/http"
	"time"

	"frontdesk/provider"
)

const d360Secret = "a long random header value"

func dialog360Story() story {
	text := func(s string) example {
		return as("requests/text.json", "to", absent, "recipient", "ES.300000003", "text.body", s, "biz_opaque_callback_data", asAsked)
	}
	return story{
		name: "dialog360", driver: "dialog360", network: provider.WhatsApp, at: time.Unix(1795169400, 0),
		account: map[string]string{
			"phone_number_id": "2000000002", "waba_id": "1000000001", "api_key": "secret:D360key", "base_url": atNetwork,
		},
		hook:       map[string]string{"header": "X-Frontdesk", "header_secret": "secret:" + d360Secret},
		sign:       func(r *http.Request, _ []byte) { r.Header.Set("X-Frontdesk", d360Secret) },
		credential: [2]string{"D360-Api-Key", "D360key"},
		sends:      []string{"POST /messages"}, taken: waTaken,
		answers: map[string]func(*wire, call) reply{
			"GET /v1/configs/templates":           always(`{"count":1,"total":1,"limit":100,"offset":0,"waba_templates":[{"id":"t1","name":"hello","language":"es","category":"UTILITY","status":"approved","components":[{"type":"BODY","text":"Su pedido está listo."}]}]}`),
			"GET /111":                            always(`{"messaging_product":"whatsapp","url":"https:\/\/lookaside.fbsbx.com\/whatsapp_business\/attachments\/?mid=111&ext=1795172400&hash=h","mime_type":"image/jpeg","id":"111"}`),
			"GET /whatsapp_business/attachments/": always(aPicture),
		},
		acts: []act{
			hears(as("webhook/text.json"), "Ana", "hola"),
			opens("Ana"),
			hears(as("webhook/text.json", waMessages+".0.id", "wamid.IMG", waMessages+".0.type", "image", waMessages+".0.text", absent,
				waMessages+".0.image", map[string]any{"id": "111", "mime_type": "image/jpeg", "sha256": pictureSum(), "caption": "la caja"}),
				"▤ Photo", "la caja"),
			saves(),
			writes("Ya está lista.", text("Ya está lista.")),
			isTold("Ya está lista.", waReceipt("webhook/statuses.json", 0), "✓ sent"),
			isTold("Ya está lista.", as("webhook/statuses.json", waStatuses, only{0}, waStatuses+".0.id", lastID, waStatuses+".0.status", "delivered"), "✓✓ delivered"),
			isTold("Ya está lista.", waReceipt("webhook/statuses.json", 1), "✓✓ read"),
			picks("hello", nil, "Su pedido está listo.", as("requests/text.json", "to", absent, "recipient", "ES.300000003", "type", "template", "text", absent, "biz_opaque_callback_data", asAsked,
				"template", map[string]any{"name": "hello", "language": map[string]any{"code": "es"}})),
			isTold("Su pedido está listo.", waReceipt("webhook/statuses.json", 2), "✗ failed: More than 24 hours have passed since the customer's last message. Send a template."),
			isRefused("¿Está ahí?", reply{400, `{"error":{"message":"(#131030) words","type":"OAuthException","code":131030,"fbtrace_id":"A"}}`}, "This is a test number and the customer is not on its list."),
			pauses("¿Algo más?", reply{401, `{"meta":{"http_code":401,"developer_message":"Invalid api_key","developerMessage":"Invalid api_key","success":false}}`}, "360dialog no longer accepts the key of this number. An administrator must put in a new one"),
			isDown("Hasta mañana."),
			isUnsure("Buen día."),
			isTold("Buen día.", waLate("webhook/statuses.json", 0), "✓✓ delivered"),
			offers("✓ Template", "for each message", "free text for 24 h after the customer's"),
		},
	}
}
