// Package all is the one explicit list of drivers: it turns a configuration's
// words into webhooks and providers. It reads no file and keeps nothing.
package all

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/provider/gateway"
)

// Settings are a driver's own keys, with secrets as their values. Keys of the
// configuration itself (id, hook, driver, network) do not belong to them.
type Settings = map[string]string

// Names returns the drivers' names, sorted.
func Names() []string {
	names := []string{cloudapi.Name, gateway.Name}
	slices.Sort(names)
	return names
}

// NewProvider returns what sends for an account, through account.Driver. hc
// may be nil. The error says what is wrong and what to do, and holds no value
// of a secret.
func NewProvider(account provider.Account, settings Settings, hc *http.Client) (provider.Provider, error) {
	p, err := newProvider(account, settings, hc)
	if err != nil {
		return nil, fmt.Errorf("account %q: %w", account.ID, err)
	}
	return p, nil
}

func newProvider(account provider.Account, settings Settings, hc *http.Client) (provider.Provider, error) {
	switch account.Driver {
	case cloudapi.Name:
		config, err := cloudapi.ReadConfig(settings)
		if err != nil {
			return nil, err
		}
		return cloudapi.New(account, config, hc)
	case gateway.Name:
		config, err := gateway.ReadConfig(settings)
		if err != nil {
			return nil, err
		}
		return gateway.New(account, config, hc)
	}
	return nil, unknown(account.Driver)
}

// NewWebhook returns what verifies and decodes for a hook.
func NewWebhook(driver string, settings Settings) (provider.Webhook, error) {
	if driver != cloudapi.Name {
		return nil, noWebhook(driver)
	}
	config, err := cloudapi.ReadHookConfig(settings)
	if err != nil {
		return nil, err
	}
	return cloudapi.NewWebhook(config)
}

// Routes returns how the driver's webhooks name the account the settings
// describe. The settings are an account's; its access token may be missing.
func Routes(driver string, settings Settings) ([]provider.Route, error) {
	if driver != cloudapi.Name {
		return nil, noWebhook(driver)
	}
	return cloudapi.Routes(settings)
}

func noWebhook(driver string) error {
	if !slices.Contains(Names(), driver) {
		return unknown(driver)
	}
	return fmt.Errorf("driver %q takes no webhooks: use %q", driver, cloudapi.Name)
}

func unknown(driver string) error {
	return fmt.Errorf("there is no driver %q: use one of %s", driver, strings.Join(Names(), ", "))
}
