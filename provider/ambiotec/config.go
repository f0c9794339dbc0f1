// Package ambiotec drives the WhatsApp API of Ambiotec, a service company: text to
// a number or into one of its conversations, approved templates to one or many
// people, and the list of templates. It makes one attempt per call and keeps no
// state. Nothing is documented of inbound messages, receipts or the window, so
// nothing is known of them.
//
// The contract is Ambiotec's page "Send Text Message" and what follows it;
// testdata/rules.md has it rule by rule, documented or assumed.
package ambiotec

import (
	"fmt"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/setting"
)

// Name is the driver's name in configurations.
const Name = "ambiotec"

// Config is the access to one Ambiotec server.
type Config struct {
	// BaseURL is its scheme and host.
	BaseURL     string
	AccessToken provider.Secret
}

// ReadConfig reads an account's settings. The error says which key is wrong and
// what to do, and holds no value of a secret.
func ReadConfig(settings map[string]string) (Config, error) {
	v, err := setting.Read(settings,
		setting.Key{Name: "base_url", Required: true},
		setting.Key{Name: "access_token", Required: true})
	if err != nil {
		return Config{}, err
	}
	return Config{BaseURL: v["base_url"], AccessToken: provider.Hide(v["access_token"])}, nil
}

// Provider sends through one Ambiotec server. It may be used by many goroutines.
type Provider struct {
	account provider.Account
	api     *rest.Client
	tables  provider.Tables
}

var (
	_ provider.Provider       = (*Provider)(nil)
	_ provider.TemplateLister = (*Provider)(nil)
)

// New returns the account's provider. hc may be nil.
func New(account provider.Account, config Config, hc *http.Client) (*Provider, error) {
	api, err := rest.New(config.BaseURL, rest.Bearer(config.AccessToken), hc)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", "base_url", err)
	}
	return &Provider{account: account, api: api, tables: Tables(account.Network)}, nil
}

// Account implements provider.Provider.
func (p *Provider) Account() provider.Account { return p.account }

// Capabilities implements provider.Provider.
func (p *Provider) Capabilities(chat provider.ChatKey) *provider.Capabilities {
	return p.tables.Of(chat.Chat)
}
