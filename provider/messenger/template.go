package messenger

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

// templateOut puts an approved utility template with its values into Meta's form
// (Meta, "Send a utility message"; the components' types as the reference "Page
// Messages" spells them). All buttons share one component, in their order.
func templateOut(t *provider.TemplateMessage, network provider.Network) (*sendMessage, error) {
	switch {
	case network != provider.Messenger:
		return nil, errors.New("there are no templates on Instagram")
	case t == nil || t.Name == "" || t.Language == "":
		return nil, errors.New("it names no template and language")
	}
	out := &sendTemplate{Name: t.Name, Language: templateCode{t.Language}}
	for _, part := range []provider.Part{provider.PartHeader, provider.PartBody} {
		c := sendComponent{Type: strings.ToUpper(string(part))}
		for _, v := range t.Values {
			if v.Part == part {
				c.Parameters = append(c.Parameters, textParameter(v, t.Named))
			}
		}
		if len(c.Parameters) > 0 {
			out.Components = append(out.Components, c)
		}
	}
	for _, v := range t.Values {
		if v.Media != nil {
			return nil, errors.New("a template takes no file here")
		}
	}
	buttons, err := buttonParameters(t)
	if err != nil {
		return nil, err
	}
	if len(buttons) > 0 {
		out.Components = append(out.Components, sendComponent{Type: "BUTTONS", Parameters: buttons})
	}
	return &sendMessage{Template: out}, nil
}

func textParameter(v provider.Value, named bool) parameter {
	p := parameter{Type: "text", Text: v.Text}
	if named {
		p.Name = v.Name
	}
	return p
}

// buttonParameters are matched to the buttons by their order alone, so that
// either every button has one or none does.
func buttonParameters(t *provider.TemplateMessage) ([]parameter, error) {
	found := map[int]parameter{}
	for i, payload := range t.Payloads {
		found[i] = parameter{Type: "POSTBACK", Payload: payload}
	}
	for _, v := range t.Values {
		if v.Part == provider.PartButton {
			found[v.Index] = parameter{Type: "URL", URL: v.Text}
		}
	}
	var out []parameter
	for i := range len(found) {
		p, ok := found[i]
		if !ok {
			return nil, errors.New("only some of the template's buttons have a value")
		}
		out = append(out, p)
	}
	if n := len(t.Shown.Buttons); len(out) > 0 && n > 0 && n != len(out) {
		return nil, errors.New("only some of the template's buttons have a value")
	}
	return out, nil
}

// pageSize and maxPages bound one listing.
const (
	pageSize = 100
	maxPages = 200
)

// Templates implements provider.TemplateLister: the Page's utility templates. It
// follows every page, and stops where Meta leads it in a circle.
func (p Page) Templates(ctx context.Context) ([]provider.Template, error) {
	r := rest.Request{Op: "templates", Method: http.MethodGet, Path: p.path("message_templates")}
	var templates []provider.Template
	known := map[provider.TemplateID]bool{}
	visited := map[string]bool{}
	for after := ""; len(visited) < maxPages && !visited[after]; {
		visited[after] = true
		r.Query = url.Values{"limit": {strconv.Itoa(pageSize)}}
		if after != "" {
			r.Query.Set("after", after)
		}
		page, err := p.page(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, v := range page.Member("data").List() {
			if t, ok := templateIn(v); ok && !known[t.ID] {
				known[t.ID] = true
				templates = append(templates, t)
			}
		}
		paging := page.Member("paging")
		if after = paging.Member("cursors").Member("after").Text(); after == "" || paging.Member("next").Text() == "" {
			return templates, nil
		}
	}
	return nil, &provider.Error{
		Op: r.Op, Reason: provider.Unavailable, Err: errors.New("the pages have no end"),
		Text: "Meta's list of templates has no end. Try again later.",
	}
}

func (p Page) page(ctx context.Context, r rest.Request) (exact.Value, error) {
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return exact.Value{}, err
	}
	if !a.OK() {
		return exact.Value{}, refused(r, a)
	}
	v, err := exact.Parse(a.Body, exact.Snake)
	if err != nil || v.Member("data").Raw() == nil || !v.Member("data").Listed() {
		return v, rest.NoAnswer(r, errors.New("the answer is not the JSON of a template list"))
	}
	return v, nil
}
