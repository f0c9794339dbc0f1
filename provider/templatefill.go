package provider

import "strings"

// Field is one variable to fill, in the order the template shows them.
type Field struct {
	Part  Part
	Card  int
	Index int
	Name  string
	// Media is the kind of file a media header needs; empty for what is written.
	Media ContentKind
	// Form is how it is written; empty for text.
	Form    Form
	Example string
	// Optional may be left out; see Template.Options.
	Optional bool
}

// Key identifies the field; see FieldKey.
func (f Field) Key() string { return cardKey(f.Card, f.Part, f.Index, f.Name) }

// Fields returns every variable of the template.
func (t *Template) Fields() []Field {
	if t.FilledBy != "" {
		return nil
	}
	return fields(t.Components, 0)
}

// Field finds a variable by its key; one of the body by its bare name too, as people
// write it. ok is false for one that the template does not have.
func (t *Template) Field(name string) (field Field, ok bool) {
	body := FieldKey(PartBody, 0, name)
	for _, f := range t.Fields() {
		if key := f.Key(); key == name || key == body {
			return f, true
		}
	}
	return Field{}, false
}

func fields(components []Component, card int) []Field {
	var all []Field
	for i := range components {
		c := &components[i]
		for _, f := range c.fields() {
			f.Card = card
			all = append(all, f)
		}
		for n := range c.Cards {
			all = append(all, fields(c.Cards[n], n+1)...)
		}
	}
	return all
}

// What the examples of a place and of an end look like.
const (
	placeExample = "52.5163, 13.3777, Front desk, Pariser Platz"
	untilExample = "2026-12-24 18:00 +01:00"
)

func (c *Component) fields() []Field {
	switch {
	case c.Part == PartHeader && c.Format == "location":
		return []Field{{Part: PartHeader, Name: "1", Form: FormPlace, Example: placeExample}}
	case c.Part == PartHeader && c.Format != "" && c.Format != "text":
		return []Field{{Part: PartHeader, Name: "1", Media: ContentKind(c.Format)}}
	case c.Part == PartOffer && c.Ends:
		return []Field{{Part: PartOffer, Name: "until", Form: FormUntil, Example: untilExample}}
	}
	var fields []Field
	for _, name := range Variables(c.Text) {
		fields = append(fields, Field{Part: c.Part, Name: name, Example: c.Examples[name]})
	}
	for i, b := range c.Buttons {
		fields = append(fields, c.buttonFields(i, b)...)
	}
	return fields
}

// Options returns what may be given besides the variables: what each quick reply
// sends back, and what a flow opens with. The network has its own for what is left
// out.
func (t *Template) Options() []Field {
	if t.FilledBy != "" {
		return nil
	}
	return options(t.Components, 0)
}

func options(components []Component, card int) []Field {
	var all []Field
	for i := range components {
		c := &components[i]
		for n, b := range c.Buttons {
			f := Field{Part: PartButton, Card: card, Index: n, Optional: true}
			switch b.Form {
			case "quick_reply":
				f.Name, f.Form, f.Example = string(FormPayload), FormPayload, b.Text
				all = append(all, f)
			case "flow":
				f.Form = FormFlow
				for _, f.Name = range []string{FlowToken, FlowData} {
					all = append(all, f)
				}
			}
		}
		for n := range c.Cards {
			all = append(all, options(c.Cards[n], n+1)...)
		}
	}
	return all
}

func (c *Component) buttonFields(i int, b TemplateButton) []Field {
	if b.Form == "copy_code" {
		return []Field{{Part: PartButton, Index: i, Name: "code", Form: FormCode, Example: c.Examples[FieldKey(PartButton, i, "code")]}}
	}
	var fields []Field
	for _, name := range Variables(b.URL) {
		fields = append(fields, Field{Part: PartButton, Index: i, Name: name, Example: c.Examples[FieldKey(PartButton, i, name)]})
	}
	return fields
}

