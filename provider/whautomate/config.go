// Package whautomate drives Whautomate's REST API, which relays WhatsApp,
// Telegram, Instagram and Messenger: it sends to contacts, clients and numbers of
// one location, reads a contact's messages back, and verifies and decodes
// Whautomate's webhooks. It makes one attempt per call and keeps no state; retry,
// pacing, windows and storage belong to its callers.
//
// The vendor's document is thin. What it says is built as it says; what it leaves
// open and this driver had to take for granted is in testdata/rules.md, each rule
// marked documented or assumed.
package whautomate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/setting"
)

// Name is the driver's name in configurations.
const Name = "whautomate"

// The two products of the vendor. They have the same paths; the second calls a
// location a workspace (help.whauto.chat, "Messages").
const (
	productWhautomate = "whautomate"
	productWhautoChat = "whautochat"
)

// Where the products are. Accounts in India have a host of their own, which is
// set by hand: https://api.in.whautomate.com.
const (
	defaultBase   = "https://api.whautomate.com"
	whautoChatAPI = "https://api.whauto.chat"
)

// Config is one channel of one location.
type Config struct {
	APIKey provider.Secret
	// LocationID is the location's id, or the workspace's of WhautoChat.
	LocationID string
	// Channel is which of the location's channels the account is.
	Channel provider.Network
	// Product is "whautomate" or "whautochat".
	Product string
	// BaseURL is the API's scheme and host.
	BaseURL string
	// MediaHosts are where files of messages may be fetched from besides, in lower
	// case; one with a dot before it is every name below a domain.
	MediaHosts []string
}

var hostName = regexp.MustCompile(`^\.?[a-z0-9-]+(\.[a-z0-9-]+)+$`)

// identifier is the form of a location's id: it becomes a route.
var identifier = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// ReadConfig reads an account's settings. The error says which key is wrong and
// what to do, and holds no value of a secret.
func ReadConfig(settings map[string]string) (Config, error) { return read(settings, true) }

func read(settings map[string]string, key bool) (Config, error) {
	v, err := setting.Read(settings,
		setting.Key{Name: "api_key", Required: key},
		setting.Key{Name: "location_id", Required: true},
		setting.Key{Name: "channel", Required: true},
		setting.Key{Name: "product", Default: productWhautomate},
		setting.Key{Name: "base_url"},
		setting.Key{Name: "media_hosts"})
	if err != nil {
		return Config{}, err
	}
	c := Config{
		APIKey: provider.Hide(v["api_key"]), LocationID: v["location_id"], Channel: provider.Network(v["channel"]),
		Product: v["product"], BaseURL: v["base_url"],
		MediaHosts: strings.Fields(strings.ToLower(strings.ReplaceAll(v["media_hosts"], ",", " "))),
	}
	if c.BaseURL == "" {
		c.BaseURL = defaultBase
		if c.Product == productWhautoChat {
			c.BaseURL = whautoChatAPI
		}
	}
	return c, c.check()
}

func (c Config) check() error {
	switch {
	case !identifier.MatchString(c.LocationID):
		return errLocation()
	case !slices.Contains(Networks(), c.Channel):
		return fmt.Errorf("%q is no channel: use whatsapp, telegram, instagram or messenger", "channel")
	case c.Product != productWhautomate && c.Product != productWhautoChat:
		return fmt.Errorf("%q is no product: use %s or %s", "product", productWhautomate, productWhautoChat)
	}
	for _, host := range c.MediaHosts {
		if !hostName.MatchString(host) {
			return fmt.Errorf("%q holds what is no host: write names alone, with commas between them", "media_hosts")
		}
	}
	return nil
}

func errLocation() error {
	return fmt.Errorf("%q is no id of letters and digits: copy it from Whautomate's list of locations", "location_id")
}

// Networks returns the channels that messages can be sent on.
func Networks() []provider.Network {
	return []provider.Network{provider.WhatsApp, provider.Telegram, provider.Instagram, provider.Messenger}
}

// Routes returns how a hook names the account these settings describe: its
// channel of the location for messages, and the location for everything that is
// of no channel an account can have. No API key is needed.
func Routes(settings map[string]string) ([]provider.Route, error) {
	c, err := read(settings, false)
	if err != nil {
		return nil, err
	}
	return []provider.Route{channelRoute(c.LocationID, c.Channel), provider.Route(c.LocationID)}, nil
}

func channelRoute(location string, channel provider.Network) provider.Route {
	return provider.Route(location + ":" + string(channel))
}

// HookConfig is what one webhook needs. Whautomate names no account in what it
// posts, so the hook says which location it serves.
type HookConfig struct {
	LocationID string
	// Header is the name under which the secret comes: the key of an entry in the
	// webhook's webhookHeaders.
	Header string
	Secret provider.Secret
	// PreviousSecret is accepted too while the secret is being changed.
	PreviousSecret provider.Secret
}

// minSecret is the shortest secret that is taken, in bytes: there is no signature,
// and whoever guesses it may write what he likes.
const minSecret = 24

var headerName = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

// ReadHookConfig reads a hook's settings.
func ReadHookConfig(settings map[string]string) (HookConfig, error) {
	v, err := setting.Read(settings,
		setting.Key{Name: "location_id", Required: true},
		setting.Key{Name: "header", Default: "X-Frontdesk-Secret"},
		setting.Key{Name: "secret", Required: true},
		setting.Key{Name: "secret_previous"})
	if err != nil {
		return HookConfig{}, err
	}
	c := HookConfig{
		LocationID: v["location_id"], Header: v["header"],
		Secret: provider.Hide(v["secret"]), PreviousSecret: provider.Hide(v["secret_previous"]),
	}
	return c, c.check()
}

func (c HookConfig) check() error {
	switch {
	case !identifier.MatchString(c.LocationID):
		return errLocation()
	case !headerName.MatchString(c.Header):
		return fmt.Errorf("%q is no name of a header: use letters, digits and -", "header")
	case len(c.Secret.Reveal()) < minSecret:
		return fmt.Errorf("%q has fewer than %d characters, and could be guessed: make a long random one", "secret", minSecret)
	case !c.PreviousSecret.Empty() && len(c.PreviousSecret.Reveal()) < minSecret:
		return fmt.Errorf("%q has fewer than %d characters, and could be guessed: leave it out", "secret_previous", minSecret)
	}
	return nil
}
