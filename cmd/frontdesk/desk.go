package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/store/outbox"
	"frontdesk/store/worker"
	"frontdesk/tui/strings"
	"frontdesk/webhookrelay/client"
)

// desk is one agent's terminal: the store and, where this process holds it,
// the feed and the outbox. A desk that does not hold its store writes intent
// and wakes the one that does.
type desk struct {
	cfg    *config
	env    environment
	words  *strings.Catalogue
	log    *slog.Logger
	store  *store.Store
	clock  func() time.Time
	holder bool
	// works is set where nobody looks at a screen: this process is the team's worker.
	works bool

	backend   *backend
	feed      *feed.Feed
	outbox    *outbox.Outbox
	worker    *worker.Worker
	relay     *client.Client
	here      presences
	providers map[provider.AccountID]provider.Provider
	tables    tables
	port      net.Listener // reserved for an embedded relay; nil once it is taken

	// mu guards what a process that takes the store over gets while its screen
	// looks on: feed, outbox, relay, backend, providers, holder and closers; what it knew
	// of the holder before; and endScreen.
	mu      sync.Mutex
	holding besideState

	// endScreen ends the screen for a reason; nil where there is none.
	endScreen context.CancelCauseFunc

	linkMu sync.Mutex
	onLink func(feed.State)

	cancel  context.CancelFunc
	running sync.WaitGroup
	// rest ends the worker and waits for it, before the rest ends.
	rest    func()
	closers []func()
	closed  sync.Once
}

// openDesk opens the folder's configuration and store and tries for the lock.
// Nothing runs yet; see start.
func (e environment) openDesk(ctx context.Context, folder string) (*desk, error) {
	cfg, err := loadConfig(folder, e.getenv)
	if err != nil {
		return nil, err
	}
	port, err := cfg.reservePort(ctx)
	if err != nil {
		return nil, err
	}
	d, err := e.newDesk(ctx, cfg, time.Now)
	if err != nil || !d.holder {
		if port != nil {
			port.Close()
		}
		return d, err
	}
	d.port = port
	d.closers = append(d.closers, func() {
		if port := d.takePort(); port != nil {
			port.Close()
		}
	})
	return d, nil
}

// newDesk opens the store. A broken one is salvaged, where nobody else has it
// open.
func (e environment) newDesk(ctx context.Context, cfg *config, clock func() time.Time) (*desk, error) {
	if err := cfg.nameTerminal(); err != nil {
		return nil, err
	}
	d, err := e.deskOf(ctx, cfg, clock)
	var broken *store.BrokenError
	if !errors.As(err, &broken) {
		return d, err
	}
	if err := e.salvage(ctx, cfg, clock, broken); err != nil {
		return nil, err
	}
	return e.deskOf(ctx, cfg, clock)
}

// deskOf opens the store as it is.
func (e environment) deskOf(ctx context.Context, cfg *config, clock func() time.Time) (*desk, error) {
	d := &desk{cfg: cfg, env: e, words: strings.English(), clock: clock, here: presences{changed: make(chan struct{}, 1)}, providers: map[provider.AccountID]provider.Provider{}}
	if err := d.openLog(); err != nil {
		return nil, err
	}
	err := cfg.readTerminal()
	if err != nil {
		d.Close()
		return nil, err
	}
	if d.store, err = openStore(ctx, filepath.Join(cfg.dir, "store.db"), cfg, clock); err != nil {
		d.Close()
		return nil, err
	}
	d.closers = append(d.closers, func() { d.store.Close() })
	release, held, err := d.store.Lock(ctx)
	if err != nil {
		d.Close()
		return nil, &fault{what: "the store's lock cannot be taken", todo: "check who may write in " + cfg.dir, err: err}
	}
	if d.holder = !held; d.holder {
		d.closers = append(d.closers, release)
	}
	return d, nil
}

// openLog writes to a file: a log line on the screen would be a lie about what
// is on the screen.
func (d *desk) openLog() error {
	path := filepath.Join(d.cfg.dir, "frontdesk.log")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return &fault{what: "the log cannot be written", todo: "check who may write in " + d.cfg.dir, err: err}
	}
	d.closers = append(d.closers, func() { f.Close() })
	d.log = slog.New(slog.NewJSONHandler(cleanLog{f}, nil))
	return nil
}

// start runs what the holder of a store runs: its relay where that is
// embedded, the feed, the outbox and the wake socket.
func (d *desk) start(ctx context.Context) error {
	ctx, d.cancel = context.WithCancel(ctx)
	return d.begin(ctx)
}

