package simulator

import (
	"strings"
	"time"

	"frontdesk/provider"
)

// filling maps the wire's parameters to a template's variables.
type filling struct {
	t        *provider.Template
	values   map[string]provider.Value
	payloads map[int]map[int]string // of quick replies, by card
}

// fill takes all components. The counts must agree exactly.
func (f *filling) fill(components []reqComponent) *graphError {
	if e := f.parts(f.t.Components, components, 0); e != nil {
		return e
	}
	return f.count()
}

func (f *filling) parts(parts []provider.Component, components []reqComponent, card int) *graphError {
	for _, c := range components {
		var e *graphError
		switch kind := provider.Part(strings.ToLower(c.Type)); kind {
		case provider.PartHeader, provider.PartBody, provider.PartOffer:
			e = f.part(card, kind, c.Parameters)
		case provider.PartButton:
			e = f.button(parts, &c, card)
		case provider.PartCarousel:
			e = f.cards(parts, &c)
		default:
			e = refuse(132012, "component type %s is not known", c.Type)
		}
		if e != nil {
			return e
		}
	}
	return nil
}

func (f *filling) cards(parts []provider.Component, c *reqComponent) *graphError {
	for i := range parts {
		for _, filled := range c.Cards {
			n := filled.Index.int()
			if n < 0 || n >= len(parts[i].Cards) {
				if len(parts[i].Cards) == 0 {
					continue
				}
				return refuse(132000, "carousel: no card at index %d", n)
			}
			if e := f.parts(parts[i].Cards[n], filled.Components, n+1); e != nil {
				return e
			}
		}
	}
	return nil
}

// count refuses a variable without its parameter.
func (f *filling) count() *graphError {
	type place struct {
		card int
		part provider.Part
	}
	want, got := map[place]int{}, map[place]int{}
	for _, field := range f.t.Fields() {
		at := place{field.Card, field.Part}
		want[at]++
		if _, ok := f.values[field.Key()]; ok {
			got[at]++
			continue
		}
		switch {
		case field.Part == provider.PartButton:
			return refuse(131008, "buttons: Button at index %d requires a parameter", field.Index)
		case field.Media != "" || field.Form == provider.FormPlace:
			return refuse(132012, "header: Format mismatch, expected %s, received UNKNOWN", strings.ToUpper(string(field.Media)))
		}
	}
	for at := range want {
		if want[at] != got[at] {
			return refuse(132000, "%s: number of localizable_params (%d) does not match the expected number of params (%d)", at.part, got[at], want[at])
		}
	}
	return nil
}

func (f *filling) part(card int, part provider.Part, params []reqParameter) *graphError {
	var fields []provider.Field
	for _, field := range f.t.Fields() {
		if field.Part == part && field.Card == card {
			fields = append(fields, field)
		}
	}
	if len(params) != len(fields) {
		return refuse(132000, "%s: number of localizable_params (%d) does not match the expected number of params (%d)", part, len(params), len(fields))
	}
	for i := range params {
		field := fields[i]
		v, e := params[i].value(field, f.t.Named)
		if e != nil {
			return e
		}
		if f.t.Named && field.Media == "" && field.Form == "" {
			field.Name = params[i].Name
		}
		f.values[field.Key()] = v
	}
	return nil
}

// value judges one parameter by what its variable wants.
func (p *reqParameter) value(f provider.Field, named bool) (provider.Value, *graphError) {
	mismatch := func(want string) (provider.Value, *graphError) {
		return provider.Value{}, refuse(132012, "%s: Format mismatch, expected %s, received %s", f.Part, want, strings.ToUpper(p.Type))
	}
	switch {
	case f.Media != "":
		media := p.media(string(f.Media))
		if media == nil {
			return mismatch(strings.ToUpper(string(f.Media)))
		}
		return provider.Value{Media: media}, nil
	case f.Form == provider.FormPlace:
		if p.Type != "location" || p.Location == nil || p.Location.Latitude == "" || p.Location.Longitude == "" {
			return mismatch("LOCATION")
		}
		return provider.Value{Place: p.Location.place()}, nil
	case f.Form == provider.FormUntil:
		if p.Type != "limited_time_offer" || p.Offer == nil || p.Offer.Expires <= 0 {
			return mismatch("LIMITED_TIME_OFFER")
		}
		return provider.Value{Until: time.UnixMilli(p.Offer.Expires).UTC()}, nil
	case named != (p.Name != ""):
		return provider.Value{}, refuse(132012, "%s: parameter_name does not fit the template's parameter format", f.Part)
	}
	return p.text(f, mismatch)
}

