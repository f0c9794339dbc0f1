package hotel_test

import (
	"net/http"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/hotel"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// The relay was away for longer than the hotel's sender tries: it asks for what it
// missed when it is back, a message and a receipt, and nothing is told twice, neither
// what came by the hook before nor what is posted once more after.
func TestWhatTheSenderGaveUpOnIsAskedFor(t *testing.T) {
	s := newContract(t)
	s.now = time.Now().UTC()
	s.conversations[0].messages = nil // of a year that no receipt of today belongs to
	account := provider.Account{ID: "front", Network: provider.WhatsApp, Driver: hotel.Name}
	p, err := hotel.New(account, hotel.Config{BaseURL: s.http.URL, StaffToken: provider.Hide(staffToken)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	routes, err := hotel.Routes(map[string]string{"base_url": s.http.URL, "staff_token": staffToken})
	if err != nil {
		t.Fatal(err)
	}
	relay := relaytest.New(t, relaytest.WithHook(webhookrelay.Hook{ID: "hotel", Driver: hotel.Name, Webhook: newHook(t)}),
		relaytest.WithAccount(webhookrelay.Account{Account: account, Hook: "hotel", Routes: routes, Provider: p}))
	token := relay.Token("ana")
	s.hook.URL = relay.URL + "/hooks/hotel?verify_token=" + hookToken
	s.hook.Retry.Max = 3
	says := func(id string, delivered bool) {
		t.Helper()
		m := map[string]any{"message_content": id}
		guestAsks(t, s, id, m)
		m["guest_phone"], m["conversation_id"] = guestPhone, s.conversations[0].id
		if got := s.post(http.DefaultClient, "inbound_message", m); got != delivered {
			t.Fatalf("%s: posted %v", id, got)
		}
	}
	rest := relay.Work()
	says("one", true)
	relay.Until(token, "m:one")
	rest()
	relay.Stop()
	says("two", false)
	says("three", false)
	relay.Start()
	defer relay.Work()()
	relay.Until(token, "m:one", "m:two", "m:three")
	says("four", true)
	m := map[string]any{"message_id": "two", "message_content": "two", "guest_phone": guestPhone, "conversation_id": s.conversations[0].id, "sent_at": s.now.Format(time.RFC3339)}
	if !s.post(http.DefaultClient, "inbound_message", m) {
		t.Fatal("what is posted once more was not taken")
	}
	told := relay.Until(token, "m:four")
	for _, id := range []string{"m:one", "m:two", "m:three", "m:four"} {
		if told[id] != 1 {
			t.Errorf("%s was told %d times", id, told[id])
		}
	}
}
