package whatsapp

import (
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"frontdesk/provider"
)

// templateOut names a template and gives its values.
func templateOut(t *provider.TemplateMessage) (*SendTemplate, error) {
	if t == nil || t.Name == "" || t.Language == "" {
		return nil, errors.New("it names no template")
	}
	s := &SendTemplate{Name: t.Name, Language: Language{Code: t.Language}}
	var err error
	if s.Components, err = partsOut(t, 0, t.Payloads); err != nil {
		return nil, err
	}
	carousel, err := carouselOut(t)
	if err != nil {
		return nil, err
	}
	s.Components = append(s.Components, carousel...)
	return s, nil
}

// partsOut fills the message's own parts, or those of one card.
func partsOut(t *provider.TemplateMessage, card int, payloads map[int]string) ([]SendComponent, error) {
	var out []SendComponent
	for _, part := range []provider.Part{provider.PartHeader, provider.PartBody, provider.PartOffer} {
		c := SendComponent{Type: string(part)}
		for _, v := range valuesOf(t, card, part) {
			p, err := parameter(v, t.Named)
			if err != nil {
				return nil, err
			}
			c.Parameters = append(c.Parameters, p)
		}
		if len(c.Parameters) > 0 {
			out = append(out, c)
		}
	}
	return append(out, buttonValues(t, card, payloads)...), nil
}

// carouselOut fills every card: one without a value still has its picture.
func carouselOut(t *provider.TemplateMessage) ([]SendComponent, error) {
	last := 0
	for _, v := range t.Values {
		last = max(last, v.Card)
	}
	for card := range t.CardPayloads {
		last = max(last, card)
	}
	c := SendComponent{Type: string(provider.PartCarousel)}
	for card := 1; card <= last; card++ {
		parts, err := partsOut(t, card, t.CardPayloads[card])
		if err != nil {
			return nil, err
		}
		if len(parts) > 0 {
			c.Cards = append(c.Cards, SendCard{Index: card - 1, Components: parts})
		}
	}
	if len(c.Cards) == 0 {
		return nil, nil
	}
	return []SendComponent{c}, nil
}

// valuesOf returns a part's values in the order Meta wants: variables {{1}},
// {{2}} … by number, wherever the text has them.
func valuesOf(t *provider.TemplateMessage, card int, part provider.Part) []provider.Value {
	var values []provider.Value
	for _, v := range t.Values {
		if v.Part == part && v.Card == card {
			values = append(values, v)
		}
	}
	if !t.Named {
		slices.SortStableFunc(values, func(a, b provider.Value) int { return place(a.Name) - place(b.Name) })
	}
	return values
}

func place(name string) int {
	n, err := strconv.Atoi(name)
	if err != nil {
		return 0
	}
	return n
}

// currencyCode is the form of a currency's name (ISO 4217).
var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func parameter(v provider.Value, named bool) (Parameter, error) {
	p := Parameter{}
	switch {
	case v.Media != nil:
		return mediaParameter(v), nil
	case v.Form == provider.FormPlace || v.Place != nil:
		at, err := placeOut(v.Place)
		return Parameter{Type: "location", Location: at}, err
	case v.Form == provider.FormUntil:
		if v.Until.IsZero() {
			return p, errors.New("it does not say when the offer ends")
		}
		return Parameter{Type: "limited_time_offer", Offer: &OfferEnd{Expires: v.Until.UnixMilli()}}, nil
	case v.Money != nil:
		if !currencyCode.MatchString(v.Money.Currency) {
			return p, errors.New("an amount names no currency")
		}
		p = Parameter{Type: "currency", Currency: &Currency{Fallback: v.Text, Code: v.Money.Currency, Amount: v.Money.Milli}}
	case v.Date:
		p = Parameter{Type: "date_time", DateTime: &DateTime{Fallback: v.Text}}
	default:
		p = Parameter{Type: "text", Text: v.Text}
	}
	if named {
		p.ParameterName = v.Name
	}
	return p, nil
}

func mediaParameter(v provider.Value) Parameter {
	file := fileOut(v.Media)
	switch headerKind(v) {
	case provider.Image:
		return Parameter{Type: "image", Image: file}
	case provider.Video:
		return Parameter{Type: "video", Video: file}
	}
	file.Filename = v.Media.Name
	return Parameter{Type: "document", Document: file}
}

func headerKind(v provider.Value) provider.ContentKind {
	switch {
	case v.Kind != "":
		return v.Kind
	case strings.HasPrefix(v.Media.MIME, "image/"):
		return provider.Image
	case strings.HasPrefix(v.Media.MIME, "video/"):
		return provider.Video
	}
	return provider.Document
}

func buttonValues(t *provider.TemplateMessage, card int, payloads map[int]string) []SendComponent {
	at := map[int]SendComponent{}
	for i, payload := range payloads {
		at[i] = button("quick_reply", i, Parameter{Type: "payload", Payload: payload})
	}
	flows := map[int]*OpenFlow{}
	for _, v := range valuesOf(t, card, provider.PartButton) {
		switch v.Form {
		case provider.FormFlow:
			if flows[v.Index] == nil {
				flows[v.Index] = &OpenFlow{Token: noToken}
			}
			flows[v.Index].take(v)
			at[v.Index] = button("flow", v.Index, Parameter{Type: "action", Action: flows[v.Index]})
		case provider.FormCode:
			at[v.Index] = button("copy_code", v.Index, Parameter{Type: "coupon_code", CouponCode: v.Text})
		default:
			at[v.Index] = button("url", v.Index, Parameter{Type: "text", Text: v.Text})
		}
	}
	var out []SendComponent
	for _, i := range slices.Sorted(maps.Keys(at)) {
		out = append(out, at[i])
	}
	return out
}

// noToken is Meta's own word for a flow that is opened without a token.
const noToken = "unused"

func (o *OpenFlow) take(v provider.Value) {
	switch {
	case v.Text == "":
	case v.Name == provider.FlowData:
		o.Data = json.RawMessage(v.Text)
	default:
		o.Token = v.Text
	}
}

func button(form string, i int, p Parameter) SendComponent {
	return SendComponent{
		Type: "button", SubType: form, Index: ID(strconv.Itoa(i)),
		Parameters: []Parameter{p},
	}
}
