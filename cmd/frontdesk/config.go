package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"frontdesk/cmd/internal/configfile"
	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/tui"
	"frontdesk/tui/keymap"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
)

// config is the terminal's configuration: config.toml in its folder.
type config struct {
	// Relay is the relay's URL, or "embedded": then this program is its own.
	Relay string `toml:"relay"`
	// Token opens the relay: env:NAME, file:PATH or keyring:NAME in the file, the token itself
	// here.
	Token provider.Secret `toml:"token"`
	// Agent is who sits here: the name the token was given to.
	Agent  event.AgentID `toml:"agent"`
	Listen string        `toml:"listen"`
	// PublicURL is where networks reach an embedded relay; empty where they do not.
	PublicURL string             `toml:"public_url"`
	Hooks     []configfile.Table `toml:"hook"`
	Accounts  []accountConfig    `toml:"-"`
	Raw       []configfile.Table `toml:"account"`
	Demo      *demoConfig        `toml:"demo"`
	Customers customersConfig    `toml:"customers"`
	// Notify is how the agent is told of what happens, told is it judged.
	Notify notifyConfig `toml:"notify"`
	Screen screenConfig `toml:"screen"`
	told   tui.Notify
	// Theme is how the screen looks; empty is auto.
	Theme theme.Choice `toml:"theme"`
	// Keys are the keys of the screen, keymap is they judged.
	Keys   keysConfig `toml:"keys"`
	keymap *keymap.Map
	dir    string
	// terminal names this folder's terminal; see nameTerminal.
	terminal string
}

// customersConfig is what customers are not to see of this agent, where their network
// shows it.
type customersConfig struct {
	// HideTyping keeps from them that somebody writes, HideRead that what they wrote
	// was looked at. WhatsApp shows the first only together with the second.
	HideTyping bool `toml:"hide_typing"`
	HideRead   bool `toml:"hide_read"`
}

// demoConfig makes a folder a demo's: its network is the pretend one.
type demoConfig struct {
	Seed          uint64    `toml:"seed"`
	Speed         float64   `toml:"speed"`
	Started       time.Time `toml:"started"`
	Conversations int       `toml:"conversations"`
	Messages      int       `toml:"messages"`

	// live customers answer and write of their own accord.
	live bool
	// tour is whether the screen teaches its keys.
	tour tui.Tour
	// latency of the pretend network; 0 takes the usual one.
	latency time.Duration
}

// accountConfig is one inbox.
type accountConfig struct {
	provider.Account
	// Direct means that this terminal holds the account's own token and calls
	// the network itself; otherwise the relay's gateway does.
	Direct bool
	// Hook names the embedded relay's hook this account's webhooks come by.
	Hook string
	// Settings are the driver's own keys: some of them are secrets, and only the
	// driver knows which.
	Settings map[string]provider.Secret
}

const embedded = "embedded"

// loadConfig reads DIR/config.toml. Keys nobody knows are errors: a misspelt
// key that is ignored is a setting that silently does not hold.
func loadConfig(dir string, getenv func(string) string) (*config, error) {
	path := filepath.Join(dir, "config.toml")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &fault{what: "no configuration at " + path, todo: "run frontdesk init to set up, or frontdesk demo to look around"}
	}
	if err != nil {
		return nil, &fault{what: "the configuration cannot be read", todo: "check who may read it", err: err}
	}
	c := &config{dir: dir}
	keys, err := configfile.Decode(text, c)
	if err != nil {
		return nil, &fault{what: path + " cannot be understood", todo: "mend the line", err: err}
	}
	if unknown := unknownKeys(keys); len(unknown) > 0 {
		return nil, &fault{what: fmt.Sprintf("%s has keys nobody knows: %s", path, strings.Join(unknown, ", ")), todo: "check the spelling"}
	}
	if c.told, err = c.Notify.notify(getenv); err != nil {
		return nil, &fault{what: path, todo: "mend [notify]", err: err}
	}
	if c.keymap, err = c.Keys.keymap(text); err != nil {
		return nil, &fault{what: path, todo: "mend [keys] (frontdesk keys lists commands and keys)", err: err}
	}
	if err := c.accounts(getenv); err != nil {
		return nil, &fault{what: path, todo: "mend the [[account]]", err: err}
	}
	token, err := configfile.Value("token", c.Token.Reveal(), dir, getenv)
	if err != nil {
		return nil, &fault{what: path, todo: "mend the token", err: err}
	}
	c.Token = provider.Hide(token)
	return c, c.check(path)
}

// unknownKeys leaves hooks and accounts out: their drivers judge those.
func unknownKeys(keys []toml.Key) []string {
	var unknown []string
	for _, key := range keys {
		if key[0] != "hook" && key[0] != "account" {
			unknown = append(unknown, key.String())
		}
	}
	return unknown
}

