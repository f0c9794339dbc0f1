// Package webhookrelay is the server of a team: it takes what networks post,
// keeps one ordered log of it and of what the team does, streams that log to
// terminals, and sends for those that hold no API token. It may import no
// driver and no store: what it verifies, decodes and sends with is handed in.
package webhookrelay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"frontdesk/internal/media"
	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/internal/tcp"
)

// Options is everything a relay is made of.
type Options struct {
	// Path of the log, "…/relay.db". Its folder is made if need be.
	Path     string
	Hooks    []Hook
	Accounts []Account
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger gets what an administrator should know; nil discards.
	Logger *slog.Logger
	// Send bounds what the gateway waits for.
	Send SendLimits
	// TrustedProxies are the addresses whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// KeepRaw is how long the bodies of POSTs are kept; 0 for DefaultKeepRaw.
	KeepRaw time.Duration
	// Media is the folder for files of messages, fetched when they arrive; empty
	// keeps none, and passes them on from the network.
	Media string
	// PublicURL is the relay's https address as networks reach it, by which those
	// fetch files that take none otherwise; empty offers none. It needs Media.
	PublicURL string
	// CommitDelay runs after each commit of the log: benchmarks emulate a
	// slower disk with it.
	CommitDelay func()
}

// Hook is one address a network posts to. It is not an account: one hook may
// serve many.
type Hook struct {
	// ID is the last part of the address: /hooks/{id}.
	ID     string
	Driver string
	// Webhook may also implement provider.Handshaker, Keeper and Answerer.
	Webhook provider.Webhook
}

// Account is an inbox of the team.
type Account struct {
	provider.Account
	// Hook is the id of the hook its events come in by; empty for none.
	Hook string
	// Routes name this account in what its hook receives.
	Routes []provider.Route
	// Provider sends for terminals, and is nil unless the relay is this
	// account's gateway.
	Provider provider.Provider
	// News asks the network of an account without Provider for what is new: of one
	// whose terminal sends by itself, beside this relay in one process. nil for nobody.
	News provider.Poller
}

// Relay is a running relay.
type Relay struct {
	log      *eventLog
	lock     *fileLock
	tokens   *Tokens
	hooks    map[string]*hook
	accounts map[provider.AccountID]Account
	gateway  *gateway
	streams  streams
	times    timing
	bodies   bodies
	failures *failures
	trusted  proxies
	resync   chan provider.AccountID
	vault    *media.Vault // nil keeps no files
	arrived  chan struct{}
	asks     *asks
	looked   *lookups
	calls    *calls
	public   string // PublicURL without its last slash
	uploads  chan struct{}
	now      func() time.Time
	keepRaw  time.Duration
	logger   *slog.Logger

	stop    context.CancelFunc
	tending sync.WaitGroup
}

