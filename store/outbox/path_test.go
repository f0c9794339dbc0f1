package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
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

const (
	inbox provider.AccountID = "whatsapp"
	maria provider.ChatID    = "GT.55120090001"
)

// team is the whole path on loopback, with nothing pretended but the network
// itself: simulator, relay, and terminals with store, feed and outbox.
type team struct {
	t       *testing.T
	sim     *simulator.Sim
	api     *simulator.Server
	relay   *relaytest.Server
	driver  *cloudapi.Provider
	gateway bool
	http    *http.Client
}

type terminal struct {
	*team
	agent  event.AgentID
	store  *store.Store
	watch  *store.Watch
	outbox *outbox.Outbox
	feed   *feed.Feed
	// restored: the relay's log becomes another one, which ends the feed.
	restored bool
}

func newTeam(t *testing.T, viaGateway bool) *team {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	w := &team{t: t, gateway: viaGateway, http: &http.Client{Transport: transport, Timeout: time.Minute}}
	w.simulate()
	settings := map[string]string{"phone_number_id": "900800700", "waba_id": "1020304050", "base_url": w.api.URL(), "access_token": "token-of-the-test"}
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
	if viaGateway {
		served.Provider = w.driver
	}
	w.relay = relaytest.New(t, relaytest.WithHook(webhookrelay.Hook{ID: "meta", Driver: "cloudapi", Webhook: hook}), relaytest.WithAccount(served))
	w.sim.SetWebhook(w.relay.URL + "/hooks/meta")
	return w
}

func (w *team) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// simulate starts the pretend network, fifty times as fast as life.
func (w *team) simulate() {
	var err error
	w.sim, err = simulator.New(simulator.Options{
		Seed: 3, Now: time.Now, AppSecret: provider.Hide("secret-of-the-app"), VerifyToken: provider.Hide("verify"),
		Token: provider.Hide("token-of-the-test"), Accounts: []simulator.Number{{PhoneNumberID: "900800700", WABA: "1020304050", Display: "+502 2222 3333"}},
		Speed: 50, Orderly: true, HTTP: w.http,
	})
	w.must(err)
	w.sim.Add(simulator.Customer{Phone: "50255550001", User: string(maria), Name: "María Solís", Language: "es", Temper: simulator.Calm})
	w.api, err = w.sim.Serve("127.0.0.1:0")
	w.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = w.sim.Run(ctx) }() // it ends with ctx
	w.t.Cleanup(func() {
		cancel()
		<-done
		w.must(w.api.Close())
		w.must(w.sim.Close())
	})
}

// sit opens a terminal for an agent.
func (w *team) sit(agent string) *terminal {
	w.t.Helper()
	d := &terminal{team: w, agent: event.AgentID(agent)}
	var ops atomic.Int64 // the screen and the outbox make them side by side
	var err error
	d.store, err = store.Open(w.t.Context(), store.Options{
		Path: filepath.Join(w.t.TempDir(), "store.db"), Agent: d.agent, Now: time.Now,
		NewOp:  func() provider.OpID { return provider.OpID(fmt.Sprintf("%s-%03d", agent, ops.Add(1))) },
		Window: func(string, provider.Network) provider.WindowRule { return rules },
		Direct: func(provider.AccountID) bool { return !w.gateway },
	})
	w.must(err)
	token := w.relay.Token(agent)
	c, err := client.New(client.Options{URL: w.relay.URL, Token: provider.Hide(token), HTTP: w.http, Rand: func() float64 { return 0.05 }})
	w.must(err)
	var sender provider.Provider = w.driver
	if w.gateway {
		account := w.driver.Account()
		account.Driver = gateway.Name
		sender, err = gateway.New(account, cloudapi.Capabilities(provider.WhatsApp), gateway.Config{Relay: w.relay.URL, Token: provider.Hide(token)}, w.http)
		w.must(err)
	}
	d.watch = d.store.Watch()
	d.outbox = outbox.New(outbox.Options{
		Store: d.store, Publish: c, Rand: func() float64 { return 0.05 },
		Providers: func(id provider.AccountID) (provider.Provider, bool) { return sender, id == inbox },
		Direct:    func(provider.AccountID) bool { return !w.gateway },
	})
	d.feed = feed.New(feed.Options{Store: d.store, Client: c, OnHello: d.outbox.Greeted, OnState: func(s feed.State) {
		if s.Live {
			d.outbox.Wake()
		}
	}})
	d.start()
	return d
}

