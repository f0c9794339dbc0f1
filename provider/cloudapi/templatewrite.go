package cloudapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

var (
	_ provider.TemplateSubmitter = (*Provider)(nil)
	_ provider.TemplateEditor    = (*Provider)(nil)
	_ provider.TemplateDeleter   = (*Provider)(nil)
	_ provider.TemplateSampler   = (*Provider)(nil)
)

// SubmitTemplate implements provider.TemplateSubmitter. Meta takes a hundred an
// hour of one business account.
func (p *Provider) SubmitTemplate(ctx context.Context, t provider.Template) (provider.TemplateID, provider.TemplateStatus, error) {
	return whatsapp.Submit(ctx, p.api, p.path(p.config.WABA, "message_templates"), t, whatsapp.Refused)
}

// EditTemplate implements provider.TemplateEditor: all parts are replaced. One that
// is approved keeps its category, and may be changed once a day and ten times in
// thirty days (Meta, "Template management").
func (p *Provider) EditTemplate(ctx context.Context, t provider.Template) error {
	r := rest.Request{Op: "edit template", Method: http.MethodPost, Path: "/" + p.config.Version + "/" + string(t.ID)}
	if !numeric.MatchString(string(t.ID)) {
		return whatsapp.Unfit(r.Op, errNoID)
	}
	wire, err := whatsapp.NewTemplate(t)
	if err != nil {
		return whatsapp.Unfit(r.Op, err)
	}
	change := map[string]any{"components": wire.Components}
	if t.Status != provider.Approved {
		change["category"] = wire.Category
	}
	r.Body = change
	return p.done(ctx, r)
}

// DeleteTemplate implements provider.TemplateDeleter: the one with this id. Without
// it Meta would delete all languages of the name, so that it is never left out.
func (p *Provider) DeleteTemplate(ctx context.Context, t provider.Template) error {
	r := rest.Request{
		Op: "delete template", Method: http.MethodDelete, Path: p.path(p.config.WABA, "message_templates"),
		Query: url.Values{"name": {t.Name}, "hsm_id": {string(t.ID)}},
	}
	if !numeric.MatchString(string(t.ID)) || t.Name == "" {
		return whatsapp.Unfit(r.Op, errNoID)
	}
	return p.done(ctx, r)
}

var errNoID = errors.New("it has no id of WhatsApp's")

// done makes a call that answers nothing but that it was done.
func (p *Provider) done(ctx context.Context, r rest.Request) error {
	a, err := p.api.Do(ctx, r)
	switch {
	case err != nil:
		return err
	case !a.OK():
		return whatsapp.Refused(r, a)
	case whatsapp.Denied(a):
		return rest.NoAnswer(r, errors.New("the answer says that it was not done"))
	}
	return nil
}
