package ambiotec_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/ambiotec"
	"frontdesk/provider/gateway"
	"frontdesk/provider/providertest"
	"frontdesk/webhookrelay/relaytest"
)

// TestManyThroughTheRelay: what several terminals send at the same moment with the same
// words goes in one call, and each operation has its own outcome; where the answer is
// lost all of that call are unsure, and none goes again.
func TestManyThroughTheRelay(t *testing.T) {
	c := newContract(t)
	var lost atomic.Bool
	wire := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lost.Load() && r.Method == http.MethodPost {
			c.http.Config.Handler.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		c.http.Config.Handler.ServeHTTP(w, r)
	}))
	defer wire.Close()
	account := provider.Account{ID: "desk", Network: provider.WhatsApp, Driver: ambiotec.Name}
	direct, err := ambiotec.New(account, ambiotec.Config{BaseURL: wire.URL, AccessToken: provider.Hide(providertest.Token)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	relay := relaytest.New(t, relaytest.WithProvider(direct))
	terminal, err := gateway.New(account, ambiotec.Capabilities(provider.WhatsApp), gateway.Config{Relay: relay.URL, Token: provider.Hide(relay.Token("ana"))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.set(func(c *contract) { c.unsent = []string{"+50212345602"} })
	message := templated(reminder()).Content
	send := func(round string) (outcomes []string) {
		outcomes = make([]string, 5)
		var all sync.WaitGroup
		for i := range outcomes {
			all.Go(func() {
				m := provider.Outgoing{
					Op: provider.OpID(fmt.Sprint(round, i)), Content: message,
					To: provider.ChatKey{Account: "desk", Chat: provider.ChatID(fmt.Sprintf("502123456%02d", i))},
				}
				id, err := terminal.Send(t.Context(), m)
				e := provider.AsError("send", err)
				switch {
				case err == nil:
					outcomes[i] = string(id)
				case e.Uncertain:
					outcomes[i] = "unsure"
				default:
					outcomes[i] = string(e.Reason)
				}
			})
		}
		all.Wait()
		return outcomes
	}
	calls := func() (n int) {
		c.set(func(c *contract) { n = len(c.requests) })
		return n
	}
	got, ids := send("a"), map[string]bool{}
	for i, one := range got {
		ids[one] = true
		if (i == 2) != (one == string(provider.Other)) || i != 2 && !strings.HasPrefix(one, "wamid.") {
			t.Errorf("%d: %q", i, one)
		}
	}
	if n := calls(); n >= 5 || len(ids) != 5 {
		t.Errorf("%d calls for five, %v", n, got)
	}
	lost.Store(true)
	before := calls()
	for i, one := range send("b") {
		if one != "unsure" {
			t.Errorf("%d: %q", i, one)
		}
	}
	did := calls() - before
	lost.Store(false)
	for i, one := range send("b") { // the same operations
		if one != "unsure" {
			t.Errorf("%d asked again: %q", i, one)
		}
	}
	if n := calls() - before; n != did || did >= 5 {
		t.Errorf("%d calls, then %d", did, n)
	}
}
