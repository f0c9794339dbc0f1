package hotel

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

// Provider sends to one hotel's guests. It may be used by many goroutines.
type Provider struct {
	account provider.Account
	config  Config
	// staff calls with the staff's token; admin is nil without an admin's.
	staff, admin *rest.Client
	table        *provider.Capabilities
}

var _ provider.Provider = (*Provider)(nil)

// New returns the account's provider. hc may be nil.
func New(account provider.Account, config Config, hc *http.Client) (*Provider, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	p := &Provider{account: account, config: config, table: Capabilities(account.Network)}
	var err error
	if p.staff, err = rest.New(config.BaseURL, rest.Bearer(config.StaffToken), hc); err != nil {
		return nil, fmt.Errorf("%q: %w", "base_url", err)
	}
	if config.AdminToken.Empty() {
		return p, nil
	}
	if p.admin, err = rest.New(config.BaseURL, rest.Bearer(config.AdminToken), hc); err != nil {
		return nil, fmt.Errorf("%q: %w", "base_url", err)
	}
	return p, nil
}

// Account implements provider.Provider.
func (p *Provider) Account() provider.Account { return p.account }

// Capabilities implements provider.Provider: one table for all chats.
func (p *Provider) Capabilities(provider.ChatKey) *provider.Capabilities { return p.table }

// Send implements provider.Provider. The API has no field for the operation's
// id, so no receipt brings it back.
func (p *Provider) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	path, body, unfit := p.outgoing(&m)
	if unfit != nil {
		return "", unfit
	}
	r := rest.Request{Op: "send", Method: http.MethodPost, Path: root + path, Body: body, Sends: true}
	a, err := p.staff.Do(ctx, r)
	switch {
	case err != nil:
		return "", err
	case !a.OK():
		return "", refused(r, a)
	}
	return accepted(r, a)
}

// accepted reads the new message's id. A 2xx that holds none may have been a
// send all the same.
func accepted(r rest.Request, a *rest.Answer) (provider.MessageID, error) {
	v, err := exact.Parse(a.Body, exact.Snake)
	if err != nil || !v.Object() {
		return "", rest.NoAnswer(r, errors.New("the answer is not the JSON of a message"))
	}
	id := v.Member("message_id").Word()
	if id == "" || broken(id) {
		if _, coded := envelopeOf(a.Body); coded {
			return "", refused(r, a)
		}
		return "", rest.NoAnswer(r, errors.New("the answer holds no message id"))
	}
	if v.Member("status").Text() == "failed" {
		return "", failure(v.Member("failure_reason").Text())
	}
	return provider.MessageID(id), nil
}

// ask makes a call of the staff's that reads or changes something and sends no
// message, and returns the answer's JSON as it is spelt.
func (p *Provider) ask(ctx context.Context, r rest.Request) (exact.Value, *rest.Answer, error) {
	a, err := p.staff.Do(ctx, r)
	switch {
	case err != nil:
		return exact.Value{}, nil, err
	case !a.OK():
		return exact.Value{}, nil, refused(r, a)
	}
	v, err := exact.Parse(a.Body, exact.Snake)
	if err != nil || v.Spoilt() {
		return exact.Value{}, nil, rest.NoAnswer(r, errors.New("the answer is no JSON, or says something twice"))
	}
	return v, a, nil
}

// command makes a call of an administrator's.
func (p *Provider) command(ctx context.Context, r rest.Request) (*rest.Answer, error) {
	if p.admin == nil {
		return nil, &provider.Error{
			Op: r.Op, Reason: provider.NotSupported,
			Text: "This needs the hotel API's admin token, and none is set here. An administrator must set admin_token, or do it in the hotel's own system.",
		}
	}
	a, err := p.admin.Do(ctx, r)
	switch {
	case err != nil:
		return nil, err
	case !a.OK():
		return nil, adminRefused(refused(r, a))
	}
	return a, nil
}

// adminRefused keeps a dead admin token from pausing messages, which do not need
// it.
func adminRefused(e *provider.Error) *provider.Error {
	if e.PausesAccount() {
		e.Reason = provider.Other
		e.Text = "The hotel API does not accept the admin token for this. An administrator must put in another one; messages go on."
	}
	return e
}
