package overlay

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	words "frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

func message(job event.JobState) store.Message {
	return store.Message{
		Key: 7, Conversation: "c_elif", Direction: store.Outgoing, Kind: store.KindMessage,
		Content: provider.TextContent("Your slot is on Friday at ten, please bring the key of the garage with you"),
		Job:     job, JobSince: now().Add(-3 * time.Minute),
	}
}

func detailEvents() []store.MessageEvent {
	at := func(d time.Duration) time.Time { return now().Add(-time.Hour + d) }
	return []store.MessageEvent{
		{Seq: 411, At: at(0), Kind: event.KindSend, By: "ana", Body: event.SendState{State: event.JobSending, Attempt: 1}},
		{Seq: 412, At: at(time.Second), Kind: event.KindSend, By: "ana", Body: event.SendState{State: event.JobSent, Attempt: 2}},
		{Seq: 415, At: at(4 * time.Second), Kind: provider.KindReceipt, Body: provider.Receipt{
			Status: provider.Failed,
			Error:  &provider.Error{Reason: provider.Undeliverable, Code: "131026", Text: "The number is not on WhatsApp. Check the number or reach the customer another way."},
		}},
	}
}

func commands() []Command {
	return []Command{
		{"reply", "Reply", "write to the customer", "r"},
		{"note", "Note", "write to the team", "n"},
		{"template", "Template", "send a template", "t"},
		{"resolve", "Resolve", "and go to the next", "e"},
		{"quit", "Quit", "", "q"},
	}
}

func overlays() map[string]func() Overlay {
	all := baseOverlays()
	maps.Copy(all, triageOverlays())
	return all
}

