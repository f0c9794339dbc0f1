package messenger

import (
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// unsaid is the status of a template of which the list tells none: it is not
// known to be approved, and is not offered as if it were.
const unsaid provider.TemplateStatus = "not told"

// templateIn reads one template in either of the two forms that Meta's pages
// show: with components, or with the body's text by itself. ok is false for what
// names no template.
func templateIn(v exact.Value) (t provider.Template, ok bool) {
	t = provider.Template{
		ID: provider.TemplateID(v.Member("id").Word()), Name: v.Member("name").Text(), Language: v.Member("language").Text(),
		Category: strings.ToLower(v.Member("category").Text()), Reason: reason(v.Member("rejected_reason").Text()),
		Named: strings.EqualFold(v.Member("parameter_format").Text(), "NAMED"), Status: unsaid,
	}
	if t.ID == "" || t.Name == "" || t.Language == "" {
		return t, false
	}
	if word := v.Member("status").Text(); word != "" {
		t.Status = statusIn(word)
	}
	if components := v.Member("components").List(); len(components) > 0 {
		for _, c := range components {
			one, whole := componentIn(c)
			t.Unfillable = t.Unfillable || !whole
			t.Components = append(t.Components, one)
		}
		return t, true
	}
	body := provider.Component{Part: provider.PartBody, Text: v.Member("body").Text()}
	body.Examples = positional(v.Member("body_params").List())
	t.Components = append(t.Components, body)
	if buttons, whole := buttonsIn(v.Member("buttons").List()); len(buttons.Buttons) > 0 {
		t.Unfillable = !whole
		t.Components = append(t.Components, buttons)
	}
	return t, true
}

// statusIn reads a status word; one that is not known is kept as it is, in lower
// case, and is not approved.
func statusIn(word string) provider.TemplateStatus {
	switch word {
	case "APPROVED":
		return provider.Approved
	case "PENDING":
		return provider.Pending
	case "REJECTED":
		return provider.Refused
	case "PAUSED":
		return provider.Paused
	case "DISABLED":
		return provider.Disabled
	case "DELETED":
		return provider.Deleted
	}
	return provider.TemplateStatus(strings.ToLower(word))
}

// reason drops Meta's word for none.
func reason(s string) string {
	if s == "NONE" {
		return ""
	}
	return s
}

// componentIn is false for a part with values this program cannot give: how a
// header's picture is sent is not documented.
func componentIn(v exact.Value) (c provider.Component, whole bool) {
	kind := strings.ToLower(v.Member("type").Text())
	if kind == "buttons" {
		return buttonsIn(v.Member("buttons").List())
	}
	c = provider.Component{Part: provider.Part(kind), Format: strings.ToLower(v.Member("format").Text()), Text: v.Member("text").Text()}
	example := v.Member("example")
	switch c.Part {
	case provider.PartHeader:
		c.Examples = examples(example.Member("header_text").List(), example.Member("header_text_named_params").List())
		return c, c.Format == "" || c.Format == "text"
	case provider.PartBody:
		rows := example.Member("body_text").List()
		if len(rows) > 0 {
			rows = rows[0].List()
		}
		c.Examples = examples(rows, example.Member("body_text_named_params").List())
		return c, true
	case provider.PartFooter:
		return c, true
	}
	return c, false
}

func examples(numbered, named []exact.Value) map[string]string {
	found := positional(numbered)
	for _, v := range named {
		if name := v.Member("param_name").Text(); name != "" {
			if found == nil {
				found = map[string]string{}
			}
			found[name] = v.Member("example").Text()
		}
	}
	return found
}

func positional(values []exact.Value) map[string]string {
	if len(values) == 0 {
		return nil
	}
	found := make(map[string]string, len(values))
	for i, v := range values {
		found[strconv.Itoa(i+1)] = v.Text()
	}
	return found
}

// buttonsIn is false where the buttons' values cannot be given: they are matched
// by order alone, so that one button with a value among others without would
// leave open which is which, and a payload's variable has no field to fill.
func buttonsIn(list []exact.Value) (c provider.Component, whole bool) {
	c, whole = provider.Component{Part: provider.PartButton}, true
	variable := 0
	for _, v := range list {
		b := provider.TemplateButton{Text: v.Member("text").Text()}
		switch kind := v.Member("type").Text(); kind {
		case "URL":
			b.Form, b.URL = "url", v.Member("url").Text()
		case "POSTBACK":
			b.Form = "quick_reply"
		case "PHONE_NUMBER":
			b.Form, b.Phone = "phone_number", v.Member("phone_number").Text()
		default:
			b.Form, whole = strings.ToLower(kind), false
		}
		if strings.Contains(v.Member("payload").Text(), "{{") {
			whole = false
		}
		if len(provider.Variables(b.URL)) > 0 {
			variable++
		}
		c.Buttons = append(c.Buttons, b)
	}
	return c, whole && (variable == 0 || variable == len(list))
}
