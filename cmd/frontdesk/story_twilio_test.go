package main

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's signature is HMAC-SHA1
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
)

const (
	twilioAccount = "AC0123456789abcdef0123456789abcdef"
	twilioToken   = "tok_example_not_real"
	twilioHook    = "https://inbox.example.test/hooks/tw"
	twilioBase    = "/2010-04-01/Accounts/" + twilioAccount + "/Messages"
)

// twilioSigned signs as Twilio does: the address it calls, which behind a proxy is
// not the one the relay sees, and the form by its keys, under the auth token.
func twilioSigned(r *http.Request, body []byte) {
	form, _ := url.ParseQuery(string(body))
	text := twilioHook + "?" + r.URL.RawQuery
	for _, key := range slices.Sorted(maps.Keys(form)) {
		text += key + form.Get(key)
	}
	mac := hmac.New(sha1.New, []byte(twilioToken))
	mac.Write([]byte(text))
	r.Header.Set("X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// twilioQuery is the query of what Twilio calls: a receipt goes to the address that
// was given with the message.
func twilioQuery(s *stage, body []byte) string {
	c, _ := s.net.latest()
	callback, ok := at(c.Body, "StatusCallback.0").(string)
	if _, query, _ := strings.Cut(callback, "?"); ok && strings.Contains(string(body), "MessageStatus=") {
		return query
	}
	return "ch=7"
}

func twilioTaken(w *wire, n int) (id, body string) {
	c := w.sent[n-1] // the wire is locked
	id = fmt.Sprintf("SM%032x", n)
	return id, fmt.Sprintf(`{"sid":%q,"account_sid":%q,"from":%q,"to":%q,"status":"queued","num_media":"0","num_segments":"0","error_code":null,"error_message":null,"direction":"outbound-api","api_version":"2010-04-01"}`,
		id, twilioAccount, at(c.Body, "From.0"), at(c.Body, "To.0"))
}

func twilioRefusal(status, code int) reply {
	return reply{status, fmt.Sprintf(`{"code":%d,"message":"words that may change","more_info":"https://www.twilio.com/docs/errors/%d","status":%d}`, code, code, status)}
}

// twilioReceipt is a status callback about our latest message.
func twilioReceipt(file, status string, more ...any) example {
	return as(file, append([]any{"MessageSid", lastID, "SmsSid", lastID, "MessageStatus", status, "SmsStatus", status, "frontdesk.op", absent}, more...)...)
}

func twilio(network provider.Network, sender string) story {
	st := story{
		name: "twilio " + string(network), driver: "twilio", network: network, at: time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC),
		account: map[string]string{
			"account_sid": twilioAccount, "auth_token": "secret:" + twilioToken, "sender": sender, "public_url": twilioHook + "?ch=7",
			"base_url": atNetwork, "content_url": atNetwork, "messaging_url": atNetwork,
		},
		hook: map[string]string{"auth_token": "secret:" + twilioToken, "public_url": twilioHook + "?ch=7"},
		sign: twilioSigned, query: twilioQuery,
		credential: [2]string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(twilioAccount+":"+twilioToken))},
		sends:      []string{"POST " + twilioBase + ".json"}, taken: twilioTaken,
		answers: map[string]func(*wire, call) reply{
			"GET " + twilioBase + ".json": always(`{"messages":[],"next_page_uri":null,"page":0,"page_size":50}`),
			"GET /v2/Channels/Senders":    always(`{"senders":[{"sid":"XE0123456789abcdef0123456789abcdef","sender_id":"whatsapp:+34900333444","status":"ONLINE","properties":{"quality_rating":"HIGH","messaging_limit":"1K Customers/24hr"}}],"meta":{"key":"senders","next_page_url":null}}`),
			"GET /v1/ContentAndApprovals": func(w *wire, _ call) reply {
				return reply{http.StatusOK, `{"contents":` + string(w.file("contents.json")) + `,"meta":{"key":"contents","next_page_url":null,"page_size":50}}`}
			},
			"GET " + twilioBase + "/MM00000000000000000000000000000a16/Media/ME00000000000000000000000000000c01": always(aPicture),
			"GET " + twilioBase + "/MM00000000000000000000000000000a17/Media/ME00000000000000000000000000000c02": always(aPicture),
			"GET " + twilioBase + "/MM00000000000000000000000000000a17/Media/ME00000000000000000000000000000c03": always(aPicture),
		},
	}
	return st
}

