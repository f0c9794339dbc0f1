// Package all is the one explicit list of drivers: it turns a configuration's
// words into webhooks and providers, and tells what each driver can do. It reads
// no file and keeps nothing.
package all

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/ambiotec"
	"frontdesk/provider/cloudapi"
	"frontdesk/provider/dialog360"
	"frontdesk/provider/gateway"
	"frontdesk/provider/hotel"
	"frontdesk/provider/messenger"
	"frontdesk/provider/propops"
	"frontdesk/provider/telegram"
	"frontdesk/provider/twilio"
	"frontdesk/provider/whautomate"
)

// Settings are a driver's own keys, with secrets as their values. Keys of the
// configuration itself (id, hook, driver, network) do not belong to them.
type Settings = map[string]string

// driver is what this package knows of one.
type driver struct {
	name string
	// networks it serves, the usual one first.
	networks []provider.Network
	// opens is the key of an account's settings without which nothing can be sent.
	opens string
	// table is what may be sent on one of its networks, and tables what in each kind
	// of chat; nil where all are alike.
	table  func(provider.Network) *provider.Capabilities
	tables func(provider.Network) provider.Tables
	open   func(provider.Account, Settings, *http.Client) (provider.Provider, error)
	// webhook and routes are nil for a driver that nobody posts to.
	webhook func(Settings) (provider.Webhook, error)
	routes  func(Settings) ([]provider.Route, error)
}

// drivers returns all there are, by name.
func drivers() []driver {
	return []driver{
		{
			name: ambiotec.Name, networks: []provider.Network{provider.WhatsApp}, opens: "access_token",
			table: ambiotec.Capabilities, tables: ambiotec.Tables,
			open: opener(ambiotec.ReadConfig, ambiotec.New),
		},
		{
			name: cloudapi.Name, networks: []provider.Network{provider.WhatsApp}, opens: "access_token",
			table:   cloudapi.Capabilities,
			open:    opener(cloudapi.ReadConfig, cloudapi.New),
			webhook: hooked(cloudapi.ReadHookConfig, cloudapi.NewWebhook),
			routes:  cloudapi.Routes,
		},
		{
			name: dialog360.Name, networks: []provider.Network{provider.WhatsApp}, opens: "api_key",
			table:   dialog360.Capabilities,
			open:    opener(dialog360.ReadConfig, dialog360.New),
			webhook: hooked(dialog360.ReadHookConfig, dialog360.NewWebhook),
			routes:  dialog360.Routes,
		},
		{
			name: messenger.Name, networks: []provider.Network{provider.Messenger, provider.Instagram}, opens: "access_token",
			table:   messenger.Capabilities,
			open:    opener(messenger.ReadConfig, messenger.New),
			webhook: hooked(messenger.ReadHookConfig, messenger.NewWebhook),
			routes:  messenger.Routes,
		},
		{
			name: hotel.Name, networks: []provider.Network{provider.WhatsApp}, opens: "staff_token",
			table:   hotel.Capabilities,
			open:    opener(hotel.ReadConfig, hotel.New),
			webhook: hooked(hotel.ReadHookConfig, hotel.NewWebhook),
			routes:  hotel.Routes,
		},
		{
			name: twilio.Name, networks: []provider.Network{provider.WhatsApp, provider.SMS}, opens: "auth_token",
			table:   twilio.Capabilities,
			open:    opener(twilio.ReadConfig, twilio.New),
			webhook: hooked(twilio.ReadHookConfig, twilio.NewWebhook),
			routes:  twilio.Routes,
		},
		{
			name: propops.Name, networks: []provider.Network{provider.WhatsApp}, opens: "access_token",
			table: propops.Capabilities,
			open:  opener(propops.ReadConfig, propops.New),
		},
		{
			name: telegram.Name, networks: []provider.Network{provider.Telegram}, opens: "bot_token",
			table:   telegram.Capabilities,
			tables:  telegram.Tables,
			open:    opener(telegram.ReadConfig, telegram.New),
			webhook: hooked(telegram.ReadHookConfig, telegram.NewWebhook),
			routes:  telegram.Routes,
		},
		{
			name: whautomate.Name, networks: whautomate.Networks(), opens: "api_key",
			table:   whautomate.Capabilities,
			open:    opener(whautomate.ReadConfig, whautomate.New),
			webhook: hooked(whautomate.ReadHookConfig, whautomate.NewWebhook),
			routes:  whautomate.Routes,
		},
	}
}

// opener reads a driver's configuration and makes its provider.
func opener[C any, P provider.Provider](read func(Settings) (C, error), make func(provider.Account, C, *http.Client) (P, error)) func(provider.Account, Settings, *http.Client) (provider.Provider, error) {
	return func(account provider.Account, settings Settings, hc *http.Client) (provider.Provider, error) {
		config, err := read(settings)
		if err != nil {
			return nil, err
		}
		p, err := make(account, config, hc)
		if err != nil {
			return nil, err // and no pointer that is nil within an interface
		}
		return p, nil
	}
}

