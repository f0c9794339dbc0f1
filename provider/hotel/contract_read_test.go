package hotel_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

func (s *contract) list(w http.ResponseWriter, r *http.Request) {
	found := []any{}
	for _, c := range s.conversations {
		q := r.URL.Query()
		if (q.Get("guest_phone") == "" || q.Get("guest_phone") == c.phone) && (q.Get("status") == "" || q.Get("status") == c.status) {
			found = append(found, map[string]any{"conversation_id": c.id, "guest_phone": c.phone, "status": c.status})
		}
	}
	answer(w, map[string]any{"conversations": found})
}

// of finds the conversation of a path; without one it answers 404, for which the
// document has no code.
func (s *contract) of(w http.ResponseWriter, r *http.Request) *conversation {
	for _, c := range s.conversations {
		if c.id == r.PathValue("id") {
			return c
		}
	}
	w.WriteHeader(http.StatusNotFound)
	return nil
}

func (s *contract) detail(w http.ResponseWriter, r *http.Request) {
	if c := s.of(w, r); c != nil {
		answer(w, map[string]any{
			"conversation_id": c.id, "guest_phone": c.phone, "messages": c.messages, "status": c.status, "metadata": c.metadata,
			"participants": []any{map[string]any{"role": "guest", "phone": c.phone}, map[string]any{"role": "staff", "staff_member_id": "staff_456"}},
		})
	}
}

func (s *contract) resolve(w http.ResponseWriter, r *http.Request) {
	c := s.of(w, r)
	if c == nil {
		return
	}
	var how map[string]any
	s.read(r, &how)
	for key := range how {
		if key != "resolution_notes" && key != "satisfaction_rating" && key != "follow_up_required" {
			s.t.Errorf("resolve has no %q", key)
		}
	}
	c.status, c.resolution = "resolved", how
	answer(w, map[string]any{})
}

func (s *contract) analytics(w http.ResponseWriter, r *http.Request) {
	if s.of(w, r) != nil {
		answer(w, map[string]any{
			"delivery_rates": map[string]any{"delivered": 0.98, "read": 0.9}, "response_times": []any{map[string]any{"average_seconds": 42}}, "satisfaction_scores": map[string]any{"average": 4.5},
		})
	}
}

func (s *contract) window(w http.ResponseWriter, r *http.Request) {
	c := s.of(w, r)
	if c == nil {
		return
	}
	closes := s.wrote(c.phone).Add(24 * time.Hour)
	answer(w, map[string]any{
		"within_window": s.now.Before(closes), "window_expires_at": closes.Format(time.RFC3339), "hours_remaining": max(closes.Sub(s.now).Hours(), 0),
	})
}

func (s *contract) status(w http.ResponseWriter, r *http.Request) {
	for _, c := range s.conversations {
		for _, m := range c.messages {
			if m["message_id"] == r.PathValue("id") {
				answer(w, map[string]any{"status": m["status"], "sent_at": m["sent_at"], "delivered_at": m["delivered_at"], "read_at": m["read_at"], "failure_reason": m["failure_reason"]})
				return
			}
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

func (s *contract) named(name string) map[string]any {
	for _, t := range s.templates {
		if t["name"] == name {
			return t
		}
	}
	return nil
}

func (s *contract) listTemplates(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{"templates": s.templates})
}

func (s *contract) template(w http.ResponseWriter, r *http.Request) {
	t := s.named(r.PathValue("name"))
	if t == nil {
		refuse(w, 404, "TEMPLATE_NOT_FOUND", nil)
		return
	}
	answer(w, t)
}

func (s *contract) submit(w http.ResponseWriter, r *http.Request) {
	var t struct {
		Name       string                                `json:"name"`
		Category   string                                `json:"category"`
		Language   string                                `json:"language"`
		Components []struct{ Type, Format, Text string } `json:"components"`
	}
	s.read(r, &t)
	s.templates = append(s.templates, map[string]any{"name": t.Name, "language": t.Language, "status": "PENDING"})
	answer(w, map[string]any{"name": t.Name, "status": "PENDING"})
}

func (s *contract) configure(w http.ResponseWriter, r *http.Request) {
	if s.undeliverable {
		refuse(w, 500, "WEBHOOK_DELIVERY_FAILED", nil)
		return
	}
	s.read(r, &s.hook)
	answer(w, map[string]any{})
}

// post delivers an event to the registered address as the document says: again
// until it is answered 200 or the retries are used up. The delay is not waited.
func (s *contract) post(hc *http.Client, event string, data map[string]any) (delivered bool) {
	s.t.Helper()
	raw, err := json.Marshal(map[string]any{"event": event, "data": data})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := url.Parse(s.hook.URL); err != nil || s.hook.URL == "" {
		s.t.Fatal("no webhook is registered")
	}
	for range 1 + s.hook.Retry.Max {
		s.posted++
		res, err := hc.Post(s.hook.URL, "application/json", bytes.NewReader(raw))
		if err != nil {
			continue
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return true
		}
	}
	return false
}