func (c *config) check(path string) error {
	switch {
	case c.Relay != embedded && (c.Listen != "" || c.PublicURL != "" || len(c.Hooks) > 0):
		return &fault{what: path + " has listen, public_url or [[hook]], and the relay is another program", todo: `move them to the relay's file, or set relay = "embedded"`}
	case c.Relay == "":
		return &fault{what: path + " names no relay", todo: `set relay = "https://…" or relay = "embedded"`}
	case c.Agent == "":
		return &fault{what: path + " does not say who you are", todo: `set agent = "name", the name your token was given to`}
	case c.Relay != embedded && c.Token.Empty():
		return &fault{what: path + " has no token for the relay", todo: `ask for one (webhookrelay token add) and set token = "file:PATH"`}
	}
	if choice, ok := theme.ParseChoice(string(c.Theme)); !ok {
		return &fault{what: path, todo: "mend theme", err: errNoTheme(string(c.Theme))}
	} else {
		c.Theme = choice
	}
	if err := webhookrelay.CheckPublicURL(c.PublicURL); err != nil {
		return &fault{what: path + ": public_url cannot be used", todo: "mend it, or leave it out", err: err}
	}
	return nil
}

// accounts turns the raw tables into accounts; what is not ours is the
// driver's.
func (c *config) accounts(getenv func(string) string) error {
	seen := map[provider.AccountID]bool{}
	for i, raw := range c.Raw {
		a := accountConfig{Settings: map[string]provider.Secret{}}
		for _, key := range slices.Sorted(maps.Keys(raw)) {
			text, ok := raw[key].Text()
			if !ok {
				return fmt.Errorf("account %d: %q is no string: put it in quotes", i+1, key)
			}
			text, err := configfile.Value(key, text, c.dir, getenv)
			if err == nil {
				err = a.set(key, text)
			}
			if err != nil {
				return fmt.Errorf("account %d: %w", i+1, err)
			}
		}
		if err := c.judge(&a); err != nil {
			return fmt.Errorf("account %d: %w", i+1, err)
		}
		if seen[a.ID] {
			return fmt.Errorf("account %d: another one has the id %q", i+1, a.ID)
		}
		seen[a.ID] = true
		c.Accounts = append(c.Accounts, a)
	}
	return nil
}

// judge refuses what could not hold: keys of a driver that a relay elsewhere
// has, and this terminal would never look at.
func (c *config) judge(a *accountConfig) error {
	if a.ID == "" || a.Network == "" || a.Driver == "" {
		return errors.New("it needs id, network and driver")
	}
	if c.Relay == embedded || a.Direct {
		return nil
	}
	if a.Hook != "" {
		return errors.New(`"hook" is the relay's to have: remove it`)
	}
	for _, key := range slices.Sorted(maps.Keys(a.Settings)) {
		return fmt.Errorf("%q is the relay's to have: remove it, or set mode = \"direct\"", key)
	}
	return nil
}

func (a *accountConfig) set(key, value string) error {
	switch key {
	case "id":
		a.ID = provider.AccountID(value)
	case "network":
		a.Network = provider.Network(value)
	case "driver":
		a.Driver = value
	case "name":
		a.Name = value
	case "address":
		a.Address = value
	case "hook":
		a.Hook = value
	case "mode":
		return a.setMode(value)
	default:
		a.Settings[key] = provider.Hide(value)
	}
	return nil
}

func (a *accountConfig) setMode(mode string) error {
	switch mode {
	case "gateway":
		a.Direct = false
	case "direct":
		a.Direct = true
	default:
		return errors.New(`"mode" is neither "gateway" nor "direct"`)
	}
	return nil
}

// driverSettings are the account's keys as its driver reads them; nobody keeps
// them.
func (a *accountConfig) driverSettings() all.Settings {
	settings := all.Settings{}
	for key, value := range a.Settings {
		settings[key] = value.Reveal()
	}
	return settings
}

// gatewaySettings are the keys of the driver that sends through the relay.
func gatewaySettings(relay string, token provider.Secret) all.Settings {
	return all.Settings{"relay": relay, "token": token.Reveal()}
}

// direct reports whether this terminal itself calls the account's network.
func (c *config) direct(id provider.AccountID) bool {
	for _, a := range c.Accounts {
		if a.ID == id {
			return a.Direct
		}
	}
	return false
}

// directAccounts are the accounts whose networks this terminal itself calls.
func (c *config) directAccounts() (ids []provider.AccountID) {
	for _, a := range c.Accounts {
		if a.Direct {
			ids = append(ids, a.ID)
		}
	}
	return ids
}
