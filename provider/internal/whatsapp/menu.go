package whatsapp

import (
	"errors"
	"fmt"

	"frontdesk/provider"
)

func menuOut(c *provider.Content) (*SendInteractive, error) {
	m := c.Menu
	if m == nil {
		return nil, errors.New("it offers nothing to choose")
	}
	s := &SendInteractive{Type: m.Form, Body: &InteractiveText{Text: c.Text}}
	if m.Header != "" {
		s.Header = &InteractiveTitle{Type: "text", Text: m.Header}
	}
	if m.Footer != "" {
		s.Footer = &InteractiveText{Text: m.Footer}
	}
	var err error
	switch m.Form {
	case "button":
		s.Action.Buttons = buttonsOut(m.Options)
	case "list":
		s.Action.Button, s.Action.Sections = m.Button, sectionsOut(m.Options)
	case "cta_url":
		s.Action.Name, s.Action.Parameters = "cta_url", &ActionValues{DisplayText: m.Button, URL: m.URL}
	case "location_request":
		s.Type, s.Action.Name = "location_request_message", "send_location"
	case "flow":
		s.Action.Name = "flow"
		s.Action.Parameters, err = flowOut(m)
	default:
		err = fmt.Errorf("WhatsApp has no menu of form %q", m.Form)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// flowVersion is the one version of a flow's message (Meta, "Flows").
const flowVersion = "3"

func flowOut(m *provider.Menu) (*ActionValues, error) {
	f := m.Flow
	if f == nil || f.ID == "" {
		return nil, errors.New("it names no form to open")
	}
	out := &ActionValues{
		FlowVersion: flowVersion, FlowID: f.ID, FlowLabel: m.Button, FlowRef: f.Ref,
		FlowMode: "published", FlowAction: "data_exchange",
	}
	if f.Draft {
		out.FlowMode = "draft"
	}
	if f.Screen != "" {
		out.FlowAction, out.FlowPayload = "navigate", &FlowPayload{Screen: f.Screen, Data: f.Data}
	}
	return out, nil
}

func buttonsOut(options []provider.MenuOption) []ReplyButton {
	var out []ReplyButton
	for _, o := range options {
		out = append(out, ReplyButton{Type: "reply", Reply: Reply{ID: o.ID, Title: o.Title}})
	}
	return out
}

// sectionsOut keeps the order of the options; a section begins where its title
// changes.
func sectionsOut(options []provider.MenuOption) []Section {
	var out []Section
	for _, o := range options {
		if len(out) == 0 || out[len(out)-1].Title != o.Section {
			out = append(out, Section{Title: o.Section})
		}
		last := &out[len(out)-1]
		last.Rows = append(last.Rows, Reply{ID: o.ID, Title: o.Title, Description: o.Description})
	}
	return out
}
