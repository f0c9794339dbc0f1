package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/provider/gateway"
	"frontdesk/provider/simulator"
	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/store/outbox"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// death is a place at which a process can die.
type death int

const (
	queuedOnly   death = iota // the intent is on disk and nobody has looked at it
	inClaim                   // in the claim's transaction, before its commit
	claimed                   // marked as sending, on disk
	telling                   // about to tell the team of it
	told                      // the relay has taken that
	asking                    // about to use the network
	connecting                // about to connect
	connected                 // connected, no byte written
	firstByte                 // one byte is out
	midBody                   // half of the request is out
	written                   // the request is out
	answerBegins              // the first bytes of an answer are in
	answerRead                // the outcome is known and not stored
	outcomeTold               // about to tell the team the outcome
	outcomeSent               // the relay has taken that
	later                     // after everything
	deaths
)

// errDead is what a process sees that does not know yet that it has died.
var errDead = errors.New("the process has died")

// mortal is a process that dies at one place: what is on disk there is kept
// (frozen), its connections end, and whatever it does after that reaches nobody.
type mortal struct {
	at     death
	freeze func()
	once   sync.Once
	died   chan struct{}
	buried chan struct{}

	mu    sync.Mutex
	conns []net.Conn
	caps  int
}

func newMortal(at death, freeze func()) *mortal {
	return &mortal{at: at, freeze: freeze, died: make(chan struct{}), buried: make(chan struct{})}
}

// reach is called at a place; it returns an error in a process that is dead.
func (m *mortal) reach(at death) error {
	if m == nil {
		return nil
	}
	if at == m.at {
		m.die()
	}
	select {
	case <-m.died:
		<-m.buried
		return errDead
	default:
		return nil
	}
}

func (m *mortal) die() {
	m.once.Do(func() {
		m.freeze()
		close(m.died)
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, c := range m.conns {
			c.Close()
		}
	})
}

// dial makes connections that die with the process.
func (m *mortal) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if err := m.reach(connecting); err != nil {
		return nil, err
	}
	c, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil || m == nil {
		return c, err
	}
	m.mu.Lock()
	m.conns = append(m.conns, c)
	m.mu.Unlock()
	if err := m.reach(connected); err != nil {
		c.Close()
		return nil, err
	}
	return &doomed{Conn: c, m: m}, nil
}

// doomed is a connection of a mortal process.
type doomed struct {
	net.Conn
	m *mortal
}

func (d *doomed) Write(b []byte) (int, error) {
	for at, n := range map[death]int{firstByte: 1, midBody: len(b) / 2} {
		if d.m.at == at {
			n, err := d.Conn.Write(b[:n])
			return n, errors.Join(err, d.m.reach(at))
		}
	}
	n, err := d.Conn.Write(b)
	return n, errors.Join(err, d.m.reach(written))
}

func (d *doomed) Read(b []byte) (int, error) {
	n, err := d.Conn.Read(b)
	if n > 0 {
		err = errors.Join(err, d.m.reach(answerBegins))
	}
	return n, err
}

// watched is a driver in a mortal process. who is asked for at each use: the
// relay outlives many of them.
type watched struct {
	provider.Provider
	who func() *mortal
}

func (w *watched) Capabilities(chat provider.ChatKey) *provider.Capabilities {
	if m := w.who(); m != nil {
		m.mu.Lock()
		m.caps++
		n := m.caps
		m.mu.Unlock()
		switch n { // the pace asks in the claim, and again when it has been made
		case 1:
			_ = m.reach(inClaim)
		case 2:
			_ = m.reach(claimed)
		}
	}
	return w.Provider.Capabilities(chat)
}

func (w *watched) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	who := w.who()
	if err := who.reach(asking); err != nil {
		return "", err
	}
	id, err := w.Provider.Send(ctx, m)
	return id, errors.Join(err, who.reach(answerRead))
}

// tells publishes from a mortal process.
type tells struct {
	outbox.Publisher
	m *mortal
}

func (p *tells) Publish(ctx context.Context, entries []client.Entry) ([]client.Result, error) {
	if p.m == nil {
		return p.Publisher.Publish(ctx, entries)
	}
	before, after := telling, told
	for _, e := range entries {
		if s, ok := e.Body.(event.SendState); ok && s.State != event.JobQueued && s.State != event.JobSending {
			before, after = outcomeTold, outcomeSent
		}
	}
	if err := p.m.reach(before); err != nil {
		return nil, err
	}
	results, err := p.Publisher.Publish(ctx, entries)
	return results, errors.Join(err, p.m.reach(after))
}

// far is the pretend network and a real relay, by one clock that can jump.
type far struct {
	t     *testing.T
	jump  atomic.Int64
	sim   *simulator.Sim
	api   *httptest.Server
	busy  atomic.Int64 // requests of the network that are not over
	relay *relaytest.Server
	front *front
	// mortal is the relay's, nil where it lives.
	mortal  *mortal
	refuse  atomic.Int64 // how many connections to the network fail
	nowhere string
	agent   string
}

