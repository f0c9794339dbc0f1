package gateway_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/provider/gateway"
	"frontdesk/provider/internal/whatsapp"
	"frontdesk/provider/simulator"
	"frontdesk/webhookrelay/relaytest"
)

const customer = provider.ChatID("441632960011")

// behind is a real relay that holds the token of a pretend Meta.
type behind struct {
	relay *relaytest.Server
	meta  *simulator.Sim
	send  provider.Provider
}

func newBehind(t *testing.T) *behind {
	t.Helper()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	sim, err := simulator.New(simulator.Options{
		Seed: 1, Now: func() time.Time { return now }, AppSecret: provider.Hide("s"), Token: provider.Hide("meta token"),
		Accounts: []simulator.Number{{PhoneNumberID: "900800700", WABA: "1020304050", Display: "+49 30 111222"}}, Orderly: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	sim.Add(simulator.Customer{Phone: string(customer), Name: "Tom", Language: "en", Temper: simulator.Silent, Still: true})
	api := httptest.NewServer(sim.Handler())
	t.Cleanup(api.Close)
	direct, err := cloudapi.New(provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: cloudapi.Name},
		cloudapi.Config{PhoneNumberID: "900800700", WABA: "1020304050", BaseURL: api.URL, Version: "v26.0", AccessToken: provider.Hide("meta token")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	relay := relaytest.New(t, relaytest.WithProvider(direct))
	b := &behind{relay: relay, meta: sim}
	b.send = b.terminal(t, relay.Token("ana"))
	return b
}

func (b *behind) terminal(t *testing.T, token string) provider.Provider {
	t.Helper()
	p, err := gateway.New(provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: "cloudapi"}, whatsapp.Capabilities(),
		gateway.Config{Relay: b.relay.URL, Token: provider.Hide(token)}, &http.Client{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func text(op provider.OpID) provider.Outgoing {
	return provider.Outgoing{Op: op, To: provider.ChatKey{Account: "shop", Chat: customer}, Content: provider.TextContent("hello")}
}

// A repeated operation is answered with the first one's id and sent once.
func TestRepeatedOperationSendsOnce(t *testing.T) {
	b := newBehind(t)
	first, err := b.send.Send(t.Context(), text("op-1"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.send.Send(t.Context(), text("op-1"))
	if err != nil || again != first {
		t.Errorf("%q then %q, %v", first, again, err)
	}
	if n := len(b.meta.Accepted()); n != 1 {
		t.Errorf("the customer got it %d times", n)
	}
}

// The network's word arrives as the network gave it.
func TestNetworkErrorsPass(t *testing.T) {
	b := newBehind(t)
	cases := map[provider.OpID]struct {
		arm       func(simulator.Match)
		reason    provider.Reason
		uncertain bool
	}{
		"op-refused": {func(m simulator.Match) { b.meta.RefuseWith(m, 131026, 1) }, provider.Undeliverable, false},
		"op-token":   {func(m simulator.Match) { b.meta.RefuseWith(m, 190, 1) }, provider.Token, false},
		"op-slowed":  {func(m simulator.Match) { b.meta.Fault(m, simulator.Limits, 1) }, provider.RateLimited, false},
		"op-lost":    {func(m simulator.Match) { b.meta.Fault(m, simulator.Truncates, 1) }, provider.NoAnswer, true},
		"op-500":     {func(m simulator.Match) { b.meta.Fault(m, simulator.Fails500, 1) }, provider.Unavailable, true},
	}
	for op, c := range cases {
		t.Run(string(op), func(t *testing.T) {
			c.arm(simulator.MatchOp(op))
			_, err := b.send.Send(t.Context(), text(op))
			var e *provider.Error
			if !errors.As(err, &e) || e.Reason != c.reason || e.Uncertain != c.uncertain {
				t.Fatalf("%+v", e)
			}
			before := len(b.meta.Accepted())
			_, err = b.send.Send(t.Context(), text(op))
			if taken := len(b.meta.Accepted()); c.uncertain && taken != before {
				t.Errorf("an unsure operation was sent again")
			}
			if c.uncertain && (err == nil || !provider.AsError("", err).Uncertain) {
				t.Errorf("asked again, an unsure operation is %v", err)
			}
		})
	}
}

// What the relay itself refuses was never sent.
func TestRelayRefusals(t *testing.T) {
	b := newBehind(t)
	stranger := b.terminal(t, "st_none_of_ours")
	if _, err := stranger.Send(t.Context(), text("op-1")); provider.AsError("", err).Reason != provider.Token {
		t.Errorf("%v", err)
	}
	other := text("op-2")
	other.To.Account = "no such account"
	if _, err := b.send.Send(t.Context(), other); provider.AsError("", err).Reason != provider.Restricted {
		t.Errorf("%v", err)
	}
	b.relay.Stop()
	if _, err := b.send.Send(t.Context(), text("op-3")); !provider.AsError("", err).Retryable() {
		t.Errorf("%v", err)
	}
	b.relay.Start()
	if id, err := b.send.Send(t.Context(), text("op-3")); err != nil || id == "" {
		t.Errorf("%q, %v", id, err)
	}
	if n := len(b.meta.Accepted()); n != 1 {
		t.Errorf("%d sent", n)
	}
}
