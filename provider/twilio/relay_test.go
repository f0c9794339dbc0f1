package twilio_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

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

// The relay was away, and Twilio posts nothing twice: what customers wrote and where
// our message stands is asked for when it is back, and nothing is told twice, neither
// what came by the hook before nor what does after.
func TestWhatWasNotPostedAgainIsAskedFor(t *testing.T) {
	c := newContract(t)
	c.now = time.Now().UTC().Truncate(time.Second)
	account := shop(provider.WhatsApp)
	relay := relaytest.New(t, relaytest.WithHook(webhookrelay.Hook{ID: "tw", Driver: twilio.Name, Webhook: newHook(t)}),
		relaytest.WithAccount(webhookrelay.Account{Account: account, Hook: "tw", Routes: []provider.Route{onWhatsApp, accountSID}, Provider: whatsapp(t, c.http.URL)}))
	token := relay.Token("ana")
	posts := func(sid, text string) {
		t.Helper()
		f := url.Values{
			"AccountSid": {accountSID}, "ApiVersion": {"2010-04-01"}, "MessageSid": {sid}, "SmsSid": {sid}, "SmsMessageSid": {sid}, "SmsStatus": {"received"},
			"From": {anaAt}, "To": {onWhatsApp}, "Body": {text}, "NumMedia": {"0"}, "WaId": {string(ana)}, "ProfileName": {"Ana"},
		}
		if status, body := deliver(t, relay.URL+"/hooks/tw", hookURL, f); status != http.StatusOK {
			t.Fatalf("%s is answered %d %s", text, status, body)
		}
	}
	ours, err := whatsapp(t, c.http.URL).Send(t.Context(), out(provider.TextContent("hola")))
	if err != nil {
		t.Fatal(err)
	}
	one := c.receive(anaAt, "one")
	rest := relay.Work()
	posts(one, "one")
	relay.Until(token, "m:"+one)
	rest()
	relay.Stop()
	c.pass(time.Minute)
	two := c.receive(anaAt, "two")
	c.become(string(ours), "delivered", 0)
	c.pass(5 * time.Minute)
	relay.Start()
	defer relay.Work()()
	relay.Until(token, "m:"+one, "m:"+two, "s:"+string(ours)+":delivered")
	three := c.receive(anaAt, "three")
	posts(three, "three")
	posts(two, "two")
	told := relay.Until(token, "m:"+three)
	for _, id := range []string{"m:" + one, "m:" + two, "m:" + three, "s:" + string(ours) + ":delivered"} {
		if told[id] != 1 {
			t.Errorf("%s was told %d times", id, told[id])
		}
	}
}