// text is what a body's variable may be: text, an amount or a date.
func (p *reqParameter) text(f provider.Field, mismatch func(string) (provider.Value, *graphError)) (provider.Value, *graphError) {
	switch {
	case p.Type == "text":
		return provider.Value{Text: p.Text}, nil
	case f.Part != provider.PartBody:
	case p.Type == "currency" && p.Currency != nil && len(p.Currency.Code) == 3:
		return provider.Value{Text: p.Currency.Fallback, Money: &provider.Money{Currency: p.Currency.Code, Milli: p.Currency.Amount}}, nil
	case p.Type == "date_time" && p.DateTime != nil:
		return provider.Value{Text: p.DateTime.Fallback, Date: true}, nil
	}
	return mismatch("TEXT")
}

func (p *reqParameter) media(kind string) *provider.Media {
	var m *reqMedia
	switch kind {
	case "image":
		m = p.Image
	case "video":
		m = p.Video
	case "document":
		m = p.Document
	}
	if p.Type != kind || m == nil {
		return nil
	}
	return &provider.Media{ID: provider.MediaID(m.ID), Link: m.Link, Name: m.Filename}
}

func (f *filling) button(parts []provider.Component, c *reqComponent, card int) *graphError {
	index := c.Index.int()
	button := buttonAt(parts, index)
	if button == nil || len(c.Parameters) != 1 {
		return refuse(132000, "buttons: no button at index %d, or not one parameter", index)
	}
	if button.Form != strings.ToLower(c.SubType) {
		return refuse(132012, "buttons: button at index %d is of type %s", index, button.Form)
	}
	p := c.Parameters[0]
	field := provider.Field{Part: provider.PartButton, Card: card, Index: index, Name: "1"}
	switch button.Form {
	case "flow":
		if p.Type != "action" || p.Action == nil || p.Action.Token == "" {
			return refuse(132012, "buttons: button at index %d takes an action with a flow_token", index)
		}
		return nil
	case "quick_reply":
		if f.payloads[card] == nil {
			f.payloads[card] = map[int]string{}
		}
		f.payloads[card][index] = p.Payload
		return nil
	case "url":
		if len(provider.Variables(button.URL)) == 0 {
			return refuse(132000, "buttons: button at index %d takes no parameter", index)
		}
		f.values[field.Key()] = provider.Value{Text: p.Text}
		return nil
	case "copy_code":
		if p.Type != "coupon_code" {
			return refuse(132012, "buttons: button at index %d takes a coupon_code", index)
		}
		field.Name = "code"
		f.values[field.Key()] = provider.Value{Text: p.Coupon}
		return nil
	}
	return refuse(132012, "buttons: button at index %d takes no parameter", index)
}

func buttonAt(parts []provider.Component, index int) *provider.TemplateButton {
	for i := range parts {
		if buttons := parts[i].Buttons; index >= 0 && index < len(buttons) {
			return &buttons[index]
		}
	}
	return nil
}

// tapped is what each quick reply of a part sends back: its title where nothing
// else was said, as Meta does.
func (f *filling) tapped(parts []provider.Component, card int) map[int]string {
	payloads := map[int]string{}
	for i, payload := range f.payloads[card] {
		payloads[i] = payload
	}
	for _, c := range parts {
		for i, b := range c.Buttons {
			if b.Form == "quick_reply" && payloads[i] == "" {
				payloads[i] = b.Text
			}
		}
	}
	return payloads
}
