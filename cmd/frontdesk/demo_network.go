package main

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/provider/simulator"
	"frontdesk/webhookrelay"
)

// The pretend network's side of the demo. Nothing of it is secret: it listens
// on this machine only and moves nothing real.
const (
	demoHook        = "meta"
	demoAccount     = "frontdesk"
	demoNumber      = "100200300400500"
	demoWABA        = "200300400500600"
	demoDisplay     = "+502 2200 1100"
	demoAppSecret   = "demo-app-secret-of-a-pretend-network"
	demoVerifyToken = "demo-verify-token"
	demoAccessToken = "demo-access-token"
	demoLatency     = 180 * time.Millisecond // about what Meta's own API takes
	demoAgent       = "ana"
	demoTeammate    = "ben"
)

// openDemo starts pretend network and relay as a folder's demo has them.
func (d *desk) openDemo(ctx context.Context) (*backend, error) {
	b, ctx, err := openDemoBackend(ctx, d)
	if err != nil {
		return nil, err
	}
	token, err := os.ReadFile(filepath.Join(d.cfg.dir, "token"))
	if err != nil {
		b.Close()
		return nil, &fault{what: "the demo's token is gone", todo: "start again in an empty folder", err: err}
	}
	b.token = provider.Hide(string(token))
	// Customers who write of their own accord would make the log of a verb
	// that only looks grow; they live where somebody watches.
	b.sim.SetLive(d.cfg.Demo.live)
	b.running.Go(func() {
		if err := b.sim.Run(ctx); err != nil && ctx.Err() == nil {
			b.log.Error("pretend network", "err", err)
		}
	})
	b.running.Go(func() { b.relay.Run(ctx) })
	return b, nil
}

// openDemoBackend starts pretend network and relay, which run on the returned
// context until the backend is closed.
func openDemoBackend(ctx context.Context, d *desk) (*backend, context.Context, error) {
	b, ctx := newBackend(ctx, d.log)
	fail := func(err error) (*backend, context.Context, error) {
		b.Close()
		return nil, nil, err
	}
	graph, err := b.openNetwork(ctx, d)
	if err != nil {
		return fail(err)
	}
	options, err := demoRelay(d, graph)
	if err != nil {
		return fail(err)
	}
	l, err := listenOn(ctx, "127.0.0.1:0")
	if err != nil {
		return fail(err)
	}
	if err := b.openRelay(ctx, l, options); err != nil {
		return fail(err)
	}
	b.sim.SetWebhook(b.url + "/hooks/" + demoHook)
	return b, ctx, nil
}

// openNetwork starts the pretend Meta and returns the URL of its Graph API.
func (b *backend) openNetwork(ctx context.Context, d *desk) (string, error) {
	sim, err := simulator.New(simulator.Options{
		Seed: d.cfg.Demo.Seed, Now: d.clock, Speed: d.cfg.Demo.Speed, Logger: d.log,
		AppSecret: provider.Hide(demoAppSecret), VerifyToken: provider.Hide(demoVerifyToken), Token: provider.Hide(demoAccessToken),
		Latency:  cmp.Or(d.cfg.Demo.latency, demoLatency),
		Accounts: []simulator.Number{{PhoneNumberID: demoNumber, WABA: demoWABA, Display: demoDisplay}},
		Journal:  filepath.Join(d.cfg.dir, "network.jsonl"),
	})
	if err != nil {
		return "", &fault{what: "the pretend network cannot start", todo: "start again in an empty folder", err: err}
	}
	world, err := d.cfg.Demo.world()
	if err != nil {
		return "", err
	}
	sim.Add(world.Customers...)
	b.sim = sim
	b.closers = append(b.closers, func() { sim.Close() })
	l, err := listenOn(ctx, "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return b.serve(l, webhookrelay.NewServer(sim.Handler(), d.log)), nil
}

// demoRelay is the relay's side: one hook, and one account it sends for.
func demoRelay(d *desk, graph string) (webhookrelay.Options, error) {
	settings := map[string]string{
		"phone_number_id": demoNumber, "waba_id": demoWABA, "base_url": graph, "access_token": demoAccessToken,
	}
	o := webhookrelay.Options{Path: filepath.Join(d.cfg.dir, "relay.db"), Media: filepath.Join(d.cfg.dir, "relay.media"), Now: d.clock, Logger: d.log}
	hook, err := all.NewWebhook("cloudapi", map[string]string{"app_secret": demoAppSecret, "verify_token": demoVerifyToken})
	if err != nil {
		return o, err
	}
	account := provider.Account{ID: demoAccount, Network: provider.WhatsApp, Driver: "cloudapi", Name: "Front desk", Address: demoDisplay}
	sender, err := all.NewProvider(account, settings, &http.Client{})
	if err != nil {
		return o, err
	}
	routes, err := all.Routes("cloudapi", settings)
	o.Hooks = []webhookrelay.Hook{{ID: demoHook, Driver: "cloudapi", Webhook: hook}}
	o.Accounts = []webhookrelay.Account{{Account: account, Hook: demoHook, Routes: routes, Provider: sender}}
	return o, err
}
