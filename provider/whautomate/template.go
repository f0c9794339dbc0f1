package whautomate

import (
	"errors"
	"slices"
	"strconv"

	"frontdesk/provider"
)

// The variables of a flow button, which the API gives these names too.
const (
	flowToken = provider.FlowToken
	flowData  = provider.FlowData
)

// templateOut names a template of WhatsApp's and gives its values. The API takes
// values by their place and has no field for names or for what a quick reply
// sends back: a message that needs them is refused, not sent without.
func templateOut(body *message, t *provider.TemplateMessage) error {
	switch {
	case t == nil || t.Name == "" || t.Language == "":
		return errors.New("it names no template or no language")
	case t.Named:
		return errors.New("the template's variables have names, and Whautomate takes numbered ones alone")
	case len(t.Payloads)+len(t.CardPayloads) > 0:
		return errors.New("there is no field for what a quick reply sends back")
	}
	for _, v := range t.Values {
		if !fielded(v) {
			return errNoField
		}
	}
	body.Template = &templateName{Name: t.Name, Language: t.Language}
	for _, part := range []provider.Part{provider.PartHeader, provider.PartBody, provider.PartButton} {
		if err := valuesOut(body, part, valuesOf(t, part)); err != nil {
			return err
		}
	}
	return nil
}

var errNoField = errors.New("the template has a value that Whautomate has no field for")

// fielded reports a value of a part and a form that the API has a field for: no
// card of a carousel, no end of an offer, no code.
func fielded(v provider.Value) bool {
	switch {
	case v.Card != 0, !v.Until.IsZero():
		return false
	case v.Part == provider.PartHeader:
		return v.Form == "" || (v.Form == provider.FormPlace && v.Place != nil)
	}
	return v.Form == "" && (v.Part == provider.PartBody || v.Part == provider.PartButton)
}

// valuesOf returns the values of a part in the order of the template.
func valuesOf(t *provider.TemplateMessage, part provider.Part) []provider.Value {
	var values []provider.Value
	for _, v := range t.Values {
		if v.Part == part {
			values = append(values, v)
		}
	}
	slices.SortStableFunc(values, func(a, b provider.Value) int {
		if a.Index != b.Index {
			return a.Index - b.Index
		}
		return ordinal(a.Name) - ordinal(b.Name)
	})
	return values
}

func ordinal(name string) int {
	n, err := strconv.Atoi(name)
	if err != nil || n < 0 || n > 1000 {
		return 0
	}
	return n
}

func valuesOut(body *message, part provider.Part, values []provider.Value) error {
	var err error
	switch part {
	case provider.PartHeader:
		body.HeaderTexts, err = headerOut(body, values)
	case provider.PartBody:
		body.BodyTexts, err = texts(values)
	case provider.PartButton:
		err = buttonsOut(body, values)
	}
	return err
}

// headerOut takes the one header there may be: a file, a place or texts.
func headerOut(body *message, values []provider.Value) ([]string, error) {
	if len(values) != 1 {
		return texts(values)
	}
	switch v := values[0]; {
	case v.Place != nil:
		body.Place = &place{Latitude: v.Place.Latitude, Longitude: v.Place.Longitude, Name: v.Place.Name, Address: v.Place.Address}
	case v.Media == nil:
		return texts(values)
	case !public(v.Media.Link):
		return nil, errors.New("the header's file has no public address, from which alone Whautomate fetches one")
	default:
		body.HeaderMedia = v.Media.Link
	}
	return nil, nil
}

// texts returns the values in the order of their numbers. With one missing, all
// behind it would stand in another's place.
func texts(values []provider.Value) ([]string, error) {
	var list []string
	for i, v := range values {
		if v.Name != strconv.Itoa(i+1) || v.Media != nil || v.Place != nil {
			return nil, errors.New("the template's values are not numbered from 1 on without a gap")
		}
		list = append(list, v.Text)
	}
	return list, nil
}

// buttonsOut gives each button with a link its value, in the order of the
// buttons, and a flow its two.
func buttonsOut(body *message, values []provider.Value) error {
	for _, v := range values {
		switch {
		case v.Name == flowToken || v.Name == flowData:
			if body.Flow == nil {
				body.Flow = &flow{}
			}
			if v.Name == flowToken {
				body.Flow.Mark = v.Text
			} else {
				body.Flow.Data = v.Text
			}
		case v.Name == "1" && v.Media == nil:
			body.ButtonURLs = append(body.ButtonURLs, v.Text)
		default:
			return errNoField
		}
	}
	return nil
}
