package cloudapi

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

// pageSize and maxPages bound one listing: an account has at most 6,000
// templates (Meta, "Template management").
const (
	pageSize = 100
	maxPages = 200
)

const templateFields = "id,name,language,category,status,parameter_format,rejected_reason,quality_score,components"

// Templates implements provider.TemplateLister. It follows every page, and
// stops where Meta leads it in a circle.
func (p *Provider) Templates(ctx context.Context) ([]provider.Template, error) {
	r := rest.Request{Op: "templates", Method: http.MethodGet, Path: p.path(p.config.WABA, "message_templates")}
	var templates []provider.Template
	known := map[provider.TemplateID]bool{}
	visited := map[string]bool{}
	for after := ""; len(visited) < maxPages && !visited[after]; {
		visited[after] = true
		r.Query = url.Values{"fields": {templateFields}, "limit": {strconv.Itoa(pageSize)}}
		if after != "" {
			r.Query.Set("after", after)
		}
		page, err := p.page(ctx, r)
		if err != nil {
			return nil, err
		}
		for i := range page.Data {
			if t := whatsapp.TemplateIn(&page.Data[i]); !known[t.ID] {
				known[t.ID] = true
				templates = append(templates, t)
			}
		}
		if page.Paging == nil || page.Paging.Next == "" || page.Paging.Cursors.After == "" {
			return templates, nil
		}
		after = page.Paging.Cursors.After
	}
	return nil, &provider.Error{
		Op: r.Op, Reason: provider.Unavailable, Err: errors.New("the pages have no end"),
		Text: "WhatsApp's list of templates has no end. Try again later.",
	}
}

func (p *Provider) page(ctx context.Context, r rest.Request) (*whatsapp.TemplatePage, error) {
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if !a.OK() {
		return nil, whatsapp.Refused(r, a)
	}
	var page whatsapp.TemplatePage
	if err := json.Unmarshal(a.Body, &page); err != nil {
		return nil, rest.NoAnswer(r, errors.New("the answer is not the JSON of a template list"))
	}
	return &page, nil
}
