package worker_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/provider/gateway"
	"frontdesk/provider/simulator"
	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/store/outbox"
	"frontdesk/store/worker"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	inbox provider.AccountID = "whatsapp"
	maria provider.ChatID    = "GT.55120090001"
)

// team is the whole path on loopback, with nothing pretended but the network itself
// and what the clocks show.
type team struct {
	t      *testing.T
	sim    *simulator.Sim
	relay  *relaytest.Server
	driver *cloudapi.Provider
	direct bool
	http   *http.Client
	ahead  atomic.Int64 // of the real time, on all clocks
}

func (w *team) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

// later lets time go by on every clock.
func (w *team) later(d time.Duration) { w.ahead.Add(int64(d)) }

func (w *team) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func newTeam(t *testing.T, direct bool) *team {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	w := &team{t: t, direct: direct, http: &http.Client{Transport: transport, Timeout: time.Minute}}
	url := w.simulate()
	settings := map[string]string{"phone_number_id": "900800700", "waba_id": "1020304050", "base_url": url, "access_token": "token-of-the-test"}
	config, err := cloudapi.ReadConfig(settings)
	w.must(err)
	routes, err := cloudapi.Routes(settings)
	w.must(err)
	account := provider.Account{ID: inbox, Network: provider.WhatsApp, Driver: "cloudapi", Name: "Front desk"}
	w.driver, err = cloudapi.New(account, config, w.http)
	w.must(err)
	hook, err := cloudapi.NewWebhook(cloudapi.HookConfig{AppSecret: provider.Hide("secret-of-the-app"), VerifyToken: provider.Hide("verify")})
	w.must(err)
	served := webhookrelay.Account{Account: account, Hook: "meta", Routes: routes}
	if !direct {
		served.Provider = w.driver
	}
	w.relay = relaytest.New(t, relaytest.WithHook(webhookrelay.Hook{ID: "meta", Driver: "cloudapi", Webhook: hook}), relaytest.WithAccount(served),
		relaytest.With(func(o *webhookrelay.Options) { o.Now = w.now }))
	w.sim.SetWebhook(w.relay.URL + "/hooks/meta")
	return w
}

// simulate starts the pretend network, and returns its address.
func (w *team) simulate() string {
	var err error
	w.sim, err = simulator.New(simulator.Options{
		Seed: 3, Now: w.now, AppSecret: provider.Hide("secret-of-the-app"), VerifyToken: provider.Hide("verify"),
		Token: provider.Hide("token-of-the-test"), Accounts: []simulator.Number{{PhoneNumberID: "900800700", WABA: "1020304050", Display: "+502 2222 3333"}},
		Speed: 50, Orderly: true, HTTP: w.http,
	})
	w.must(err)
	w.sim.Add(simulator.Customer{Phone: "50255550001", User: string(maria), Name: "María Solís", Language: "es", Temper: simulator.Calm})
	api, err := w.sim.Serve("127.0.0.1:0")
	w.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = w.sim.Run(ctx) }() // it ends with ctx
	w.t.Cleanup(func() {
		cancel()
		<-done
		w.must(api.Close())
		w.must(w.sim.Close())
	})
	return api.URL()
}

func (w *team) writes(text string) {
	w.t.Helper()
	_, err := w.sim.Say(maria, provider.TextContent(text))
	w.must(err)
}

// took is the texts the network took of us, in order.
func (w *team) took() []string {
	var texts []string
	for _, a := range w.sim.Accepted() {
		texts = append(texts, a.Content.Text)
	}
	return texts
}

// terminal is a store with what carries it.
type terminal struct {
	*team
	name   string
	path   string
	store  *store.Store
	watch  *store.Watch
	outbox *outbox.Outbox
	feed   *feed.Feed
	worker *worker.Worker
	caps   *provider.Capabilities
	stop   func()
	ops    int
	skew   time.Duration
}

// seat is how somebody sits.
type seat struct {
	// works runs a worker that asks for the lease; helps, one that does not.
	works, helps bool
	// window shortens the reply window.
	window time.Duration
	path   string
	// skew is how far this machine's clock is ahead of all others.
	skew time.Duration
}

// sit opens a terminal for an agent.
func (w *team) sit(name string, s seat) *terminal {
	w.t.Helper()
	d := &terminal{team: w, name: name, path: s.path, skew: s.skew}
	if d.path == "" {
		d.path = filepath.Join(w.t.TempDir(), "store.db")
	}
	caps := *cloudapi.Capabilities(provider.WhatsApp)
	if s.window > 0 {
		caps.Window.For = s.window
	}
	d.caps = &caps
	d.open()
	token := w.relay.Token(name)
	c, err := client.New(client.Options{URL: w.relay.URL, Token: provider.Hide(token), HTTP: w.http, Now: d.now, Rand: func() float64 { return 0.05 }})
	w.must(err)
	var sender provider.Provider = w.driver
	if !w.direct {
		account := w.driver.Account()
		account.Driver = gateway.Name
		sender, err = gateway.New(account, cloudapi.Capabilities(provider.WhatsApp), gateway.Config{Relay: w.relay.URL, Token: provider.Hide(token)}, w.http)
		w.must(err)
	}
	d.outbox = outbox.New(outbox.Options{
		Store: d.store, Publish: c, Rand: func() float64 { return 0.05 },
		Providers: func(id provider.AccountID) (provider.Provider, bool) { return sender, id == inbox },
		Direct:    func(provider.AccountID) bool { return w.direct },
	})
	d.worker = worker.New(worker.Options{
		Store: d.store, Terminal: name, Always: s.works, Sends: d.outbox.Wake, CaughtUp: func() bool { return d.feed.State().Live },
		Capabilities: func(provider.ChatKey) (*provider.Capabilities, bool) { return d.caps, true },
	})
	d.feed = feed.New(feed.Options{Store: d.store, Client: c, Now: d.now, OnHello: d.outbox.Greeted, OnState: func(s feed.State) {
		if s.Live {
			d.outbox.Wake()
			d.worker.Wake()
		}
	}})
	d.start(s.works || s.helps)
	return d
}

