package propops

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

// Provider sends for one PropOps user. It may be used by many goroutines.
type Provider struct {
	account provider.Account
	api     *rest.Client
	table   *provider.Capabilities
}

var (
	_ provider.Provider       = (*Provider)(nil)
	_ provider.TemplateLister = (*Provider)(nil)
)

// New returns the account's provider. hc may be nil.
func New(account provider.Account, config Config, hc *http.Client) (*Provider, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	api, err := rest.New(config.BaseURL, config.auth(), hc)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", "base_url", err)
	}
	return &Provider{account: account, api: api, table: Capabilities(account.Network)}, nil
}

// Account implements provider.Provider.
func (p *Provider) Account() provider.Account { return p.account }

// Capabilities implements provider.Provider: one table for all chats.
func (p *Provider) Capabilities(provider.ChatKey) *provider.Capabilities { return p.table }

// sendBody is the body of POST /api/whatsapp/send. There is no field for the
// operation's id, so that nothing can find a send that nobody answered.
type sendBody struct {
	Job      int64  `json:"job_id"`
	Phone    string `json:"phone_number"`
	Template int64  `json:"template_id"`
}

// Send implements provider.Provider: the template of the id, to a number, on
// behalf of the job m.Link names. The id is PropOps' "message_id"; it was accepted
// by the API behind PropOps, and nothing tells whether it was delivered.
func (p *Provider) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	body, refusal := outgoing(m)
	if refusal != nil {
		return "", refusal
	}
	r := rest.Request{Op: "send", Method: http.MethodPost, Path: "/api/whatsapp/send", Body: body, Sends: true}
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return "", err
	}
	return accepted(r, a)
}

// outgoing is the request, or why there is none: nothing has left then.
func outgoing(m provider.Outgoing) (sendBody, *provider.Error) {
	var b sendBody
	t := m.Content.Template
	switch {
	case m.Content.Kind != provider.Templated:
		return b, before(provider.NotSupported, "PropOps sends its approved templates and nothing else. Choose a template.")
	case t == nil || t.ID == "":
		return b, before(provider.TemplateMissing, "It names no template of PropOps. Choose one from the list.")
	case len(t.Values) > 0 || len(t.Payloads) > 0:
		return b, before(provider.TemplateParams, "PropOps fills this template itself and takes no values. Choose it again without them.")
	case m.ReplyTo != "" || !m.At.IsZero():
		return b, before(provider.NotSupported, "PropOps neither quotes a message nor sends one later. Send it now, without the quote.")
	case m.Link == nil || m.Link.ID == "":
		return b, before(provider.Invalid, "PropOps sends on behalf of a job and none is named. Link the conversation to its job.")
	}
	var ok bool
	if b.Template, ok = number(string(t.ID)); !ok {
		return b, before(provider.TemplateMissing, "The template is none of PropOps'. Choose one from the list.")
	}
	if b.Job, ok = number(m.Link.ID); !ok || m.Link.System != jobs {
		return b, before(provider.Invalid, "What the conversation is linked to is no job of PropOps: a job is a number. Link it to its job.")
	}
	if b.Phone, ok = whatsapp.E164(m.To.Chat); !ok {
		return b, before(provider.Invalid, badNumber)
	}
	return b, nil
}

// jobs is PropOps' word for what a message is about.
const jobs = "job"

// number reads an id of PropOps: a positive integer.
func number(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0 && strconv.FormatInt(n, 10) == s
}

func before(reason provider.Reason, text string) *provider.Error {
	return &provider.Error{Op: "send", Reason: reason, Text: text, Err: errors.New("refused before it left")}
}
