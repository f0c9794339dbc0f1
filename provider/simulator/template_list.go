package simulator

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"frontdesk/provider"
)

// listTemplates pages by a cursor that is the index, in disguise.
func (s *Sim) listTemplates(w http.ResponseWriter, r *http.Request) *graphError {
	waba := r.PathValue("id")
	s.mu.Lock()
	all, known := s.templates[waba]
	var data []map[string]any
	q := r.URL.Query()
	for _, t := range all {
		if matches(q.Get("status"), string(t.Status)) && matches(q.Get("name"), t.Name) &&
			matches(q.Get("language"), t.Language) && matches(q.Get("category"), t.Category) {
			data = append(data, templateJSON(t))
		}
	}
	s.mu.Unlock()
	if !known {
		return missing(waba)
	}
	limit := 25
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 {
		limit = min(n, 100)
	}
	start, ok := cursorIndex(q.Get("after"))
	if !ok || start > len(data) {
		return refuse(100, "after is not a cursor")
	}
	end := min(start+limit, len(data))
	page := map[string]any{"data": append([]map[string]any{}, data[start:end]...)}
	if end > start {
		paging := map[string]any{"cursors": map[string]any{"before": cursor(start), "after": cursor(end)}}
		if end < len(data) {
			next := *r.URL
			q.Set("after", cursor(end))
			next.RawQuery = q.Encode()
			paging["next"] = origin(r) + next.RequestURI()
		}
		page["paging"] = paging
	}
	writeJSON(w, http.StatusOK, page)
	return nil
}

func matches(want, got string) bool { return want == "" || strings.EqualFold(want, got) }

func cursor(i int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("index:" + strconv.Itoa(i)))
}

func cursorIndex(c string) (int, bool) {
	if c == "" {
		return 0, true
	}
	b, err := base64.RawURLEncoding.DecodeString(c)
	if err != nil {
		return 0, false
	}
	i, err := strconv.Atoi(strings.TrimPrefix(string(b), "index:"))
	return i, err == nil && i >= 0
}

// origin is how the caller reached us, for links in answers.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// templateJSON is a template as the Graph API lists it.
func templateJSON(t *provider.Template) map[string]any {
	format := "POSITIONAL"
	if t.Named {
		format = "NAMED"
	}
	var components []map[string]any
	for i := range t.Components {
		components = append(components, componentJSON(t, &t.Components[i]))
	}
	out := map[string]any{
		"id": t.ID, "name": t.Name, "language": t.Language, "category": strings.ToUpper(t.Category),
		"status": strings.ToUpper(string(t.Status)), "parameter_format": format, "components": components,
	}
	if t.Reason != "" {
		out["rejected_reason"] = t.Reason
	}
	return out
}

func componentJSON(t *provider.Template, c *provider.Component) map[string]any {
	out := map[string]any{"type": strings.ToUpper(string(c.Part))}
	if c.Text != "" {
		out["text"] = c.Text
	}
	switch c.Part {
	case provider.PartHeader:
		out["format"] = strings.ToUpper(c.Format)
		switch c.Format {
		case "location":
			return out
		case "text":
		default:
			out["example"] = map[string]any{"header_handle": []string{"https://scontent.whatsapp.net/v/example"}}
			return out
		}
		addExample(out, t, c, "header_text", "header_text_named_params", false)
	case provider.PartBody:
		addExample(out, t, c, "body_text", "body_text_named_params", true)
	case provider.PartOffer:
		delete(out, "text")
		out["limited_time_offer"] = map[string]any{"text": c.Text, "has_expiration": c.Ends}
	case provider.PartCarousel:
		out["cards"] = cardsJSON(t, c)
	case provider.PartButton:
		out["type"] = "BUTTONS"
		out["buttons"] = buttonsJSON(c)
	}
	return out
}

func cardsJSON(t *provider.Template, c *provider.Component) []map[string]any {
	var cards []map[string]any
	for _, card := range c.Cards {
		var components []map[string]any
		for i := range card {
			components = append(components, componentJSON(t, &card[i]))
		}
		cards = append(cards, map[string]any{"components": components})
	}
	return cards
}

// addExample writes the sample values: named ones as objects, positional ones
// as a list, of which a body has a list.
func addExample(out map[string]any, t *provider.Template, c *provider.Component, positional, named string, nested bool) {
	names := provider.Variables(c.Text)
	if len(names) == 0 {
		return
	}
	if t.Named {
		var params []map[string]any
		for _, name := range names {
			params = append(params, map[string]any{"param_name": name, "example": c.Examples[name]})
		}
		out["example"] = map[string]any{named: params}
		return
	}
	var samples []string
	for _, name := range names {
		samples = append(samples, c.Examples[name])
	}
	if nested {
		out["example"] = map[string]any{positional: [][]string{samples}}
		return
	}
	out["example"] = map[string]any{positional: samples}
}

func buttonsJSON(c *provider.Component) []map[string]any {
	var buttons []map[string]any
	for i, b := range c.Buttons {
		button := map[string]any{"type": strings.ToUpper(b.Form), "text": b.Text}
		if b.URL != "" {
			button["url"] = b.URL
		}
		if example := c.Examples[provider.FieldKey(provider.PartButton, i, "1")]; example != "" {
			button["example"] = []string{provider.Substitute(b.URL, func(string) (string, bool) { return example, true })}
		}
		if code := c.Examples[provider.FieldKey(provider.PartButton, i, "code")]; code != "" {
			button["example"] = code
		}
		if b.Phone != "" {
			button["phone_number"] = b.Phone
		}
		buttons = append(buttons, button)
	}
	return buttons
}