// Open opens the log, verifies its tail, marks what was being sent when the
// last process ended as unsure, and tells the log of the accounts.
func Open(ctx context.Context, o Options) (*Relay, error) {
	r := &Relay{
		now: o.Now, logger: o.Logger, resync: make(chan provider.AccountID, 64), arrived: make(chan struct{}, 1),
		public: strings.TrimRight(o.PublicURL, "/"), uploads: make(chan struct{}, maxUploads),
		// What is measured in minutes is not told by a clock that may be set.
		times: defaultTiming(), bodies: newBodies(), failures: newFailures(time.Now), trusted: o.TrustedProxies,
	}
	if r.now == nil {
		r.now = time.Now
	}
	if r.keepRaw = o.KeepRaw; r.keepRaw <= 0 {
		r.keepRaw = DefaultKeepRaw
	}
	if r.logger == nil {
		r.logger = slog.New(slog.DiscardHandler)
	}
	if err := r.define(o); err != nil {
		return nil, err
	}
	var err error
	if r.lock, err = lockFile(ctx, o.Path); err != nil {
		return nil, err
	}
	if err := mend(o.Path); err != nil {
		return nil, errors.Join(err, r.lock.release())
	}
	if r.log, err = openLog(ctx, o.Path, r.now, r.committed(o.CommitDelay)); err != nil {
		return nil, errors.Join(err, r.lock.release())
	}
	if r.log.lost != "" {
		r.logger.Error("events were lost, or may be; terminals are told by a new epoch, and fetch everything again with frontdesk store rebuild",
			"found", r.log.lost)
	}
	r.tokens = &Tokens{log: r.log}
	r.gateway, r.asks, r.looked = newGateway(r, o.Send), newAsks(r), newLookups(r.accounts)
	r.calls = newCalls(r)
	if err := r.begin(ctx, o.Accounts); err != nil {
		return nil, errors.Join(err, r.log.close(), r.lock.release())
	}
	if o.Media != "" {
		if r.vault, err = media.Open(o.Media); err != nil {
			return nil, errors.Join(err, r.log.close(), r.lock.release())
		}
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	r.tending.Go(func() { r.tend(background) })
	return r, nil
}

// committed is what runs between a commit and its being visible: whoever was
// revoked before it gets nothing of it, whichever process revoked.
func (r *Relay) committed(delay func()) func() {
	return func() {
		if delay != nil {
			delay()
		}
		// The writer's own connection: readers must not make it wait.
		if err := r.cutRevoked(context.Background(), r.log.conn); err != nil {
			r.logger.Error("cut streams", "error", err)
		}
	}
}

func (r *Relay) begin(ctx context.Context, accounts []Account) error {
	if r.log.lost != "" {
		if err := r.log.toldOfLoss(ctx); err != nil {
			return err
		}
	}
	if err := r.gateway.recover(ctx); err != nil {
		return err
	}
	for _, a := range accounts {
		if _, err := r.log.appendChanged(ctx, "account:"+string(a.ID), a.ID, event.AccountDefined{Account: a.Account}); err != nil {
			return err
		}
	}
	return nil
}

// define sorts hooks and accounts, and refuses what cannot work.
func (r *Relay) define(o Options) error {
	if err := CheckPublicURL(o.PublicURL); err != nil || o.PublicURL != "" && o.Media == "" {
		return errors.Join(errors.New("no file can be offered by the public address"), err)
	}
	r.hooks, r.accounts = map[string]*hook{}, map[provider.AccountID]Account{}
	for _, h := range o.Hooks {
		if h.ID == "" || h.Webhook == nil || r.hooks[h.ID] != nil {
			return fmt.Errorf("hook %q is empty or defined twice", h.ID)
		}
		r.hooks[h.ID] = &hook{Hook: h, routes: map[provider.Route][]provider.AccountID{}}
	}
	for _, a := range o.Accounts {
		if _, twice := r.accounts[a.ID]; a.ID == "" || twice {
			return fmt.Errorf("account %q is empty or defined twice", a.ID)
		}
		r.accounts[a.ID] = a
		if a.Hook == "" {
			continue
		}
		h, ok := r.hooks[a.Hook]
		if !ok {
			return fmt.Errorf("account %q names hook %q, which is not defined", a.ID, a.Hook)
		}
		for _, route := range a.Routes {
			h.routes[route] = append(h.routes[route], a.ID)
		}
	}
	return nil
}

// Tokens returns the relay's bearer tokens.
func (r *Relay) Tokens() *Tokens { return r.tokens }

// Handler serves the relay's paths; docs/protocol.md describes them.
func (r *Relay) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hooks/{hook}", r.handshake)
	mux.HandleFunc("POST /hooks/{hook}", r.receive)
	mux.HandleFunc("/hooks/{hook}", r.rejectMethod)
	mux.HandleFunc("GET /v1/stream", r.authenticated(r.stream))
	mux.HandleFunc("POST /v1/events", r.authenticated(r.publish))
	mux.HandleFunc("GET /v1/books", r.authenticated(r.serveBooks))
	mux.HandleFunc("GET /v1/accounts", r.authenticated(r.serveAccounts))
	mux.HandleFunc("POST /v1/accounts/{account}/templates", r.authenticated(r.submitTemplate))
	mux.HandleFunc("PUT /v1/accounts/{account}/templates", r.authenticated(r.editTemplate))
	mux.HandleFunc("DELETE /v1/accounts/{account}/templates", r.authenticated(r.deleteTemplate))
	mux.HandleFunc("POST /v1/accounts/{account}/templates/sync", r.authenticated(r.listTemplates))
	mux.HandleFunc("POST /v1/accounts/{account}/samples", r.authenticated(r.uploadSample))
	mux.HandleFunc("POST /v1/send", r.authenticated(r.gateway.send))
	mux.HandleFunc("GET /v1/media/{account}", r.authenticated(r.media)) // with ?id=
	mux.HandleFunc("GET /v1/media/{account}/{id}", r.authenticated(r.media))
	mux.HandleFunc("POST /v1/media/{account}", r.authenticated(r.upload))
	mux.HandleFunc("PUT /v1/files/{sha256}", r.authenticated(r.putFile))
	mux.HandleFunc("GET /v1/files/{sha256}", r.authenticated(r.getFile))
	mux.HandleFunc("GET "+offerPath+"{secret}", r.serveOffer)
	mux.HandleFunc("POST /v1/block", r.authenticated(r.block))
	mux.HandleFunc("POST /v1/call", r.authenticated(r.call))
	mux.HandleFunc("GET /healthz", r.health)
	for _, path := range []string{"/v1/media", "/v1/media/", "/v1/agents", "/v1/presence", "/v1/events/{seq}/raw", "/v1/snapshot"} {
		mux.HandleFunc(path, reserved)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) { refuse(w, req, r.logger, errNotFound) })
	return r.strict(mux)
}

