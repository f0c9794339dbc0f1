package simulator

import (
	"encoding/json"
	"testing"

	"frontdesk/provider"
)

// wire writes an agent's step as the driver would.
func wire(t *testing.T, h HistoryStep, of provider.MessageID) string {
	t.Helper()
	m := map[string]any{"messaging_product": "whatsapp", "type": string(h.Content.Kind)}
	if userIDPath.MatchString(string(h.Chat)) {
		m["recipient"] = h.Chat
	} else {
		m["to"] = h.Chat
	}
	if of != "" {
		m["context"] = map[string]any{"message_id": of}
	}
	c := h.Content
	switch c.Kind {
	case provider.Text:
		m["text"] = map[string]any{"body": c.Text}
	case provider.Document:
		m["document"] = map[string]any{"link": c.Media.Link, "caption": c.Text, "filename": c.Media.Name}
	case provider.Interactive:
		m["interactive"] = wireMenu(c)
	case provider.Templated:
		m["template"] = wireTemplate(c.Template)
	default:
		t.Fatalf("%s: agents do not send %s", h.Key(), c.Kind)
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wireMenu(c provider.Content) map[string]any {
	action := map[string]any{}
	var buttons, rows []any
	for _, o := range c.Menu.Options {
		row := map[string]any{"id": o.ID, "title": o.Title}
		buttons = append(buttons, map[string]any{"type": "reply", "reply": row})
		rows = append(rows, row)
	}
	if c.Menu.Form == "list" {
		action["button"], action["sections"] = c.Menu.Button, []any{map[string]any{"title": "x", "rows": rows}}
	} else {
		action["buttons"] = buttons
	}
	return map[string]any{"type": c.Menu.Form, "body": map[string]any{"text": c.Text}, "action": action}
}

func wireTemplate(m *provider.TemplateMessage) map[string]any {
	parts := map[provider.Part][]any{}
	var components []any
	for _, v := range m.Values {
		p := map[string]any{"type": "text", "text": v.Text}
		if v.Part == provider.PartButton {
			components = append(components, map[string]any{"type": "button", "sub_type": "url", "index": "0", "parameters": []any{p}})
			continue
		}
		if m.Named {
			p["parameter_name"] = v.Name
		}
		parts[v.Part] = append(parts[v.Part], p)
	}
	for part, params := range parts {
		components = append(components, map[string]any{"type": string(part), "parameters": params})
	}
	return map[string]any{"name": m.Name, "language": map[string]any{"code": m.Language}, "components": components}
}