func (d *terminal) start() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 2)
	go func() { done <- d.feed.Run(ctx) }()
	go func() { done <- d.outbox.Run(ctx) }()
	d.t.Cleanup(func() {
		cancel()
		for range 2 {
			if err := <-done; err != nil && !(d.restored && errors.Is(err, store.ErrEpoch)) {
				d.t.Error(err)
			}
		}
		d.watch.Close()
		d.must(d.store.Close())
	})
}

// until waits for what the store shows.
func (d *terminal) until(what string, ok func() bool) {
	d.t.Helper()
	deadline := time.After(30 * time.Second)
	for !ok() {
		select {
		case <-d.watch.C():
		case <-deadline:
			d.t.Fatalf("%s never saw: %s (%+v)", d.agent, what, d.feed.State())
		}
	}
}

// greeted waits for a customer's message and returns its conversation.
func (d *terminal) greeted() store.Conversation {
	d.t.Helper()
	var found store.Conversation
	d.until("the customer's message", func() bool {
		list, err := d.store.Conversations(d.t.Context(), store.ViewAll, store.ConversationCursor{}, 10)
		d.must(err)
		if len(list) > 0 {
			found = list[0]
		}
		return len(list) > 0
	})
	return found
}

func (d *terminal) row(m store.MessageKey) store.Message {
	d.t.Helper()
	row, err := d.store.Message(d.t.Context(), m)
	d.must(err)
	return row
}

func (d *terminal) reply(c store.Conversation, text string) store.MessageKey {
	d.t.Helper()
	m, err := d.store.Send(d.t.Context(), provider.Outgoing{To: provider.ChatKey{Account: c.Account, Chat: c.Chat}, Content: provider.TextContent(text)})
	d.must(err)
	return m
}

func (d *terminal) do(c store.Conversation, body event.Body) {
	d.t.Helper()
	_, err := d.store.Do(d.t.Context(), store.Action{Conversation: c.ID, Body: body, Expect: event.AspectOf(body.Kind())})
	d.must(err)
}

func (d *terminal) conversation(id event.ConversationID) store.Conversation {
	d.t.Helper()
	c, err := d.store.Conversation(d.t.Context(), id)
	d.must(err)
	return c
}

// both runs a test with the terminal sending itself, and through the gateway.
func both(t *testing.T, f func(t *testing.T, viaGateway bool)) {
	for name, viaGateway := range map[string]bool{"direct": false, "gateway": true} {
		t.Run(name, func(t *testing.T) { f(t, viaGateway) })
	}
}

// TestTypedReplyToTicks is the main flow: a customer writes, a reply is typed,
// and its ticks come; a teammate sees the same.
func TestTypedReplyToTicks(t *testing.T) {
	both(t, func(t *testing.T, viaGateway bool) {
		w := newTeam(t, viaGateway)
		ana, ben := w.sit("ana"), w.sit("ben")
		_, err := w.sim.Say(maria, provider.TextContent("Hola, tengo una fuga"))
		w.must(err)
		c := ana.greeted()
		m := ana.reply(c, "¿Dónde es?")
		ana.until("the tick", func() bool { return ana.row(m).Job == event.JobSent })
		ana.until("that it was read", func() bool { return ana.row(m).Status == provider.Read })
		row := ana.row(m)
		accepted := w.sim.Accepted()
		if len(accepted) != 1 || accepted[0].WAMID != row.ID || accepted[0].Op != row.Op {
			t.Errorf("the network took %+v, the row is %s %s", accepted, row.Op, row.ID)
		}
		ben.until("a teammate's reply, read", func() bool {
			rows, err := ben.store.Messages(t.Context(), c.ID, store.MessageCursor{}, 10)
			w.must(err)
			return slices.ContainsFunc(rows, func(r store.Message) bool {
				return r.Op == row.Op && r.By == "ana" && r.Status == provider.Read && r.Job == event.JobSent
			})
		})
		if got := ben.conversation(c.ID).WaitingSince; !got.IsZero() {
			t.Errorf("for a teammate the customer still waits since %v", got)
		}
	})
}

// TestLostAnswerIsResolvedByTheReceipt: the network took the message and its
// answer was lost. It is not sent again; the receipt that carries our id proves
// it was sent, and the next message follows.
func TestLostAnswerIsResolvedByTheReceipt(t *testing.T) {
	for _, fault := range []simulator.FaultKind{
		simulator.ClosesAfter, simulator.Resets, simulator.Fails500, simulator.Fails502,
		simulator.Truncates, simulator.TellsFirst,
	} {
		t.Run(string(fault), func(t *testing.T) {
			both(t, func(t *testing.T, viaGateway bool) {
				w := newTeam(t, viaGateway)
				ana := w.sit("ana")
				_, err := w.sim.Say(maria, provider.TextContent("Hola"))
				w.must(err)
				c := ana.greeted()
				w.sim.Fault(nil, fault, 1)
				lost, next := ana.reply(c, "lost?"), ana.reply(c, "next")
				ana.until("both sent", func() bool {
					return ana.row(lost).Job == event.JobSent && ana.row(next).Job == event.JobSent
				})
				var texts []string
				for _, a := range w.sim.Accepted() {
					texts = append(texts, a.Content.Text)
				}
				if !slices.Equal(texts, []string{"lost?", "next"}) {
					t.Errorf("the network took %v", texts)
				}
			})
		})
	}
}

