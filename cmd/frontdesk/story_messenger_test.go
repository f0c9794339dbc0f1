package main

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"frontdesk/provider"
)

// Paths into a webhook of the Messenger Platform.
const (
	fbMessaging  = "entry.0.messaging"
	fbMessage    = fbMessaging + ".0.message"
	fbAttachment = fbMessage + ".attachments"
)

// pictureAddress is where the network keeps the file.
func pictureAddress(s *stage) any { return s.net.url + "/files/box.jpg" }

// nowMillis is the network's clock, by which watermarks are told.
func nowMillis(s *stage) any { return s.clock().UnixMilli() }

func messengerTaken(person string) func(*wire, int) (string, string) {
	return func(_ *wire, n int) (id, body string) {
		id = "m_out" + strconv.Itoa(n)
		return id, fmt.Sprintf(`{"recipient_id":%q,"message_id":%q}`, person, id)
	}
}

func platform(network provider.Network, person string, account map[string]string) story {
	account["access_token"], account["base_url"] = "secret:EAAtoken", atNetwork
	return story{
		name: string(network), driver: "messenger", network: network, at: time.Unix(1795169400, 0), account: account,
		hook: map[string]string{"app_secret": "secret:shh", "verify_token": "secret:verify"}, sign: metaSigned("shh"),
		credential: [2]string{"Authorization", "Bearer EAAtoken"},
		sends:      []string{"POST /v26.0/9001/messages"}, taken: messengerTaken(person),
		answers: map[string]func(*wire, call) reply{"GET /files/box.jpg": always(aPicture)},
	}
}

func messengerStory() story {
	st := platform(provider.Messenger, "7001", map[string]string{"page_id": "9001"})
	st.answers["GET /v26.0/9001/message_templates"] = func(*wire, call) reply {
		return reply{http.StatusOK, `{"data":[{"id":"104","name":"order_shipped","language":"es","status":"APPROVED","category":"UTILITY","components":[{"type":"BODY","text":"Su pedido {{1}} va en camino.","example":{"body_text":[["A-1"]]}}]}]}`}
	}
	text := func(s string) example {
		return as("requests/messenger-text.json", "body.message.text", s, "body.message.metadata", asAsked)
	}
	receipt := func(which int, watermark string, more ...any) example {
		return as("webhook/messenger-receipts.json", append([]any{fbMessaging, only{which}, fbMessaging + ".0." + watermark, nowMillis}, more...)...)
	}
	st.acts = []act{
		hears(as("webhook/messenger-text.json"), "hola 📦"),
		opens("7001"),
		hears(as("webhook/messenger-files.json", fbMessaging, only{0}, fbAttachment, only{0}, fbAttachment+".0.payload.url", pictureAddress), "▤ Photo", "see both"),
		saves(),
		hears(as("webhook/messenger-choice.json", fbMessaging, only{0}), "chose: Morning"),
		writes("Ya está lista.", text("Ya está lista.")),
		isTold("Ya está lista.", receipt(0, "delivery.watermark", fbMessaging+".0.delivery.mids", func(s *stage) any { return []any{lastID(s)} }), "✓✓ delivered"),
		isTold("Ya está lista.", receipt(2, "read.watermark", fbMessaging+".0.timestamp", nowMillis), "✓✓ read"),
		picks("order_shipped", []string{"A-42"}, "Su pedido A-42 va en camino.", as("requests/messenger-template.json", "body.message.metadata", asAsked)),
		isRefused("¿Está ahí?", metaRefusal(400, 551, 1545041), "This person cannot be reached now: they blocked the account, or theirs is gone. Wait until they write, or reach them another way."),
		pauses("¿Algo más?", metaRefusal(400, 190, 463), "Meta no longer accepts the access token. An administrator must connect the account anew"),
		isDown("Hasta mañana."),
		isUnsure("Buen día."),
		hears(as("webhook/messenger-echo.json", fbMessaging, only{0}, fbMessage+".metadata", lastAsked("message.metadata"), fbMessage+".text", "Buen día.", fbMessage+".mid", "m_late")),
		standsSo("Buen día.", "✓ sent"),
		offers("✓ Template", "· Location", "Places cannot be sent through Meta's API.", "for all messages up to a time"),
	}
	return st
}

func instagramStory() story {
	st := platform(provider.Instagram, "8001", map[string]string{"page_id": "9001", "instagram_id": "17841400000000001"})
	text := func(s string) example {
		return as("requests/instagram-text-reply.json", "body.message.text", s, "body.message.metadata", asAsked, "body.recipient.id", "8001", "body.reply_to", absent)
	}
	st.acts = []act{
		hears(as("webhook/instagram-text.json"), "hallo"),
		opens("8001"),
		hears(as("webhook/instagram-text.json", fbMessage+".mid", "aWdfPIC", fbMessage+".text", absent, fbMessage+".reply_to", absent,
			fbAttachment, []any{map[string]any{"type": "image", "payload": map[string]any{"url": ""}}}, fbAttachment+".0.payload.url", pictureAddress), "▤ Photo"),
		saves(),
		hears(as("webhook/instagram-choice.json", fbMessaging, only{1}), "chose: Yes"),
		writes("Ist fertig.", text("Ist fertig.")),
		isTold("Ist fertig.", as("webhook/instagram-seen.json", fbMessaging+".0.read.mid", lastID, fbMessaging+".0.timestamp", nowMillis), "✓✓ read"),
		isRefused("Noch da?", metaRefusal(400, 10, 2534022), "More than 24 hours have passed since the customer's last message. Send it with the tag human_agent within seven days"),
		pauses("Noch etwas?", metaRefusal(400, 190, 463), "Meta no longer accepts the access token. An administrator must connect the account anew"),
		isDown("Bis morgen."),
		mayNot("t", "Instagram has no templates. Reply within 24 hours"),
		isUnsure("Schönen Tag!"),
		offers("· Template", "Instagram has no templates. Reply within", "for all messages up to a time"),
	}
	return st
}
