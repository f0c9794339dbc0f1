package gateway_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/gateway"
	"frontdesk/provider/internal/whatsapp"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// linker is a network that sends files which it fetches by a link.
type linker struct {
	mu   sync.Mutex
	sent []provider.Outgoing
}

func (*linker) Account() provider.Account {
	return provider.Account{ID: "shop", Network: provider.WhatsApp}
}

func (*linker) Capabilities(provider.ChatKey) *provider.Capabilities { return whatsapp.Capabilities() }

func (l *linker) Send(_ context.Context, m provider.Outgoing) (provider.MessageID, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, m)
	return "1", nil
}

// taker is one that is handed files.
type taker struct {
	linker
	fails error
	got   []provider.Upload
	bytes [][]byte
}

func (t *taker) UploadMedia(_ context.Context, u provider.Upload) (provider.MediaID, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fails != nil {
		return "", t.fails
	}
	b, err := io.ReadAll(u.Body)
	if err != nil {
		return "", err
	}
	t.got, t.bytes = append(t.got, u), append(t.bytes, b)
	return "4711", nil
}

// through is a terminal's sender over a real relay, for the network behind it.
func through(t *testing.T, network provider.Provider, public string) (*relaytest.Server, provider.Provider) {
	t.Helper()
	s := relaytest.New(t, relaytest.WithProvider(network), relaytest.With(func(o *webhookrelay.Options) {
		o.Media, o.PublicURL = filepath.Join(t.TempDir(), "media"), public
	}))
	p, err := gateway.New(network.Account(), network.Capabilities(provider.ChatKey{}), gateway.Config{Relay: s.URL, Token: provider.Hide(s.Token("ana"))}, &http.Client{})
	if err != nil {
		t.Fatal(err)
	}
	return s, p
}

func file(name string, data []byte) provider.Upload {
	sum := sha256.Sum256(data)
	return provider.Upload{
		Kind: provider.Image, Name: name, MIME: "image/jpeg", Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Chat: "441632960011",
		Body: bytes.NewReader(data),
	}
}

var picture = append([]byte("\xff\xd8\xff"), bytes.Repeat([]byte(" picture "), 50_000)...)

// A network that is handed files gets the terminal's, whatever it is called; the
// message names it by the network's id.
func TestUploadThroughTheRelay(t *testing.T) {
	network := &taker{}
	_, p := through(t, network, "https://relay.example")
	names := []string{"Angebot März.jpg", "a;b=\"c\".jpg", "%41.jpg", "", "a b+c&d.jpg"}
	for _, entry := range hostile.Entries(t, "filename") {
		names = append(names, entry.Text(t))
	}
	taken := 0
	for _, name := range names {
		before := len(network.got)
		id, err := p.(provider.MediaUploader).UploadMedia(t.Context(), file(name, picture))
		if err != nil {
			if len(network.got) != before || provider.AsError("", err).Uncertain {
				t.Errorf("%q: %v, and the network has it", name, err)
			}
			continue
		}
		taken++
		if u := network.got[before]; id != "4711" || u.Name != name || u.MIME != "image/jpeg" || u.Chat != "441632960011" || !bytes.Equal(network.bytes[before], picture) {
			t.Errorf("%q came as %q, %+v", name, id, u)
		}
	}
	if taken < 6 {
		t.Errorf("%d of %d names were taken: the test proves little", taken, len(names))
	}
	if m := (provider.Media{Name: "a.jpg"}).Named("4711"); m.ID != "4711" || m.Link != "" || m.Name != "a.jpg" {
		t.Errorf("%+v", m)
	}
}

// A network that fetches files gets an address of the relay's, which gives just
// that file to who asks without a token, and the message names it by that.
func TestLinkThroughTheRelay(t *testing.T) {
	network := &linker{}
	s, p := through(t, network, "https://relay.example/")
	id, err := p.(provider.MediaUploader).UploadMedia(t.Context(), file("a.jpg", picture))
	if err != nil {
		t.Fatal(err)
	}
	m := provider.Outgoing{Op: "op-1", To: provider.ChatKey{Account: "shop", Chat: customer}, Content: provider.Content{Kind: provider.Image, Media: provider.Media{MIME: "image/jpeg"}.Named(id)}}
	if _, err := p.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	sent := network.sent[0].Content.Media
	path, ours := strings.CutPrefix(sent.Link, "https://relay.example/m/")
	if !ours || sent.ID != "" {
		t.Fatalf("%+v", sent)
	}
	res, err := http.Get(s.URL + "/m/" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil || !bytes.Equal(got, picture) || res.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("%d, %d bytes of %s, %v", res.StatusCode, len(got), res.Header.Get("Content-Type"), err)
	}
}

