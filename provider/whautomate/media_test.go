package whautomate_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"frontdesk/provider"
)

// TestMedia: a file is fetched from the API's own host, without the key, and from
// no host that nobody named.
func TestMedia(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("x-api-key") != "" || r.Header.Get("Authorization") != "":
			w.WriteHeader(http.StatusTeapot)
		case r.URL.Path == "/a.jpg":
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = io.WriteString(w, "photo")
		case r.URL.Path == "/large":
			w.Header().Set("Content-Length", "999999999")
		case r.URL.Path == "/broken":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	p := opened(t, map[string]string{"api_key": apiKey, "location_id": "loc_1", "channel": "whatsapp", "base_url": server.URL, "media_hosts": ".files.example, CDN.example"})
	f, err := p.OpenMedia(t.Context(), provider.MediaID(server.URL+"/a.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(f.Body)
	if string(body) != "photo" || f.MIME != "image/jpeg" || err != nil || f.Body.Close() != nil {
		t.Errorf("%q of %s, %v", body, f.MIME, err)
	}
	for address, want := range map[string]struct {
		reason provider.Reason
		says   string
	}{
		server.URL + "/gone":          {provider.MediaRejected, "no longer has"},
		server.URL + "/large":         {provider.MediaRejected, "larger than"},
		server.URL + "/broken":        {provider.Unavailable, "Try again"},
		"https://elsewhere.example/a": {provider.MediaRejected, "media_hosts"},
		"http://127.0.0.1:1/a":        {provider.MediaRejected, "media_hosts"},
		"file:///etc/passwd":          {provider.MediaRejected, "media_hosts"},
		"77":                          {provider.MediaRejected, "media_hosts"},
	} {
		_, err := p.OpenMedia(t.Context(), provider.MediaID(address))
		e := provider.AsError("media", err)
		if e == nil || e.Op != "media" || e.Reason != want.reason || e.Uncertain || !strings.Contains(e.Text, want.says) || strings.Contains(e.Error(), "://") {
			t.Errorf("%s: %+v", address, e)
		}
	}
}

// TestHeardFile: what a customer sent is fetched by the id it was heard with.
func TestHeardFile(t *testing.T) {
	m, ok := heard(t, "image")[0].Body.(provider.MessageReceived)
	if !ok || m.Content.Media == nil || m.Content.Media.ID != "https://files.example/in.jpg" {
		t.Errorf("%+v", m)
	}
}
