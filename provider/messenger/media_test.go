package messenger_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/messenger"
	"frontdesk/provider/providertest"
)

// A file's address is somebody else's word: only Meta's own hosts are asked, by
// https, and the error does not tell the address.
func TestFilesThatAreNotFetched(t *testing.T) {
	w := newWorld(t, provider.Messenger)
	for _, address := range []string{
		"", "https://evil.example/a", "http://scontent.xx.fbcdn.net/a", "https://scontent.xx.fbcdn.net:8443/a", "https://user@scontent.xx.fbcdn.net/a",
		"https://fbcdn.net.evil.example/a", "https://127.0.0.1/a", "https://169.254.169.254/latest", "file:///etc/passwd", "1857777774821032",
		"https://scontent.xx.fbcdn.net/" + strings.Repeat("a", 5000),
	} {
		_, err := w.send.(provider.MediaOpener).OpenMedia(t.Context(), provider.MediaID(address))
		w.is(err, provider.MediaRejected, "")
		if address != "" && strings.Contains(err.Error(), address) {
			t.Errorf("the error tells the address: %v", err)
		}
	}
	if n := len(w.c.requests); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// What Meta would refuse of an upload is refused before a byte leaves, in words.
func TestUploadsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		network provider.Network
		u       provider.Upload
		says    string
	}{
		"too large":      {provider.Messenger, upload(provider.Image, "image/png", 8<<20+1), "larger than the 8 MB Messenger takes"},
		"too large here": {provider.Instagram, upload(provider.Video, "video/mp4", 25<<20+1), "larger than the 25 MB Instagram takes"},
		"a wrong type":   {provider.Instagram, upload(provider.Image, "image/gif", 10), "no file of this type"},
		"a wrong kind":   {provider.Messenger, upload(provider.Sticker, "image/webp", 10), "takes no such file"},
		"no file at all": {provider.Messenger, upload(provider.Text, "", 10), "takes no such file"},
	} {
		w := newWorld(t, c.network)
		_, err := w.send.(provider.MediaUploader).UploadMedia(t.Context(), c.u)
		if e := provider.AsError("upload", err); e.Reason != provider.MediaRejected || e.Uncertain || !strings.Contains(e.Text, c.says) {
			t.Errorf("%s: %+v", name, e)
		}
		if n := len(w.c.requests); n != 0 {
			t.Errorf("%s: %d requests", name, n)
		}
	}
	alone := settings(provider.Instagram, "https://graph.example")
	delete(alone, "page_id")
	_, err := openAt(t, provider.Instagram, alone).(provider.MediaUploader).UploadMedia(t.Context(), upload(provider.Image, "image/png", 10))
	if e := provider.AsError("upload", err); e.Reason != provider.NotSupported || !strings.Contains(e.Text, "page_id") {
		t.Errorf("without a Page: %+v", e)
	}
}

// The upload's form, part by part, and its length told beforehand.
func TestUploadForm(t *testing.T) {
	for _, network := range networks() {
		var length int64
		var parts []string
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			length = r.ContentLength
			form, err := r.MultipartReader()
			for err == nil {
				part, next := form.NextPart()
				if err = next; err != nil {
					break
				}
				body, _ := io.ReadAll(part)
				parts = append(parts, part.FormName()+"|"+part.FileName()+"|"+part.Header.Get("Content-Type")+"|"+string(body))
			}
			_, _ = io.WriteString(w, `{"attachment_id":"1857777774821032"}`)
		}))
		u := provider.Upload{Kind: provider.Document, Name: "bill \"7\"\r\n.pdf", MIME: "application/pdf", Size: 5, Body: strings.NewReader("%PDF-and more than was said")}
		id, err := open(t, network, s.URL).(provider.MediaUploader).UploadMedia(t.Context(), u)
		s.Close()
		if err != nil || id != "1857777774821032" || length <= 0 {
			t.Fatalf("%q, %v, length %d", id, err, length)
		}
		want := `message|||{"attachment":{"type":"file","payload":{"is_reusable":true}}}`
		if network == provider.Instagram {
			want = "platform|||instagram\n" + want
		}
		if got := strings.Join(parts, "\n"); !strings.HasPrefix(got, want+"\nfiledata|bill") || !strings.HasSuffix(got, "|application/pdf|%PDF-") {
			t.Errorf("%s: %q", network, got)
		}
	}
}

func TestUploadAnswers(t *testing.T) {
	for body, want := range map[string]provider.Reason{
		`{}`: provider.Unavailable, `{"attachment_id":""}`: provider.Unavailable, `{"attachment_id":"a/b"}`: provider.Unavailable, `<html>`: provider.Unavailable,
		`{"error":{"code":190}}`: provider.Token, `{"error":{"code":2}}`: provider.Unavailable, `{"error":{"code":424242}}`: provider.Unavailable,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		_, err := open(t, provider.Messenger, s.URL).(provider.MediaUploader).UploadMedia(t.Context(), upload(provider.Image, "image/png", 3))
		s.Close()
		if e := provider.AsError("upload", err); e.Reason != want || e.Uncertain || e.Text == "" {
			t.Errorf("%s: %+v", body, e)
		}
	}
}

// Nothing that holds a secret gives it away when it is printed, logged or
// encoded.
func TestSecretsAreNotPrinted(t *testing.T) {
	hookConfig := messenger.HookConfig{
		AppSecret: provider.Hide(providertest.Secret), PreviousSecret: provider.Hide(providertest.Secret),
		InstagramSecret: provider.Hide(providertest.Secret), VerifyToken: provider.Hide(providertest.Secret),
	}
	hook, err := messenger.NewWebhook(hookConfig)
	if err != nil {
		t.Fatal(err)
	}
	planted := settings(provider.Messenger, "https://graph.example")
	planted["access_token"] = providertest.Secret
	config, err := messenger.ReadConfig(planted)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{hookConfig, &hookConfig, config, &config, hook, *hook, openAt(t, provider.Messenger, planted)} {
		providertest.NoSecret(t, v)
	}
}
