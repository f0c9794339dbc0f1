package ambiotec

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

// Templates implements provider.TemplateLister. Ambiotec reads them from Meta and
// names them by name and language, without an id.
func (p *Provider) Templates(ctx context.Context) ([]provider.Template, error) {
	r := rest.Request{Op: "templates", Method: http.MethodGet, Path: "/api/whatsapp/templates"}
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	return listed(r, a)
}

func listed(r rest.Request, a *rest.Answer) ([]provider.Template, error) {
	e := open(a.Body)
	switch {
	case !a.OK():
		return nil, rest.Refused(r, a)
	case e.said && !e.success:
		return nil, refused(r, a, "Ambiotec did not list its templates and says no reason that frontdesk knows. Try again, or ask whoever looks after Ambiotec.")
	case !e.said || !e.Member("data").Array():
		return nil, rest.NoAnswer(r, errors.New("the answer is no list of templates"))
	}
	var templates []provider.Template
	known := map[provider.TemplateID]bool{}
	for _, v := range e.Member("data").List() {
		t, whole := templateIn(v)
		if !whole || known[t.ID] {
			continue // nobody could send it, or tell it from the other
		}
		known[t.ID] = true
		templates = append(templates, t)
	}
	return templates, nil
}

// templateIn is false for an element without what a template is sent by.
func templateIn(v exact.Value) (provider.Template, bool) {
	t := provider.Template{
		Name: v.Member("name").Text(), Language: v.Member("language").Text(), Category: strings.ToLower(v.Member("category").Text()),
		Status: provider.TemplateStatus(strings.ToLower(v.Member("status").Text())),
	}
	t.ID = provider.TemplateID(t.Name + "/" + t.Language)
	t.Unfillable = !v.Member("components").Listed()
	for _, part := range v.Member("components").List() {
		c, fits := componentIn(part)
		t.Unfillable = t.Unfillable || !fits
		t.Components = append(t.Components, c)
	}
	return t, v.Object() && !v.Spoilt() && t.Name != "" && t.Language != "" && t.Status != ""
}

// componentIn is false for a part whose values this API does not take: its
// parameters are texts in the order of the numbers {{1}}, {{2}} …, in a header, a
// body, or the address of a button.
func componentIn(v exact.Value) (provider.Component, bool) {
	c := provider.Component{
		Part: provider.Part(strings.ToLower(v.Member("type").Text())), Format: strings.ToLower(v.Member("format").Text()), Text: v.Member("text").Text(),
	}
	fits := c.Format == "" || c.Format == "text"
	switch c.Part {
	case "buttons":
		c.Part = provider.PartButton
	case provider.PartHeader, provider.PartBody:
	case provider.PartFooter:
		fits = fits && len(provider.Variables(c.Text)) == 0
	default:
		fits = false
	}
	for _, b := range v.Member("buttons").List() {
		button := provider.TemplateButton{
			Form: strings.ToLower(b.Member("type").Text()), Text: b.Member("text").Text(),
			URL: b.Member("url").Text(), Phone: b.Member("phone_number").Text(),
		}
		fits = fits && buttonFits(button)
		c.Buttons = append(c.Buttons, button)
	}
	return c, fits && numbered(c.Text)
}

func buttonFits(b provider.TemplateButton) bool {
	switch b.Form {
	case "url":
		return numbered(b.URL) && len(provider.Variables(b.URL)) <= 1
	case "quick_reply", "phone_number":
		return true
	}
	return false
}

// numbered reports variables {{1}} to {{n}} and no others, in any order.
func numbered(text string) bool {
	names := provider.Variables(text)
	for i := range names {
		if !slices.Contains(names, strconv.Itoa(i+1)) {
			return false
		}
	}
	return true
}