// TestDeadTokenComesBack: with a dead token the queue is kept; when there is a
// new one the same message goes. A relay gets one by a restart, after which it
// greets every terminal; of what a terminal sends itself a person says so.
func TestDeadTokenComesBack(t *testing.T) {
	both(t, func(t *testing.T, viaGateway bool) {
		w := newTeam(t, viaGateway)
		ana := w.sit("ana")
		_, err := w.sim.Say(maria, provider.TextContent("Hola"))
		w.must(err)
		c := ana.greeted()
		w.sim.RefuseWith(nil, 190, -1)
		m := ana.reply(c, "hi")
		ana.until("the account paused", func() bool {
			counts, err := ana.store.Counts(t.Context())
			w.must(err)
			return len(counts.Outbox.Paused) == 1
		})
		if got := ana.row(m).Job; got != event.JobQueued {
			t.Fatalf("job is %s with a dead token", got)
		}
		w.sim.ClearFaults()
		if viaGateway {
			w.relay.Stop()
			w.relay.Start()
		} else { // the palette: resume a paused inbox
			n, err := ana.store.TryPaused(t.Context(), nil, true)
			if w.must(err); n != 1 {
				t.Fatalf("%d accounts are tried", n)
			}
		}
		ana.until("the reply sent", func() bool { return ana.row(m).Job == event.JobSent })
	})
}

// TestSecondToResolve: two agents resolve the same conversation; the second
// sees it resolved by the first and is told so.
func TestSecondToResolve(t *testing.T) {
	w := newTeam(t, false)
	ana, ben := w.sit("ana"), w.sit("ben")
	_, err := w.sim.Say(maria, provider.TextContent("Hola"))
	w.must(err)
	c := ana.greeted()
	ben.greeted()
	w.relay.Stop()
	ana.do(c, event.Resolved{Resolution: event.Resolution{Notes: "by ana"}})
	ben.do(c, event.Resolved{Resolution: event.Resolution{Notes: "by ben"}})
	w.relay.Start()
	var refused []store.Notice
	for _, d := range []*terminal{ana, ben} {
		d.until("the one resolution", func() bool {
			got := d.conversation(c.ID)
			refused = append(refused, refusals(d.watch.Take())...)
			return got.Status == store.StatusResolved && !got.Pending
		})
	}
	if len(refused) != 1 || refused[0].Kind != store.NoticeRefused || refused[0].Text != string(refused[0].By)+" resolved it first." {
		t.Fatalf("notices %+v, want one that says who was first", refused)
	}
	if a, b := ana.conversation(c.ID).Resolution, ben.conversation(c.ID).Resolution; a != b || a.Notes != "by "+string(refused[0].By) {
		t.Errorf("ana sees %q, ben %q, first was %s", a.Notes, b.Notes, refused[0].By)
	}
}

// refusals are the notices of actions that were taken back.
func refusals(c store.Change) []store.Notice {
	return slices.DeleteFunc(c.Notices, func(n store.Notice) bool { return n.Kind != store.NoticeRefused })
}

// TestActionsWhileAway: what one agent did in a row while the relay was away is
// no conflict with itself.
func TestActionsWhileAway(t *testing.T) {
	w := newTeam(t, false)
	ana := w.sit("ana")
	_, err := w.sim.Say(maria, provider.TextContent("Hola"))
	w.must(err)
	c := ana.greeted()
	w.relay.Stop()
	for _, body := range []event.Body{
		event.Assigned{To: "ben"},
		event.Assigned{To: "ana"},
		event.Resolved{},
		event.Reopened{},
		event.Noted{Text: "called"},
		event.Resolved{Resolution: event.Resolution{Notes: "in the end"}},
	} {
		ana.do(c, body)
	}
	w.relay.Start()
	ana.until("everything confirmed", func() bool {
		got := ana.conversation(c.ID)
		return !got.Pending && got.Status == store.StatusResolved && got.Assignee == "ana" && got.Resolution.Notes == "in the end"
	})
	if notices := refusals(ana.watch.Take()); len(notices) != 0 {
		t.Errorf("notices %+v", notices)
	}
}
