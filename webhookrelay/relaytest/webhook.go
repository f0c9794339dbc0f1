package relaytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const (
	// HookID is the hook every Server has.
	HookID = "test"
	// SignatureHeader carries the signature of a Webhook's body.
	SignatureHeader = "X-Test-Signature"

	secret    = "the hook's secret"
	challenge = "challenge"
)

// Webhook is the smallest honest driver: a JSON list of the vocabulary's own
// events, signed with HMAC-SHA256.
type Webhook struct{}

var (
	_ provider.Webhook    = Webhook{}
	_ provider.Handshaker = Webhook{}
)

// Sign returns the signature Webhook accepts for the body.
func Sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// Verify implements provider.Webhook.
func (Webhook) Verify(r *http.Request, body []byte) error {
	if !hmac.Equal([]byte(r.Header.Get(SignatureHeader)), []byte(Sign(body))) {
		return provider.ErrSignature
	}
	return nil
}

// Handshake implements provider.Handshaker: it gives back ?challenge= where
// ?secret= is right.
func (Webhook) Handshake(r *http.Request) ([]byte, error) {
	if r.URL.Query().Get("secret") != secret {
		return nil, provider.ErrSignature
	}
	return []byte(r.URL.Query().Get(challenge)), nil
}

type wireEvent struct {
	provider.Event
	Kind string          `json:"kind"`
	Body json.RawMessage `json:"body"`
}

// Decode implements provider.Webhook.
func (Webhook) Decode(body []byte) ([]provider.Event, error) {
	var wire []wireEvent
	if err := json.Unmarshal(body, &wire); err != nil {
		return nil, fmt.Errorf("decode webhook: %w", err)
	}
	events := make([]provider.Event, len(wire))
	for i, w := range wire {
		events[i] = w.Event
		events[i].Body = event.DecodeBody(w.Kind, 1, w.Body)
	}
	return events, nil
}

// Encode is the inverse of Decode. Events without a route get that of Account.
func Encode(t testing.TB, events ...provider.Event) []byte {
	t.Helper()
	wire := make([]wireEvent, len(events))
	for i, e := range events {
		if e.Route == "" {
			e.Route = provider.Route(Account)
		}
		body, err := event.EncodeBody(e.Body)
		if err != nil {
			t.Fatalf("encode event %s: %v", e.ID, err)
		}
		wire[i] = wireEvent{Event: e, Kind: e.Body.Kind(), Body: body}
	}
	raw, err := json.Marshal(wire)
	if err != nil {
		t.Fatalf("encode webhook: %v", err)
	}
	return raw
}
