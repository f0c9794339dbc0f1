package webhookrelay_test

import (
	"bytes"
	"net/http"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// addressed is a driver whose network names the operation in the address, and wants a
// word with the 200.
type addressed struct{ relaytest.Webhook }

func (addressed) Keep(r *http.Request, body []byte) []byte {
	op := r.URL.Query().Get("op")
	if op == "panic" {
		panic("keep")
	}
	return bytes.ReplaceAll(body, []byte("op-of-address"), []byte(op))
}

func (addressed) Answer() (contentType, body string) { return "text/xml", "<Response/>" }

// What the address says is decoded and kept with the body, and only after the
// signature over what came is found good; the 200 is the network's own.
func TestKeepingWhatTheAddressSays(t *testing.T) {
	s := relaytest.New(t, relaytest.WithHook(webhookrelay.Hook{ID: "keeps", Webhook: addressed{}}), relaytest.WithAccount(webhookrelay.Account{
		Account: provider.Account{ID: "shop", Network: provider.WhatsApp}, Hook: "keeps", Routes: []provider.Route{"shop"},
	}))
	post := func(id, op string) (int, string) {
		body := relaytest.Encode(t, provider.Event{Route: "shop", ID: id, Body: provider.Receipt{Message: "m", Op: "op-of-address", Status: provider.Sent}})
		return do(t, "POST", s.URL+"/hooks/keeps?op="+op, string(body), relaytest.SignatureHeader, relaytest.Sign(body))
	}
	kept := func(word string) int {
		return count(t, s, "select count(*) from raw where instr(cast(body as text), ?) > 0", word)
	}
	if status, body := post("s:1", "op-7"); status != http.StatusOK || body != "<Response/>" {
		t.Errorf("answered %d %q", status, body)
	}
	if n := count(t, s, "select count(*) from event where instr(json, 'op-7') > 0"); n != 1 {
		t.Errorf("%d events name the operation", n)
	}
	if kept("op-7") != 1 || kept("op-of-address") != 0 {
		t.Error("what was decoded is not what was kept")
	}
	if status, _ := post("s:2", "panic"); status != http.StatusOK || kept("op-of-address") != 1 {
		t.Errorf("a driver that fails here costs more than the address: %d", status)
	}
	if status, _ := do(t, "POST", s.URL+"/hooks/keeps?op=op-8", "[]", relaytest.SignatureHeader, relaytest.Sign([]byte("other"))); status != http.StatusUnauthorized || kept("op-8") != 0 {
		t.Errorf("not signed: %d", status)
	}
}
