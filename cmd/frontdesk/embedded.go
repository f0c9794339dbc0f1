package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"frontdesk/cmd/internal/configfile"
	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/webhookrelay"
)

// defaultListen is where an embedded relay takes webhooks: on this machine
// only, behind a tunnel or a proxy that terminates TLS.
const defaultListen = "127.0.0.1:8787"

// embeddedToken is the file with the token that opens one's own relay.
const embeddedToken = "embedded.token"

// openEmbedded runs a relay for one terminal against real networks. It is the
// gateway of every account that is not direct.
func (d *desk) openEmbedded(ctx context.Context) (*backend, error) {
	o := webhookrelay.Options{Path: filepath.Join(d.cfg.dir, "relay.db"), Media: filepath.Join(d.cfg.dir, "relay.media"), PublicURL: d.cfg.PublicURL, Now: d.clock, Logger: d.log}
	var err error
	if o.Hooks, err = d.cfg.hooks(d.env.getenv); err != nil {
		return nil, err
	}
	if o.Accounts, err = d.cfg.gatewayAccounts(); err != nil {
		return nil, err
	}
	l := d.takePort()
	if l == nil { // another process had the store, and the port, when this one began
		if l, err = listenOn(ctx, d.cfg.listen()); err != nil {
			return nil, err
		}
	}
	b, ctx := newBackend(ctx, d.log)
	if err := b.openRelay(ctx, l, o); err != nil {
		b.Close()
		return nil, err
	}
	if b.token, err = b.ownToken(ctx, d.cfg); err != nil {
		b.Close()
		return nil, err
	}
	b.running.Go(func() { b.relay.Run(ctx) })
	return b, nil
}

func (c *config) listen() string {
	if c.Listen != "" {
		return c.Listen
	}
	return defaultListen
}

// reservePort takes the embedded relay's port before anything is written, so
// that a taken one leaves nothing behind. It returns nil where there is no such
// relay, or where a process that has been in this folder may be the one that
// listens: only the store's lock tells.
func (c *config) reservePort(ctx context.Context) (net.Listener, error) {
	if c.Relay != embedded || c.Demo != nil {
		return nil, nil
	}
	l, err := listenOn(ctx, c.listen())
	if err == nil {
		return l, nil
	}
	if store.Exists(filepath.Join(c.dir, "store.db")) {
		return nil, nil
	}
	return nil, err
}

// takePort gives out the reserved port, once.
func (d *desk) takePort() net.Listener {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.port
	d.port = nil
	return l
}

// ownToken returns the token with which this program's terminal opens its own
// relay. It is made once and kept beside the log.
func (b *backend) ownToken(ctx context.Context, c *config) (provider.Secret, error) {
	if !c.Token.Empty() {
		return c.Token, nil
	}
	path := filepath.Join(c.dir, embeddedToken)
	kept, err := os.ReadFile(path)
	if token := strings.TrimSpace(string(kept)); token != "" {
		return provider.Hide(token), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return provider.Secret{}, &fault{what: "the relay's own token cannot be read", todo: "check who may read it", err: err}
	}
	token, err := b.addToken(ctx, string(c.Agent))
	if err != nil {
		return provider.Secret{}, err
	}
	if err := os.WriteFile(path, []byte(token.Reveal()), 0o600); err != nil {
		return provider.Secret{}, &fault{what: "the relay's own token cannot be kept", todo: "check who may write in " + c.dir, err: err}
	}
	return token, nil
}

// hooks builds the hooks of the configuration; their keys are their drivers'.
func (c *config) hooks(getenv func(string) string) ([]webhookrelay.Hook, error) {
	var hooks []webhookrelay.Hook
	for i, raw := range c.Hooks {
		settings := map[string]string{}
		for _, key := range slices.Sorted(maps.Keys(raw)) {
			text, ok := raw[key].Text()
			err := fmt.Errorf("%q is no string: put it in quotes", key)
			if ok {
				settings[key], err = configfile.Value(key, text, c.dir, getenv)
			}
			if err != nil {
				return nil, &fault{what: fmt.Sprintf("hook %d cannot be used", i+1), todo: "mend its [[hook]] in config.toml", err: err}
			}
		}
		id, driver := settings["id"], settings["driver"]
		delete(settings, "id")
		delete(settings, "driver")
		hook, err := all.NewWebhook(driver, settings)
		if err != nil {
			return nil, &fault{what: fmt.Sprintf("hook %q cannot be used", id), todo: "mend its [[hook]] in config.toml", err: err}
		}
		hooks = append(hooks, webhookrelay.Hook{ID: id, Driver: driver, Webhook: hook})
	}
	return hooks, nil
}

func (c *config) gatewayAccounts() ([]webhookrelay.Account, error) {
	var accounts []webhookrelay.Account
	for _, a := range c.Accounts {
		routes, err := all.Routes(a.Driver, a.driverSettings())
		if err != nil {
			return nil, &fault{what: fmt.Sprintf("account %s cannot be used", a.ID), todo: "mend its [[account]] in config.toml", err: err}
		}
		account := webhookrelay.Account{Account: a.Account, Hook: a.Hook, Routes: routes}
		p, err := all.NewProvider(a.Account, a.driverSettings(), &http.Client{})
		switch {
		case err != nil:
			return nil, &fault{what: fmt.Sprintf("account %s cannot be used", a.ID), todo: "mend its [[account]] in config.toml", err: err}
		case a.Direct: // the log is the only order of facts, so that its writer asks for them
			account.News, _ = p.(provider.Poller)
		default:
			account.Provider = p
		}
		accounts = append(accounts, account)
	}
	return accounts, nil
}