// hooked reads a hook's configuration and makes its webhook.
func hooked[C any, W provider.Webhook](read func(Settings) (C, error), make func(C) (W, error)) func(Settings) (provider.Webhook, error) {
	return func(settings Settings) (provider.Webhook, error) {
		config, err := read(settings)
		if err != nil {
			return nil, err
		}
		w, err := make(config)
		if err != nil {
			return nil, err
		}
		return w, nil
	}
}

func named(name string) (driver, error) {
	list := drivers()
	if i := slices.IndexFunc(list, func(d driver) bool { return d.name == name }); i >= 0 {
		return list[i], nil
	}
	return driver{}, fmt.Errorf("there is no driver %q: use one of %s", name, strings.Join(Names(), ", "))
}

// serving returns the account's driver, where it serves the account's network.
func serving(account provider.Account) (driver, error) {
	d, err := named(account.Driver)
	if err != nil || slices.Contains(d.networks, account.Network) {
		return d, err
	}
	return d, fmt.Errorf("driver %s serves no network %q: use %s", d.name, account.Network, words(d.networks))
}

func words(networks []provider.Network) string {
	var all []string
	for _, n := range networks {
		all = append(all, string(n))
	}
	return strings.Join(all, ", ")
}

// Names returns the drivers' names, sorted.
func Names() []string {
	var names []string
	for _, d := range drivers() {
		names = append(names, d.name)
	}
	slices.Sort(names)
	return names
}

// Networks returns the networks a driver serves; none for a name nobody has.
func Networks(name string) []provider.Network {
	d, err := named(name)
	if err != nil {
		return nil
	}
	return slices.Clone(d.networks)
}

// Capabilities returns what a driver can do on a network: what to show and judge
// by where no provider is at hand. Where it serves no such network, nothing can
// be done.
func Capabilities(name string, network provider.Network) *provider.Capabilities {
	d, err := serving(provider.Account{Driver: name, Network: network})
	if err != nil {
		return &provider.Capabilities{Network: network}
	}
	return d.table(network)
}

// NewProvider returns what sends for an account, through account.Driver. hc
// may be nil. The error says what is wrong and what to do, and holds no value
// of a secret.
func NewProvider(account provider.Account, settings Settings, hc *http.Client) (provider.Provider, error) {
	d, err := serving(account)
	if err != nil {
		return nil, fmt.Errorf("account %q: %w", account.ID, err)
	}
	p, err := d.open(account, settings, hc)
	if err != nil {
		return nil, fmt.Errorf("account %q: %w", account.ID, err)
	}
	return p, nil
}

// NewGateway returns what sends for an account through a relay that holds its
// secret. The settings are the relay's; hc may be nil.
func NewGateway(account provider.Account, settings Settings, hc *http.Client) (provider.Provider, error) {
	d, err := serving(account)
	if err != nil {
		return nil, fmt.Errorf("account %q: %w", account.ID, err)
	}
	config, err := gateway.ReadConfig(settings)
	if err != nil {
		return nil, fmt.Errorf("account %q: %w", account.ID, err)
	}
	p, err := gateway.ByChat(account, d.byChat(account.Network), config, hc)
	if err != nil {
		return nil, fmt.Errorf("account %q: %w", account.ID, err)
	}
	return p, nil
}

// Library is an account's templates at the relay that holds its token.
type Library = gateway.Library

// NewLibrary returns the templates of an account of a relay. The settings are the
// relay's; hc may be nil.
func NewLibrary(account provider.Account, settings Settings, hc *http.Client) (*Library, error) {
	config, err := gateway.ReadConfig(settings)
	if err != nil {
		return nil, fmt.Errorf("account %q: %w", account.ID, err)
	}
	l, err := gateway.NewLibrary(account, config, hc)
	if err != nil {
		return nil, fmt.Errorf("account %q: %w", account.ID, err)
	}
	return l, nil
}

// Sends reports whether an account's settings hold what its driver needs to
// send; without it the account can only be listened to.
func Sends(name string, settings Settings) bool {
	d, err := named(name)
	return err == nil && settings[d.opens] != ""
}

// NeedsHook reports whether an account hears nothing without a hook: its network
// posts, and cannot be asked.
func NeedsHook(account provider.Account) bool {
	d, err := serving(account)
	return err == nil && d.webhook != nil && d.table(account.Network).Can[provider.CanPoll] <= provider.Absent
}

// NewWebhook returns what verifies and decodes for a hook.
func NewWebhook(name string, settings Settings) (provider.Webhook, error) {
	d, err := named(name)
	switch {
	case err != nil:
		return nil, err
	case d.webhook == nil:
		return nil, noWebhook(name)
	}
	return d.webhook(settings)
}

// Routes returns how the driver's webhooks name the account the settings
// describe: none where nobody posts to it. The settings are an account's; its
// secret may be missing.
func Routes(name string, settings Settings) ([]provider.Route, error) {
	d, err := named(name)
	if err != nil || d.routes == nil {
		return nil, err
	}
	return d.routes(settings)
}

func noWebhook(name string) error {
	var some []string
	for _, d := range drivers() {
		if d.webhook != nil {
			some = append(some, d.name)
		}
	}
	return fmt.Errorf("driver %q takes no webhooks: use one of %s", name, strings.Join(some, ", "))
}
