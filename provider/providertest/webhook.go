package providertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"frontdesk/provider"
)

// WebhookHarness is what the suite needs to know of a driver's webhook.
type WebhookHarness struct {
	// New returns the webhook with a secret of its own.
	New func(t *testing.T) provider.Webhook
	// Sign signs a request for the body as the network does.
	Sign func(r *http.Request, body []byte)
	// Word means that the network signs no body: a word shows who posts, and says
	// nothing of what.
	Word bool
	// Known are bodies whose events are all understood.
	Known map[string][]byte
	// Strange are bodies the network may send and the driver does not know.
	Strange map[string][]byte
	// Broken are bodies that are none of the network's.
	Broken map[string][]byte
}

func (h *WebhookHarness) run(t *testing.T) {
	w := h.New(t)
	for name, body := range h.Known {
		t.Run("known "+name, func(t *testing.T) { h.verify(t, w, body); known(t, w, body) })
	}
	for name, body := range h.Strange {
		t.Run("strange "+name, func(t *testing.T) { h.verify(t, w, body); strange(t, w, body) })
	}
	for name, body := range h.Broken {
		t.Run("broken "+name, func(t *testing.T) {
			if events, err := w.Decode(body); err == nil {
				t.Errorf("decoded %d events, want an error", len(events))
			}
		})
	}
}

// verify: the signature of these bytes and of no others.
func (h *WebhookHarness) verify(t *testing.T, w provider.Webhook, body []byte) {
	t.Helper()
	signed := func(b []byte) *http.Request {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/x", bytes.NewReader(b))
		h.Sign(r, b)
		return r
	}
	if err := w.Verify(signed(body), body); err != nil {
		t.Errorf("a good signature: %v", err)
	}
	bad := map[string]*http.Request{
		"missing": httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/x", bytes.NewReader(body)),
	}
	if !h.Word {
		bad["other body"] = signed(append([]byte(" "), body...))
	}
	for name, r := range bad {
		if err := w.Verify(r, body); !errors.Is(err, provider.ErrSignature) {
			t.Errorf("%s: %v, want ErrSignature", name, err)
		}
	}
}

// decode: the same body gives the same events, whoever reads it.
func decode(t *testing.T, w provider.Webhook, body []byte) []provider.Event {
	t.Helper()
	events, err := w.Decode(body)
	if err != nil {
		t.Fatalf("a body of the network's: %v", err)
	}
	again, err := w.Decode(bytes.Clone(body))
	if err != nil || !reflect.DeepEqual(events, again) {
		t.Errorf("the same body decoded twice differs: %v", err)
	}
	for _, e := range events {
		if e.ID == "" {
			t.Errorf("an event without id: %#v", e)
		}
		if e.Body == nil {
			continue // for the quarantine
		}
		if _, err := json.Marshal(e.Body); err != nil {
			t.Errorf("event %s does not fit the log: %v", e.ID, err)
		}
	}
	return events
}

func known(t *testing.T, w provider.Webhook, body []byte) {
	t.Helper()
	ids := map[string]bool{}
	for _, e := range decode(t, w, body) {
		if e.Route == "" || e.Body == nil || ids[e.ID] {
			t.Errorf("event %s: route %q, or an id of two facts", e.ID, e.Route)
		}
		ids[e.ID] = true
		if _, unknown := e.Body.(provider.Unknown); unknown {
			t.Errorf("event %s is not understood", e.ID)
		}
	}
}

// strange: kept, and never an error.
func strange(t *testing.T, w provider.Webhook, body []byte) {
	t.Helper()
	for _, e := range decode(t, w, body) {
		if e.Body == nil || keeps(e.Body) { // the quarantine keeps the whole body
			return
		}
	}
	t.Error("nothing of it is kept")
}

// keeps reports a body that holds the network's own JSON.
func keeps(body provider.Body) bool {
	switch b := body.(type) {
	case provider.Unknown:
		return len(b.Raw) > 0
	case provider.MessageReceived:
		return len(b.Content.Raw) > 0
	}
	return false
}
