package dialog360

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

var _ provider.TemplateSubmitter = (*Provider)(nil)

// SubmitTemplate implements provider.TemplateSubmitter. That the answer is Meta's
// is assumed: 360dialog's documents do not show it.
func (p *Provider) SubmitTemplate(ctx context.Context, t provider.Template) (provider.TemplateID, provider.TemplateStatus, error) {
	return whatsapp.Submit(ctx, p.api, templatesPath, t, refused)
}

// pageSize and maxPages bound one listing: an account has at most 6,000
// templates (Meta, "Template management").
const (
	pageSize = 100
	maxPages = 200
)

const templatesPath = "/v1/configs/templates"

// templatePage is one page of GET /v1/configs/templates, as far as 360dialog's
// documents tell.
type templatePage struct {
	Templates []whatsapp.Template `json:"waba_templates"`
	Total     whatsapp.Number     `json:"total"`
}

// Templates implements provider.TemplateLister. It follows every page, by offset.
// A list that breaks off is an error and never half a list.
func (p *Provider) Templates(ctx context.Context) ([]provider.Template, error) {
	r := rest.Request{Op: "templates", Method: http.MethodGet, Path: templatesPath}
	var templates []provider.Template
	known := map[provider.TemplateID]bool{}
	for offset, pages := 0, 0; pages < maxPages; pages++ {
		r.Query = url.Values{"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}}
		page, err := p.page(ctx, r)
		if err != nil {
			return nil, err
		}
		for i := range page.Templates {
			if t := templateIn(&page.Templates[i]); !known[t.ID] {
				known[t.ID] = true
				templates = append(templates, t)
			}
		}
		offset += len(page.Templates)
		if len(page.Templates) == 0 || offset >= int(page.Total) && (page.Total > 0 || len(page.Templates) < pageSize) {
			return templates, nil
		}
	}
	return nil, &provider.Error{
		Op: r.Op, Reason: provider.Unavailable, Err: errors.New("the pages have no end"),
		Text: "360dialog's list of templates has no end. Try again later.",
	}
}

// templateIn reads one; older ones have no id of their own, and are told apart by
// name and language.
func templateIn(t *whatsapp.Template) provider.Template {
	out := whatsapp.TemplateIn(t)
	if out.ID == "" {
		out.ID = provider.TemplateID(out.Name + ":" + out.Language)
	}
	return out
}

func (p *Provider) page(ctx context.Context, r rest.Request) (*templatePage, error) {
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if !a.OK() {
		return nil, refused(r, a)
	}
	var whole map[string]json.RawMessage
	var page templatePage
	if json.Unmarshal(a.Body, &whole) != nil || len(whole["waba_templates"]) == 0 || json.Unmarshal(a.Body, &page) != nil {
		return nil, rest.NoAnswer(r, errors.New("the answer is not the JSON of a template list"))
	}
	return &page, nil
}
