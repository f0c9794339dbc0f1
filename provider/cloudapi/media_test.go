package cloudapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

// The whole way: the webhook names a file, the look-up its address, and the
// bytes are the ones that both announced.
func TestFileOfACustomer(t *testing.T) {
	w := newWorld(t)
	w.say(maria, provider.Content{Kind: provider.Image, Media: &provider.Media{MIME: "image/jpeg", Name: "leak.jpg"}})
	var sent *provider.Media
	for _, e := range w.pass(time.Second) {
		if m, ok := e.Body.(provider.MessageReceived); ok {
			sent = m.Content.Media
		}
	}
	if sent == nil || sent.ID == "" || sent.SHA256 == "" {
		t.Fatalf("the webhook names %+v", sent)
	}
	f, err := w.send.(provider.MediaOpener).OpenMedia(t.Context(), sent.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	raw, err := io.ReadAll(f.Body)
	if err != nil || len(raw) == 0 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	sum := sha256.Sum256(raw)
	if got := hex.EncodeToString(sum[:]); got != sent.SHA256 || got != f.SHA256 || !strings.HasPrefix(f.MIME, "image/jpeg") {
		t.Errorf("hash %s, the webhook says %s, the look-up %s; type %s", got, sent.SHA256, f.SHA256, f.MIME)
	}
}

func TestFilesThatAreNotThere(t *testing.T) {
	w := newWorld(t)
	for _, id := range []provider.MediaID{"", "../900800700", "1?x=", "abc", "999999999999"} {
		_, err := w.send.(provider.MediaOpener).OpenMedia(t.Context(), id)
		var e *provider.Error
		if !errors.As(err, &e) || e.Reason != provider.MediaRejected || e.Text == "" {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// An address on another host is not fetched, whatever the answer says; one that
// has expired is looked up once more and no oftener.
func TestAddressOfAFile(t *testing.T) {
	for name, c := range map[string]struct {
		address string
		lookups int
		reason  provider.Reason
	}{
		"another host":   {"https://evil.example/file", 1, provider.MediaRejected},
		"this machine":   {"http://127.0.0.1:1/file", 1, provider.MediaRejected},
		"metadata":       {"http://169.254.169.254/latest", 1, provider.MediaRejected},
		"expired":        {"BASE/gone", 2, provider.MediaRejected},
		"server trouble": {"BASE/broken", 1, provider.Unavailable},
	} {
		lookups := 0
		api := httptest.NewServer(nil)
		mux := http.NewServeMux()
		mux.HandleFunc("GET /v26.0/{id}", func(w http.ResponseWriter, _ *http.Request) {
			lookups++
			_, _ = io.WriteString(w, `{"url":"`+strings.Replace(c.address, "BASE", api.URL, 1)+`","mime_type":"image/jpeg","file_size":"10"}`)
		})
		mux.HandleFunc("/gone", http.NotFound)
		mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
		api.Config.Handler = mux
		_, err := open(t, api.URL).(provider.MediaOpener).OpenMedia(t.Context(), "12345")
		api.Close()
		var e *provider.Error
		if !errors.As(err, &e) || e.Reason != c.reason || lookups != c.lookups {
			t.Errorf("%s: %v after %d look-ups", name, err, lookups)
		}
		if err != nil && strings.Contains(err.Error(), "://") {
			t.Errorf("%s: the error tells the address: %v", name, err)
		}
	}
}
