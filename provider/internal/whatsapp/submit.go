package whatsapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// templateName is what a template may be called (Meta, "Template management").
var templateName = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)

// Submit posts a new template to the path of the API. The form is judged before it
// leaves: what Meta would refuse is told in plain words, and the name stays free.
func Submit(ctx context.Context, api *rest.Client, path string, t provider.Template, refused Refuser) (provider.TemplateID, provider.TemplateStatus, error) {
	r := rest.Request{Op: "submit template", Method: http.MethodPost, Path: path}
	wire, err := NewTemplate(t)
	if err != nil {
		return "", "", Unfit(r.Op, err)
	}
	r.Body = wire
	a, err := api.Do(ctx, r)
	switch {
	case err != nil:
		return "", "", err
	case !a.OK():
		return "", "", refused(r, a)
	}
	var made struct {
		ID     ID     `json:"id"`
		Status string `json:"status"`
	}
	if err := json.Unmarshal(a.Body, &made); err != nil || made.ID == "" {
		return "", "", rest.NoAnswer(r, errors.New("the answer holds no id of a template"))
	}
	status, known := templateEvent(strings.ToUpper(made.Status))
	if !known {
		status = provider.Pending
	}
	return provider.TemplateID(made.ID), status, nil
}

// Unfit is the error of a template that has no form on the wire.
func Unfit(op string, err error) *provider.Error {
	return &provider.Error{
		Op: op, Reason: provider.Invalid, Err: err,
		Text: "WhatsApp would refuse this template: " + err.Error() + ". Change it and submit it again.",
	}
}

// NewTemplate puts a template into the form in which Meta takes it. Its errors say
// what is wrong and hold nothing of the wording. A header's file is named by the
// handle of an upload, in Examples["handle"]: no id of a message's file serves.
func NewTemplate(t provider.Template) (*Template, error) {
	w := &Template{Name: t.Name, Language: t.Language, Category: strings.ToUpper(t.Category)}
	if t.Named {
		w.ParameterFormat = "NAMED"
	}
	switch {
	case !templateName.MatchString(t.Name):
		return nil, errors.New("its name may have small letters, digits and _ alone")
	case t.Language == "":
		return nil, errors.New("it has no language")
	case w.Category != "MARKETING" && w.Category != "UTILITY" && w.Category != "AUTHENTICATION":
		return nil, errors.New("its category is none of marketing, utility and authentication")
	}
	bodies := 0
	for _, c := range t.Components {
		if c.Part == provider.PartBody {
			bodies++
		}
	}
	if bodies != 1 {
		return nil, errors.New("it needs exactly one body")
	}
	var err error
	w.Components, err = componentsOut(t, t.Components)
	return w, err
}

