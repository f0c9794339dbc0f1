package storetest

import (
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// The chats of the known people.
const (
	Lucia  provider.ChatID = "34600111222" // Spanish; waits, window closes in 23 minutes
	Omar   provider.ChatID = "20100222333" // Arabic; unassigned, two unread
	Priya  provider.ChatID = "919800333444"
	Yuki   provider.ChatID = "819044455566" // Japanese; window closed
	Noa    provider.ChatID = "972500555666" // Hebrew; resolved
	Bruno  provider.ChatID = "5511966677788"
	Grace  provider.ChatID = "447700777888" // English; mine, answered and read
	Nobody provider.ChatID = "15550888999"  // cannot be reached: a failed send
)

// People are the facts behind the known people, as of Now.
func (l *Log) People() []event.Event {
	var all []event.Event
	add := func(events ...event.Event) { all = append(all, events...) }
	ago := func(d time.Duration) time.Time {
		l.At = Now.Add(-d)
		return l.At
	}
	ago(48 * time.Hour)
	add(l.Account(), l.Agent(Ana, "Ana"), l.Agent(Ben, "Ben"), l.Templates())

	add(l.Inbound(Yuki, "佐藤ゆき", "予約を来週の金曜日に変更できますか？", ago(26*time.Hour)))
	add(l.By(Ben, Yuki, event.Assigned{To: Ana}))
	add(l.Inbound(Lucia, "Lucía Fernández", "Hola, sigo sin agua caliente. ¿Cuándo viene el técnico?", ago(23*time.Hour+37*time.Minute)))
	add(l.By(Ana, Lucia, event.Assigned{To: Ana}))
	add(l.By(Ben, Lucia, event.Linked{System: "field", Ref: "SR-2024-001", Title: "Boiler repair", Fields: map[string]string{"time": "10:00"}}))
	add(l.Inbound(Noa, "נועה לוי", "תודה רבה, הכול מסודר!", ago(5*time.Hour)))
	add(l.By(Ana, Noa, event.Resolved{Resolution: event.Resolution{Notes: "Invoice sent again", CSAT: 5}}))
	ago(3 * time.Hour)
	add(l.Sent(Ben, Nobody, "Your order is ready.", provider.Failed)...)
	add(l.Inbound(Grace, "Grace Obi", "Is the 3 pm slot still free?", ago(2*time.Hour)))
	add(l.By(Ana, Grace, event.Assigned{To: Ana}))
	ago(110 * time.Minute)
	add(l.Sent(Ana, Grace, "It is. Shall I book it?", provider.Read)...)
	add(l.Inbound(Bruno, "Bruno Lima", "Boa tarde! Podem mandar a segunda via do boleto? 🙏", ago(50*time.Minute)))
	add(l.By(Ben, Bruno, event.Assigned{To: Ben}))
	add(l.By(Ben, Bruno, event.Noted{Text: "Asked accounting for the copy."}))
	add(l.By(Ben, Bruno, event.Labeled{Labels: []string{"billing"}}))
	add(l.Message(Priya, "प्रिया शर्मा", provider.Content{
		Kind: provider.Image, Text: "यह बिल देखिए",
		Media: &provider.Media{ID: "media-1", MIME: "image/jpeg", Size: 182_044},
	}, ago(30*time.Minute)))
	add(l.Inbound(Omar, "عمر حسن", "السلام عليكم", ago(12*time.Minute)))
	add(l.Inbound(Omar, "عمر حسن", "هل يمكنني تغيير موعد الزيارة؟", ago(10*time.Minute)))
	l.At = Now
	return all
}

// Templates are the account's three templates: with a positional body, with a
// named one, and one that was paused.
func (l *Log) Templates() event.Event {
	body := func(text string, examples map[string]string) []provider.Component {
		return []provider.Component{{Part: provider.PartBody, Text: text, Examples: examples}}
	}
	return l.Event("templates", "", event.TemplatesListed{Templates: []provider.Template{
		{
			ID: "t1", Name: "visit_reminder", Language: "es", Category: "utility", Status: provider.Approved,
			Components: body("Hola {{1}}, le recordamos su visita el {{2}}.", map[string]string{"1": "Lucía", "2": "viernes"}),
		},
		{
			ID: "t2", Name: "order_ready", Language: "en", Category: "utility", Status: provider.Approved, Named: true,
			Components: body("Hello {{name}}, your order is ready.", map[string]string{"name": "Grace"}),
		},
		{
			ID: "t3", Name: "spring_offer", Language: "en", Category: "marketing", Status: provider.Paused, Reason: "low quality",
			Components: body("Spring is here.", nil),
		},
	}})
}