// begin is start within a context that Close ends.
func (d *desk) begin(ctx context.Context) error {
	relay, token := d.cfg.Relay, d.cfg.Token
	if relay == embedded {
		b, err := d.openBackend(ctx)
		if err != nil {
			return err
		}
		d.mu.Lock()
		d.backend = b
		d.mu.Unlock()
		relay, token = b.url, b.token
	}
	c, err := client.New(client.Options{URL: relay, Token: token, Now: d.clock, Logger: d.log})
	if err != nil {
		return &fault{what: "the relay cannot be used", todo: "mend relay and token in config.toml", err: err}
	}
	if err := d.openProviders(relay, token); err != nil {
		return err
	}
	var f *feed.Feed // each knows of the other
	o := outbox.New(outbox.Options{
		Store: d.store, Providers: d.provider, Publish: c, Direct: d.cfg.direct, Asked: d.cfg.directAccounts(),
		Now: d.store.Now, Logger: d.log, Files: d.keptFile,
		CaughtUp: func() bool { return f.State().Live },
	})
	f = feed.New(feed.Options{Store: d.store, Client: c, Now: d.clock, OnState: d.linkChanged, OnHello: o.Greeted, OnPresent: d.here.put})
	d.mu.Lock()
	d.feed, d.outbox, d.relay, d.holder = f, o, c, true
	d.worker = d.newWorker(o, func() bool { return f.State().Live })
	d.mu.Unlock()
	d.run("feed", func() error { return d.feed.Run(ctx) })
	d.run("files", d.sweep)
	d.run("snoozes", func() error {
		return d.store.Rouse(ctx, func(err error) { d.log.Warn("snoozed conversations stay", "err", err) })
	})
	d.run("outbox", func() error { return d.outbox.Run(ctx) })
	d.work(ctx)
	if d.cfg.Demo != nil && d.cfg.Demo.live {
		ben, err := d.openColleague()
		if err != nil {
			return err
		}
		d.run("colleague", func() error { return ben.work(ctx) })
	}
	return d.listenForWakes(ctx)
}

// run starts one of the desk's goroutines; an end that is an error goes to the
// log, since nobody waits for it.
func (d *desk) run(name string, f func() error) {
	d.running.Go(func() {
		err := whole(name, f)
		var m *mistake
		switch {
		case errors.As(err, &m):
			d.collapse(m)
		case err != nil && !errors.Is(err, context.Canceled):
			d.log.Error("stopped", "part", name, "err", err)
		}
	})
}

// openProviders makes one sender per account: the driver itself in direct
// mode, the relay's gateway otherwise.
func (d *desk) openProviders(relay string, token provider.Secret) error {
	hc, providers := &http.Client{}, map[provider.AccountID]provider.Provider{}
	for _, a := range d.cfg.Accounts {
		p, err := a.sender(relay, token, hc)
		if err != nil {
			return &fault{what: fmt.Sprintf("account %s cannot be used", a.ID), todo: "mend its [[account]] in config.toml", err: err}
		}
		providers[a.ID] = p
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.providers = providers
	return nil
}

func (d *desk) provider(id provider.AccountID) (provider.Provider, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, ok := d.providers[id]
	return p, ok
}

func (d *desk) storePath() string { return filepath.Join(d.cfg.dir, "store.db") }

// capabilitiesOf asks the account's sender; a verb that runs none asks the
// network's table.
func (d *desk) capabilitiesOf(chat provider.ChatKey) *provider.Capabilities {
	if p, ok := d.provider(chat.Account); ok {
		return p.Capabilities(chat)
	}
	for _, a := range d.cfg.Accounts {
		if a.ID == chat.Account {
			return d.tables.of(a.Driver, a.Network, chat.Chat)
		}
	}
	return &provider.Capabilities{}
}

// now is the relay's clock as well as it is known, by which windows are judged.
func (d *desk) now() time.Time { return d.store.Now() }

// setOnLink says who is told of the link from now on.
func (d *desk) setOnLink(f func(feed.State)) {
	d.linkMu.Lock()
	defer d.linkMu.Unlock()
	d.onLink = f
}

func (d *desk) linkChanged(s feed.State) {
	d.linkMu.Lock()
	f := d.onLink
	d.linkMu.Unlock()
	if o := d.carrier(); s.Live && o != nil {
		o.Wake() // what waited for the relay goes out at once
		d.wakeWorker()
	}
	if f != nil {
		f(s)
	}
}

// carrier is this process's own outbox; nil where another process holds the
// store.
func (d *desk) carrier() *outbox.Outbox {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.outbox
}

// Close stops everything in the order in which it may stop: the outbox settles
// what is on the wire before the store closes under it.
func (d *desk) Close() { d.closed.Do(d.close) }

func (d *desk) close() {
	d.mu.Lock()
	rest := d.rest
	d.mu.Unlock()
	if rest != nil {
		rest()
	}
	if d.cancel != nil {
		d.cancel()
	}
	d.running.Wait()
	if d.backend != nil {
		d.backend.Close()
	}
	for i := len(d.closers) - 1; i >= 0; i-- {
		d.closers[i]()
	}
}
