// Package dialog360 drives the WhatsApp Cloud API through 360dialog: the same
// messages and webhooks as Meta's own, behind another host, a key for each number,
// webhooks that are known by a header, and templates that are listed by offset. It
// makes one attempt per call and keeps no state; retry, pacing, windows and
// storage belong to its callers.
package dialog360

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"frontdesk/provider"
	"frontdesk/provider/internal/setting"
	"frontdesk/provider/internal/whatsapp"
)

// Name is the driver's name in configurations.
const Name = "dialog360"

// defaultBase is the Messaging API for numbers on the Cloud API (360dialog,
// "Messaging API"). The older waba.360dialog.io is the on-premises API, which is
// discontinued.
const defaultBase = "https://waba-v2.360dialog.io"

// Config is one phone number's access to the API: the key names the number.
type Config struct {
	APIKey provider.Secret
	// PhoneNumberID and WABA are how webhooks name the number and its business
	// account; no request needs them.
	PhoneNumberID string
	WABA          string
	// BaseURL is the API's scheme and host.
	BaseURL string
}

var numeric = regexp.MustCompile(`^[0-9]{1,32}$`)

// ReadConfig reads an account's settings. The error says which key is wrong
// and what to do, and holds no value of a secret.
func ReadConfig(settings map[string]string) (Config, error) {
	v, err := setting.Read(settings, accountKeys(true)...)
	if err != nil {
		return Config{}, err
	}
	c := configOf(v)
	return c, c.check()
}

func accountKeys(key bool) []setting.Key {
	return []setting.Key{
		{Name: "api_key", Required: key},
		{Name: "phone_number_id", Required: true},
		{Name: "waba_id", Required: true},
		{Name: "base_url", Default: defaultBase},
	}
}

func configOf(v map[string]string) Config {
	return Config{
		APIKey: provider.Hide(v["api_key"]), PhoneNumberID: v["phone_number_id"],
		WABA: v["waba_id"], BaseURL: v["base_url"],
	}
}

func (c Config) check() error {
	switch {
	case !numeric.MatchString(c.PhoneNumberID):
		return fmt.Errorf("%q is not digits: copy the number's id from the 360dialog Hub, not the phone number", "phone_number_id")
	case !numeric.MatchString(c.WABA):
		return fmt.Errorf("%q is not digits: copy the account's id from the 360dialog Hub", "waba_id")
	}
	return nil
}

// Routes returns how webhooks name the account these settings describe: its
// number for messages, its business account for templates and notices. No key of
// the API is needed.
func Routes(settings map[string]string) ([]provider.Route, error) {
	v, err := setting.Read(settings, accountKeys(false)...)
	if err != nil {
		return nil, err
	}
	c := configOf(v)
	if err := c.check(); err != nil {
		return nil, err
	}
	return []provider.Route{provider.Route(c.PhoneNumberID), whatsapp.BusinessRoute(c.WABA)}, nil
}

// HookConfig is how posts to one hook are known to be 360dialog's. Meta's own
// signature is not passed on: its secret is 360dialog's.
type HookConfig struct {
	// Header is the name of the header that the webhook was set up with, and
	// HeaderSecret its value, which is posted with every webhook.
	Header       string
	HeaderSecret provider.Secret
	// PreviousSecret is accepted too while the value is being changed.
	PreviousSecret provider.Secret
	// PlatformSecret signs the raw body, for partners that have one; where it is
	// set, what is not signed as well is refused.
	PlatformSecret provider.Secret
}

// headerName is what a header may be called (RFC 9110, a token).
var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$")

// minSecret is the shortest value of a header that nobody guesses.
const minSecret = 16

// ReadHookConfig reads a hook's settings. An empty or short secret is refused: it
// would let anybody in.
func ReadHookConfig(settings map[string]string) (HookConfig, error) {
	v, err := setting.Read(settings,
		setting.Key{Name: "header", Default: "Authorization"},
		setting.Key{Name: "header_secret", Required: true},
		setting.Key{Name: "header_secret_previous"},
		setting.Key{Name: "platform_secret"})
	if err != nil {
		return HookConfig{}, err
	}
	c := HookConfig{
		Header: v["header"], HeaderSecret: provider.Hide(v["header_secret"]),
		PreviousSecret: provider.Hide(v["header_secret_previous"]), PlatformSecret: provider.Hide(v["platform_secret"]),
	}
	return c, c.check()
}

func (c HookConfig) check() error {
	switch {
	case !headerName.MatchString(c.Header):
		return errors.New(`"header" is no name of a header: write it as Authorization or X-Frontdesk`)
	case http.CanonicalHeaderKey(c.Header) == signatureHeader:
		return errors.New(`"header" is the header of the signature: choose another name`)
	case len(c.HeaderSecret.Reveal()) < minSecret:
		return fmt.Errorf("%q is shorter than %d characters: make a long random one", "header_secret", minSecret)
	case !c.PreviousSecret.Empty() && len(c.PreviousSecret.Reveal()) < minSecret:
		return fmt.Errorf("%q is shorter than %d characters: make a long random one", "header_secret_previous", minSecret)
	}
	return nil
}
