package main

import (
	"net/http"
	"time"

	"frontdesk/provider"
)

const whautomateSecret = "a long random header value"

func whautomate(network provider.Network) story {
	return story{
		name: "whautomate " + string(network), driver: "whautomate", network: network, at: time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC),
		account: map[string]string{
			"api_key": "secret:KEY-of-the-shop", "location_id": "loc_1", "channel": string(network), "base_url": atNetwork,
		},
		hook:       map[string]string{"location_id": "loc_1", "secret": "secret:" + whautomateSecret},
		sign:       func(r *http.Request, _ []byte) { r.Header.Set("X-Frontdesk-Secret", whautomateSecret) },
		credential: [2]string{"X-Api-Key", "KEY-of-the-shop"},
		sends:      []string{"POST /v1/messages/" + string(network) + "/sendtext", "POST /v1/messages/" + string(network) + "/sendtemplate"},
		taken:      func(*wire, int) (string, string) { return "", `{"success":"true"}` },
		answers:    map[string]func(*wire, call) reply{"GET /v1/account-info": always(`{}`), "GET /files/in.jpg": always(aPicture)},
	}
}

func whautomateStory() story {
	st := whautomate(provider.WhatsApp)
	text := func(s string) example { return as("requests/text-contact.json", "body.textMessage", s) }
	st.acts = []act{
		hears(as("webhook/text.json"), "Ana", "hola"),
		opens("Ana"),
		hears(as("webhook/image.json", "message.id", "ms_2", "message.mediaUrl", func(s *stage) any { return s.net.url + "/files/in.jpg" }), "▤ Photo", "mi foto"),
		saves(),
		writes("Ya está lista.", text("Ya está lista.")),
		hears(as("webhook/sent.json", "message.id", "ms_3", "message.text", "Le llamo."), "Le llamo.", "via Luis"),
		hears(as("webhook/sent-failed.json", "message.id", "ms_4", "message.text", "¿Sí?"), "✗ failed: Whautomate reports that it was not delivered."),
		isRefused("¿Está ahí?", reply{http.StatusBadRequest, `{"error":"Invalid parameters"}`}, "Whautomate does not accept a part of the message"),
		pauses("¿Algo más?", reply{http.StatusForbidden, `{"message":"Forbidden"}`}, "Whautomate does not accept the API key. An administrator must put in the account's key"),
		isDown("Hasta mañana."),
		namesTemplate([]string{"visit", "es", "Ana", "martes", "10:00", "", "a/1", "b/2", ""}, "Template visit · es",
			as("requests/template-texts.json", "body.scheduleDateTime", absent)),
		isUnsure("Buen día."),
		offers("· Reaction", "Whautomate has no way to send this.", "none: accepted is all that is known"),
	}
	return st
}

func whautomateMessengerStory() story {
	st := whautomate(provider.Messenger)
	text := func(s string) example {
		return as("requests/text-messenger.json", "body.textMessage", s, "body.contact.id", "ct_2")
	}
	st.acts = []act{
		hears(as("webhook/text-messenger.json"), "Ana", "hola"),
		opens("Ana"),
		writes("Ya está lista.", text("Ya está lista.")),
		isRefused("¿Está ahí?", reply{http.StatusBadRequest, `{"message":"Invalid request body"}`}, "Whautomate could not read the message. Change it and send it again."),
		pauses("¿Algo más?", reply{http.StatusNotFound, `{"error":"Invalid locationId"}`}, "Whautomate does not know the account's location."),
		isDown("Hasta mañana."),
		isUnsure("Buen día."),
		offers("· Template", "Whautomate's approved templates are", "none: accepted is all that is known"),
	}
	return st
}
