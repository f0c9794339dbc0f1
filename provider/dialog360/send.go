package dialog360

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
	api     *rest.Client
	table   *provider.Capabilities
}

var (
	_ provider.Provider       = (*Provider)(nil)
	_ provider.TemplateLister = (*Provider)(nil)
	_ provider.ReadMarker     = (*Provider)(nil)
	_ provider.Typer          = (*Provider)(nil)
	_ provider.MediaOpener    = (*Provider)(nil)
	_ provider.MediaUploader  = (*Provider)(nil)
)

// keyHeader carries the number's key (360dialog, "Messaging API").
const keyHeader = "D360-API-KEY"

// New returns the account's provider. hc may be nil.
func New(account provider.Account, config Config, hc *http.Client) (*Provider, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	api, err := rest.New(config.BaseURL, rest.Header(keyHeader, "", config.APIKey), hc)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", "base_url", err)
	}
	return &Provider{
		Messages: whatsapp.NewMessages(api, "/messages", false, refused),
		Files:    config.files(api),
		Uploads:  whatsapp.NewUploads(api, "/media", refused),
		account:  account, api: api, table: Capabilities(account.Network),
	}, nil
}

// Account implements provider.Provider.
func (p *Provider) Account() provider.Account { return p.account }

// Capabilities implements provider.Provider: one table for all chats.
func (p *Provider) Capabilities(provider.ChatKey) *provider.Capabilities { return p.table }
