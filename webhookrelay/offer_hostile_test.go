package webhookrelay

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/tui/tuitest/hostile"
)

// Who guesses is slowed down, and learns nothing; who has the address is let in
// beside it.
func TestGuessingIsSlowedDown(t *testing.T) {
	c := openCounter(t)
	path := c.offered("a.txt", "", "our offer")
	statuses := map[int]int{}
	for range maxFailures + 5 {
		w := c.get("GET", "/m/"+randomID(32))
		statuses[w.Code]++
		if w.Code == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
			t.Error("nothing says for how long")
		}
	}
	if statuses[404] != maxFailures || statuses[429] != 5 {
		t.Errorf("%v", statuses)
	}
	if got := c.get("GET", path); got.Code != 200 {
		t.Errorf("the right address: %d", got.Code)
	}
}

// A message whose file is gone is refused before the network is asked.
func TestSendOfAnExpiredFile(t *testing.T) {
	c := openCounter(t)
	path := c.offered("a.txt", "", "our offer")
	content := provider.Content{Kind: provider.Document, Media: &provider.Media{Link: publicTest + path}}
	if e := c.offerGone(t.Context(), &content); e != nil {
		t.Errorf("while it is there: %v", e)
	}
	c.later(48 * time.Hour)
	e := c.offerGone(t.Context(), &content)
	if e == nil || e.Reason != provider.MediaRejected || e.Uncertain || !strings.Contains(e.Text, ". Attach") {
		t.Errorf("%+v", e)
	}
	for _, link := range []string{"https://elsewhere.example/m/x", publicTest + "/other", ""} {
		content.Media.Link = link
		if e := c.offerGone(t.Context(), &content); e != nil {
			t.Errorf("%s: %v", link, e)
		}
	}
}

// Whatever a file is called: the address gives it, under a header that is one line
// and a name without a path.
func TestHostileNamesOfOfferedFiles(t *testing.T) {
	c := openCounter(t)
	taken := 0
	for _, entry := range hostile.Entries(t, "filename") {
		name := entry.Text(t)
		w := c.hand("document", "text/plain", name, "", "our offer")
		if w.Code == http.StatusBadRequest {
			continue
		}
		var got struct{ Link string }
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
			t.Errorf("%s: %d %s", entry.ID, w.Code, w.Body)
			continue
		}
		taken++
		header := c.get("GET", strings.TrimPrefix(got.Link, publicTest)).Header()
		if at := header.Get("Content-Disposition"); !strings.HasPrefix(at, "attachment; filename") || strings.ContainsAny(at, "\r\n/\x00") || len(header["Content-Type"]) != 1 {
			t.Errorf("%s: %q", entry.ID, at)
		}
	}
	if taken < 5 || c.kept() != 1 {
		t.Errorf("%d were taken, %d files are kept: the test proves little", taken, c.kept())
	}
}

// Whatever a file is and is said to be: what is told of it is what its bytes are,
// and nothing that a browser reads as a page.
func TestHostileTypesOfOfferedFiles(t *testing.T) {
	c := openCounter(t)
	for text, want := range map[string]string{
		"<html><script>x()</script>": "application/octet-stream", "<svg onload=x()>": "application/octet-stream", "#!/bin/sh": "application/octet-stream",
		"MZ\x90\x00\x03": "application/octet-stream", "PK\x03\x04": "application/zip", "%PDF-1.7 <script>": "application/pdf", "GIF89a<script>": "image/gif",
	} {
		for _, said := range []string{"text/html", "image/svg+xml", "text/javascript", "TEXT/HTML; charset=utf-8", "text/plain\r\nX-Evil: 1"} {
			if w := c.hand("document", said, "a.html", "", text); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusBadRequest {
				t.Errorf("%q is taken as %q: %d", text, said, w.Code)
			}
		}
		w := c.hand("document", "application/octet-stream", "a.html", "", text)
		var got struct{ Link string }
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Link == "" {
			t.Fatalf("%q: %d %s", text, w.Code, w.Body)
		}
		header := c.get("GET", strings.TrimPrefix(got.Link, publicTest)).Header()
		if kind := header.Get("Content-Type"); kind != want || strings.Contains(header.Get("Content-Disposition"), "html") {
			t.Errorf("%q is told as %s, %s", text, kind, header.Get("Content-Disposition"))
		}
	}
}

// The public address is https or nothing.
func TestPublicURL(t *testing.T) {
	for _, good := range []string{"", "https://a.example", "https://a.example/", "https://a.example:8443/relay"} {
		if err := CheckPublicURL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"http://a.example", "a.example", "https://", "https://u:p@a.example", "https://a.example?x=1", "https://a.example?", "https://a.example#x", "ftp://a.example", "https://a b"} {
		if err := CheckPublicURL(bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	_, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "relay.db"), PublicURL: "https://a.example"})
	if err == nil {
		t.Error("an address without a folder of files is taken")
	}
}

// A file that is cut, changed or not what it is said to be leaves nothing.
func TestNothingIsOfferedOfABrokenFile(t *testing.T) {
	c := openCounter(t)
	for name, change := range map[string]func(*http.Request){
		"cut":     func(r *http.Request) { r.ContentLength++ },
		"breaks":  func(r *http.Request) { r.Body = io.NopCloser(io.MultiReader(strings.NewReader("our"), failingRead{})) },
		"changed": func(r *http.Request) { r.Header.Set("X-Media-Sha256", strings.Repeat("ab", 32)) },
	} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/media/inbox", strings.NewReader("our offer"))
		for k, v := range map[string]string{"Authorization": "Bearer " + c.token, "Content-Type": "text/plain", "X-Media-Kind": "document"} {
			req.Header.Set(k, v)
		}
		change(req)
		w := httptest.NewRecorder()
		c.Handler().ServeHTTP(w, req)
		left, err := os.ReadDir(filepath.Join(c.dir, "media"))
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "not_whole") || len(left) > 0 || err != nil || c.offers() != 0 {
			t.Errorf("%s: %d %s; %d files (%v), %d rows", name, w.Code, w.Body, len(left), err, c.offers())
		}
	}
}

type failingRead struct{}

func (failingRead) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }
