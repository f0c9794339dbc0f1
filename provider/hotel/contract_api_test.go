package hotel_test

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// sendable answers what is refused of any send; it is false then.
func (s *contract) sendable(w http.ResponseWriter, phone string, free bool) bool {
	if s.left == 0 {
		refuse(w, 429, "RATE_LIMIT_EXCEEDED", nil)
		return false
	}
	s.left--
	switch {
	case !e164.MatchString(phone):
		refuse(w, 400, "INVALID_PHONE_NUMBER", nil)
	case s.optedOut[phone]:
		refuse(w, 403, "GUEST_OPTED_OUT", nil)
	case free && s.now.After(s.wrote(phone).Add(24*time.Hour)):
		refuse(w, 403, "MESSAGE_WINDOW_EXPIRED", map[string]any{
			"guest_phone": phone, "last_guest_message": s.wrote(phone).Format(time.RFC3339),
			"window_expires":      s.wrote(phone).Add(24 * time.Hour).Format(time.RFC3339),
			"suggested_templates": []string{"service_followup", "general_inquiry"},
		}, "Use approved template message", "Wait for guest to initiate conversation", "Contact guest via alternative channel")
	default:
		return true
	}
	return false
}

// wrote is when the guest last did.
func (s *contract) wrote(phone string) (last time.Time) {
	for _, c := range s.conversations {
		for _, m := range c.messages {
			at, err := time.Parse(time.RFC3339, m["sent_at"].(string))
			if err == nil && c.phone == phone && m["direction"] == "inbound" && at.After(last) {
				last = at
			}
		}
	}
	return last
}

// taken keeps a message in the guest's active conversation.
func (s *contract) taken(w http.ResponseWriter, phone string, m map[string]any) *conversation {
	m["message_id"], m["direction"], m["status"], m["sent_at"] = s.id("msg"), "outbound", "sent", s.now.Format(time.RFC3339)
	c := s.activeOf(phone)
	c.messages = append(c.messages, m)
	answer(w, map[string]any{"message_id": m["message_id"], "status": "sent"})
	return c
}

func (s *contract) activeOf(phone string) *conversation {
	for _, c := range s.conversations {
		if c.phone == phone && c.status == "active" {
			return c
		}
	}
	c := &conversation{id: s.id("conv"), phone: phone, status: "active", metadata: map[string]string{}}
	s.conversations = append(s.conversations, c)
	return c
}

func (s *contract) sendText(w http.ResponseWriter, r *http.Request) {
	var m struct {
		Phone   string `json:"guest_phone"`
		Type    string `json:"message_type"`
		Content struct {
			Text string `json:"text"`
		} `json:"content"`
		Conversation string `json:"conversation_id"`
		Staff        string `json:"staff_member_id"`
	}
	s.read(r, &m)
	if s.sendable(w, m.Phone, true) {
		s.taken(w, m.Phone, map[string]any{"message_type": m.Type, "content": map[string]any{"text": m.Content.Text}, "staff_member_id": m.Staff})
	}
}

func (s *contract) sendMedia(w http.ResponseWriter, r *http.Request) {
	var m struct {
		Phone        string `json:"guest_phone"`
		Media        string `json:"media_id"`
		Type         string `json:"media_type"`
		Filename     string `json:"filename"`
		Caption      string `json:"caption"`
		Conversation string `json:"conversation_id"`
	}
	s.read(r, &m)
	switch {
	case !s.sendable(w, m.Phone, true):
	case s.media[m.Media] != m.Type:
		refuse(w, 422, "MEDIA_UPLOAD_FAILED", nil)
	default:
		s.taken(w, m.Phone, map[string]any{"media_id": m.Media, "media_type": m.Type, "filename": m.Filename, "caption": m.Caption})
	}
}

func (s *contract) sendMenu(w http.ResponseWriter, r *http.Request) {
	type row struct{ ID, Title, Description string }
	var m struct {
		Phone   string `json:"guest_phone"`
		Type    string `json:"interactive_type"`
		Content struct {
			Text     string `json:"text"`
			Buttons  []row  `json:"buttons"`
			Button   string `json:"button_text"`
			Sections []struct {
				Title string
				Rows  []row
			} `json:"sections"`
		} `json:"content"`
	}
	s.read(r, &m)
	if s.sendable(w, m.Phone, true) {
		s.taken(w, m.Phone, map[string]any{"message_type": "interactive", "content": map[string]any{"text": m.Content.Text}})
	}
}

func (s *contract) sendTemplate(w http.ResponseWriter, r *http.Request) {
	var m struct {
		Phone      string            `json:"guest_phone"`
		Name       string            `json:"template_name"`
		Language   string            `json:"language"`
		Parameters map[string]string `json:"parameters"`
		Metadata   map[string]string `json:"conversation_metadata"`
	}
	s.read(r, &m)
	found := s.named(m.Name)
	switch {
	case !s.sendable(w, m.Phone, false):
	case found == nil || found["status"] != "APPROVED" || found["language"] != m.Language:
		refuse(w, 404, "TEMPLATE_NOT_FOUND", nil, "Choose an approved template")
	default:
		c := s.taken(w, m.Phone, map[string]any{"message_type": "template", "template_name": m.Name})
		for k, v := range m.Metadata {
			c.metadata[k] = v
		}
	}
}

func (s *contract) sendBatch(w http.ResponseWriter, r *http.Request) {
	var b struct {
		Messages []struct{ Phone, Content string } `json:"messages"`
		Rate     struct {
			PerSecond int `json:"messages_per_second"`
			Size      int `json:"batch_size"`
		} `json:"rate_limit"`
		Delivery struct {
			Retry bool `json:"retry_failed"`
			Track bool `json:"track_delivery"`
		} `json:"delivery_options"`
	}
	s.read(r, &b)
	if s.left == 0 {
		refuse(w, 429, "RATE_LIMIT_EXCEEDED", nil)
		return
	}
	answer(w, map[string]any{"batch_id": s.id("batch"), "estimated_completion": "2024-01-15T09:05:00Z"})
}

func (s *contract) upload(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		s.t.Errorf("upload: %v", err)
		return
	}
	files, kind := r.MultipartForm.File["media"], r.MultipartForm.Value["media_type"]
	if len(files) != 1 || len(kind) != 1 || len(r.MultipartForm.File)+len(r.MultipartForm.Value) != 2 {
		s.t.Errorf("upload: the form is not as documented: %v", r.MultipartForm)
		return
	}
	if files[0].Size > s.largest || strings.HasSuffix(files[0].Filename, ".exe") {
		refuse(w, 422, "MEDIA_UPLOAD_FAILED", nil)
		return
	}
	id := s.id("media")
	s.media[id], s.uploaded = kind[0], files[0].Filename
	answer(w, map[string]any{"media_id": id, "media_url": "https://hotel.example/" + id})
}
