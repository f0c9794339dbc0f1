package webhookrelay

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// taker is a network that fetches pictures and documents by their address.
type taker struct{ shelf }

func (t *taker) Account() provider.Account { return provider.Account{ID: "inbox"} }

func (t *taker) Capabilities(provider.ChatKey) *provider.Capabilities {
	return &provider.Capabilities{
		Send: map[provider.ContentKind]provider.Level{provider.Image: provider.Full, provider.Document: provider.Full},
		Media: map[provider.ContentKind]provider.MediaRule{
			provider.Image: {Types: map[string]int64{"image/jpeg": 1 << 10}},
		},
	}
}

const publicTest = "https://relay.example/inbox"

// counter is a relay that offers files, its clock, its log and a terminal's token.
type counter struct {
	*gallery
	token string
	said  *bytes.Buffer
}

func openCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{gallery: openGallery(t), said: &bytes.Buffer{}}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c.open()
	return c
}

// open opens the relay of the folder, whichever version left its log. Nothing is
// tended beside the test: it says when.
func (c *counter) open() {
	c.t.Helper()
	var err error
	c.Relay, err = Open(c.t.Context(), Options{
		Path: filepath.Join(c.dir, "relay.db"), Media: filepath.Join(c.dir, "media"), PublicURL: publicTest + "/", Now: c.clock,
		Logger:   slog.New(slog.NewTextHandler(c.said, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Hooks:    []Hook{{ID: "photos", Webhook: photoHook{}}},
		Accounts: []Account{{Account: provider.Account{ID: "inbox"}, Hook: "photos", Routes: []provider.Route{"r"}, Provider: &taker{}}},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.stop()
	c.tending.Wait()
	if c.token, err = c.Tokens().Add(c.t.Context(), "ana", RoleAgent); err != nil {
		c.t.Fatal(err)
	}
}

// hand hands a file in for a chat, and returns the answer.
func (c *counter) hand(kind, mime, name, chat, text string) *httptest.ResponseRecorder {
	c.t.Helper()
	req := httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, "/v1/media/inbox", strings.NewReader(text))
	for k, v := range map[string]string{
		"Authorization": "Bearer " + c.token, "Content-Type": mime,
		"X-Media-Kind": kind, "X-Media-Name": url.PathEscape(name), "X-Media-Chat": url.PathEscape(chat),
	} {
		req.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, req)
	return w
}

// offered hands a document in, and returns the path of its address.
func (c *counter) offered(name, chat, text string) string {
	c.t.Helper()
	w := c.hand("document", "text/plain", name, chat, text)
	var got struct {
		Link      string    `json:"link"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK || !got.ExpiresAt.Equal(c.clock().Add(48*time.Hour)) {
		c.t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	path, ok := strings.CutPrefix(got.Link, publicTest)
	if !ok || len(path) < len("/m/")+26 { // 26 characters of base32 are 130 bits
		c.t.Fatalf("the address is %s", got.Link)
	}
	return path
}

func (c *counter) get(method, path string) *httptest.ResponseRecorder {
	c.t.Helper()
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, httptest.NewRequestWithContext(c.t.Context(), method, path, nil))
	return w
}

// A network gets the file by its address alone, under the type of its bytes and so
// that no browser shows it; a moment after its time nothing says that it was there,
// and the file is gone.
func TestOfferedUntilItsTimeIsOver(t *testing.T) {
	c := openCounter(t)
	path := c.offered("Angebot März.txt", "34600111222", "our offer")
	got := c.get("GET", path)
	if got.Code != 200 || got.Body.String() != "our offer" || got.Header().Get("Content-Length") != "9" {
		t.Errorf("%d %q", got.Code, got.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/plain", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Content-Disposition": "attachment; filename*=utf-8''Angebot%20M%C3%A4rz.txt", "Cache-Control": "private, no-store",
	} {
		if has := got.Header().Get(name); has != want {
			t.Errorf("%s is %q", name, has)
		}
	}
	if head := c.get("HEAD", path); head.Code != 200 || head.Body.Len() > 0 || head.Header().Get("Content-Length") != "9" {
		t.Errorf("HEAD: %d, %d bytes, %v", head.Code, head.Body.Len(), head.Header())
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		if w := c.get(method, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
	c.later(48*time.Hour - time.Second)
	if err := c.expireOffers(t.Context()); err != nil || c.get("GET", path).Code != 200 || c.kept() != 1 {
		t.Errorf("a second before its time: %v, %d kept", err, c.kept())
	}
	c.later(time.Second)
	gone, never := c.get("GET", path), c.get("GET", "/m/"+randomID(32))
	if gone.Code != 404 || gone.Body.String() != never.Body.String() || gone.Body.String() != c.get("GET", "/none").Body.String() {
		t.Errorf("%d %q, and of what never was %q", gone.Code, gone.Body, never.Body)
	}
	if err := c.retain(t.Context(), &retaining{}); err != nil || c.kept() != 0 || c.offers() != 0 {
		t.Errorf("%v: %d files and %d rows are left", err, c.kept(), c.offers())
	}
}

func (c *counter) offers() (n int) {
	c.t.Helper()
	if err := c.log.read.QueryRowContext(c.t.Context(), "select count(*) from offer").Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// What a customer sent, or somebody else gets, stays when an equal file expires.
func TestExpiryKeepsWhatIsNamed(t *testing.T) {
	c := openCounter(t)
	c.offered("a.txt", "34600111222", "the same")
	c.later(24 * time.Hour)
	later := c.offered("b.txt", "34999888777", "the same")
	c.offered("c.txt", "34999888777", "another")
	c.later(24 * time.Hour)
	if err := c.expireOffers(t.Context()); err != nil || c.kept() != 2 || c.offers() != 2 {
		t.Fatalf("%v: %d files, %d rows", err, c.kept(), c.offers())
	}
	if got := c.get("GET", later); got.Body.String() != "the same" {
		t.Errorf("%d %q", got.Code, got.Body)
	}
}

// Nothing is removed while somebody hands a file in, and then it is.
func TestExpiryWaitsForAFileOnItsWay(t *testing.T) {
	c := openCounter(t)
	c.offered("a.txt", "", "old")
	c.later(49 * time.Hour)
	done, err := c.vault.Fetching()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.expireOffers(t.Context()); err != nil || c.kept() != 1 || c.offers() != 1 {
		t.Errorf("beside one: %v, %d files, %d rows", err, c.kept(), c.offers())
	}
	done()
	if err := c.expireOffers(t.Context()); err != nil || c.kept() != 0 || c.offers() != 0 {
		t.Errorf("after it: %v, %d files, %d rows", err, c.kept(), c.offers())
	}
}

// erase erases a contact, up to the files.
func (c *counter) erase(chat provider.ChatID) {
	c.t.Helper()
	conv := c.log.key.Conversation(provider.ChatKey{Account: "inbox", Chat: chat})
	made, err := fact("erase "+string(chat), "inbox", conv, "ana", event.Erased{})
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.log.append(c.t.Context(), write{entries: []entry{made}}); err != nil {
		c.t.Fatal(err)
	}
	if err := c.log.refresh(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	if err := c.log.scrub(c.t.Context(), c.forgetFiles); err != nil {
		c.t.Fatal(err)
	}
}

// Who is erased takes the files along that were sent to them, and no others.
func TestErasedTakeOurFilesAlong(t *testing.T) {
	c := openCounter(t)
	theirs := c.offered("a.txt", "34600111222", "for them")
	others := c.offered("b.txt", "34999888777", "for others")
	c.erase("34600111222")
	if got := c.get("GET", theirs); got.Code != 404 || c.kept() != 1 {
		t.Errorf("theirs: %d; %d are kept", got.Code, c.kept())
	}
	if got := c.get("GET", others); got.Body.String() != "for others" {
		t.Errorf("others': %d %q", got.Code, got.Body)
	}
}

// A log of any version takes offers from the first start on: the file is there until
// its contact is erased, and nobody else's goes with it.
func TestOffersInOlderLogs(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.name, func(t *testing.T) {
			c := &counter{gallery: &gallery{t: t, dir: filepath.Dir(putGolden(t, g.name)), now: time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)}, said: &bytes.Buffer{}}
			c.open()
			defer c.Close()
			before := c.offers() // a log of version 6 and on has its own
			theirs, others := c.offered("a.txt", "34600111222", "for them"), c.offered("b.txt", "34999888777", "for others")
			if got := c.get("GET", theirs); got.Body.String() != "for them" {
				t.Errorf("%d %q", got.Code, got.Body)
			}
			c.erase("34600111222")
			if gone, kept := c.get("GET", theirs), c.get("GET", others); gone.Code != 404 || kept.Body.String() != "for others" || c.offers() != before+1 {
				t.Errorf("theirs: %d; others': %d; %d rows", gone.Code, kept.Code, c.offers())
			}
		})
	}
}

// The address is in the answer and nowhere else: of its secret the files hold the
// hash alone, and the relay's own log says nothing of it, whatever goes wrong.
func TestAddressIsNowhere(t *testing.T) {
	c := openCounter(t)
	path := c.offered("a.txt", "34600111222", "our offer")
	c.get("GET", path)
	secret := strings.TrimPrefix(path, "/m/")
	if err := os.Chmod(filepath.Join(c.dir, "media"), 0o700); err != nil {
		t.Fatal(err)
	}
	file, err := c.findOffer(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(c.dir, "media", file.Name)
	if err := errJoin(os.Remove(at), os.Symlink("/etc/passwd", at)); err != nil {
		t.Fatal(err)
	}
	if got := c.get("GET", path); got.Code != http.StatusServiceUnavailable || strings.Contains(got.Body.String(), secret) {
		t.Errorf("a planted link: %d %q", got.Code, got.Body)
	}
	if !strings.Contains(c.said.String(), "offered file") || strings.Contains(c.said.String(), secret) {
		t.Errorf("the log says %s", c.said)
	}
	if n := traces(t, c.log, secret); n > 0 {
		t.Errorf("the secret is %d times in the files", n)
	}
}

func errJoin(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
