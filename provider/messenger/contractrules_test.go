package messenger_test

import (
	"encoding/json"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"frontdesk/provider"
)

// refuses is what Meta's documents refuse of a message, window first.
func (c *contract) refuses(q request, who *person) *refusal {
	m := q.Message
	switch {
	case m == nil:
		return &refusal{100, 0}
	case count(m.Text != "", m.Attachment != nil, m.Template != nil) != 1:
		return &refusal{100, 0}
	case len(m.Metadata) > 1000:
		return &refusal{100, 0}
	}
	if no := c.shut(q, who); no != nil {
		return no
	}
	switch {
	case c.network == provider.Messenger && utf8.RuneCountInString(m.Text) > 2000:
		return &refusal{100, 0}
	case c.network == provider.Instagram && len(m.Text) > 1000:
		return &refusal{100, 0}
	case len(m.QuickReplies) > 13:
		return &refusal{100, 0}
	case m.Template != nil:
		return c.refusesTemplate(q)
	case m.Attachment != nil:
		return c.refusesAttachment(m.Attachment.Type, m.Attachment.Payload)
	}
	return nil
}

func count(all ...bool) (n int) {
	for _, one := range all {
		if one {
			n++
		}
	}
	return n
}

// shut is the window with its one tag.
func (c *contract) shut(q request, who *person) *refusal {
	closed := &refusal{10, 2018278}
	if c.network == provider.Instagram {
		closed = &refusal{10, 2534022}
	}
	since := c.now.Sub(who.wrote)
	switch q.MessagingType {
	case "RESPONSE", "UPDATE":
		if who.wrote.IsZero() || since >= 24*time.Hour {
			return closed
		}
	case "MESSAGE_TAG":
		switch {
		case q.Tag != "HUMAN_AGENT":
			return &refusal{100, 1893061}
		case who.wrote.IsZero() || since >= 7*24*time.Hour:
			return closed
		}
	case "UTILITY":
		if q.Message.Template == nil || c.network != provider.Messenger {
			return &refusal{100, 0}
		}
	default:
		return &refusal{100, 0}
	}
	return nil
}

func (c *contract) refusesTemplate(q request) *refusal {
	t := q.Message.Template
	if q.MessagingType != "UTILITY" {
		return &refusal{100, 0}
	}
	for _, one := range c.templates {
		if one["name"] != t.Name || one["language"] != t.Language.Code {
			continue
		}
		given := 0
		for _, component := range t.Components {
			if component.Type != "HEADER" && component.Type != "BODY" && component.Type != "BUTTONS" {
				return &refusal{100, 0}
			}
			given += len(component.Parameters)
		}
		raw, _ := json.Marshal(one["components"])
		if one["status"] != "APPROVED" || given != strings.Count(string(raw), "{{") {
			return &refusal{100, 0}
		}
		return nil
	}
	return &refusal{100, 0}
}

func (c *contract) refusesAttachment(kind string, payload map[string]any) *refusal {
	if kind == "template" {
		return refusesStructured(payload)
	}
	id, byID := payload["attachment_id"].(string)
	address, byURL := payload["url"].(string)
	switch {
	case kind != "image" && kind != "video" && kind != "audio" && kind != "file":
		return &refusal{100, 0}
	case byID == byURL, byID && c.files[id] != kind:
		return &refusal{100, 2018047}
	case byURL && strings.Contains(address, "too-large"):
		return &refusal{100, 2018047}
	}
	return nil
}

func refusesStructured(payload map[string]any) *refusal {
	buttons, _ := payload["buttons"].([]any)
	elements, _ := payload["elements"].([]any)
	text, _ := payload["text"].(string)
	switch payload["template_type"] {
	case "button":
		if len(buttons) < 1 || len(buttons) > 3 || text == "" || utf8.RuneCountInString(text) > 640 || !buttonsFit(buttons) {
			return &refusal{100, 0}
		}
		return nil
	case "generic":
		if len(elements) < 1 || len(elements) > 10 {
			return &refusal{100, 0}
		}
		for _, v := range elements {
			e, _ := v.(map[string]any)
			title, _ := e["title"].(string)
			subtitle, _ := e["subtitle"].(string)
			inside, _ := e["buttons"].([]any)
			if title == "" || utf8.RuneCountInString(title) > 80 || utf8.RuneCountInString(subtitle) > 80 || len(inside) > 3 || !buttonsFit(inside) {
				return &refusal{100, 0}
			}
		}
		return nil
	}
	return &refusal{100, 0}
}

func buttonsFit(buttons []any) bool {
	for _, v := range buttons {
		b, _ := v.(map[string]any)
		title, _ := b["title"].(string)
		address, _ := b["url"].(string)
		payload, _ := b["payload"].(string)
		if title == "" || utf8.RuneCountInString(title) > 20 || (b["type"] == "web_url") != (address != "") || (b["type"] == "postback") != (payload != "") {
			return false
		}
	}
	return true
}

// attach keeps a file for later messages.
func (c *contract) attach(r *http.Request, raw []byte) (map[string]any, *refusal) {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, &refusal{100, 0}
	}
	form, err := multipart.NewReader(strings.NewReader(string(raw)), params["boundary"]).ReadForm(64 << 20)
	if err != nil || len(form.Value["message"]) != 1 || len(form.File["filedata"]) != 1 {
		return nil, &refusal{100, 0}
	}
	var m struct {
		Attachment struct {
			Type    string `json:"type"`
			Payload struct {
				Reusable bool `json:"is_reusable"`
			} `json:"payload"`
		} `json:"attachment"`
	}
	limit := map[string]int64{"image": 8 << 20, "video": 25 << 20, "audio": 25 << 20, "file": 25 << 20}
	file := form.File["filedata"][0]
	platform := strings.Join(form.Value["platform"], ",")
	switch {
	case json.Unmarshal([]byte(form.Value["message"][0]), &m) != nil || !m.Attachment.Payload.Reusable:
		return nil, &refusal{100, 0}
	case (c.network == provider.Instagram) != (platform == "instagram"):
		return nil, &refusal{100, 0}
	case file.Size == 0 || file.Size > limit[m.Attachment.Type]:
		return nil, &refusal{100, 2018047}
	}
	id := "18577777748210" + string(rune('0'+len(c.files)))
	c.files[id] = m.Attachment.Type
	return map[string]any{"attachment_id": id}, nil
}

// list pages through the templates, one at a time.
func (c *contract) list(r *http.Request) (map[string]any, *refusal) {
	if c.network != provider.Messenger {
		return nil, &refusal{100, 0}
	}
	at := strings.Count(r.URL.Query().Get("after"), "x")
	if at >= len(c.templates) {
		return map[string]any{"data": []any{}}, nil
	}
	paging := map[string]any{"cursors": map[string]any{"after": strings.Repeat("x", at+1)}}
	if at+1 < len(c.templates) {
		paging["next"] = "https://graph.facebook.com/next"
	}
	return map[string]any{"data": []any{c.templates[at]}, "paging": paging}, nil
}

// serveFile is a CDN: an address is good for a while.
func (c *contract) serveFile(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/cdn/box.jpg":
		if r.Header.Get("Authorization") != "" {
			w.WriteHeader(http.StatusTeapot) // the token must not come here
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write([]byte("\xff\xd8\xff a box"))
	case "/cdn/expired.jpg":
		w.WriteHeader(http.StatusForbidden)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}
