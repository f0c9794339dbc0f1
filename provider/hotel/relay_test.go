package hotel_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/gateway"
	"frontdesk/provider/hotel"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// lobby is a real relay that holds a hotel's staff token, with a wire to the API that
// can be cut, and a terminal at it.
type lobby struct {
	api   *contract
	relay *relaytest.Server
	term  provider.Provider
	team  *client.Client
	later atomic.Int64 // how far the relay's clock is
	cut   atomic.Int32 // 1: nothing comes through, 2: it is done and the answer is lost
	stop  context.CancelFunc
	key   event.Key
}

func newLobby(t *testing.T) *lobby {
	t.Helper()
	l := &lobby{api: newContract(t)}
	wire := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		how := l.cut.Load()
		if how == 1 {
			w.WriteHeader(http.StatusTooManyRequests) // certainly not taken
			return
		}
		if how == 2 && r.Method == http.MethodPost {
			l.api.routes().ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		l.api.routes().ServeHTTP(w, r)
	}))
	t.Cleanup(wire.Close)
	direct := openAt(t, wire.URL, staffToken, adminToken)
	l.relay = relaytest.New(t, relaytest.WithProvider(direct), relaytest.With(func(o *webhookrelay.Options) {
		o.Now = func() time.Time { return l.api.now.Add(time.Duration(l.later.Load())) }
	}))
	token := l.relay.Token("ana")
	var err error
	if l.term, err = gateway.New(direct.Account(), hotel.Capabilities(provider.WhatsApp), gateway.Config{Relay: l.relay.URL, Token: provider.Hide(token)}, nil); err != nil {
		t.Fatal(err)
	}
	if l.team, err = client.New(client.Options{URL: l.relay.URL, Token: provider.Hide(token)}); err != nil {
		t.Fatal(err)
	}
	l.run(t)
	t.Cleanup(func() { l.stop() })
	return l
}

// run lets the relay ask and tell by itself.
func (l *lobby) run(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	relay := l.relay.Relay
	go func() { defer close(done); relay.Run(ctx) }()
	l.stop = func() { cancel(); <-done }
}

// events follows the log until the condition holds of it.
func (l *lobby) events(t *testing.T, until func([]event.Event) bool) (all []event.Event) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_ = l.team.Follow(ctx, func() event.Seq { return event.Seq(len(all)) }, client.Handler{
		Hello: func(_ context.Context, h client.Hello, _ time.Duration) error { l.key = h.Key; return nil },
		Apply: func(_ context.Context, events []event.Event) error {
			if all = append(all, events...); until(all) {
				cancel()
			}
			return nil
		},
	})
	if !until(all) {
		t.Fatal("it never came into the log")
	}
	return all
}

func toldIn(all []event.Event) (told []event.ResolutionTold) {
	for _, e := range all {
		if b, ok := e.Body.(event.ResolutionTold); ok {
			told = append(told, b)
		}
	}
	return told
}

// TestThroughTheRelay: what the API is asked besides sending, by a terminal without its
// token: figures, the window, the history; and a resolution, told once by the relay
// after a cut and a restart, with notes and rating, and unsure where the answer is lost.
func TestThroughTheRelay(t *testing.T) {
	l := newLobby(t)
	chat := provider.ChatKey{Account: l.term.Account().ID, Chat: guestChat}
	ask := func(what provider.CallKind) (provider.Answer, error) {
		return provider.Make(t.Context(), l.term, provider.Call{What: what, Chat: chat}, time.Now)
	}
	l.events(t, func(all []event.Event) bool { // the poll brought what is active
		return slices.ContainsFunc(all, func(e event.Event) bool { return e.Kind == provider.KindMessage })
	})

	if a, err := ask(provider.CallFigures); err != nil || len(a.Figures.List) != 4 || a.Figures.List[0] != (provider.Figure{Name: "delivery_rates.delivered", Value: "0.98"}) {
		t.Errorf("figures %+v, %v", a.Figures, err)
	}
	if a, err := ask(provider.CallWindow); err != nil || !a.Window.Open || !a.Window.Closes.Equal(time.Date(2024, 1, 16, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("window %+v, %v", a.Window, err)
	}
	l.api.set(func(s *contract) { // of an earlier stay, which no poll reads
		s.conversations = append(s.conversations, &conversation{id: "conv_old", phone: guestPhone, status: "resolved", messages: []map[string]any{
			{"message_id": "msg_old", "direction": "inbound", "guest_phone": guestPhone, "message_content": "A late checkout?", "sent_at": "2023-06-01T08:00:00Z"},
		}})
	})
	found, fresh := 0, 0
	for cursor := ""; ; {
		a, err := provider.Make(t.Context(), l.term, provider.Call{What: provider.CallHistory, Chat: chat, Cursor: cursor}, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if found, fresh = found+a.Past.Found, fresh+a.Past.New; a.Past.Next == "" {
			break
		}
		cursor = a.Past.Next
	}
	if found != 2 || fresh != 1 {
		t.Errorf("%d found, %d new", found, fresh)
	}
	l.cut.Store(1)
	if _, err := ask(provider.CallFigures); err == nil {
		t.Error("figures from a network that is down")
	}
	l.resolves(t, chat)
}

func (l *lobby) resolves(t *testing.T, chat provider.ChatKey) {
	t.Helper()
	conv := l.key.Conversation(chat)
	resolve := func(id string, notes string) {
		if _, err := l.team.Publish(t.Context(), []client.Entry{{
			ID: id, Account: chat.Account, Conversation: conv, Kind: event.KindResolved, Body: event.Resolved{Resolution: event.Resolution{Notes: notes, CSAT: 5}},
		}}); err != nil {
			t.Fatal(err)
		}
	}
	status := func() (s string, how map[string]any) {
		l.api.set(func(c *contract) { s, how = c.conversations[0].status, c.conversations[0].resolution })
		return s, how
	}
	resolve("r1", "towels")
	l.later.Add(int64(event.UndoFor))
	time.Sleep(1500 * time.Millisecond) // it is tried, and the network is down
	if s, _ := status(); s != "active" {
		t.Errorf("it is %s", s)
	}
	l.stop() // the relay goes down, too, and comes back
	l.relay.Stop()
	l.relay.Start()
	l.cut.Store(0)
	l.later.Add(int64(time.Hour))
	l.run(t)
	told := toldIn(l.events(t, func(all []event.Event) bool { return len(toldIn(all)) == 1 }))
	if s, how := status(); s != "resolved" || how["resolution_notes"] != "towels" || how["satisfaction_rating"] != 5.0 || told[0].State != event.ResolutionTaken {
		t.Errorf("it is %s, %v; the team was told %+v", s, how, told)
	}
	l.api.set(func(c *contract) { c.conversations[0].status = "active" })
	l.cut.Store(2)
	resolve("r2", "again")
	l.later.Add(int64(time.Hour))
	told = toldIn(l.events(t, func(all []event.Event) bool { return len(toldIn(all)) == 2 }))
	if told[1].State != event.ResolutionUnsure || told[1].Error == nil || told[1].Error.Text == "" {
		t.Errorf("the team was told %+v", told[1])
	}
}