// now is what this machine's clock shows.
func (d *terminal) now() time.Time { return d.team.now().Add(d.skew) }

func (d *terminal) open() {
	var err error
	d.store, err = store.Open(d.t.Context(), store.Options{
		Path: d.path, Agent: event.AgentID(d.name), Now: d.now, Terminal: d.name,
		NewOp: func() provider.OpID {
			d.ops++
			return provider.OpID(fmt.Sprintf("%s-%d-%03d", d.name, d.now().UnixNano(), d.ops))
		},
		Window: func(string, provider.Network) provider.WindowRule { return d.caps.Window },
		Direct: func(provider.AccountID) bool { return d.direct },
	})
	d.must(err)
	d.watch = d.store.Watch()
}

func (d *terminal) start(works bool) {
	ctx, cancel := context.WithCancel(context.Background())
	working, rest := context.WithCancel(ctx)
	parts := []func(context.Context) error{d.feed.Run, d.outbox.Run}
	done, worked := make(chan error, len(parts)), make(chan error, 1)
	for _, run := range parts {
		go func() { done <- run(ctx) }()
	}
	if works {
		go func() { worked <- d.worker.Run(working) }()
	} else {
		worked <- nil
	}
	ended := false
	d.stop = func() {
		if ended {
			return
		}
		ended = true
		rest() // first: what it gives back the outbox still tells
		if err := <-worked; err != nil {
			d.t.Error(err)
		}
		cancel()
		for range parts {
			if err := <-done; err != nil {
				d.t.Error(err)
			}
		}
		d.watch.Close()
		d.must(d.store.Close())
	}
	d.t.Cleanup(func() { d.stop() })
}

// until waits for what the store shows.
func (d *terminal) until(what string, ok func() bool) {
	d.t.Helper()
	deadline := time.After(30 * time.Second)
	for !ok() {
		select {
		case <-d.watch.C():
		case <-deadline:
			d.t.Fatalf("%s never saw: %s (%+v)\n%+v", d.name, what, d.feed.State(), d.thread())
		}
	}
}

func (d *terminal) conversation() (store.Conversation, bool) {
	d.t.Helper()
	list, err := d.store.Conversations(d.t.Context(), store.ViewAll, store.ConversationCursor{}, 10)
	d.must(err)
	if len(list) == 0 {
		list, err = d.store.Conversations(d.t.Context(), store.ViewResolved, store.ConversationCursor{}, 10)
		d.must(err)
	}
	if len(list) == 0 {
		return store.Conversation{}, false
	}
	return list[0], true
}

// greeted waits for a customer's message and returns its conversation.
func (d *terminal) greeted() store.Conversation {
	d.t.Helper()
	d.until("the customer's message", func() bool { _, ok := d.conversation(); return ok })
	c, _ := d.conversation()
	return c
}

func (d *terminal) thread() []store.Message {
	c, ok := d.conversation()
	if !ok {
		return nil
	}
	rows, err := d.store.Messages(d.t.Context(), c.ID, store.MessageCursor{}, 100)
	d.must(err)
	return rows
}

// says is the message of a text, if it is in the thread.
func (d *terminal) says(text string) (store.Message, bool) {
	d.t.Helper()
	rows := d.thread()
	i := slices.IndexFunc(rows, func(m store.Message) bool { return m.Content.Text == text })
	if i < 0 {
		return store.Message{}, false
	}
	return rows[i], true
}

// stands waits until the message of a text is in a state.
func (d *terminal) stands(text string, state event.JobState) store.Message {
	d.t.Helper()
	d.until(fmt.Sprintf("%q %s", text, state), func() bool { m, ok := d.says(text); return ok && m.Job == state })
	m, _ := d.says(text)
	return m
}

func (d *terminal) schedule(c store.Conversation, text string, due time.Time) store.Message {
	d.t.Helper()
	key, err := d.store.Schedule(d.t.Context(), provider.Outgoing{
		To: provider.ChatKey{Account: c.Account, Chat: c.Chat}, Content: provider.TextContent(text),
	}, due, "")
	d.must(err)
	m, err := d.store.Message(d.t.Context(), key)
	d.must(err)
	return m
}

func (d *terminal) do(c store.Conversation, body event.Body) {
	d.t.Helper()
	_, err := d.store.Do(d.t.Context(), store.Action{Conversation: c.ID, Body: body, Expect: event.AspectOf(body.Kind())})
	d.must(err)
}

// sets tells the team a setting, and waits until it has it.
func (d *terminal) sets(what event.Setting, name, value string) {
	d.t.Helper()
	_, err := d.store.Set(d.t.Context(), event.Set{What: what, Name: name, Value: json.RawMessage(value)})
	d.must(err)
	d.until("the setting "+name, func() bool {
		list, err := d.store.Settings(d.t.Context(), what)
		d.must(err)
		return slices.ContainsFunc(list, func(s store.Setting) bool { return s.Name == name && !s.Pending })
	})
}

// leads waits until a terminal has the lease, as this one has it.
func (d *terminal) leads(who string) {
	d.t.Helper()
	d.until("the lease of "+who, func() bool {
		list, err := d.store.Settings(d.t.Context(), event.SettingWorker)
		d.must(err)
		var l event.Lease
		return len(list) == 1 && !list[0].Pending && json.Unmarshal(list[0].Value, &l) == nil && l.Terminal == who
	})
}
