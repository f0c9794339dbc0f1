// Package messenger drives Meta's Messenger Platform for two networks: a Page on
// Messenger, and a professional account on Instagram, with either way of logging
// in. It makes one attempt per call and keeps no state; retry, pacing, windows and
// storage belong to its callers.
package messenger

import (
	"errors"
	"fmt"
	"regexp"

	"frontdesk/provider"
	"frontdesk/provider/internal/setting"
)

// Name is the driver's name in configurations.
const Name = "messenger"

// Where Meta is: the second host is for Instagram accounts that are linked to no
// Page ("Instagram API with Instagram Login"). The version is the newest this
// driver was written for.
const (
	facebookBase   = "https://graph.facebook.com"
	instagramBase  = "https://graph.instagram.com"
	defaultVersion = "v26.0"
)

// Config is one account's access to the API.
type Config struct {
	// PageID is the Page on Messenger, or the Page that an Instagram account is
	// linked to; empty for one that is linked to none.
	PageID string
	// InstagramID is the Instagram account as webhooks name it: 17841 and more
	// digits, the user_id of GET /me, not its id. It is empty for Messenger.
	InstagramID string
	// BaseURL is the API's scheme and host.
	BaseURL string
	// Version is "v26.0".
	Version     string
	AccessToken provider.Secret
}

var (
	numeric = regexp.MustCompile(`^[0-9]{1,32}$`)
	version = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]{1,2}$`)
)

// ReadConfig reads an account's settings. The error says which key is wrong
// and what to do, and holds no value of a secret.
func ReadConfig(settings map[string]string) (Config, error) { return read(settings, true) }

func read(settings map[string]string, token bool) (Config, error) {
	v, err := setting.Read(settings,
		setting.Key{Name: "page_id"},
		setting.Key{Name: "instagram_id"},
		setting.Key{Name: "base_url"},
		setting.Key{Name: "version", Default: defaultVersion},
		setting.Key{Name: "access_token", Required: token})
	if err != nil {
		return Config{}, err
	}
	c := Config{
		PageID: v["page_id"], InstagramID: v["instagram_id"], BaseURL: v["base_url"],
		Version: v["version"], AccessToken: provider.Hide(v["access_token"]),
	}
	if c.BaseURL == "" {
		c.BaseURL = c.host()
	}
	return c, c.check()
}

func (c Config) host() string {
	if c.PageID == "" {
		return instagramBase
	}
	return facebookBase
}

func (c Config) check() error {
	switch {
	case c.PageID == "" && c.InstagramID == "":
		return fmt.Errorf("%q and %q are missing: set the Page's id for Messenger, the Instagram account's for Instagram", "page_id", "instagram_id")
	case c.PageID != "" && !numeric.MatchString(c.PageID):
		return fmt.Errorf("%q is not digits: copy the Page's id, not its name", "page_id")
	case c.InstagramID != "" && !numeric.MatchString(c.InstagramID):
		return fmt.Errorf("%q is not digits: copy the user_id that GET /me answers, not the account's name", "instagram_id")
	case !version.MatchString(c.Version):
		return fmt.Errorf("%q is no version: write it as %s", "version", defaultVersion)
	}
	return nil
}

// suits tells whether the settings are of the account's network.
func (c Config) suits(network provider.Network) error {
	switch {
	case network == provider.Instagram && c.InstagramID == "":
		return fmt.Errorf("%q is missing: webhooks of Instagram name the account by it", "instagram_id")
	case network == provider.Messenger && c.InstagramID != "":
		return fmt.Errorf("%q belongs to an account of network instagram: take it out, or make it one", "instagram_id")
	case network != provider.Instagram && network != provider.Messenger:
		return errors.New("the network is neither messenger nor instagram: correct it")
	}
	return nil
}

// node is whose messages edge is used: an Instagram account that is linked to a
// Page sends through the Page.
func (c Config) node() string {
	if c.PageID != "" {
		return c.PageID
	}
	return c.InstagramID
}

// Routes returns how webhooks name the account these settings describe: an
// Instagram account by its own id, never by its Page's, whose messages are
// another account's. No access token is needed.
func Routes(settings map[string]string) ([]provider.Route, error) {
	c, err := read(settings, false)
	switch {
	case err != nil:
		return nil, err
	case c.InstagramID != "":
		return []provider.Route{route(objectInstagram, c.InstagramID)}, nil
	}
	return []provider.Route{route(objectPage, c.PageID)}, nil
}

func route(object, id string) provider.Route {
	if object == objectInstagram {
		return provider.Route("ig:" + id)
	}
	return provider.Route("page:" + id)
}

// HookConfig is what one webhook of a Meta app needs. It holds no API token.
type HookConfig struct {
	AppSecret provider.Secret
	// PreviousSecret is accepted too while the secret is being changed.
	PreviousSecret provider.Secret
	// InstagramSecret is the app's own one for Instagram Login, with which Meta has
	// been seen to sign instead; empty for none.
	InstagramSecret provider.Secret
	VerifyToken     provider.Secret
}

// ReadHookConfig reads a hook's settings. An empty secret is refused: it would
// let anybody in.
func ReadHookConfig(settings map[string]string) (HookConfig, error) {
	v, err := setting.Read(settings,
		setting.Key{Name: "app_secret", Required: true},
		setting.Key{Name: "app_secret_previous"},
		setting.Key{Name: "instagram_app_secret"},
		setting.Key{Name: "verify_token", Required: true})
	if err != nil {
		return HookConfig{}, err
	}
	return HookConfig{
		AppSecret: provider.Hide(v["app_secret"]), PreviousSecret: provider.Hide(v["app_secret_previous"]),
		InstagramSecret: provider.Hide(v["instagram_app_secret"]), VerifyToken: provider.Hide(v["verify_token"]),
	}, nil
}