func reserved(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusNotImplemented, map[string]any{"error": &apiError{
		Code: "not_implemented",
		Text: "This relay does not have this yet. Update it when a version does.",
	}})
}

func (r *Relay) health(w http.ResponseWriter, _ *http.Request) {
	if r.log.brokenErr() != nil {
		answer(w, http.StatusServiceUnavailable, map[string]any{"error": errUnavailable})
		return
	}
	answer(w, http.StatusOK, map[string]any{"ok": true, "head": r.log.position().seq})
}

// NewServer returns a server for the relay with the limits a public address
// needs. HTTP/2 without TLS stays off. Connections from proxies are those of
// many, and not counted against one.
func NewServer(handler http.Handler, logger *slog.Logger, proxies ...netip.Prefix) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      90 * time.Second, // longer than a send may take
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
		ConnState:         newGuard(proxies).state,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			tcp.GiveUpAfter(c, defaultTiming().pong)
			return ctx
		},
	}
}

const (
	// tendEvery bounds how long a revoked token's stream may live on.
	tendEvery       = 250 * time.Millisecond
	checkpointEvery = 8 // ticks
	// complainEvery is how often the same trouble is told: it is met at every tick.
	complainEvery = time.Minute
)

// complaint is the trouble that was told last, and when.
type complaint struct {
	text string
	at   time.Time
}

// due reports whether to tell of an error: another one, or the same after a while.
func (c *complaint) due(err error, now time.Time) bool {
	if since := now.Sub(c.at); err.Error() == c.text && since >= 0 && since < complainEvery {
		return false
	}
	*c = complaint{err.Error(), now}
	return true
}

// tend does what must go on beside requests: it verifies the older part of
// the log, cuts streams of revoked tokens, notices what administrators append
// from outside, and moves the write-ahead log into the file.
func (r *Relay) tend(ctx context.Context) {
	r.tending.Go(func() { r.verifyAll(ctx) })
	ticker := time.NewTicker(tendEvery)
	defer ticker.Stop()
	checkpointed := r.log.position().seq
	var due retaining
	var told complaint
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := errors.Join(r.tick(ctx), r.retain(ctx, &due)); err != nil && ctx.Err() == nil && told.due(err, time.Now()) {
			r.logger.Error("tend the log", "error", err)
		}
		if head := r.log.position().seq; n%checkpointEvery == 0 && head != checkpointed {
			checkpointed = head
			if err := errors.Join(r.log.checkpoint(ctx), r.gateway.keepConsent(ctx, head)); err != nil && ctx.Err() == nil {
				r.logger.Error("checkpoint the log", "error", err)
			}
		}
	}
}

func (r *Relay) tick(ctx context.Context) error {
	return errors.Join(r.log.refresh(ctx), r.log.scrub(ctx, r.forgetFiles), r.cutRevoked(ctx, r.log.read))
}

// cutRevoked ends the streams of tokens that live no more. When it returns, no
// further event goes out on them.
func (r *Relay) cutRevoked(ctx context.Context, in queryable) error {
	if r.streams.none() {
		return nil
	}
	revoked, err := revokedTokens(ctx, in)
	if err != nil {
		return err
	}
	r.streams.cut(closeRevoked, "the token was revoked", func(s *stream) bool { return revoked[s.token.ID] })
	return nil
}

func (r *Relay) verifyAll(ctx context.Context) {
	start := r.now()
	head := r.log.position().seq
	err := r.log.verify(ctx, 0, head)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		r.logger.Error("the log is damaged, and no stream goes beyond it; keep its folder and run webhookrelay recover", "error", err)
	default:
		r.verifyBodies(ctx)
		r.logger.Info("log verified", "head", head, "took", r.now().Sub(start))
	}
}

func (r *Relay) verifyBodies(ctx context.Context) {
	all, err := verifyBodies(ctx, r.log.read)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		r.logger.Error("the bodies of webhooks cannot be read; keep the log's folder and run webhookrelay check", "error", err)
	case len(all.Changed) > 0:
		r.logger.Error("bodies of webhooks are not as they came, and are not read again; webhookrelay check names them", "count", len(all.Changed))
	}
}

// Close cuts the streams, lets sends that are on the wire answer for a few
// seconds, and closes the log. What is still unanswered is unsure.
func (r *Relay) Close() error {
	r.stop()
	r.streams.close()
	r.gateway.close()
	r.tending.Wait()
	if r.vault != nil {
		return errors.Join(r.log.close(), r.vault.Close(), r.lock.release())
	}
	return errors.Join(r.log.close(), r.lock.release())
}
