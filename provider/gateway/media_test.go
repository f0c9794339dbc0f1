package gateway_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/gateway"
)

// upload puts a file into the pretend Meta and returns its id.
func upload(t *testing.T, b *behind, data []byte) provider.MediaID {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("messaging_product", "whatsapp")
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="a.jpg"`}, "Content-Type": {"image/jpeg"},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = w.Close()
	req := httptest.NewRequest(http.MethodPost, "/v26.0/900800700/media", &form)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Authorization", "Bearer meta token")
	res := httptest.NewRecorder()
	b.meta.Handler().ServeHTTP(res, req)
	var got struct{ ID provider.MediaID }
	if err := json.Unmarshal(res.Body.Bytes(), &got); err != nil || got.ID == "" {
		t.Fatalf("%d %s", res.Code, res.Body)
	}
	return got.ID
}

// A terminal that holds no token of the network gets the file all the same,
// whole; without the relay's token it gets none.
func TestFileThroughTheRelay(t *testing.T) {
	b := newBehind(t)
	data := bytes.Repeat([]byte("\xff\xd8\xff picture "), 20_000)
	id := upload(t, b, data)
	f, err := b.send.(provider.MediaOpener).OpenMedia(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	got, err := io.ReadAll(f.Body)
	sum := sha256.Sum256(data)
	if err != nil || !bytes.Equal(got, data) || f.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("%d bytes of %d, hash %s, %v", len(got), len(data), f.SHA256, err)
	}
	for name, c := range map[string]struct {
		p      provider.Provider
		id     provider.MediaID
		reason provider.Reason
	}{
		"no such file": {b.send, "999999", provider.MediaRejected},
		"wrong token":  {b.terminal(t, "wrong"), id, provider.Unavailable},
	} {
		_, err := c.p.(provider.MediaOpener).OpenMedia(t.Context(), c.id)
		var e *provider.Error
		if !errors.As(err, &e) || e.Reason != c.reason || e.Text == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Some networks name a file by its address: the relay is asked for it in a way in
// which no path could be read twice, and gets all of it.
func TestFileNamedByAnAddress(t *testing.T) {
	for id, want := range map[provider.MediaID]string{
		"111":     "/v1/media/shop/111",
		"MM1/ME2": "/v1/media/shop/MM1%2FME2",
		"https://cdn.example/v//a.jpg?oe=1&oh=2#x": "/v1/media/shop?id=https%3A%2F%2Fcdn.example%2Fv%2F%2Fa.jpg%3Foe%3D1%26oh%3D2%23x",
		"..": "/v1/media/shop?id=..",
	} {
		var got string
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r.RequestURI
			_, _ = w.Write([]byte("a picture"))
		}))
		p, err := gateway.New(provider.Account{ID: "shop", Network: provider.Messenger}, &provider.Capabilities{}, gateway.Config{Relay: s.URL, Token: provider.Hide("t")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		f, err := p.(provider.MediaOpener).OpenMedia(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Body.Close()
		s.Close()
		if got != want {
			t.Errorf("%s is asked for as %s, want %s", id, got, want)
		}
	}
}
