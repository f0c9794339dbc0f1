package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"frontdesk/webhookrelay"
)

// Shutdown takes at most these two and the relay's own few seconds: under five
// in all.
const (
	finishRequests = time.Second
	dropRequests   = 500 * time.Millisecond
)

// serve runs the relay until the process is asked to end. The port is taken
// before anything is written.
func (e environment) serve(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	path := flags.String("config", "", "")
	if _, err := parse(flags, args, 0); err != nil {
		return err
	}
	c, err := e.loadConfig(*path)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(e.errs, nil))
	o := webhookrelay.Options{Path: c.log(), KeepRaw: c.keepRaw, Media: filepath.Join(c.Data, "media"), PublicURL: c.PublicURL, Logger: logger, TrustedProxies: c.proxies}
	if o.Hooks, err = c.hooks(); err != nil {
		return err
	}
	if o.Accounts, err = c.accounts(); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return &fault{what: "nothing can listen on " + c.Listen, todo: "free the port, or set another listen in " + c.path, err: err}
	}
	relay, err := webhookrelay.Open(ctx, o)
	if err != nil {
		_ = listener.Close()
		return openFault(c, err)
	}
	logger.Info("serving", "addr", listener.Addr().String(), "hooks", len(o.Hooks), "accounts", len(o.Accounts))
	return run(ctx, relay, listener, webhookrelay.NewServer(relay.Handler(), logger, c.proxies...), logger)
}

func openFault(c *config, err error) error {
	if errors.Is(err, webhookrelay.ErrServed) {
		return &fault{what: "the log in " + c.Data + " is in use", todo: "nothing was changed", err: err}
	}
	if errors.Is(err, webhookrelay.ErrDamaged) {
		return &fault{
			what: "the relay cannot open its log",
			todo: "keep a copy of " + c.Data + ", then run webhookrelay recover --from " + c.log() + ", or --from the latest backup", err: err,
		}
	}
	return &fault{what: "the relay cannot open its log", todo: "check data and the accounts in " + c.path, err: err}
}

func run(ctx context.Context, relay *webhookrelay.Relay, listener net.Listener, server *http.Server, logger *slog.Logger) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { relay.Run(background) })
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-served:
	}
	logger.Info("stopping")
	soon, cancel := context.WithTimeout(background, finishRequests)
	defer cancel()
	_ = server.Shutdown(soon) // a send may take longer: the relay's own close waits for it
	stop()
	running.Wait()
	closed := relay.Close()
	later, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropRequests)
	defer cancel()
	if server.Shutdown(later) != nil {
		_ = server.Close()
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, closed)
}