// Variables returns the distinct {{…}} names of a text in order.
func Variables(text string) []string {
	var names []string
	seen := map[string]bool{}
	for {
		_, rest, ok := strings.Cut(text, "{{")
		if !ok {
			return names
		}
		name, after, ok := strings.Cut(rest, "}}")
		if !ok {
			return names
		}
		if name = strings.TrimSpace(name); name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
		text = after
	}
}

// Substitute replaces each {{name}} once, in a single pass, so that a value
// that looks like a variable stays what it is. A variable without a value
// stays visible.
func Substitute(text string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}}")
		if !ok {
			b.WriteString("{{" + rest)
			return b.String()
		}
		if v, found := value(strings.TrimSpace(name)); found {
			b.WriteString(v)
		} else {
			b.WriteString("{{" + name + "}}")
		}
		text = after
	}
}

// Fill returns the message the template makes of the values, keyed as in
// FieldKey, together with what the customer will see. It judges nothing; see
// Lint.
func (t *Template) Fill(values map[string]Value) TemplateMessage {
	m := TemplateMessage{ID: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, Named: t.Named}
	for _, f := range t.Fields() {
		if v, ok := values[f.Key()]; ok {
			m.Values = append(m.Values, v.of(f).read())
		}
	}
	for _, f := range t.Options() {
		v, given := values[f.Key()]
		switch {
		case f.Form == FormPayload && v.Text != "":
			m.pays(f.Card, f.Index, v.Text)
		case f.Name == FlowToken || f.Name == FlowData && given: // a flow is always opened
			m.Values = append(m.Values, v.of(f))
		}
	}
	m.Shown = t.shown(values)
	return m
}

// of makes the value the field's. An amount and a date stand where a text may.
func (v Value) of(f Field) Value {
	typed := f.Form == "" && f.Media == "" && (v.Form == FormMoney || v.Form == FormDate)
	v.Part, v.Card, v.Index, v.Name, v.Kind = f.Part, f.Card, f.Index, f.Name, f.Media
	if !typed {
		v.Form = f.Form
	}
	return v
}

func (m *TemplateMessage) pays(card, index int, payload string) {
	if card == 0 {
		if m.Payloads == nil {
			m.Payloads = map[int]string{}
		}
		m.Payloads[index] = payload
		return
	}
	if m.CardPayloads == nil {
		m.CardPayloads = map[int]map[int]string{}
	}
	if m.CardPayloads[card] == nil {
		m.CardPayloads[card] = map[int]string{}
	}
	m.CardPayloads[card][index] = payload
}

func (t *Template) shown(values map[string]Value) Shown {
	if t.FilledBy != "" {
		return Shown{FilledBy: t.FilledBy}
	}
	return shown(t.Components, 0, values)
}

func shown(components []Component, card int, values map[string]Value) Shown {
	var s Shown
	for i := range components {
		c := &components[i]
		text := Substitute(c.Text, func(name string) (string, bool) {
			v, ok := values[cardKey(card, c.Part, 0, name)]
			return v.Text, ok && v.Text != ""
		})
		switch c.Part {
		case PartHeader:
			s.header(c, text, values[cardKey(card, PartHeader, 0, "1")])
		case PartBody:
			s.Body = text
		case PartFooter:
			s.Footer = text
		case PartOffer:
			s.Offer, s.Until = text, values[cardKey(card, PartOffer, 0, "until")].as(FormUntil).Until
		case PartButton:
			for _, b := range c.Buttons {
				s.Buttons = append(s.Buttons, b.Text)
			}
		}
		for n := range c.Cards {
			s.Cards = append(s.Cards, shown(c.Cards[n], n+1, values))
		}
	}
	return s
}

func (s *Shown) header(c *Component, text string, v Value) {
	s.Header, s.Media = text, v.Media
	if c.Format != "" && c.Format != "text" {
		s.Kind = ContentKind(c.Format)
	}
	if s.Kind == Location {
		s.Place = v.as(FormPlace).Place
	}
}
