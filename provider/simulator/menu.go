package simulator

import (
	"cmp"
	"encoding/json"

	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

type reqInteractive struct {
	Type   string `json:"type"`
	Header *struct {
		Text string `json:"text"`
	} `json:"header"`
	Body   *reqLine `json:"body"`
	Footer *reqLine `json:"footer"`
	Action struct {
		Name    string `json:"name"`
		Button  string `json:"button"`
		Buttons []struct {
			Reply reqRow `json:"reply"`
		} `json:"buttons"`
		Sections []struct {
			Title string   `json:"title"`
			Rows  []reqRow `json:"rows"`
		} `json:"sections"`
		Parameters struct {
			Display string          `json:"display_text"`
			URL     string          `json:"url"`
			Version string          `json:"flow_message_version"`
			Flow    string          `json:"flow_id"`
			CTA     string          `json:"flow_cta"`
			Ref     string          `json:"flow_token"`
			Mode    string          `json:"mode"`
			Action  string          `json:"flow_action"`
			Payload json.RawMessage `json:"flow_action_payload"`
		} `json:"parameters"`
	} `json:"action"`
}

type reqLine struct {
	Text string `json:"text"`
}

type reqRow struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

func (i *reqInteractive) flow() *provider.Flow {
	p := &i.Action.Parameters
	f := &provider.Flow{ID: p.Flow, Ref: p.Ref, Draft: p.Mode == "draft"}
	var first struct {
		Screen string          `json:"screen"`
		Data   json.RawMessage `json:"data"`
	}
	if json.Unmarshal(p.Payload, &first) == nil {
		f.Screen, f.Data = first.Screen, first.Data
	}
	return f
}

func (i *reqInteractive) menu() (string, *provider.Menu) {
	if i == nil {
		return "", nil
	}
	p := &i.Action.Parameters
	m := &provider.Menu{Form: i.Type, Button: cmp.Or(i.Action.Button, p.Display, p.CTA), URL: p.URL}
	switch i.Type {
	case "location_request_message":
		m.Form = "location_request"
	case "flow":
		m.Flow = i.flow()
	}
	if i.Header != nil {
		m.Header = i.Header.Text
	}
	if i.Footer != nil {
		m.Footer = i.Footer.Text
	}
	for _, b := range i.Action.Buttons {
		m.Options = append(m.Options, provider.MenuOption{ID: b.Reply.ID, Title: b.Reply.Title})
	}
	for _, section := range i.Action.Sections {
		for _, row := range section.Rows {
			m.Options = append(m.Options, provider.MenuOption{ID: row.ID, Title: row.Title, Description: row.Description, Section: section.Title})
		}
	}
	text := ""
	if i.Body != nil {
		text = i.Body.Text
	}
	return text, m
}

func menuShape(i *reqInteractive) *graphError {
	_, m := i.menu()
	if m == nil {
		return refuse(131008, "The parameter interactive is required.")
	}
	switch m.Form {
	case "button":
		return optionsShape(m, whatsapp.MaxButtons, whatsapp.MaxButtonTitle)
	case "list":
		if m.Button == "" || len([]rune(m.Button)) > whatsapp.MaxButtonTitle {
			return refuse(131009, "action.button must be 1 to 20 characters long")
		}
		return optionsShape(m, whatsapp.MaxRows, whatsapp.MaxRowTitle)
	case "cta_url":
		if m.URL == "" || m.Button == "" {
			return refuse(131008, "The parameters display_text and url are required.")
		}
		return nil
	case "location_request":
		if i.Action.Name != "send_location" {
			return refuse(131009, "action.name must be send_location")
		}
		return nil
	case "flow":
		return flowShape(i)
	}
	return refuse(131009, "interactive.type is not one of the supported values")
}

func flowShape(i *reqInteractive) *graphError {
	p := &i.Action.Parameters
	switch {
	case i.Action.Name != "flow" || p.Flow == "" || p.CTA == "":
		return refuse(131008, "The parameters name, flow_id and flow_cta are required.")
	case p.Version != "3":
		return refuse(131009, "flow_message_version must be 3")
	case len([]rune(p.CTA)) > whatsapp.MaxFlowButton:
		return refuse(131009, "flow_cta must be at most 30 characters long")
	case p.Action == "navigate" && i.flow().Screen == "":
		return refuse(131008, "The parameter flow_action_payload.screen is required.")
	}
	return nil
}

func optionsShape(m *provider.Menu, most, title int) *graphError {
	if len(m.Options) == 0 || len(m.Options) > most {
		return refuse(131009, "between 1 and %d choices are needed", most)
	}
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, o := range m.Options {
		n := len([]rune(o.Title))
		switch {
		case o.ID == "" || n == 0 || n > title:
			return refuse(131009, "each choice needs an id and a title of at most %d characters", title)
		case ids[o.ID] || (m.Form == "button" && titles[o.Title]):
			return refuse(131009, "ids and titles of choices must differ")
		case len([]rune(o.Description)) > whatsapp.MaxRowDetail:
			return refuse(131009, "a description must be at most %d characters long", whatsapp.MaxRowDetail)
		}
		ids[o.ID], titles[o.Title] = true, true
	}
	return nil
}