const (
	directInbox  provider.AccountID = "direct"
	gatewayInbox provider.AccountID = "gateway"
)

var numbers = map[provider.AccountID]string{directInbox: "900800700", gatewayInbox: "900800701"}

func (f *far) now() time.Time { return time.Now().Add(time.Duration(f.jump.Load())) }

func (f *far) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func newFar(t *testing.T) *far {
	t.Helper()
	f := &far{t: t, nowhere: closedAddr}
	var err error
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	f.sim, err = simulator.New(simulator.Options{
		Seed: 3, Now: f.now, AppSecret: provider.Hide("secret"), VerifyToken: provider.Hide("verify"), Token: provider.Hide("token"), Speed: 400, Orderly: true,
		Accounts: []simulator.Number{
			{PhoneNumberID: numbers[directInbox], WABA: "1", Display: "+502 2222 3333"},
			{PhoneNumberID: numbers[gatewayInbox], WABA: "1", Display: "+502 2222 4444"},
		},
		HTTP: &http.Client{Transport: transport, Timeout: 5 * time.Second},
	})
	f.must(err)
	handler := f.sim.Handler()
	f.api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.busy.Add(1)
		defer f.busy.Add(-1)
		handler.ServeHTTP(w, r)
	}))
	f.front = newFront(t)
	f.sim.SetWebhook(f.front.url() + "/hooks/meta")
	f.openRelay("")
	f.agent = f.relay.Token("ana")
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = f.sim.Run(ctx) }() // it ends with ctx
	t.Cleanup(func() {
		cancel()
		<-done
		f.api.CloseClientConnections()
		f.api.Close()
		f.must(f.sim.Close())
	})
	return f
}

// openRelay starts a relay on a log, or on a new one.
func (f *far) openRelay(path string) {
	f.t.Helper()
	hook, err := cloudapi.NewWebhook(cloudapi.HookConfig{AppSecret: provider.Hide("secret"), VerifyToken: provider.Hide("verify")})
	f.must(err)
	options := []relaytest.Option{
		relaytest.WithHook(webhookrelay.Hook{ID: "meta", Driver: "cloudapi", Webhook: hook}),
		relaytest.With(func(o *webhookrelay.Options) {
			if path != "" {
				o.Path = path
			}
			o.Now = f.now
			o.Send = webhookrelay.SendLimits{Attempt: attemptTime, Patience: 2 * attemptTime, Queue: attemptTime / 2, Drain: time.Millisecond}
		}),
	}
	for id := range numbers {
		routes, err := cloudapi.Routes(f.settings(id))
		f.must(err)
		a := webhookrelay.Account{Account: f.account(id), Hook: "meta", Routes: routes[:1]}
		if id == gatewayInbox {
			mine := f.mortal
			a.Provider = &watched{f.driver(id, mine), func() *mortal { return mine }}
		}
		options = append(options, relaytest.WithAccount(a))
	}
	f.relay = relaytest.New(f.t, options...)
	f.front.leadTo(f.relay.URL[len("http://"):])
}

// attemptTime is how long an attempt may take.
const attemptTime = 120 * time.Millisecond

func (f *far) account(id provider.AccountID) provider.Account {
	return provider.Account{ID: id, Network: provider.WhatsApp, Driver: cloudapi.Name, Name: string(id)}
}

func (f *far) settings(id provider.AccountID) map[string]string {
	return map[string]string{"phone_number_id": numbers[id], "waba_id": "1", "base_url": f.api.URL, "access_token": "token"}
}

// driver is a mortal process's own way to the network.
func (f *far) driver(id provider.AccountID, m *mortal) provider.Provider {
	f.t.Helper()
	config, err := cloudapi.ReadConfig(f.settings(id))
	f.must(err)
	p, err := cloudapi.New(f.account(id), config, &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if f.refuse.CompareAndSwap(1, 0) {
				address = f.nowhere
			}
			return m.dial(ctx, network, address)
		},
	}})
	f.must(err)
	return p
}

