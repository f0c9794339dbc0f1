package main

import (
	"fmt"
	"net/http"
	"time"

	"frontdesk/provider"
)

const (
	telegramToken = "4100100:SECRET"
	telegramWord  = "hook-secret_1"
)

func telegramTaken(_ *wire, n int) (id, body string) {
	return fmt.Sprintf("5550001/%d", 100+n), fmt.Sprintf(`{"ok":true,"result":{"message_id":%d,"date":1795170000,"chat":{"id":5550001,"type":"private"},"from":{"id":4100100,"is_bot":true,"first_name":"Shop"}}}`, 100+n)
}

func telegramRefusal(code int, description string) reply {
	return reply{code, fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, code, description)}
}

// telegramStory takes updates by webhook: the bot then cannot be polled, and is not.
func telegramStory() story {
	st := telegram("telegram webhook", always(`{"ok":true,"result":{"url":"https://desk.example/hooks/net","has_custom_certificate":false,"pending_update_count":0}}`))
	st.hook = map[string]string{"bot_id": "4100100", "secret_token": "secret:" + telegramWord}
	st.sign = func(r *http.Request, _ []byte) { r.Header.Set("X-Telegram-Bot-Api-Secret-Token", telegramWord) }
	st.answers["POST /bot"+telegramToken+"/getUpdates"] = func(w *wire, _ call) reply {
		w.t.Error("a bot with a webhook is polled")
		return telegramRefusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	return st
}

// telegramPollStory needs no public address.
func telegramPollStory() story {
	st := telegram("telegram polling", always(`{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":0}}`))
	st.answers["POST /bot"+telegramToken+"/answerCallbackQuery"] = always(`{"ok":true,"result":true}`)
	return st
}

func telegram(name string, info func(*wire, call) reply) story {
	text := func(s string) example { return as("requests/text.json", "body.text", s) }
	bot := "/bot" + telegramToken
	return story{
		name: name, driver: "telegram", network: provider.Telegram, at: time.Unix(1795170600, 0),
		account: map[string]string{"bot_token": "secret:" + telegramToken, "base_url": atNetwork},
		sends:   []string{"POST " + bot + "/sendMessage"}, taken: telegramTaken,
		answers: map[string]func(*wire, call) reply{
			"POST " + bot + "/getWebhookInfo":           info,
			"POST " + bot + "/getFile":                  always(`{"ok":true,"result":{"file_id":"D1","file_unique_id":"u5","file_size":123456,"file_path":"documents/file_1.pdf"}}`),
			"GET /file" + bot + "/documents/file_1.pdf": always(aPicture),
		},
		acts: []act{
			hears(as("webhook/text.json"), "Ana Ruiz", "¿Está listo?"),
			opens("Ana Ruiz"),
			hears(as("webhook/document.json"), "▤ pedido 12.pdf", "application/pdf", "aquí"),
			saves(),
			hears(as("webhook/tap.json"), "chose: Tarde"),
			writes("Ya está lista.", text("Ya está lista.")),
			hears(as("webhook/edited.json", "edited_message.message_id", 12), "a las 5, perdón", "edited"),
			isRefused("¿Está ahí?", telegramRefusal(403, "Forbidden: bot was blocked by the user"), "The customer has blocked the bot on Telegram. Reach them another way, or wait until they write."),
			pauses("¿Algo más?", telegramRefusal(401, "Unauthorized"), "Telegram no longer accepts the bot's token. An administrator must put in a new one"),
			isDown("Hasta mañana."),
			mayNot("t", "Telegram has no templates, and no window that would need them. Write a text."),
			hears(as("webhook/blocked.json"), "the customer is not reachable now"),
			isUnsure("Buen día."),
			offers("· Template", "none: free text may go at any time", "none: accepted is all that is known"),
		},
	}
}
