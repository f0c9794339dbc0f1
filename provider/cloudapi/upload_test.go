package cloudapi_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

// A file that was handed in can be sent by its id, and the customer gets it.
func TestUploadAndSend(t *testing.T) {
	w := newWorld(t)
	w.say(tom, provider.TextContent("a picture, please"))
	w.pass(time.Second)
	data := bytes.Repeat([]byte{0xff, 0xd8, '\r', '\n', '-', '-'}, 5000)
	id, err := w.send.(provider.MediaUploader).UploadMedia(t.Context(), provider.Upload{
		Kind: provider.Image, Name: `the "leak"` + "\r\nX: y.jpg", MIME: "image/jpeg", Size: int64(len(data)), Body: bytes.NewReader(data),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.out("op", tom, provider.Content{Kind: provider.Image, Media: &provider.Media{ID: id}}); err != nil {
		t.Fatal(err)
	}
	f, err := w.send.(provider.MediaOpener).OpenMedia(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	if got, err := io.ReadAll(f.Body); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes of %d, %v", len(got), len(data), err)
	}
}

// What WhatsApp does not take is refused in plain words before a byte leaves;
// what it refuses itself is no fault of the account.
func TestUploadsRefused(t *testing.T) {
	cases := map[string]struct {
		in     provider.Upload
		says   string
		leaves bool
	}{
		"too large":   {provider.Upload{Kind: provider.Image, MIME: "image/jpeg", Size: 5<<20 + 1}, "larger than the 5 MB", false},
		"too large 2": {provider.Upload{Kind: provider.Sticker, MIME: "image/webp", Size: 600 << 10}, "larger than the 500 KB", false},
		"wrong type":  {provider.Upload{Kind: provider.Image, MIME: "image/gif", Size: 10}, "another type", false},
		"no type":     {provider.Upload{Kind: provider.Document, Size: 10}, "another type", false},
		"no file":     {provider.Upload{Kind: provider.Text, MIME: "text/plain", Size: 10}, "takes no such file", false},
		"empty":       {provider.Upload{Kind: provider.Image, MIME: "image/jpeg"}, "empty", false},
		"refused":     {provider.Upload{Kind: provider.Image, MIME: "image/jpeg", Size: 10}, "rejected the file", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			asked := 0
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				_, _ = io.Copy(io.Discard, r.Body)
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, `{"error":{"code":100,"message":"Param file must be a file with one of the following types"}}`)
			}))
			defer api.Close()
			c.in.Body = strings.NewReader("0123456789")
			_, err := open(t, api.URL).(provider.MediaUploader).UploadMedia(t.Context(), c.in)
			var e *provider.Error
			if !errors.As(err, &e) || e.Reason != provider.MediaRejected || !strings.Contains(e.Text, c.says) || (asked > 0) != c.leaves {
				t.Errorf("%v after %d requests", err, asked)
			}
		})
	}
}
