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
		Quality: quality(t.Quality),
	}
	status, known := templateEvent(strings.ToUpper(t.Status))
	if !known {
		status = provider.TemplateStatus(strings.ToLower(t.Status))
	}
	out.Status = status
	components, whole := componentsIn(t.Components)
	out.Components, out.Unfillable = components, !whole
	return out
}

// quality is what customers make of a template; empty where Meta has not judged.
func quality(q *Quality) string {
	if q == nil || strings.EqualFold(q.Score, "unknown") {
		return ""
	}
	return strings.ToLower(q.Score)
}

func componentsIn(list []Component) (out []provider.Component, whole bool) {
	whole = true
	for i := range list {
		c, fits := componentIn(&list[i])
		whole = whole && fits
		out = append(out, c)
	}
	return out, whole
}

// componentIn is false for a part with values this program cannot give, such
// as a form or a catalogue: the template must not be offered as if it could be
// filled.
func componentIn(c *Component) (provider.Component, bool) {
	out := provider.Component{Part: provider.Part(strings.ToLower(c.Type)), Format: strings.ToLower(c.Format), Text: c.Text}
	whole := true
	switch out.Part {
	case provider.PartOffer:
		out.Ends = true
		if c.Offer != nil {
			out.Text, out.Ends = c.Offer.Text, c.Offer.Expires == nil || *c.Offer.Expires
		}
	case provider.PartCarousel:
		out.Cards, whole = cardsOf(c.Cards)
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
		out.Examples = buttonExample(out.Examples, i, b)
	}
	return out, whole
}

// cardsOf is false for a carousel that shows no cards: its variables are not
// known.
func cardsOf(cards []TemplateCard) (out [][]provider.Component, whole bool) {
	whole = len(cards) > 0
	for _, card := range cards {
		components, fits := componentsIn(card.Components)
		whole = whole && fits
		out = append(out, components)
	}
	return out, whole
}

func headerFits(format string) bool {
	switch format {
	case "", "text", "image", "video", "document", "location":
		return true
	}
	return false
}

func buttonFits(form string) bool {
	switch form {
	case "quick_reply", "url", "phone_number", "copy_code", "voice_call", "catalog", "flow":
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

// buttonExample adds what stands where a URL's variable stood, or the code to
// copy. Meta gives the whole URL.
func buttonExample(found map[string]string, i int, b Button) map[string]string {
	if len(b.Example) == 0 {
		return found
	}
	key, example := "", b.Example[0]
	if names := provider.Variables(b.URL); len(names) == 1 {
		prefix, _, _ := strings.Cut(b.URL, "{{")
		key, example = provider.FieldKey(provider.PartButton, i, names[0]), strings.TrimPrefix(example, prefix)
	}
	if strings.EqualFold(b.Type, "COPY_CODE") {
		key = provider.FieldKey(provider.PartButton, i, "code")
	}
	if key == "" {
		return found
	}
	if found == nil {
		found = map[string]string{}
	}
	found[key] = example
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
