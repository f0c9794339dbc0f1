// Package twilio drives Twilio's Programmable Messaging for one sender, on WhatsApp
// or by SMS: it sends, lists the account's content templates, reads messages back,
// and verifies and decodes what Twilio posts. It makes one attempt per call and
// keeps no state; retry, pacing, windows and storage belong to its callers.
package twilio

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/setting"
)

// Name is the driver's name in configurations.
const Name = "twilio"

// Where Twilio is: messages, templates and typing are on three hosts.
const (
	defaultBase      = "https://api.twilio.com"
	defaultContent   = "https://content.twilio.com"
	defaultMessaging = "https://messaging.twilio.com"
	// defaultMediaHost is where a file's address redirects to. No document of
	// Twilio's names it: "media_hosts" can name others.
	defaultMediaHost = "mms.twiliocdn.com"
)

// Config is one sender's access to the API.
type Config struct {
	AccountSID string
	// Key is the SID of an API key whose secret Secret is; empty where Secret is
	// the account's own auth token.
	Key    string
	Secret provider.Secret
	// Sender is the address customers write to, as Twilio writes it:
	// "whatsapp:+34900333444", or "+34900333444" for SMS.
	Sender string
	// Service is the SID of a Messaging Service; only with one can Twilio send later.
	Service string
	// PublicURL is the address of this account's hook, as Twilio is to call it;
	// empty where status callbacks are set up at Twilio.
	PublicURL string
	// BaseURL, ContentURL and MessagingURL are scheme and host of the three APIs.
	BaseURL, ContentURL, MessagingURL string
	// MediaHosts are the hosts that a file's address may redirect to.
	MediaHosts []string
}

var (
	accountSID = regexp.MustCompile(`^AC[0-9a-f]{32}$`)
	keySID     = regexp.MustCompile(`^SK[0-9a-f]{32}$`)
	serviceSID = regexp.MustCompile(`^MG[0-9a-f]{32}$`)
	contentSID = regexp.MustCompile(`^HX[0-9a-f]{32}$`)
	messageSID = regexp.MustCompile(`^[SM]M[0-9a-f]{32}$`)
	mediaSID   = regexp.MustCompile(`^ME[0-9a-f]{32}$`)

	senderForm = regexp.MustCompile(`^(whatsapp:\+[1-9][0-9]{6,14}|\+[1-9][0-9]{6,14}|[0-9]{3,8}|[A-Za-z0-9 ]{1,11})$`)
	hostForm   = regexp.MustCompile(`^[a-z0-9.-]+$`)
)

func accountKeys(secret bool) []setting.Key {
	return []setting.Key{
		{Name: "account_sid", Required: true},
		{Name: "sender", Required: true},
		{Name: "auth_token", Required: secret},
		{Name: "api_key_sid"},
		{Name: "messaging_service"},
		{Name: "public_url"},
		{Name: "base_url", Default: defaultBase},
		{Name: "content_url", Default: defaultContent},
		{Name: "messaging_url", Default: defaultMessaging},
		{Name: "media_hosts", Default: defaultMediaHost},
	}
}

// ReadConfig reads an account's settings. "auth_token" is the account's auth token,
// or with "api_key_sid" that key's secret. The error says which key is wrong and what to
// do, and holds no value.
func ReadConfig(settings map[string]string) (Config, error) {
	return readConfig(settings, true)
}

func readConfig(settings map[string]string, secret bool) (Config, error) {
	v, err := setting.Read(settings, accountKeys(secret)...)
	if err != nil {
		return Config{}, err
	}
	c := Config{
		AccountSID: v["account_sid"], Key: v["api_key_sid"], Secret: provider.Hide(v["auth_token"]),
		Sender: v["sender"], Service: v["messaging_service"], PublicURL: v["public_url"],
		BaseURL: v["base_url"], ContentURL: v["content_url"], MessagingURL: v["messaging_url"],
	}
	for host := range strings.SplitSeq(v["media_hosts"], ",") {
		c.MediaHosts = append(c.MediaHosts, strings.TrimSpace(host))
	}
	return c, c.check()
}

