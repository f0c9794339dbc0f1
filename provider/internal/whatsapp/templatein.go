package whatsapp

import (
	"strconv"
	"strings"

	"frontdesk/provider"
)

// TemplateIn reads a template as it is listed.
func TemplateIn(t *Template) provider.Template {
	out := provider.Template{
		ID: provider.TemplateID(t.ID), Name: t.Name, Language: language(t.Language),
		Category: strings.ToLower(t.Category), Reason: reason(t.RejectedReason), Named: strings.EqualFold(t.ParameterFormat, "NAMED"),
	}
	status, known := templateEvent(strings.ToUpper(t.Status))
	if !known {
		status = provider.TemplateStatus(strings.ToLower(t.Status))
	}
	out.Status = status
	for i := range t.Components {
		c, whole := componentIn(&t.Components[i])
		out.Unfillable = out.Unfillable || !whole
		out.Components = append(out.Components, c)
	}
	return out
}

// componentIn is false for a part with values this program cannot give, such
// as a carousel or a coupon code: the template must not be offered as if it
// could be filled.
func componentIn(c *Component) (provider.Component, bool) {
	out := provider.Component{Part: provider.Part(strings.ToLower(c.Type)), Format: strings.ToLower(c.Format), Text: c.Text}
	whole := true
	switch out.Part {
	case "buttons":
		out.Part = provider.PartButton
	case provider.PartHeader:
		whole = headerFits(out.Format)
	case provider.PartBody, provider.PartFooter:
	default:
		whole = false
	}
	out.Examples = examples(c, out.Part)
	for i, b := range c.Buttons {
		button := provider.TemplateButton{Form: strings.ToLower(b.Type), Text: b.Text, URL: b.URL, Phone: b.Phone}
		whole = whole && buttonFits(button.Form)
		out.Buttons = append(out.Buttons, button)
		out.Examples = urlExample(out.Examples, i, b)
	}
	return out, whole
}

func headerFits(format string) bool {
	switch format {
	case "", "text", "image", "video", "document":
		return true
	}
	return false
}

func buttonFits(form string) bool {
	switch form {
	case "quick_reply", "url", "phone_number", "voice_call", "catalog":
		return true
	}
	return false
}

// examples maps variables to the values given at approval.
func examples(c *Component, part provider.Part) map[string]string {
	if c.Example == nil {
		return nil
	}
	found := map[string]string{}
	named, positional := c.Example.BodyNamed, []string(nil)
	if len(c.Example.BodyText) > 0 {
		positional = c.Example.BodyText[0]
	}
	if part == provider.PartHeader {
		named, positional = c.Example.HeaderNamed, c.Example.HeaderText
	}
	for i, value := range positional {
		found[strconv.Itoa(i+1)] = value
	}
	for _, n := range named {
		found[n.Name] = n.Example
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// urlExample adds what stands where a URL's variable stood. Meta gives the
// whole URL.
func urlExample(found map[string]string, i int, b Button) map[string]string {
	names := provider.Variables(b.URL)
	if len(names) != 1 || len(b.Example) == 0 {
		return found
	}
	if found == nil {
		found = map[string]string{}
	}
	prefix, _, _ := strings.Cut(b.URL, "{{")
	found[provider.FieldKey(provider.PartButton, i, names[0])] = strings.TrimPrefix(b.Example[0], prefix)
	return found
}

// templateEvent reads a template's status and the events of its webhook; false
// for a word that says nothing about whether it may be sent.
func templateEvent(word string) (provider.TemplateStatus, bool) {
	switch word {
	case "APPROVED", "REINSTATED", "FLAGGED", "UNARCHIVED":
		return provider.Approved, true
	case "PENDING", "IN_APPEAL":
		return provider.Pending, true
	case "REJECTED":
		return provider.Refused, true
	case "PAUSED":
		return provider.Paused, true
	case "DISABLED", "LIMIT_EXCEEDED", "LOCKED", "ARCHIVED":
		return provider.Disabled, true
	case "DELETED", "PENDING_DELETION":
		return provider.Deleted, true
	}
	return "", false
}

// reason drops Meta's word for none.
func reason(s string) string {
	if s == "NONE" {
		return ""
	}
	return s
}

// language spells a code as templates do: webhooks have been seen to write
// en-US for en_US.
func language(code string) string { return strings.ReplaceAll(code, "-", "_") }