func componentsOut(t provider.Template, components []provider.Component) ([]Component, error) {
	var out []Component
	for i := range components {
		c, err := componentOut(t, &components[i])
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// Limits of Meta's "Template components".
const (
	maxHeaderText   = 60
	maxFooterText   = 60
	maxTemplateBody = 1024
	maxOfferText    = 600
	maxAllButtons   = 10
	maxLabel        = 25
	maxURL          = 2000
	maxPhone        = 20
	maxHeaderVars   = 1
)

// exampleHandle is the key of the sample of a header's file.
const exampleHandle = "handle"

func componentOut(t provider.Template, c *provider.Component) (Component, error) {
	out := Component{Type: strings.ToUpper(string(c.Part)), Text: c.Text}
	switch c.Part {
	case provider.PartHeader:
		return headerOut(t, c)
	case provider.PartBody:
		limit := maxTemplateBody
		for _, other := range t.Components {
			if other.Part == provider.PartOffer {
				limit = maxOfferText
			}
		}
		var err error
		out.Example, err = textOut(t, c, "body", limit)
		return out, err
	case provider.PartFooter:
		if n := provider.Runes.Count(c.Text); n > maxFooterText || len(provider.Variables(c.Text)) > 0 {
			return out, fmt.Errorf("its footer may have %d characters and no variable", maxFooterText)
		}
		return out, nil
	case provider.PartOffer:
		out.Text, out.Offer = "", &Offer{Text: c.Text, Expires: &c.Ends}
		return out, nil
	case provider.PartCarousel:
		return carouselIn(t, c)
	case provider.PartButton:
		return buttonsIn(c)
	}
	return out, errors.New("it has a part that WhatsApp does not know")
}

func headerOut(t provider.Template, c *provider.Component) (Component, error) {
	out := Component{Type: "HEADER", Format: strings.ToUpper(c.Format), Text: c.Text}
	switch c.Format {
	case "", "text":
		out.Format = "TEXT"
		if len(provider.Variables(c.Text)) > maxHeaderVars {
			return out, errors.New("its header may have one variable alone")
		}
		var err error
		out.Example, err = textOut(t, c, "header", maxHeaderText)
		return out, err
	case "image", "video", "document":
		handle := c.Examples[exampleHandle]
		if handle == "" {
			return out, errors.New("the file in its header needs a sample, uploaded here or in WhatsApp Manager")
		}
		out.Example = &Example{HeaderHandle: Strings{handle}}
		return out, nil
	case "location":
		return out, nil
	}
	return out, errors.New("its header has a format that WhatsApp does not know")
}

// textOut judges a text and gives an example of each of its variables.
func textOut(t provider.Template, c *provider.Component, part string, limit int) (*Example, error) {
	names := provider.Variables(c.Text)
	switch {
	case strings.TrimSpace(c.Text) == "":
		return nil, fmt.Errorf("its %s is empty", part)
	case provider.Runes.Count(c.Text) > limit:
		return nil, fmt.Errorf("its %s may have %d characters", part, limit)
	case part == "body" && len(names) > 0 && bareEnds(c.Text):
		return nil, errors.New("its body begins or ends with a variable")
	}
	var values []string
	var named []NamedExample
	for i, name := range names {
		value := c.Examples[name]
		if value == "" {
			return nil, fmt.Errorf("a variable of its %s has no example", part)
		}
		if !t.Named && c.Examples[strconv.Itoa(i+1)] == "" {
			return nil, fmt.Errorf("the variables of its %s are not numbered 1, 2, 3", part)
		}
		named = append(named, NamedExample{Name: name, Example: value})
	}
	if len(names) == 0 {
		return nil, nil
	}
	for i := range names {
		values = append(values, c.Examples[strconv.Itoa(i+1)])
	}
	return exampleOf(t.Named, part, named, values), nil
}

// bareEnds reports a variable at the beginning or the end (error 2388299).
func bareEnds(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "{{") || strings.HasSuffix(text, "}}")
}

func exampleOf(isNamed bool, part string, named []NamedExample, values []string) *Example {
	switch {
	case isNamed && part == "header":
		return &Example{HeaderNamed: named}
	case isNamed:
		return &Example{BodyNamed: named}
	case part == "header":
		return &Example{HeaderText: values}
	}
	return &Example{BodyText: [][]string{values}}
}

func carouselIn(t provider.Template, c *provider.Component) (Component, error) {
	out := Component{Type: "CAROUSEL"}
	for _, card := range c.Cards {
		components, err := componentsOut(t, card)
		if err != nil {
			return out, fmt.Errorf("on a card: %w", err)
		}
		out.Cards = append(out.Cards, TemplateCard{Components: components})
	}
	if len(out.Cards) == 0 {
		return out, errors.New("its carousel has no cards")
	}
	return out, nil
}

func buttonsIn(c *provider.Component) (Component, error) {
	out := Component{Type: "BUTTONS"}
	if len(c.Buttons) == 0 || len(c.Buttons) > maxAllButtons {
		return out, fmt.Errorf("it may have up to %d buttons", maxAllButtons)
	}
	for i, b := range c.Buttons {
		w := Button{Type: strings.ToUpper(b.Form), Text: b.Text, URL: b.URL, Phone: b.Phone}
		switch {
		case b.Form == "copy_code":
			code := c.Examples[provider.FieldKey(provider.PartButton, i, "code")]
			if code == "" {
				return out, errors.New("its code has no example")
			}
			w.Text, w.Example = "", Strings{code}
		case b.Text == "" || provider.Runes.Count(b.Text) > maxLabel:
			return out, fmt.Errorf("a button's text may have %d characters", maxLabel)
		case b.Form == "url":
			example, err := urlOut(c, i, b.URL)
			if err != nil {
				return out, err
			}
			w.Example = example
		case b.Form == "phone_number" && (b.Phone == "" || len(b.Phone) > maxPhone):
			return out, fmt.Errorf("a button's number may have %d digits", maxPhone)
		case b.Form != "quick_reply" && b.Form != "phone_number":
			return out, errors.New("it has a button that cannot be made here")
		}
		out.Buttons = append(out.Buttons, w)
	}
	return out, nil
}

// urlOut gives the whole address as the example, as Meta wants it.
func urlOut(c *provider.Component, i int, address string) (Strings, error) {
	names := provider.Variables(address)
	switch {
	case address == "" || len(address) > maxURL:
		return nil, fmt.Errorf("a button's address may have %d characters", maxURL)
	case len(names) == 0:
		return nil, nil
	case len(names) > 1 || !strings.HasSuffix(address, "}}"):
		return nil, errors.New("a button's address may have one variable, at its end")
	}
	value := c.Examples[provider.FieldKey(provider.PartButton, i, names[0])]
	if value == "" {
		return nil, errors.New("the variable of a button's address has no example")
	}
	prefix, _, _ := strings.Cut(address, "{{")
	return Strings{prefix + value}, nil
}
