package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"frontdesk/provider"
)

// propopsStory: templates alone, on behalf of a job, filled in over there. Nobody is
// heard, and what is accepted is all that is known.
func propopsStory() story {
	send := []string{"--to", "+447700900123", "--template", "appointment_reminder", "--link", "1050"}
	const shown = "filled by PropOps from job 1050"
	return story{
		name: "propops", driver: "propops", network: provider.WhatsApp,
		account: map[string]string{
			"base_url": atNetwork, "access_token": "secret:PROPtoken", "csrf_token": "secret:CSRFtoken",
		},
		credential: [2]string{"Authorization", "Bearer PROPtoken"},
		sends:      []string{"POST /api/whatsapp/send"},
		taken: func(w *wire, n int) (id, body string) {
			id = fmt.Sprintf("wamid.%d", n)
			return id, strings.Replace(string(w.file("answers/send.json")), "wamid.abcdef123456", id, 1)
		},
		answers: map[string]func(*wire, call) reply{"GET /api/whatsapp/get-options": fromFile("answers/options.json")},
		acts: []act{
			begins(shown, as("requests/send.json"), send...),
			opens("+44 7700 900 123"),
			standsSo(shown, "✓ accepted"),
			mayNot("r", "PropOps sends its approved templates and nothing else."),
			verbSays("This inbox sends on behalf of a job alone", 1, "send", "--to", "+447700900123", "--template", "appointment_reminder"),
			verbRefused(shown, reply{http.StatusBadRequest, badNumber}, "This is no phone number with its country code, which PropOps needs (E.164). Correct the number.", send...),
			verbPauses(shown, reply{http.StatusUnauthorized, `{"success":false}`}, "The network no longer accepts the access token.", send...),
			offers("✓ Template", "· Text", "PropOps sends its approved templates", "none: accepted is all that is known", "every message has to be tied to a job"),
		},
	}
}

const badNumber = `{"success":false,"error":"Invalid phone number format. Use E.164 format, e.g. +447700900123"}`

// ambiotecStory: texts and templates to a number, tied to a service request. Nobody
// is heard, and whether the window is open is not known.
func ambiotecStory() story {
	const text = "Hello! Your service request has been received."
	return story{
		name: "ambiotec", driver: "ambiotec", network: provider.WhatsApp,
		account:    map[string]string{"base_url": atNetwork, "access_token": "secret:AMBtoken"},
		credential: [2]string{"Authorization", "Bearer AMBtoken"},
		sends:      []string{"POST /api/whatsapp/send", "POST /api/whatsapp/send-template"},
		taken: func(w *wire, n int) (id, body string) {
			if c := w.sent[n-1]; strings.HasSuffix(c.Path, "send-template") {
				id = fmt.Sprintf("wamid.%d", n)
				return id, strings.Replace(string(w.file("answers/send-template.json")), "wamid.HBgNNTA2MTI...", id, 1)
			}
			id = fmt.Sprint(450 + n)
			return id, strings.Replace(string(w.file("answers/send.json")), "456", id, 1)
		},
		answers: map[string]func(*wire, call) reply{"GET /api/whatsapp/templates": fromFile("answers/templates.json")},
		acts: []act{
			begins(text, as("requests/send.json"), "--to", "+50212345678", "--text", text, "--link", "123"),
			opens("+502 1234 5678"),
			standsSo(text, "✓ accepted"),
			{"sees the window", func(s *stage) { s.reads("window unknown") }},
			writes("Vamos en camino", as("requests/send.json", "body.content", "Vamos en camino", "body.requestId", absent)),
			picks("appointment_reminder", []string{"Juan Pérez", "15 de marzo a las 10:00 AM"}, "te recordamos tu cita",
				as("requests/send-template.json", "body.recipients", only{0}, "body.recipients.0.requestId", absent)),
			isRefused("¿Está ahí?", reply{http.StatusOK, `{"success":false}`}, "Ambiotec did not send it and says no reason that frontdesk knows. Check the number"),
			pauses("¿Algo más?", reply{http.StatusUnauthorized, `{"success":false}`}, "The network no longer accepts the access token. An administrator must put in a new one"),
			isDown("Hasta mañana."),
			isUnsure("Buen día."),
			offers("✓ Template", "· Photo", "Ambiotec sends text and templates, and no", "not known: this API shows no messages of", "may be tied to a request"),
		},
	}
}

