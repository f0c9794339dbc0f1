package webhookrelay_test

import (
	"errors"
	"net/http"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/relaytest"
)

// A network's word may come from a terminal where the terminal alone can ask for
// it: of receipts where nobody posts them, of health where the relay holds no token.
// Who asked is in the log.
func TestWhatATerminalAskedForIsTaken(t *testing.T) {
	account := func(id provider.AccountID) provider.Account {
		return provider.Account{ID: id, Network: provider.WhatsApp, Driver: "scripted"}
	}
	s := relaytest.New(t,
		relaytest.WithProvider(&scripted{account: account("gated")}),
		relaytest.WithAccount(webhookrelay.Account{Account: account("silent")}),
	)
	ana := newClient(t, s, "ana")
	receipt := provider.Receipt{Message: "m1", Status: provider.Delivered}
	entry := func(account provider.AccountID, id string, body provider.Body) client.Entry {
		e := client.Entry{ID: id, Account: account, Conversation: conv, Kind: body.Kind(), Body: body}
		if body.Kind() == provider.KindHealth {
			e.Conversation = ""
		}
		return e
	}
	health := provider.Health{Quality: "green", Access: "ok"}
	for name, e := range map[string]client.Entry{
		"a receipt that is posted":       entry(relaytest.Account, "asked:1", receipt),
		"a receipt of the gateway's":     entry("gated", "asked:1", receipt),
		"health of the gateway's":        entry("gated", "asked:1", health),
		"a receipt under a network's id": entry("silent", "s:m1:delivered", receipt),
		"health under the relay's id":    entry("silent", "health:silent:1", health),
		"a receipt of nothing":           entry("silent", "asked:1", provider.Receipt{Status: provider.Read}),
		"a receipt that says nothing":    entry("silent", "asked:1", provider.Receipt{Message: "m1"}),
		"a customer's message":           entry("silent", "asked:1", provider.MessageReceived{Message: "m1"}),
	} {
		_, err := ana.Publish(t.Context(), []client.Entry{e})
		var ce *client.Error
		if !errors.As(err, &ce) || ce.Status != http.StatusBadRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, e := range []client.Entry{entry("silent", "asked:1", receipt), entry("silent", "asked:2", health), entry(relaytest.Account, "asked:3", health)} {
		if first, again := publish(t, ana, e), publish(t, ana, e); first[0].Seq == 0 || again[0].Seq != first[0].Seq || !again[0].Duplicate {
			t.Errorf("%s of %s: %+v, then %+v", e.Kind, e.Account, first, again)
		}
	}
	if n := count(t, s, "select count(*) from event where json ->> 'by' = 'ana'"); n != 3 {
		t.Errorf("%d events say who asked, want 3", n)
	}
}
