package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// In direct mode the account's own driver takes the file, or the verb says who
// could.
func TestSendAFileDirectly(t *testing.T) {
	dir, _ := counter(t, &courier{}, "")
	var got []byte
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/media/upload"):
			got = firstFile(t, r)
			_, _ = io.WriteString(w, `{"success":true,"media_id":"m1"}`)
		case strings.HasSuffix(r.URL.Path, "/messages/send-media"):
			raw, _ := io.ReadAll(r.Body)
			if !bytes.Contains(raw, []byte(`"m1"`)) {
				t.Errorf("the message is %s", raw)
			}
			_, _ = io.WriteString(w, `{"success":true,"message_id":"w1","status":"sent"}`)
		default:
			_, _ = io.WriteString(w, `{}`)
		}
	}))
	defer api.Close()
	path := filepath.Join(dir, "config.toml")
	config, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	use := func(driver, keys string) {
		t.Helper()
		text := strings.Replace(string(config), "cloudapi", driver, 1) + "mode = \"direct\"\n" + keys
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	use("twilio", "account_sid = \"AC00000000000000000000000000000001\"\nsender = \"whatsapp:+34900333444\"\nauth_token = \"file:key\"\n")
	if code, said := sendsFile(t, dir, writeFile(t, "cat.jpg", photo)); code != 1 || !strings.Contains(said, "public_url") || !strings.Contains(said, "not sent: ") {
		t.Errorf("%d %s", code, said)
	}
	use("hotel", "base_url = \""+api.URL+"\"\nstaff_token = \"file:key\"\n")
	if code, said := sendsFile(t, dir, writeFile(t, "cat.jpg", photo)); code != 0 || string(got) != photo {
		t.Errorf("%d %s; %d bytes came", code, said, len(got))
	}
}

func firstFile(t *testing.T, r *http.Request) []byte {
	t.Helper()
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		t.Error(err)
		return nil
	}
	f, err := r.MultipartForm.File["media"][0].Open()
	if err != nil {
		t.Error(err)
		return nil
	}
	defer f.Close()
	b, _ := io.ReadAll(f)
	return b
}
