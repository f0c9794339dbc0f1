package twilio_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/gateway"
	"frontdesk/provider/internal/sign"
	"frontdesk/provider/twilio"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// The answer to a send is lost, and the receipt of the message settles it: through a
// real relay, which is the account's gateway and takes Twilio's callback behind a
// proxy.
func TestReceiptSettlesAnUnsureSend(t *testing.T) {
	c := newContract(t)
	account := shop(provider.WhatsApp)
	direct := whatsapp(t, c.http.URL)
	relay := relaytest.New(t, relaytest.WithHook(webhookrelay.Hook{ID: "tw", Driver: twilio.Name, Webhook: newHook(t)}),
		relaytest.WithAccount(webhookrelay.Account{Account: account, Hook: "tw", Routes: []provider.Route{onWhatsApp, accountSID}, Provider: direct}))
	send, err := gateway.New(account, twilio.Capabilities(account.Network), gateway.Config{Relay: relay.URL, Token: provider.Hide(relay.Token("ana"))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := provider.Outgoing{Op: "op-lost", To: provider.ChatKey{Account: "shop", Chat: ana}, Content: provider.TextContent("hello")}
	c.losesAnswers()
	if _, err := send.Send(t.Context(), m); !provider.AsError("", err).Uncertain {
		t.Fatalf("the answer was lost, and it is %v", err)
	}
	c.answersAgain()
	sid := c.messages[0]["sid"].(string)
	f := c.become(sid, "sent", 0)
	status, body := deliver(t, relay.URL+"/hooks/tw", c.messages[0]["callback"].(string), f)
	if status != http.StatusOK || body != "<Response/>" {
		t.Errorf("Twilio was answered %d %q", status, body)
	}
	id, err := send.Send(t.Context(), m)
	if err != nil || string(id) != sid {
		t.Errorf("the receipt names the operation, and it is %q, %v", id, err)
	}
	if len(c.messages) != 1 {
		t.Errorf("the customer got it %d times", len(c.messages))
	}
}

// deliver posts to a relay what Twilio posts to the public address.
func deliver(t *testing.T, relay, public string, f url.Values) (status int, body string) {
	t.Helper()
	u, err := url.Parse(public)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, relay+"?"+u.RawQuery, bytes.NewReader([]byte(f.Encode())))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Twilio-Signature", sign.SHA1(authToken, public+parameters(f)))
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}
