package whautomate

import (
	"context"
	"fmt"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
)

// Provider sends through one channel of one location. It may be used by many
// goroutines.
type Provider struct {
	account provider.Account
	config  Config
	api     *rest.Client
	table   *provider.Capabilities
	files   *fetch.Client
}

var (
	_ provider.Provider      = (*Provider)(nil)
	_ provider.HistoryPoller = (*Provider)(nil)
	_ provider.HealthReader  = (*Provider)(nil)
)

// keyHeader carries the API key (help.whautomate.com, "Messages").
const keyHeader = "x-api-key"

// New returns the account's provider. hc may be nil.
func New(account provider.Account, config Config, hc *http.Client) (*Provider, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	if account.Network != config.Channel {
		return nil, fmt.Errorf("%q is not the account's network: set it to %s", "channel", account.Network)
	}
	api, err := rest.New(config.BaseURL, rest.Header(keyHeader, "", config.APIKey), hc)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", "base_url", err)
	}
	return &Provider{
		account: account, config: config, api: api, table: Capabilities(account.Network),
		files: fetch.New(config.MediaHosts, config.BaseURL),
	}, nil
}

// Account implements provider.Provider.
func (p *Provider) Account() provider.Account { return p.account }

// Capabilities implements provider.Provider: one table for all chats.
func (p *Provider) Capabilities(provider.ChatKey) *provider.Capabilities { return p.table }

// Send implements provider.Provider. The id is always empty: the answer has none,
// and which outgoing_… webhook is this message's is not certain, so nobody
// guesses.
func (p *Provider) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	route, body, err := outgoing(p.config, &m)
	if err != nil {
		return "", &provider.Error{
			Op: "send", Reason: provider.Invalid, Err: err,
			Text: "This message cannot be put into Whautomate's form: " + err.Error() + ". Change it and send it again.",
		}
	}
	r := rest.Request{
		Op: "send", Method: http.MethodPost, Path: "/v1/messages/" + string(p.config.Channel) + "/" + route,
		Body: body, Sends: true,
	}
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return "", err
	}
	return "", judged(r, a, body.Template != nil)
}