// toRelay is a mortal process's own client.
func (f *far) toRelay(m *mortal) *http.Client {
	transport := &http.Transport{DialContext: m.dial}
	f.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// front is the relay's address: what is behind it can die and come back. A dead
// relay answers nobody from the instant of its death.
type front struct {
	listener net.Listener
	running  sync.WaitGroup

	mu      sync.Mutex
	backend string
	conns   map[net.Conn]bool
}

func newFront(t *testing.T) *front {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &front{listener: l, conns: map[net.Conn]bool{}}
	f.running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f.running.Go(func() { f.pass(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		f.cut()
		f.running.Wait()
	})
	return f
}

func (f *front) url() string { return "http://" + f.listener.Addr().String() }

func (f *front) leadTo(backend string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.backend = backend
}

// cut ends every connection and takes no more.
func (f *front) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.backend = ""
	for c := range f.conns {
		c.Close()
	}
	clear(f.conns)
}

func (f *front) keep(c net.Conn) (backend string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.backend != "" {
		f.conns[c] = true
	}
	return f.backend
}

func (f *front) pass(c net.Conn) {
	defer c.Close()
	backend := f.keep(c)
	if backend == "" {
		return
	}
	b, err := net.Dial("tcp", backend)
	if err != nil {
		return
	}
	defer b.Close()
	if f.keep(b) == "" {
		return
	}
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = io.Copy(b, c)
		_ = b.(*net.TCPConn).CloseWrite()
	})
	_, _ = io.Copy(c, b)
	c.Close()
	both.Wait()
}

// desk is one process of a terminal.
type desk struct {
	*far
	store  *store.Store
	outbox *outbox.Outbox
	watch  *store.Watch
	cancel context.CancelFunc
	ended  chan error
	parts  int
	mortal *mortal
}

// sit starts a process on a store. Until carry is called it carries nothing out.
func (f *far) sit(path string, inbox provider.AccountID, m *mortal) *desk {
	f.t.Helper()
	return f.sitWith(path, inbox, m, func(p provider.Provider) provider.Provider { return p })
}

func (f *far) sitWith(path string, inbox provider.AccountID, m *mortal, change func(provider.Provider) provider.Provider) *desk {
	f.t.Helper()
	d := &desk{far: f, mortal: m, ended: make(chan error, 2)}
	var err error
	d.store, err = store.Open(f.t.Context(), store.Options{
		Path: path, Agent: "ana", Now: f.now, NewOp: newOpID,
		Window: func(string, provider.Network) provider.WindowRule { return rules },
		Direct: func(id provider.AccountID) bool { return id == directInbox },
	})
	f.must(err)
	d.watch = d.store.Watch()
	plain := f.toRelay(nil)
	c, err := client.New(client.Options{URL: f.front.url(), Token: provider.Hide(f.agent), HTTP: plain, Now: f.now, Rand: func() float64 { return 0.01 }})
	f.must(err)
	var sender provider.Provider
	if inbox == directInbox {
		sender = f.driver(inbox, m)
	} else {
		account := f.account(inbox)
		account.Driver = gateway.Name
		sender, err = gateway.New(account, cloudapi.Capabilities(provider.WhatsApp), gateway.Config{Relay: f.front.url(), Token: provider.Hide(f.agent)}, f.toRelay(m))
		f.must(err)
	}
	sender = &watched{change(sender), func() *mortal { return m }}
	d.outbox = outbox.New(outbox.Options{
		Store: d.store, Publish: &tells{c, m}, Now: d.store.Now, Rand: func() float64 { return 0.01 },
		Timeout: attemptTime, Grace: time.Millisecond,
		Providers: func(id provider.AccountID) (provider.Provider, bool) { return sender, id == inbox },
		Direct:    func(id provider.AccountID) bool { return id == directInbox },
	})
	var ctx context.Context
	ctx, d.cancel = context.WithCancel(context.Background())
	fd := feed.New(feed.Options{Store: d.store, Client: c, Now: f.now, OnState: func(s feed.State) {
		if s.Live {
			d.outbox.Wake()
		}
	}})
	d.parts = 1
	go func() { d.ended <- fd.Run(ctx) }()
	return d
}

var opSerial atomic.Int64

func newOpID() provider.OpID { return provider.OpID(fmt.Sprintf("op-%06d", opSerial.Add(1))) }

func (d *desk) carry() {
	ctx, cancel := context.WithCancel(context.Background())
	before := d.cancel
	d.cancel = func() { cancel(); before() }
	d.parts++
	go func() { d.ended <- d.outbox.Run(ctx) }()
}

// leave ends the process in an orderly way; a dead one is only buried.
func (d *desk) leave() {
	d.t.Helper()
	if d.mortal != nil {
		d.mortal.die()
		close(d.mortal.buried)
	}
	d.cancel()
	for range d.parts {
		<-d.ended
	}
	d.watch.Close()
	d.must(d.store.Close())
}

func (d *desk) row(m store.MessageKey) store.Message {
	d.t.Helper()
	row, err := d.store.Message(d.t.Context(), m)
	d.must(err)
	return row
}

// copyFile copies what is there; what is not is left out.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// image is what is on disk of a database at this instant, as a process leaves
// it that is killed: the journal first, since only the file behind it may be
// newer.
func image(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	for _, suffix := range []string{".head", "-wal", ""} {
		if err := copyFile(from+suffix, to+suffix); err != nil {
			return err
		}
	}
	return nil
}