func twilioStory() story {
	st := twilio(provider.WhatsApp, "whatsapp:+34900333444")
	text := func(s string) example {
		return as("requests/text.json", "form.Body.0", s, "form.StatusCallback", asAskedIn("body.StatusCallback"))
	}
	st.acts = []act{
		hears(as("webhook/text.form"), "Ana", "hola & adiós + 1"),
		opens("Ana"),
		hears(as("webhook/image.form"), "▤ Photo", "image/jpeg", "look"),
		saves(),
		hears(as("webhook/button.form"), "chose: Sí"),
		writes("Ya está lista.", text("Ya está lista.")),
		isTold("Ya está lista.", twilioReceipt("webhook/delivered.form", "sent"), "✓ sent"),
		isTold("Ya está lista.", twilioReceipt("webhook/delivered.form", "delivered"), "✓✓ delivered"),
		isTold("Ya está lista.", twilioReceipt("webhook/delivered.form", "read", "EventType", "READ"), "✓✓ read"),
		picks("parcel", []string{"42"}, "Hola Ana, tu pedido 42 ha salido.", as("requests/template.json", "form.StatusCallback", asAskedIn("body.StatusCallback"))),
		isTold("Hola Ana, tu pedido 42 ha salido.", twilioReceipt("webhook/failed.form", "undelivered", "To", "whatsapp:+34600111222"),
			"✗ failed: More than 24 hours have passed since the customer's last message. Send a template."),
		isRefused("¿Está ahí?", twilioRefusal(400, 21211), "This number cannot receive the message. Check the number or reach the customer another way."),
		pauses("¿Algo más?", twilioRefusal(401, 20003), "Twilio no longer accepts the account's token. An administrator must put in a new one"),
		isDown("Hasta mañana."),
		isUnsure("Buen día."),
		isTold("Buen día.", twilioReceipt("webhook/delivered.form", "delivered", "MessageSid", "SM000000000000000000000000000000ff", "SmsSid", absent), "✓✓ delivered"),
		offers("✓ Template", "· Reaction", "Twilio sends no reactions. Answer with a", "for each message"),
	}
	return st
}

func smsStory() story {
	st := twilio(provider.SMS, "+34900333444")
	text := func(s string) example {
		return as("requests/sms.json", "form.Body.0", s, "form.StatusCallback", asAskedIn("body.StatusCallback"))
	}
	from := []any{"From", "+34900333444", "To", "+34600111222", "ChannelPrefix", absent, "ChannelToAddress", absent, "EventType", absent}
	st.acts = []act{
		hears(as("webhook/shortcode.form", "From", "+34600111222", "Body", "¿está listo?"), "+34 600 111 222", "¿está listo?"),
		opens("+34 600 111 222"),
		hears(as("webhook/mms.form"), "▤ Photo", "image/png", "two"),
		saves(),
		writes("Ya está lista.", text("Ya está lista.")),
		isTold("Ya está lista.", twilioReceipt("webhook/delivered.form", "sent", from...), "✓ sent"),
		isTold("Ya está lista.", twilioReceipt("webhook/delivered.form", "delivered", from...), "✓✓ delivered"),
		writes("¿Me oye?", text("¿Me oye?")),
		isTold("¿Me oye?", twilioReceipt("webhook/failed.form", "undelivered", append(from, "ErrorCode", "30003")...), "✗ failed: The phone could not be reached: it may be off or out of coverage. Send it again later."),
		pauses("¿Algo más?", twilioRefusal(401, 20003), "Twilio no longer accepts the account's token."),
		isDown("Hasta mañana."),
		hears(as("webhook/stop.form"), "the customer wants no messages"),
		verbSays("They asked for no more messages", 1, "send", "--to", "+34600111222", "--text", "¿Hola?"),
		hears(as("webhook/stop.form", "MessageSid", "SM00000000000000000000000000000a19", "Body", "START", "OptOutType", "START"), "the customer takes messages again"),
		isUnsure("Buen día."),
		offers("· Location", "SMS knows no places. Write the address", "none: free text may go at any time", "for each message"),
	}
	return st
}