// Every no says what happened and what to do, and the network's is its own.
func TestUploadsThatFail(t *testing.T) {
	network := &taker{fails: &provider.Error{Op: "upload", Reason: provider.MediaRejected, Code: "131053", Text: "No. Send another."}}
	s, p := through(t, network, "")
	_, bare := through(t, &linker{}, "")
	taking := bareTaker(t)
	wrong, err := gateway.New(network.Account(), whatsapp.Capabilities(), gateway.Config{Relay: s.URL, Token: provider.Hide("wrong")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := gateway.New(provider.Account{ID: "other"}, whatsapp.Capabilities(), gateway.Config{Relay: s.URL, Token: provider.Hide(s.Token("ben"))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	cut, short := file("a.jpg", picture), file("a.jpg", picture)
	cut.Body = io.MultiReader(bytes.NewReader(picture[:1000]), broken{})
	short.Body = bytes.NewReader(picture[:1000])
	changed := file("a.jpg", picture)
	changed.SHA256 = strings.Repeat("ab", 32)
	large := file("a.jpg", bytes.Repeat(picture, 12))
	for name, c := range map[string]struct {
		p      provider.Provider
		u      provider.Upload
		reason provider.Reason
	}{
		"the network's own":  {p, file("a.jpg", picture), provider.MediaRejected},
		"no public address":  {bare, file("a.jpg", picture), provider.NotSupported},
		"wrong token":        {wrong, file("a.jpg", picture), provider.Token},
		"another's account":  {other, file("a.jpg", picture), provider.NotSupported},
		"breaks off":         {taking, cut, provider.Unavailable},
		"ends too soon":      {taking, short, provider.Unavailable},
		"too large":          {p, large, provider.MediaRejected},
		"is another":         {taking, changed, provider.Unavailable},
		"name without sense": {p, file("a\xff.jpg", picture), provider.Invalid},
	} {
		id, err := c.p.(provider.MediaUploader).UploadMedia(t.Context(), c.u)
		var e *provider.Error
		if !errors.As(err, &e) || id != "" || e.Reason != c.reason || e.Uncertain || !strings.Contains(e.Text, ". ") {
			t.Errorf("%s: %q, %+v", name, id, e)
		}
	}
	s.Stop()
	if _, err := p.(provider.MediaUploader).UploadMedia(t.Context(), file("a.jpg", picture)); provider.AsError("", err).Reason != provider.Unavailable {
		t.Errorf("without a relay: %v", err)
	}
}

func bareTaker(t *testing.T) provider.Provider {
	t.Helper()
	_, p := through(t, &taker{}, "")
	return p
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk broke") }

// Whatever stands where the relay should be: a file has a name only where 200
// gives one, for the bytes that were sent.
func TestUploadAnswers(t *testing.T) {
	sum := sha256.Sum256(picture)
	hash := hex.EncodeToString(sum[:])
	for body, want := range map[string]provider.MediaID{
		`{"id":"1","sha256":"` + hash + `"}`: "1", `{"link":"https://a.example/m/x","sha256":"` + hash + `"}`: "https://a.example/m/x",
		`{"id":"1"}`: "", `{"id":"1","sha256":"ab"}`: "", `{"link":"http://a.example/m/x","sha256":"` + hash + `"}`: "",
		`{"id":"1","link":"https://a.example/","sha256":"` + hash + `"}`: "", `{}`: "", `<html>`: "", ``: "", `{"id":7}`: "",
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, body)
		}))
		p, err := gateway.New(provider.Account{ID: "shop"}, whatsapp.Capabilities(), gateway.Config{Relay: s.URL, Token: provider.Hide("t")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.(provider.MediaUploader).UploadMedia(t.Context(), file("a.jpg", picture))
		if got != want || (want == "") != (err != nil) {
			t.Errorf("%s: %q, %v", body, got, err)
		}
		s.Close()
	}
}

// A file larger than what a server reads by itself: the network's no arrives, and
// not that the connection broke.
func TestTheReasonOutlivesALargeFile(t *testing.T) {
	network := &taker{fails: &provider.Error{Op: "upload", Reason: provider.MediaRejected, Code: "131053", Text: "No. Send another."}}
	_, p := through(t, network, "")
	large := append([]byte{}, picture...)
	large = append(large, make([]byte, 4<<20)...)
	for range 5 {
		_, err := p.(provider.MediaUploader).UploadMedia(t.Context(), file("a.jpg", large))
		if e := provider.AsError("", err); e.Code != "131053" {
			t.Fatalf("expected the network's reason, got %v", err)
		}
	}
}
