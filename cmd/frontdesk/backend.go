package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
	"frontdesk/webhookrelay"
)

// backend is what else runs in this process beside the terminal: a relay, and
// in the demo the pretend network. The terminal talks to it over loopback HTTP
// and websocket as it would to any other.
type backend struct {
	url   string
	token provider.Secret
	relay *webhookrelay.Relay
	// sim is the demo's pretend network; nil elsewhere.
	sim *simulator.Sim
	log *slog.Logger

	cancel  context.CancelFunc
	running sync.WaitGroup
	closers []func()
}

// openBackend starts the relay that `relay = "embedded"` asks for.
func (d *desk) openBackend(ctx context.Context) (*backend, error) {
	if d.cfg.Demo != nil {
		return d.openDemo(ctx)
	}
	return d.openEmbedded(ctx)
}

// newBackend returns a backend whose parts run until Close.
func newBackend(ctx context.Context, log *slog.Logger) (*backend, context.Context) {
	// The terminal's last sends go through this relay, so it outlives the
	// caller's context and ends with Close.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	return &backend{log: log, cancel: cancel}, ctx
}

// openRelay opens the log in the folder and serves it on l, which it closes in
// the end.
func (b *backend) openRelay(ctx context.Context, l net.Listener, o webhookrelay.Options) error {
	b.closers = append(b.closers, func() { l.Close() })
	r, err := webhookrelay.Open(ctx, o)
	if err != nil {
		return &fault{what: "the relay's log cannot be opened", todo: "nothing was changed; check the folder " + filepath.Dir(o.Path), err: err}
	}
	b.relay = r
	b.closers = append(b.closers, func() {
		if err := r.Close(); err != nil {
			b.log.Error("close the relay", "err", err)
		}
	})
	b.url = b.serve(l, webhookrelay.NewServer(r.Handler(), b.log))
	return nil
}

// listenOn takes a port.
func listenOn(ctx context.Context, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, &fault{what: "nothing can listen on " + addr, todo: "free the port, or choose another with listen in config.toml", err: err}
	}
	return l, nil
}

// serve answers on l and returns the URL.
func (b *backend) serve(l net.Listener, server *http.Server) string {
	b.running.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			b.log.Error("serve", "addr", l.Addr().String(), "err", err)
		}
	})
	b.closers = append(b.closers, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	})
	return "http://" + l.Addr().String()
}

// addToken makes a token for who works on this relay alone, and so is its
// administrator too.
func (b *backend) addToken(ctx context.Context, name string) (provider.Secret, error) {
	token, err := b.relay.Tokens().Add(ctx, name, webhookrelay.RoleAdmin)
	if err != nil {
		return provider.Secret{}, fmt.Errorf("add a token for %s: %w", name, err)
	}
	return provider.Hide(token), nil
}

// Close ends everything, the last started first.
func (b *backend) Close() {
	b.cancel()
	for i := len(b.closers) - 1; i >= 0; i-- {
		b.closers[i]()
	}
	b.running.Wait()
}
