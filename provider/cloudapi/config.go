// Package cloudapi drives Meta's WhatsApp Cloud API: it sends through one
// phone number, lists the account's templates, and verifies and decodes Meta's
// webhooks. It makes one attempt per call and keeps no state; retry, pacing,
// windows and storage belong to its callers.
package cloudapi

import (
	"fmt"
	"regexp"

	"frontdesk/provider"
	"frontdesk/provider/internal/setting"
	"frontdesk/provider/internal/whatsapp"
)

// Name is the driver's name in configurations.
const Name = "cloudapi"

// Where Meta is, and the newest version of its API this driver was written
// for.
const (
	defaultBase    = "https://graph.facebook.com"
	defaultVersion = "v26.0"
)

// Config is one phone number's access to the API.
type Config struct {
	PhoneNumberID string
	// WABA is the WhatsApp Business Account, which owns the templates.
	WABA string
	// AppID is the Meta app that samples of templates' files are uploaded for; empty
	// where none are.
	AppID string
	// BaseURL is the API's scheme and host.
	BaseURL string
	// Version is "v26.0".
	Version     string
	AccessToken provider.Secret
	// Retry503 sends again what was answered 503 without Meta's own error: a
	// proxy before the API that answers so has passed nothing on.
	Retry503 bool
}

var (
	numeric = regexp.MustCompile(`^[0-9]{1,32}$`)
	version = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]{1,2}$`)
)

// ReadConfig reads an account's settings. The error says which key is wrong
// and what to do, and holds no value of a secret.
func ReadConfig(settings map[string]string) (Config, error) {
	v, err := setting.Read(settings, accountKeys(true)...)
	if err != nil {
		return Config{}, err
	}
	c := Config{
		PhoneNumberID: v["phone_number_id"], WABA: v["waba_id"], AppID: v["app_id"], BaseURL: v["base_url"],
		Version: v["version"], AccessToken: provider.Hide(v["access_token"]), Retry503: v["retry_503"] == "yes",
	}
	if v["retry_503"] != "yes" && v["retry_503"] != "no" {
		return c, fmt.Errorf("%q is neither yes nor no", "retry_503")
	}
	return c, c.check()
}

func accountKeys(token bool) []setting.Key {
	return []setting.Key{
		{Name: "phone_number_id", Required: true},
		{Name: "waba_id", Required: true},
		{Name: "app_id"},
		{Name: "base_url", Default: defaultBase},
		{Name: "version", Default: defaultVersion},
		{Name: "access_token", Required: token},
		{Name: "retry_503", Default: "no"},
	}
}

func (c Config) check() error {
	switch {
	case !numeric.MatchString(c.PhoneNumberID):
		return fmt.Errorf("%q is not digits: copy the number's id from WhatsApp Manager, not the phone number", "phone_number_id")
	case !numeric.MatchString(c.WABA):
		return fmt.Errorf("%q is not digits: copy the account's id from WhatsApp Manager", "waba_id")
	case c.AppID != "" && !numeric.MatchString(c.AppID):
		return fmt.Errorf("%q is not digits: copy the app's id from Meta's app dashboard", "app_id")
	case !version.MatchString(c.Version):
		return fmt.Errorf("%q is no version: write it as %s", "version", defaultVersion)
	}
	return nil
}

// Routes returns how webhooks name the account these settings describe: its
// number for messages, its business account for templates and notices. No
// access token is needed.
func Routes(settings map[string]string) ([]provider.Route, error) {
	v, err := setting.Read(settings, accountKeys(false)...)
	if err != nil {
		return nil, err
	}
	c := Config{PhoneNumberID: v["phone_number_id"], WABA: v["waba_id"], AppID: v["app_id"], Version: v["version"]}
	if err := c.check(); err != nil {
		return nil, err
	}
	return []provider.Route{provider.Route(c.PhoneNumberID), whatsapp.BusinessRoute(c.WABA)}, nil
}

// HookConfig is what one webhook of a Meta app needs. It holds no API token.
type HookConfig struct {
	AppSecret provider.Secret
	// PreviousSecret is accepted too while the secret is being changed.
	PreviousSecret provider.Secret
	VerifyToken    provider.Secret
}

// ReadHookConfig reads a hook's settings. An empty secret is refused: it would
// let anybody in.
func ReadHookConfig(settings map[string]string) (HookConfig, error) {
	v, err := setting.Read(settings,
		setting.Key{Name: "app_secret", Required: true},
		setting.Key{Name: "app_secret_previous"},
		setting.Key{Name: "verify_token", Required: true})
	if err != nil {
		return HookConfig{}, err
	}
	return HookConfig{
		AppSecret: provider.Hide(v["app_secret"]), PreviousSecret: provider.Hide(v["app_secret_previous"]),
		VerifyToken: provider.Hide(v["verify_token"]),
	}, nil
}
