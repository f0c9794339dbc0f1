package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"frontdesk/cmd/internal/configfile"
	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/webhookrelay"
)

// config is the relay's configuration, read and checked, with nothing opened.
type config struct {
	// Listen is where to serve, "127.0.0.1:8787".
	Listen string `toml:"listen"`
	// Data is the folder of the log.
	Data string `toml:"data"`
	// TrustedProxies are the addresses, or networks of them, whose
	// X-Forwarded-For is believed.
	TrustedProxies []string `toml:"trusted_proxies"`
	// KeepRaw is how long the bodies of POSTs are kept, "720h"; empty for the
	// relay's default.
	KeepRaw string `toml:"keep_raw"`
	// PublicURL is where networks reach the relay, "https://inbox.example.com";
	// empty where files are not offered to them.
	PublicURL string `toml:"public_url"`

	Hooks    []configfile.Table `toml:"hook"`
	Accounts []configfile.Table `toml:"account"`

	path    string
	getenv  func(string) string
	proxies []netip.Prefix
	keepRaw time.Duration
}

// loadConfig reads the file. A key nobody knows is an error: a misspelt key
// that is ignored is a setting that silently does not hold.
func (e environment) loadConfig(path string) (*config, error) {
	if path == "" {
		return nil, &usageError{what: "no configuration was named", todo: "add --config FILE"}
	}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &fault{what: "there is no file " + path, todo: "write it (docs/protocol.md, Configuration), or name another with --config"}
	case err != nil:
		return nil, &fault{what: "the configuration cannot be read", todo: "check who may read it", err: err}
	}
	c := &config{path: path, getenv: e.getenv}
	unknown, err := configfile.Decode(text, c)
	if err != nil {
		return nil, &fault{what: path + " cannot be understood", todo: "mend the line", err: err}
	}
	for _, key := range unknown {
		if key[0] != "hook" && key[0] != "account" { // those are judged with their drivers
			return nil, &fault{what: fmt.Sprintf("%s has a key nobody knows: %s", path, key), todo: "the keys are listen, data, keep_raw, public_url, trusted_proxies, [[hook]] and [[account]]"}
		}
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c, e.mayHoldLog(c)
}

func (c *config) check() error {
	if c.Data == "" {
		return &fault{what: c.path + " names no data folder", todo: `set data = "FOLDER"`}
	}
	if !filepath.IsAbs(c.Data) {
		c.Data = filepath.Join(filepath.Dir(c.path), c.Data)
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return &fault{what: fmt.Sprintf("%s: listen = %q is no address", c.path, c.Listen), todo: `write it as "127.0.0.1:8787"`}
	}
	if c.KeepRaw != "" {
		var err error
		if c.keepRaw, err = time.ParseDuration(c.KeepRaw); err != nil || c.keepRaw < time.Hour {
			return &fault{what: fmt.Sprintf("%s: keep_raw = %q is no time of an hour or more", c.path, c.KeepRaw), todo: `write it as "720h"`}
		}
	}
	if err := webhookrelay.CheckPublicURL(c.PublicURL); err != nil {
		return &fault{what: c.path + ": public_url cannot be used", todo: "mend it, or leave it out", err: err}
	}
	for _, text := range c.TrustedProxies {
		prefix, ok := network(text)
		if !ok {
			return &fault{what: fmt.Sprintf("%s: trusted_proxies has %q, which is no address", c.path, text), todo: `write it as "10.0.0.5" or "10.0.0.0/24"`}
		}
		c.proxies = append(c.proxies, prefix)
	}
	return nil
}

// mayHoldLog refuses a folder on another machine's disk: the log's journal is
// not safe on one, and a flush there says little.
func (e environment) mayHoldLog(c *config) error {
	if e.remote == nil {
		return nil
	}
	if kind := e.remote(c.Data); kind != "" {
		return &fault{
			what: fmt.Sprintf("the folder %s is on a network disk (%s), where a log can be damaged", c.Data, kind),
			todo: "set data in " + c.path + " to a folder on this machine",
		}
	}
	return nil
}

// network reads an address, or a network of them. All addresses there are is
// none: whoever trusts everybody believes anything.
func network(text string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(text)
	return prefix.Masked(), err == nil && prefix.Bits() > 0
}

// log is where the log is.
func (c *config) log() string { return filepath.Join(c.Data, "relay.db") }

// hooks builds every hook with its driver.
func (c *config) hooks() ([]webhookrelay.Hook, error) {
	var hooks []webhookrelay.Hook
	for i, raw := range c.Hooks {
		own, settings, err := c.table(raw, "id", "driver")
		var w provider.Webhook
		if err == nil {
			w, err = all.NewWebhook(own["driver"], settings)
		}
		if err != nil {
			return nil, c.fault("hook", i, raw, err)
		}
		hooks = append(hooks, webhookrelay.Hook{ID: own["id"], Driver: own["driver"], Webhook: w})
	}
	return hooks, nil
}

// accounts builds every account; one with an API token is sent for by the
// relay.
func (c *config) accounts() ([]webhookrelay.Account, error) {
	var accounts []webhookrelay.Account
	for i, raw := range c.Accounts {
		a, err := c.account(raw)
		if err != nil {
			return nil, c.fault("account", i, raw, err)
		}
		accounts = append(accounts, a)
	}
	return accounts, nil
}

func (c *config) account(raw configfile.Table) (a webhookrelay.Account, err error) {
	own, settings, err := c.table(raw, "id", "hook?", "driver", "network", "name?", "address?")
	if err != nil {
		return a, err
	}
	a = webhookrelay.Account{Hook: own["hook"], Account: provider.Account{
		ID:      provider.AccountID(own["id"]),
		Network: provider.Network(own["network"]), Driver: own["driver"], Name: own["name"], Address: own["address"],
	}}
	if a.Hook == "" && all.NeedsHook(a.Account) {
		return a, fmt.Errorf("%q is missing or empty: set it", "hook")
	}
	if a.Routes, err = all.Routes(a.Driver, settings); err != nil {
		return a, err
	}
	if !all.Sends(a.Driver, settings) {
		return a, nil
	}
	a.Provider, err = all.NewProvider(a.Account, settings, nil)
	return a, err
}

// table splits a table into our own keys (with "?" those that may be missing)
// and the driver's, and brings in the secrets.
func (c *config) table(raw configfile.Table, keys ...string) (own, settings map[string]string, err error) {
	own, settings = map[string]string{}, map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		text, ok := raw[key].Text()
		if !ok {
			return nil, nil, fmt.Errorf("%q is no string: put it in quotes", key)
		}
		if text, err = configfile.Value(key, text, filepath.Dir(c.path), c.getenv); err != nil {
			return nil, nil, err
		}
		if slices.Contains(keys, key) || slices.Contains(keys, key+"?") {
			own[key] = text
		} else {
			settings[key] = text
		}
	}
	for _, key := range keys {
		if !strings.HasSuffix(key, "?") && own[key] == "" {
			return nil, nil, fmt.Errorf("%q is missing or empty: set it", key)
		}
	}
	return own, settings, nil
}

func (c *config) fault(kind string, i int, raw configfile.Table, err error) error {
	name := fmt.Sprintf("%s %d", kind, i+1)
	if id, ok := raw["id"].Text(); ok && id != "" {
		name = fmt.Sprintf("%s %q", kind, id)
	}
	return &fault{what: fmt.Sprintf("%s: %s cannot be used", c.path, name), todo: "mend its [[" + kind + "]]", err: err}
}
