package hotel_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/provider/hotel"
)

func chatOf(digits provider.ChatID) provider.ChatKey {
	return provider.ChatKey{Account: account.ID, Chat: digits}
}

func to(c provider.Content) provider.Outgoing {
	return provider.Outgoing{Op: "op", To: chatOf(guestChat), Content: c}
}

// template fills a template as the picker does.
func template(name string, fields ...string) provider.Content {
	m := &provider.TemplateMessage{Name: name, Language: "en", Named: true}
	for i := 0; i < len(fields); i += 2 {
		m.Values = append(m.Values, provider.Value{Part: provider.PartBody, Name: fields[i], Text: fields[i+1]})
	}
	return provider.Content{Kind: provider.Templated, Template: m}
}

func send(t *testing.T, p *hotel.Provider, m provider.Outgoing) {
	t.Helper()
	if _, err := p.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

// inConversation is a link that knows the API's own conversation.
var inConversation = &provider.Link{System: "booking", Fields: map[string]string{"conversation_id": "conv_abc123"}}

// examples make the calls of the document's examples, by the file that has the
// example.
var examples = map[string]func(*testing.T, *contract, *hotel.Provider){
	"text": func(t *testing.T, _ *contract, p *hotel.Provider) {
		m := to(provider.TextContent("Welcome to Grand Plaza Hotel! How can we assist you today?"))
		m.Link = inConversation
		send(t, p, m)
	},
	"template-welcome": func(t *testing.T, _ *contract, p *hotel.Provider) {
		m := to(template("welcome_checkin", "guest_name", "John Smith", "hotel_name", "Grand Plaza Hotel", "room_number", "205", "checkin_time", "3:00 PM", "checkout_date", "January 18, 2024"))
		m.Link = &provider.Link{System: "booking", ID: "RB123456", Fields: map[string]string{"guest_tier": "gold_member", "conversation_id": "conv_abc123"}}
		send(t, p, m)
	},
	"template-service": func(t *testing.T, s *contract, p *hotel.Provider) {
		s.set(func(s *contract) {
			s.templates = append(s.templates, map[string]any{"name": "service_confirmation", "language": "en", "status": "APPROVED"})
		})
		send(t, p, to(template("service_confirmation", "service_type", "Spa Massage", "appointment_time", "Tomorrow at 2:00 PM", "location", "Wellness Center - Room 3", "estimated_duration", "90 minutes")))
	},
	"send-image": func(t *testing.T, s *contract, p *hotel.Provider) {
		s.set(func(s *contract) { s.media["img_media_1"] = "image" })
		m := to(provider.Content{
			Kind: provider.Image, Media: &provider.Media{ID: "img_media_1", Name: "room_key_info.jpg"},
			Text: "Here is your digital room key information. Tap your phone on the door reader to access your room.",
		})
		m.Link = inConversation
		send(t, p, m)
	},
	"send-document": func(t *testing.T, s *contract, p *hotel.Provider) {
		s.set(func(s *contract) { s.media["doc_media_789"] = "document" })
		send(t, p, to(provider.Content{
			Kind: provider.Document, Media: &provider.Media{ID: "doc_media_789", Name: "hotel_amenities_guide.pdf"},
			Text: "Complete guide to all hotel amenities and services",
		}))
	},
	"buttons": func(t *testing.T, _ *contract, p *hotel.Provider) { send(t, p, to(buttons())) },
	"list":    func(t *testing.T, _ *contract, p *hotel.Provider) { send(t, p, to(list())) },
	"conversation": func(t *testing.T, _ *contract, p *hotel.Provider) {
		c, err := p.Conversation(t.Context(), "conv_abc123")
		if err != nil || len(c.Events) != 1 || len(c.Participants) != 2 || c.Status != "active" || len(c.Metadata) != 1 {
			t.Errorf("%+v, %v", c, err)
		}
	},
	"conversations": func(t *testing.T, _ *contract, p *hotel.Provider) {
		list, err := p.Conversations(t.Context(), guestChat, "active")
		if err != nil || len(list) != 1 || list[0].ID != "conv_abc123" {
			t.Errorf("%+v, %v", list, err)
		}
	},
	"resolve": func(t *testing.T, _ *contract, p *hotel.Provider) {
		if err := p.ResolveChat(t.Context(), chatOf(guestChat), provider.Resolution{Notes: "Guest room service request completed successfully", Rating: 5}); err != nil {
			t.Error(err)
		}
	},
	"status": func(t *testing.T, s *contract, p *hotel.Provider) {
		s.set(func(s *contract) {
			s.conversations[0].messages = append(s.conversations[0].messages, map[string]any{"message_id": "msg_123456", "status": "sent", "direction": "outbound", "sent_at": "2024-01-15T08:30:00Z"})
		})
		if events, err := p.MessageStatus(t.Context(), chatOf(guestChat), "msg_123456"); err != nil || len(events) != 1 {
			t.Errorf("%+v, %v", events, err)
		}
	},
	"analytics": func(t *testing.T, _ *contract, p *hotel.Provider) {
		a, err := p.ReadFigures(t.Context(), chatOf(guestChat))
		want := []provider.Figure{{Name: "delivery_rates.delivered", Value: "0.98"}, {Name: "delivery_rates.read", Value: "0.9"}, {Name: "response_times.1.average_seconds", Value: "42"}, {Name: "satisfaction_scores.average", Value: "4.5"}}
		if diff := cmp.Diff(want, a.List); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	},
	"window": func(t *testing.T, _ *contract, p *hotel.Provider) {
		w, err := p.ReadWindow(t.Context(), chatOf(guestChat))
		want := provider.WindowWord{Conversation: "conv_abc123", Open: true, Closes: time.Date(2024, 1, 16, 8, 0, 0, 0, time.UTC), Remaining: 23 * time.Hour}
		if err != nil || w != want {
			t.Errorf("%+v, %v", w, err)
		}
	},
	"templates": func(t *testing.T, _ *contract, p *hotel.Provider) {
		if list, err := p.Templates(t.Context()); err != nil || len(list) != 3 {
			t.Errorf("%+v, %v", list, err)
		}
	},
	"template": func(t *testing.T, _ *contract, p *hotel.Provider) {
		if one, err := p.Template(t.Context(), "welcome_checkin"); err != nil || one.Status != provider.Approved {
			t.Errorf("%+v, %v", one, err)
		}
	},
	"submit": func(t *testing.T, _ *contract, p *hotel.Provider) {
		id, status, err := p.SubmitTemplate(t.Context(), lateCheckout())
		if err != nil || id != "late_checkout_confirmation:en" || status != provider.Pending {
			t.Errorf("%q %q %v", id, status, err)
		}
	},
	"configure": func(t *testing.T, _ *contract, p *hotel.Provider) {
		if err := p.SetHook(t.Context(), provider.HookSetup{URL: "https://your-hotel.com/webhooks/whatsapp", VerifyToken: provider.Hide(hookToken)}); err != nil {
			t.Error(err)
		}
	},
	"batch": func(t *testing.T, _ *contract, p *hotel.Provider) {
		got, err := p.SendBatch(t.Context(), twoTexts())
		if err != nil || got.ID == "" || got.Completion != "2024-01-15T09:05:00Z" || !got.Done.Equal(time.Date(2024, 1, 15, 9, 5, 0, 0, time.UTC)) {
			t.Errorf("%+v, %v", got, err)
		}
	},
}

// ours is where a request of ours says something else than the example, on
// purpose: the hook's token is in its address, because nothing says how it comes
// back otherwise; nothing is sent twice without a person; all templates are listed,
// not those of one language and category.
var ours = map[string][]string{
	"configure": {"webhook_url"}, "batch": {"delivery_options.retry_failed"}, "templates": {"query"},
}

func TestRequestsAreTheDocuments(t *testing.T) {
	files, err := filepath.Glob("testdata/requests/*.json")
	if err != nil || len(files) != len(examples) {
		t.Fatalf("%d files for %d examples, %v", len(files), len(examples), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			if examples[name] == nil {
				t.Fatal("nothing makes this call")
			}
			asked(name)(t)
		})
	}
}
