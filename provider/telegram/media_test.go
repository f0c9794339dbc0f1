package telegram_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"frontdesk/provider"
)

func TestFileRequest(t *testing.T) {
	p, got := scripted(t, 200, `{"ok":true,"result":{"file_path":"/var/lib/x"}}`)
	if _, err := p.OpenMedia(t.Context(), "AgAC-1_x"); err == nil {
		t.Error("a file of the server's disk was opened")
	}
	compare(t, "file", *got)
}

// A path that leads elsewhere is not followed, an address that expired is looked
// up once more and no oftener, and no error tells the token that is in the address.
func TestAddressOfAFile(t *testing.T) {
	for name, c := range map[string]struct {
		path    string
		lookups int
		reason  provider.Reason
	}{
		"another method":  {"../getMe", 1, provider.MediaRejected},
		"absolute":        {"/var/lib/telegram/x", 1, provider.MediaRejected},
		"empty part":      {"a//b", 1, provider.MediaRejected},
		"expired":         {"gone/a.jpg", 2, provider.MediaRejected},
		"server trouble":  {"broken/a.jpg", 1, provider.Unavailable},
		"to another host": {"moved/a.jpg", 1, provider.MediaRejected},
		"larger than 20":  {"large/a.jpg", 1, provider.MediaRejected},
		"with marks":      {"gone/a?b#c", 2, provider.MediaRejected},
	} {
		lookups := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			path, download := strings.CutPrefix(r.URL.Path, "/file/bot"+token+"/")
			switch {
			case !download:
				lookups++
				_, _ = io.WriteString(w, `{"ok":true,"result":{"file_id":"x","file_path":"`+c.path+`"}}`)
			case path != c.path:
				t.Errorf("%s: asked for %q", name, path)
			case strings.HasPrefix(path, "gone/"):
				w.WriteHeader(http.StatusNotFound)
			case strings.HasPrefix(path, "moved/"):
				http.Redirect(w, r, "https://evil.example/"+token, http.StatusFound)
			case strings.HasPrefix(path, "large/"):
				w.Header().Set("Content-Length", "20971521")
			default:
				w.WriteHeader(http.StatusBadGateway)
			}
		}))
		_, err := opened(t, s.URL).OpenMedia(t.Context(), "x")
		s.Close()
		fails(t, err, c.reason)
		if lookups != c.lookups {
			t.Errorf("%s: %d look-ups", name, lookups)
		}
	}
}

// A host that goes down between the look-up and the file does not have the token
// told.
func TestFileOfAHostThatIsDown(t *testing.T) {
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/file/") {
			s.CloseClientConnections()
			return
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":{"file_path":"a.jpg"}}`)
	}))
	t.Cleanup(s.Close)
	_, err := opened(t, s.URL).OpenMedia(t.Context(), "x")
	var e *provider.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		if strings.Contains(cause.Error(), token) {
			t.Errorf("the token is told: %v", cause)
		}
	}
	fails(t, err, provider.Unavailable)
}

// A file that breaks off is not taken for a whole one.
func TestFileThatBreaksOff(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/file/") {
			_, _ = io.WriteString(w, `{"ok":true,"result":{"file_path":"a.jpg"}}`)
			return
		}
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "half")
	}))
	t.Cleanup(s.Close)
	f, err := opened(t, s.URL).OpenMedia(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	if raw, err := io.ReadAll(f.Body); err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("%q, %v", raw, err)
	}
}