func baseOverlays() map[string]func() Overlay {
	l := look()
	agents := []Agent{{ID: "ben", Name: "Ben"}, {ID: "ana", Name: "Ana"}, {ID: "carla", Name: ""}, {Team: "support", Queue: 4}, {Team: "night"}}
	return map[string]func() Overlay{
		"account": func() Overlay { return NewAccount(l, "Front desk \x1b[31m", whatsapp()) },
		"account-charges": func() Overlay {
			a := NewAccount(l, "Front desk", whatsapp())
			a.SetCharges(store.Charges{Month: now(), By: map[string]int{"service": 1204, "utility": 31, "referral_conversion": 2, "new \x1b[31mword": 1}, Untold: 7})
			press(a, "G")
			return a
		},
		"stats":          func() Overlay { return statistics(l, 0) },
		"stats-delivery": func() Overlay { return statistics(l, 4) },
		"picker":         func() Overlay { return picker() },
		"picker-filter": func() Overlay {
			p := picker()
			press(p, "'rand")
			return p
		},
		"picker-fields": func() Overlay {
			p := picker()
			press(p, "enter")
			return p
		},
		"picker-offer": func() Overlay {
			c := elif()
			c.Link.Fields = map[string]string{"date": "21 Kasım"}
			c.Link.Ref = ""
			p := NewPicker(l, PickerData{
				Conversation: c, Caps: whatsapp(), Templates: templates(), SyncedAt: now(),
				Use: map[string]Use{"appointment_reminder/tr": {LastUsed: now(), Values: map[string]string{"body.3": "09:15"}}},
			})
			press(p, "enter")
			return p
		},
		"picker-problem": func() Overlay {
			p := picker()
			press(p, "enter", "shift+tab", "ctrl+u")
			return p
		},
		"picker-look": func() Overlay {
			p := picker()
			press(p, "'thanks", "enter")
			return p
		},
		"picker-opaque": func() Overlay {
			return filledElsewhere(event.Linked{System: "Job", Ref: "1050"})
		},
		"picker-unlinked": func() Overlay { return filledElsewhere(event.Linked{System: "Booking", Ref: "1050"}) },
		"picker-parts":    func() Overlay { return winter() },
		"picker-suggest": func() Overlay {
			p := picker()
			d := p.data
			d.Suggested = []string{"thanks"}
			return NewPicker(l, d)
		},
		"naming":  func() Overlay { return naming() },
		"linking": func() Overlay { return NewLinking(l, elif(), provider.LinkRule{}) },
		"picker-none": func() Overlay {
			return NewPicker(l, PickerData{Conversation: elif(), Caps: whatsapp()})
		},
		"assign": func() Overlay { return NewAssign(l, agents, "ana", "ben", "support") },
		"palette": func() Overlay {
			p := NewPalette(l, commands())
			press(p, "'re")
			return p
		},
		"search": func() Overlay {
			s := NewSearch(l)
			press(s, "'fuga")
			s.SetHits("fuga", []Hit{
				{Conversation: "c_1", Message: 3, Name: "Juan Pérez", At: now().Add(-time.Hour), Snippet: "Hola, tengo una fuga en la cocina desde ayer 💧"},
				{Conversation: "c_2", Message: 9, Name: "@mariela.g", Ours: true, At: now().Add(-50 * time.Hour), Snippet: "¿La fuga sigue igual?"},
				{Conversation: "c_3", Name: "山田 太郎", At: now().Add(-400 * time.Hour), Snippet: "fuga"},
			}, false)
			return s
		},
		"help": func() Overlay {
			return NewHelp(l, "list", []HelpGroup{
				{"here", []words.Hint{{Key: "j k", Does: "next, previous"}, {Key: "Enter", Does: "open"}, {Key: "e", Does: "resolve and go to the next"}}},
				{"everywhere", []words.Hint{
					{Key: "Ctrl+K", Does: "everything"},
					{Key: "?", Does: "this"},
					{Key: "q", Does: "quit"},
					{Key: "/", Does: "search"},
					{Key: "Tab", Does: "next pane"},
					{Key: "Ctrl+L", Does: "redraw"},
				}},
			})
		},
		"confirm": func() Overlay {
			return NewConfirm(l, Question{
				Title: "Quit?", Key: "y",
				Said: words.Said{Happened: "2 messages have not been sent.", Do: "They stay in the outbox and go when frontdesk runs again."},
			})
		},
		"details": func() Overlay {
			d := NewDetails(l, message(event.JobSent))
			d.SetEvents(detailEvents())
			return d
		},
		"details-queued": func() Overlay {
			d := NewDetails(l, message(event.JobQueued))
			d.SetEvents(nil)
			return d
		},
		"unsure": func() Overlay { return NewUnsure(l, message(event.JobUnsure), 0) },
		"unsure-cause": func() Overlay {
			m := message(event.JobUnsure)
			m.Error = &provider.Error{
				Reason: provider.Unavailable, Code: "131000", Uncertain: true,
				Text: "WhatsApp had a fault of its own. It may have been sent: wait for a receipt before sending it again.",
			}
			return NewUnsure(l, m, 0)
		},
		"unsure-again": func() Overlay {
			u := NewUnsure(l, message(event.JobUnsure), 0)
			press(u, "s")
			return u
		},
		"held": func() Overlay { return NewUnsure(l, message(event.JobHeld), 3) },
		"failed": func() Overlay {
			m := message(event.JobFailed)
			m.Error = &provider.Error{Reason: provider.TooLong}
			return NewUnsure(l, m, 0)
		},
		"resolve": func() Overlay { return NewResolve(l, elif()) },
		"resolve-filled": func() Overlay {
			r := NewResolve(l, elif())
			press(r, "tab", "'randevu taşındı", "tab", "4", "tab", "right")
			return r
		},
	}
}

// filledElsewhere is the picker of an account whose templates another system fills
// on behalf of a job.
func filledElsewhere(link event.Linked) *Picker {
	c, caps := elif(), whatsapp()
	c.Link = link
	caps.Link = provider.LinkRule{System: "job", Needed: true}
	p := NewPicker(look(), PickerData{Conversation: c, Caps: caps, SyncedAt: now(), Templates: []provider.Template{{
		ID: "3", Name: "appointment_reminder", Language: "en_GB", Category: "utility", Status: provider.Approved,
		Opaque: true, FilledBy: "PropOps", Filled: []string{"tenant_first_name", "appointment_date", "time_window"},
		About: "Appointment Reminder: Remind the tenant of an upcoming appointment the day before",
	}}})
	press(p, "enter")
	return p
}

// Every overlay at every size the program promises: its grid is exact, it fits,
// and it looks as it did.
func TestGolden(t *testing.T) {
	for name, open := range overlays() {
		for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 12}} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
				golden(t, fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), screen(t, open(), size[0], size[1]))
			})
		}
	}
}

// No size may break the grid.
func TestAnySize(t *testing.T) {
	for name, open := range overlays() {
		t.Run(name, func(t *testing.T) {
			o := open()
			for w := 1; w <= 130; w += 6 {
				for h := 1; h <= 40; h += 4 {
					screen(t, o, w, h)
				}
			}
		})
	}
}
