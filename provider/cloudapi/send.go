package cloudapi

import (
	"fmt"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

// Provider sends through one phone number. It may be used by many goroutines.
type Provider struct {
	whatsapp.Messages
	whatsapp.Files
	whatsapp.Uploads
	account provider.Account
	config  Config
	api     *rest.Client
	samples *rest.Client
	table   *provider.Capabilities
}

var (
	_ provider.Provider       = (*Provider)(nil)
	_ provider.TemplateLister = (*Provider)(nil)
	_ provider.ReadMarker     = (*Provider)(nil)
	_ provider.Typer          = (*Provider)(nil)
)

// New returns the account's provider. hc may be nil.
func New(account provider.Account, config Config, hc *http.Client) (*Provider, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	api, err := rest.New(config.BaseURL, rest.Bearer(config.AccessToken), hc)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", "base_url", err)
	}
	samples, err := rest.New(config.BaseURL, rest.Header("Authorization", "OAuth ", config.AccessToken), hc)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", "base_url", err)
	}
	p := &Provider{account: account, config: config, api: api, samples: samples, table: Capabilities(account.Network)}
	p.Messages = whatsapp.NewMessages(api, p.path(config.PhoneNumberID, "messages"), config.Retry503, whatsapp.Refused)
	p.Files = config.files(api)
	p.Uploads = whatsapp.NewUploads(api, p.path(config.PhoneNumberID, "media"), whatsapp.Refused)
	return p, nil
}

// Account implements provider.Provider.
func (p *Provider) Account() provider.Account { return p.account }

// Capabilities implements provider.Provider: one table for all chats.
func (p *Provider) Capabilities(provider.ChatKey) *provider.Capabilities { return p.table }

func (p *Provider) path(id, edge string) string {
	return "/" + p.config.Version + "/" + id + "/" + edge
}
