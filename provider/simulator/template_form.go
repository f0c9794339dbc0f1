package simulator

import (
	"encoding/json"
	"strconv"
	"strings"

	"frontdesk/provider"
)

// reqTemplateForm is a template as it is submitted.
type reqTemplateForm struct {
	Name       string    `json:"name"`
	Language   string    `json:"language"`
	Category   string    `json:"category"`
	Format     string    `json:"parameter_format"`
	Components []reqPart `json:"components"`
}

type reqPart struct {
	Type    string     `json:"type"`
	Format  string     `json:"format"`
	Text    string     `json:"text"`
	Example reqExample `json:"example"`
	Buttons []struct {
		Type    string          `json:"type"`
		Text    string          `json:"text"`
		URL     string          `json:"url"`
		Phone   string          `json:"phone_number"`
		Example json.RawMessage `json:"example"`
	} `json:"buttons"`
	Offer *struct {
		Text    string `json:"text"`
		Expires bool   `json:"has_expiration"`
	} `json:"limited_time_offer"`
	Cards []struct {
		Components []reqPart `json:"components"`
	} `json:"cards"`
}

type reqExample struct {
	HeaderText  []string          `json:"header_text"`
	Handle      []string          `json:"header_handle"`
	BodyText    [][]string        `json:"body_text"`
	BodyNamed   []reqNamedExample `json:"body_text_named_params"`
	HeaderNamed []reqNamedExample `json:"header_text_named_params"`
}

type reqNamedExample struct {
	Name    string `json:"param_name"`
	Example string `json:"example"`
}

// illFormed is a refusal of a template's make-up, which Meta tells by subcode.
func illFormed(subcode int, details string, args ...any) *graphError {
	e := refuse(100, details, args...)
	e.Subcode = subcode
	return e
}

// partsRead judges what is submitted.
func partsRead(parts []reqPart) ([]provider.Component, *graphError) {
	var out []provider.Component
	for i := range parts {
		c, e := parts[i].read()
		if e != nil {
			return nil, e
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, illFormed(2388072, "a body is required")
	}
	return out, nil
}

func (p *reqPart) read() (provider.Component, *graphError) {
	c := provider.Component{Part: provider.Part(strings.ToLower(p.Type)), Text: p.Text}
	var e *graphError
	switch p.Type {
	case "HEADER":
		c.Format = strings.ToLower(p.Format)
		e = p.header(&c)
	case "BODY":
		e = p.body(&c)
	case "FOOTER":
		if len([]rune(p.Text)) > 60 || len(provider.Variables(p.Text)) > 0 {
			e = illFormed(2388073, "the footer is too long or has a variable")
		}
	case "BUTTONS":
		c.Part = provider.PartButton
		e = p.buttons(&c)
	case "LIMITED_TIME_OFFER":
		if p.Offer == nil || p.Offer.Text == "" {
			return c, illFormed(2388072, "limited_time_offer.text is required")
		}
		c.Text, c.Ends = p.Offer.Text, p.Offer.Expires
	case "CAROUSEL":
		if len(p.Cards) < 2 || len(p.Cards) > 10 {
			return c, illFormed(2388072, "2 to 10 cards are needed")
		}
		for _, card := range p.Cards {
			components, wrong := partsRead(card.Components)
			if wrong != nil {
				return c, wrong
			}
			c.Cards = append(c.Cards, components)
		}
	default:
		e = refuse(100, "component type %s is not known", p.Type)
	}
	return c, e
}

func (p *reqPart) header(c *provider.Component) *graphError {
	switch {
	case c.Format == "location":
		return nil
	case c.Format != "text":
		if len(p.Example.Handle) != 1 {
			return illFormed(2388047, "example.header_handle is required")
		}
		return nil
	case p.Text == "" || len([]rune(p.Text)) > 60:
		return illFormed(2388047, "the header must be 1 to 60 characters long")
	}
	return samples(c, p.Example.HeaderText, p.Example.HeaderNamed, 2388047)
}

func (p *reqPart) body(c *provider.Component) *graphError {
	text := strings.TrimSpace(p.Text)
	switch {
	case text == "" || len([]rune(text)) > 1024:
		return illFormed(2388040, "the body must be 1 to 1024 characters long")
	case strings.HasPrefix(text, "{{") || strings.HasSuffix(text, "}}"):
		return illFormed(2388299, "a variable stands at the start or end")
	}
	var positional []string
	if len(p.Example.BodyText) > 0 {
		positional = p.Example.BodyText[0]
	}
	return samples(c, positional, p.Example.BodyNamed, 2388072)
}

// samples wants an example for every variable.
func samples(c *provider.Component, positional []string, named []reqNamedExample, subcode int) *graphError {
	found := map[string]string{}
	for i, value := range positional {
		found[strconv.Itoa(i+1)] = value
	}
	for _, n := range named {
		found[n.Name] = n.Example
	}
	for _, name := range provider.Variables(c.Text) {
		if found[name] == "" {
			return illFormed(subcode, "variable %s has no example", name)
		}
	}
	if len(found) > 0 {
		c.Examples = found
	}
	return nil
}

func (p *reqPart) buttons(c *provider.Component) *graphError {
	if len(p.Buttons) == 0 || len(p.Buttons) > 10 {
		return refuse(100, "1 to 10 buttons are needed")
	}
	for i, b := range p.Buttons {
		button := provider.TemplateButton{Form: strings.ToLower(b.Type), Text: b.Text, URL: b.URL, Phone: b.Phone}
		example := firstOf(b.Example)
		switch {
		case b.Type == "COPY_CODE" && example == "", len(provider.Variables(b.URL)) > 0 && example == "":
			return refuse(100, "buttons[%d].example is required", i)
		case b.Type != "COPY_CODE" && (b.Text == "" || len([]rune(b.Text)) > 25):
			return refuse(100, "buttons[%d].text must be 1 to 25 characters long", i)
		}
		if example != "" {
			if c.Examples == nil {
				c.Examples = map[string]string{}
			}
			name := "code"
			if b.Type == "URL" {
				prefix, _, _ := strings.Cut(b.URL, "{{")
				name, example = "1", strings.TrimPrefix(example, prefix)
			}
			c.Examples[provider.FieldKey(provider.PartButton, i, name)] = example
		}
		c.Buttons = append(c.Buttons, button)
	}
	return nil
}

// firstOf takes a string or a list of one.
func firstOf(raw json.RawMessage) string {
	var one string
	var list []string
	if json.Unmarshal(raw, &one) != nil && json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		one = list[0]
	}
	return one
}