func (c Config) check() error {
	switch {
	case !accountSID.MatchString(c.AccountSID):
		return fmt.Errorf("%q is no account SID: copy the one that begins with AC from Twilio's console", "account_sid")
	case c.Key != "" && !keySID.MatchString(c.Key):
		return fmt.Errorf("%q is no API key: copy the SID that begins with SK, and put its secret into %q", "api_key_sid", "auth_token")
	case c.Service != "" && !serviceSID.MatchString(c.Service):
		return fmt.Errorf("%q is no Messaging Service: copy the SID that begins with MG", "messaging_service")
	case !senderForm.MatchString(c.Sender):
		return fmt.Errorf("%q is no sender: write it as whatsapp:+34900333444, or as +34900333444 for SMS", "sender")
	}
	for _, host := range c.MediaHosts {
		if !hostForm.MatchString(host) {
			return fmt.Errorf("%q holds something that is no host: write names in lower case with a comma between", "media_hosts")
		}
	}
	if c.PublicURL == "" {
		return nil
	}
	if _, err := readAddress(c.PublicURL); err != nil {
		return fmt.Errorf("%q: %w", "public_url", err)
	}
	return nil
}

// fits reports whether the sender is one of the network's.
func (c Config) fits(network provider.Network) error {
	if (network == provider.WhatsApp) == strings.HasPrefix(c.Sender, whatsappPrefix) {
		return nil
	}
	return fmt.Errorf("%q is none of this network: WhatsApp's begin with %q, those of SMS do not", "sender", whatsappPrefix)
}

// Routes returns how webhooks name the account these settings describe: its sender
// for messages and receipts, its account SID for all else. No secret is needed.
func Routes(settings map[string]string) ([]provider.Route, error) {
	c, err := readConfig(settings, false)
	if err != nil {
		return nil, err
	}
	return []provider.Route{provider.Route(c.Sender), provider.Route(c.AccountSID)}, nil
}

// HookConfig is what one hook needs. It holds no API key; the auth token is the key
// of the signature, and Twilio has no other.
type HookConfig struct {
	AuthToken provider.Secret
	// Previous is accepted too while the token is being changed.
	Previous provider.Secret
	// PublicURL is the hook's address as Twilio was given it. The signature covers
	// it, and behind a proxy the request does not show it.
	PublicURL string
}

// ReadHookConfig reads a hook's settings. An empty token is refused: it would let
// anybody in.
func ReadHookConfig(settings map[string]string) (HookConfig, error) {
	v, err := setting.Read(settings,
		setting.Key{Name: "auth_token", Required: true},
		setting.Key{Name: "previous_auth_token"},
		setting.Key{Name: "public_url", Required: true})
	if err != nil {
		return HookConfig{}, err
	}
	c := HookConfig{
		AuthToken: provider.Hide(v["auth_token"]), Previous: provider.Hide(v["previous_auth_token"]), PublicURL: v["public_url"],
	}
	if _, err := readAddress(c.PublicURL); err != nil {
		return HookConfig{}, fmt.Errorf("%q: %w", "public_url", err)
	}
	return c, nil
}

// address is a hook's public address: what Twilio calls, letter by letter.
type address struct {
	// head is scheme and "://", host and port are the authority, path is the rest
	// before the query.
	head, host, port, path, query string
}

// readAddress takes an address apart without rewriting a letter of it.
func readAddress(text string) (address, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return address{}, errors.New("it is no URL: write it as Twilio has it, https://host/hooks/ID")
	case u.User != nil || u.Fragment != "" || strings.Contains(text, "#"):
		return address{}, errors.New("it holds more than host, path and query: leave user and fragment out, here and in what this program gives to Twilio")
	case strings.Contains(u.Hostname(), "_"):
		return address{}, errors.New("its host has an underscore, and Twilio calls no such host: use another name")
	case u.Query().Has(opKey):
		return address{}, fmt.Errorf("its query holds %q, which this program adds: use another word", opKey)
	}
	var a address
	text, a.query, _ = strings.Cut(text, "?")
	at := strings.Index(text, "://") + len("://")
	a.head = text[:at]
	authority, path, slash := strings.Cut(text[at:], "/")
	if slash {
		a.path = "/" + path
	}
	a.host = authority
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		a.host, a.port = authority[:i], authority[i:]
	}
	return a, nil
}

// opKey is the part of a status callback's query that carries our operation.
const opKey = "op"

// callback returns the address at which Twilio tells what became of an operation.
// Twilio gives nothing else of ours back.
func (a address) callback(op provider.OpID) string {
	query := url.Values{opKey: {string(op)}}.Encode()
	if a.query != "" {
		query = a.query + "&" + query
	}
	return a.head + a.host + a.port + a.path + "?" + query
}
