package ambiotec

import (
	"slices"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

// templateOut is the request but for the recipients, or why there is none.
func templateOut(t *provider.TemplateMessage) (templateBody, *provider.Error) {
	if t == nil || t.Name == "" || t.Language == "" {
		return templateBody{}, before(provider.TemplateMissing, "It names no template with its language. Choose one from the list.")
	}
	body := templateBody{Name: t.Name, Language: t.Language}
	parts := map[place][]provider.Value{}
	for _, v := range t.Values {
		if v.Media != nil || t.Named || !sendable(v.Part) {
			return body, before(provider.TemplateParams, "Ambiotec takes texts alone for a template's numbered values. Choose another template.")
		}
		at := place{v.Part, v.Index}
		parts[at] = append(parts[at], v)
	}
	if len(t.Payloads) > 0 {
		return body, before(provider.TemplateParams, "Ambiotec gives a template's reply buttons no words of ours. Choose the template again without them.")
	}
	for _, at := range ordered(parts) {
		values, ok := inOrder(parts[at])
		if !ok {
			return body, before(provider.TemplateParams, "A value of the template is missing or there twice. Fill it again.")
		}
		body.Components = append(body.Components, component(at, values))
	}
	return body, nil
}

// place is a part of a template that takes values.
type place struct {
	part  provider.Part
	index int
}

func sendable(part provider.Part) bool {
	return part == provider.PartHeader || part == provider.PartBody || part == provider.PartButton
}

// ordered returns header, body and buttons, as the document has them.
func ordered(parts map[place][]provider.Value) []place {
	var places []place
	for at := range parts {
		places = append(places, at)
	}
	rank := func(at place) int {
		return slices.Index([]provider.Part{provider.PartHeader, provider.PartBody, provider.PartButton}, at.part)
	}
	slices.SortFunc(places, func(a, b place) int {
		if rank(a) != rank(b) {
			return rank(a) - rank(b)
		}
		return a.index - b.index
	})
	return places
}

// inOrder returns the values of variables 1 to n. A parameter has no name on the
// wire: a gap would put every later value into another variable.
func inOrder(values []provider.Value) ([]string, bool) {
	texts := make([]string, len(values))
	filled := make([]bool, len(values))
	for _, v := range values {
		n, ok := number(v.Name)
		if !ok || n > int64(len(values)) || filled[n-1] || strings.TrimSpace(v.Text) == "" {
			return nil, false
		}
		texts[n-1], filled[n-1] = v.Text, true
	}
	return texts, true
}

func component(at place, values []string) whatsapp.SendComponent {
	c := whatsapp.SendComponent{Type: string(at.part)}
	if at.part == provider.PartButton {
		c.SubType, c.Index = "url", whatsapp.ID(strconv.Itoa(at.index))
	}
	for _, text := range values {
		c.Parameters = append(c.Parameters, whatsapp.Parameter{Type: "text", Text: text})
	}
	return c
}
