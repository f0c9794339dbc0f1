package whautomate_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/gateway"
	"frontdesk/provider/whautomate"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// front is a real relay that holds the key of a Whautomate location, the public
// address in front of it, and a terminal's sender.
type front struct {
	relay  *relaytest.Server
	public *httptest.Server // the proxy with TLS that everybody reaches
	send   provider.Provider
	later  atomic.Int64 // how far its clock was moved
}

func newFront(t *testing.T, c *contract, offers bool) *front {
	t.Helper()
	f := &front{}
	f.public = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f.relay.Relay.Handler().ServeHTTP(w, r) }))
	t.Cleanup(f.public.Close)
	direct := c.open(t, provider.WhatsApp)
	f.relay = relaytest.New(t, relaytest.WithProvider(direct), relaytest.With(func(o *webhookrelay.Options) {
		o.Media = filepath.Join(t.TempDir(), "media")
		o.Now = func() time.Time { return time.Now().Add(time.Duration(f.later.Load())) }
		if offers {
			o.PublicURL = f.public.URL
		}
	}))
	var err error
	f.send, err = gateway.New(direct.Account(), whautomate.Capabilities(provider.WhatsApp), gateway.Config{Relay: f.relay.URL, Token: provider.Hide(f.relay.Token("ana"))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func pictureOf(data string) provider.Upload {
	sum := sha256.Sum256([]byte(data))
	return provider.Upload{
		Kind: provider.Image, Name: "cat.jpg", MIME: "image/jpeg", Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Chat: ana.Chat,
		Body: bytes.NewReader([]byte(data)),
	}
}

// fetches is what Whautomate does with a mediaUrl: it has no token of ours.
func (f *front) fetches(t *testing.T, address string) (status int, mime, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := f.public.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(raw)
}

// A file goes to Whautomate by an address of the relay's, from which it fetches the
// very bytes under the type that the request names; two days later there is nothing
// behind it, and a message that names it is refused before Whautomate is asked.
func TestFileByAnAddressOfTheRelay(t *testing.T) {
	c := newContract(t)
	f := newFront(t, c, true)
	data := "\xff\xd8\xff" + strings.Repeat(" a cat ", 50_000)
	id, err := f.send.(provider.MediaUploader).UploadMedia(t.Context(), pictureOf(data))
	if err != nil {
		t.Fatal(err)
	}
	m := to(string(ana.Chat), provider.Content{Kind: provider.Image, Media: provider.Media{Name: "cat.jpg", MIME: "image/jpeg", Size: int64(len(data))}.Named(id)})
	m.Op = "op-in-time"
	if _, err := f.send.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	asked := c.last(t)
	var body struct{ MediaURL, MimeType string }
	if err := json.Unmarshal([]byte(asked.Body), &body); err != nil || asked.Path != "/v1/messages/whatsapp/sendmedia" || !strings.HasPrefix(body.MediaURL, f.public.URL+"/m/") {
		t.Fatalf("%s %s, %v", asked.Path, asked.Body, err)
	}
	if status, mime, got := f.fetches(t, body.MediaURL); status != http.StatusOK || mime != body.MimeType || mime != "image/jpeg" || got != data {
		t.Errorf("%d %s (%s was said), %d bytes", status, mime, body.MimeType, len(got))
	}
	f.later.Store(int64(48 * time.Hour))
	if status, _, got := f.fetches(t, body.MediaURL); status != http.StatusNotFound || strings.Contains(got, "cat") {
		t.Errorf("after two days: %d %q", status, got)
	}
	before := len(c.requests)
	m.Op = "op-too-late"
	_, err = f.send.Send(t.Context(), m)
	if e := provider.AsError("", err); e.Reason != provider.MediaRejected || e.Uncertain || !strings.Contains(e.Text, "Attach it again") || len(c.requests) != before {
		t.Errorf("%+v, asked %d times", e, len(c.requests)-before)
	}
}

// Where the relay has no public address a file is refused with what is to be done,
// and nothing is asked of Whautomate.
func TestFileWithoutAPublicAddress(t *testing.T) {
	c := newContract(t)
	f := newFront(t, c, false)
	_, err := f.send.(provider.MediaUploader).UploadMedia(t.Context(), pictureOf("\xff\xd8\xff"))
	if e := provider.AsError("", err); e.Reason != provider.NotSupported || !strings.Contains(e.Text, "public_url") || len(c.requests) > 0 {
		t.Errorf("%+v, asked %d times", e, len(c.requests))
	}
}
