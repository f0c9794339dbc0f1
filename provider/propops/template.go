package propops

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

// Templates implements provider.TemplateLister: what get-options returns, in its
// order and in one page. The document shows a template's variables and not its
// wording, and a send takes no values, so each is opaque and filled by PropOps.
func (p *Provider) Templates(ctx context.Context) ([]provider.Template, error) {
	r := rest.Request{Op: "templates", Method: http.MethodGet, Path: "/api/whatsapp/get-options"}
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	return options(r, a)
}

func options(r rest.Request, a *rest.Answer) ([]provider.Template, error) {
	e := open(a.Body)
	switch {
	case e.said && !e.success:
		return nil, refused(r, a, e.problem)
	case !a.OK():
		return nil, plain(r, a)
	case !e.said || !e.data.Array():
		return nil, rest.NoAnswer(r, errors.New("the answer is no list of templates"))
	}
	var templates []provider.Template
	known := map[provider.TemplateID]bool{}
	for _, v := range e.data.List() {
		t, whole := templateIn(v)
		if !whole || known[t.ID] {
			continue // nobody could send it, or tell it from the other
		}
		known[t.ID] = true
		templates = append(templates, t)
	}
	return templates, nil
}

// templateIn is false for an element without the id by which it would be sent, or
// without what the screen names it by.
func templateIn(v exact.Value) (provider.Template, bool) {
	id := v.Member("id").Word()
	_, ok := number(id)
	t := provider.Template{
		ID: provider.TemplateID(id), Name: v.Member("name").Text(), Language: v.Member("language").Text(),
		Category: strings.ToLower(v.Member("category").Text()),
		Status:   provider.TemplateStatus(strings.ToLower(v.Member("status").Text())),
		About:    about(v.Member("display_name").Text(), v.Member("description").Text()),
		Opaque:   true, FilledBy: system,
	}
	for _, name := range v.Member("variables").List() {
		if word := name.Text(); word != "" {
			t.Filled = append(t.Filled, word)
		}
	}
	return t, ok && v.Object() && t.Name != "" && t.Language != "" && t.Status != ""
}

// about is what PropOps says the template is for.
func about(title, description string) string {
	if title == "" || description == "" {
		return title + description
	}
	return title + ": " + description
}