// hotelStory: what the webhook never brought is polled, and the API's own way out
// of a refusal is shown.
func hotelStory() story {
	const api = "/api/v1/whatsapp"
	text := func(s string) example {
		return as("requests/text.json", "body.content.text", s, "body.conversation_id", absent)
	}
	return story{
		name: "hotel", driver: "hotel", network: provider.WhatsApp, at: time.Date(2024, 1, 15, 9, 30, 0, 0, time.UTC),
		account:    map[string]string{"base_url": atNetwork, "staff_token": "secret:STAFF", "staff_member_id": "staff_456"},
		hook:       map[string]string{"verify_token": "secret:your_verification_token"},
		query:      func(*stage, []byte) string { return "verify_token=your_verification_token" },
		credential: [2]string{"Authorization", "Bearer STAFF"},
		sends:      []string{"POST " + api + "/messages/send", "POST " + api + "/templates/send"},
		taken: func(_ *wire, n int) (id, body string) {
			id = fmt.Sprintf("msg_%d", 123456+n)
			return id, fmt.Sprintf(`{"message_id":%q,"status":"sent"}`, id)
		},
		answers: map[string]func(*wire, call) reply{
			"GET " + api + "/templates": always(hotelTemplates),
			"GET " + api + "/conversations": func(_ *wire, c call) reply {
				list := `{"conversation_id":"conv_abc123","guest_phone":"+1234567890","status":"active"}`
				if c.query("status") == "" {
					list += `,{"conversation_id":"conv_old","guest_phone":"+1234567890","status":"resolved"}`
				}
				return reply{http.StatusOK, `{"conversations":[` + list + `]}`}
			},
			"GET " + api + "/conversations/conv_abc123":               always(hotelConversation),
			"GET " + api + "/conversations/conv_old":                  always(hotelEarlier),
			"GET " + api + "/conversations/conv_abc123/analytics":     always(`{"delivery_rates":{"read":0.9},"satisfaction_scores":{"average":4.5}}`),
			"GET " + api + "/conversations/conv_abc123/window-status": always(`{"within_window":true,"window_expires_at":"2024-01-16T08:00:00Z","hours_remaining":22.5}`),
		},
		acts: []act{
			{"is polled", func(s *stage) { s.reads("Is the pool open?") }},
			opens("+1 234 567 890"),
			hears(as("webhook/inbound.json"), "Could we have more towels?"),
			hears(as("webhook/media.json"), "▤ Photo", "The tap drips"),
			writes("On their way.", text("On their way.")),
			isTold("On their way.", as("webhook/delivered.json", "data.message_id", lastID), "✓✓ delivered"),
			isTold("On their way.", as("webhook/read.json", "data.message_id", lastID), "✓✓ read"),
			picks("service_confirmation", []string{"Spa Massage", "Tomorrow at 2:00 PM", "Wellness Center - Room 3", "90 minutes"},
				"Your Spa Massage is on Tomorrow at 2:00 PM", as("requests/template-service.json", "body.guest_phone", "+1234567890")),
			isTold("Your Spa Massage is on Tomorrow at 2:00 PM", as("webhook/failed.json", "data.message_id", lastID), "✗ failed: The hotel API could not deliver it: Phone is switched off."),
			isRefused("Are you there?", reply{http.StatusForbidden, hotelRefusal},
				"More than 24 hours have passed since the guest's last message: the window closed on 15 January 2024 at 10:00 UTC. Send a template; the hotel suggests service_followup or general_inquiry."),
			pauses("Anything else?", reply{http.StatusUnauthorized, `{}`}, "The network no longer accepts the access token. An administrator must put in a new one"),
			isDown("See you tomorrow."),
			isUnsure("Good night."),
			{"reads back the history, once", func(s *stage) {
				said, code := s.verb("history", "1234567890", "--pages", "5", "--json")
				if code != 0 || !strings.Contains(said, `"found": 2`) || !strings.Contains(said, `"new": 1`) {
					s.t.Fatalf("%d: %s", code, said)
				}
				if said, code = s.verb("history", "1234567890", "--pages", "5"); code != 0 || !strings.Contains(said, "0 of them new here. The network has no more.") {
					s.t.Fatalf("%d: %s", code, said)
				}
				if said, code = s.verb("messages", "list", "1234567890"); code != 0 || !strings.Contains(said, "A late checkout?") {
					s.t.Fatalf("%d: %s", code, said)
				}
				s.screen.Press("enter", "home")
				s.reads("A late checkout?")
				s.screen.Press("esc")
			}},
			{"sees the network's figures and window", func(s *stage) {
				if said, code := s.verb("window", "1234567890"); code != 0 || !strings.Contains(said, "The network says the window is open until") {
					s.t.Fatalf("%d: %s", code, said)
				}
				if said, code := s.verb("stats", "--conversation", "1234567890"); code != 0 || !strings.Contains(said, "delivery_rates.read") || !strings.Contains(said, "0.9") {
					s.t.Fatalf("%d: %s", code, said)
				}
				s.screen.Press("S", "c")
				s.reads("Network", "[Volume]")
				s.screen.Press("shift+tab")
				s.reads("[Network]", "satisfaction_scores.average", "4.5")
				s.screen.Press("esc")
			}},
			offers("✓ Template", "· Video", "The hotel API documents pictures and", "for each message", "may be tied to a booking"),
		},
	}
}

const (
	hotelTemplates = `{"templates":[{"name":"service_confirmation","category":"UTILITY","language":"en","status":"APPROVED",
		"parameters":["service_type","appointment_time","location","estimated_duration"],
		"components":[{"type":"BODY","text":"Your {{1}} is on {{2}} in {{3}}, for {{4}}."}]}]}`
	hotelConversation = `{"conversation_id":"conv_abc123","guest_phone":"+1234567890","status":"active","participants":[],"metadata":{},"messages":[
		{"message_id":"msg_in_1","direction":"inbound","guest_phone":"+1234567890","message_content":"Is the pool open?","sent_at":"2024-01-15T08:00:00Z"}]}`
	// hotelEarlier is a stay before this one, which is not active any more.
	hotelEarlier = `{"conversation_id":"conv_old","guest_phone":"+1234567890","status":"resolved","participants":[],"metadata":{},"messages":[
		{"message_id":"msg_old_1","direction":"inbound","guest_phone":"+1234567890","message_content":"A late checkout?","sent_at":"2023-06-01T08:00:00Z"}]}`
	// hotelRefusal is the document's own example of an error.
	hotelRefusal = `{"error":{"code":"MESSAGE_WINDOW_EXPIRED","message":"Cannot send free-form message outside 24-hour window",
		"details":{"guest_phone":"+1234567890","last_guest_message":"2024-01-14T10:00:00Z","window_expires":"2024-01-15T10:00:00Z",
			"suggested_templates":["service_followup","general_inquiry"]},
		"recovery_options":["Use approved template message","Wait for guest to initiate conversation","Contact guest via alternative channel"]}}`
)
