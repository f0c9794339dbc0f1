package webhookrelay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// nothingBeside is a log without files beside it.
func nothingBeside(context.Context) error { return nil }

// shelf is a network that holds files for a while. What is scripted is answered
// first.
type shelf struct {
	newsstand
	mu     sync.Mutex
	files  map[provider.MediaID]string
	script map[provider.MediaID][]error
	opened map[provider.MediaID]int
}

func (s *shelf) OpenMedia(_ context.Context, id provider.MediaID) (*provider.MediaFile, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened[id]++
	if script := s.script[id]; len(script) > 0 {
		s.script[id] = script[1:]
		if script[0] == nil {
			panic("the customer's words")
		}
		return nil, script[0]
	}
	text, ok := s.files[id]
	if !ok {
		return nil, &provider.Error{Op: "media", Reason: provider.MediaRejected, Text: "It is gone. Ask for it again."}
	}
	return &provider.MediaFile{Body: io.NopCloser(strings.NewReader(text)), Size: -1}, nil
}

// photoHook takes a body "chat id" for a photo in a chat.
type photoHook struct{}

func (photoHook) Verify(*http.Request, []byte) error { return nil }

func (photoHook) Decode(body []byte) ([]provider.Event, error) {
	chat, id, _ := strings.Cut(string(body), " ")
	return []provider.Event{{ID: "m:" + id, Route: "r", Chat: provider.ChatID(chat), Body: provider.MessageReceived{
		Message: provider.MessageID(id), From: provider.Sender{User: provider.UserID(chat)},
		Content: provider.Content{Kind: provider.Image, Media: &provider.Media{ID: provider.MediaID(id)}},
	}}}, nil
}

// gallery is a relay that keeps files, and its clock.
type gallery struct {
	*Relay
	t   *testing.T
	dir string
	net *shelf
	mu  sync.Mutex
	now time.Time
}

func (g *gallery) clock() time.Time { g.mu.Lock(); defer g.mu.Unlock(); return g.now }

func (g *gallery) later(d time.Duration) { g.mu.Lock(); defer g.mu.Unlock(); g.now = g.now.Add(d) }

func openGallery(t *testing.T) *gallery {
	t.Helper()
	g := &gallery{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), net: &shelf{
		files: map[provider.MediaID]string{"cat": "a cat", "dog": "a dog"}, script: map[provider.MediaID][]error{}, opened: map[provider.MediaID]int{},
	}}
	g.reopen()
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func (g *gallery) reopen() {
	g.t.Helper()
	if g.Relay != nil {
		if err := g.Close(); err != nil {
			g.t.Fatal(err)
		}
	}
	var err error
	g.Relay, err = Open(g.t.Context(), Options{
		Path: filepath.Join(g.dir, "relay.db"), Media: filepath.Join(g.dir, "media"), Now: g.clock,
		Hooks:    []Hook{{ID: "photos", Webhook: photoHook{}}},
		Accounts: []Account{{Account: provider.Account{ID: "inbox"}, Hook: "photos", Routes: []provider.Route{"r"}, Provider: g.net}},
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *gallery) post(body string) {
	g.t.Helper()
	if status, said := ask(g.t, g.Relay, "POST", "/hooks/photos", body); status != 200 {
		g.t.Fatal(status, said)
	}
}

// fetchNow is what Run does when files are due.
func (g *gallery) fetchNow() {
	g.t.Helper()
	if err := g.fetchDue(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
}

func (g *gallery) read(id provider.MediaID) (text string, err error) {
	g.t.Helper()
	f, err := g.openFile(g.t.Context(), g.net, "inbox", id)
	if err != nil {
		return "", err
	}
	raw, err := io.ReadAll(f.Body)
	return string(raw), errors.Join(err, f.Body.Close())
}

func (g *gallery) kept() int {
	g.t.Helper()
	files, err := os.ReadDir(filepath.Join(g.dir, "media"))
	if err != nil {
		g.t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		if f.Type().IsRegular() && !strings.HasPrefix(f.Name(), ".") {
			n++
		}
	}
	return n
}

// A file is fetched once, when its message arrives, also where the relay died in
// between; then it is there whatever the network has forgotten.
func TestFilesAreKeptWhenTheyArrive(t *testing.T) {
	g := openGallery(t)
	g.post("34600111222 cat")
	g.post("34600111222 cat") // the network repeats itself
	g.reopen()
	g.fetchNow()
	g.fetchNow()
	delete(g.net.files, "cat")
	if text, err := g.read("cat"); text != "a cat" || err != nil || g.net.opened["cat"] != 1 || g.kept() != 1 {
		t.Errorf("%q, %v, asked for %d times, %d kept", text, err, g.net.opened["cat"], g.kept())
	}
	if text, err := g.read("dog"); text != "a dog" || err != nil { // one that was never announced
		t.Errorf("%q, %v", text, err)
	}
	if _, err := g.read("bird"); provider.AsError("media", err).Reason != provider.MediaRejected {
		t.Error(err)
	}
}

// What a network cannot give now is asked for again, ever more rarely; what it has
// no more is given up.
func TestFilesAreAskedForAgain(t *testing.T) {
	g := openGallery(t)
	busy := &provider.Error{Op: "media", Reason: provider.Unavailable, Text: "It is not ready. It is asked again."}
	g.net.script["cat"] = []error{busy, nil, busy}
	g.post("34600111222 cat")
	g.post("34600111222 bird") // which is gone already
	waits := []time.Duration{fetchAgain, 2 * fetchAgain, 4 * fetchAgain}
	for n, wait := range waits {
		g.fetchNow()
		g.later(wait - time.Second)
		g.fetchNow()
		if asked := g.net.opened["cat"]; asked != n+1 {
			t.Fatalf("after %d failures it was asked %d times", n+1, asked)
		}
		g.later(time.Second)
	}
	g.fetchNow()
	if text, err := g.read("cat"); text != "a cat" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	g.later(24 * time.Hour)
	g.fetchNow()
	if g.net.opened["bird"] != 1 {
		t.Errorf("a file that is gone was asked for %d times", g.net.opened["bird"])
	}
	g.net.script["dog"] = []error{busy, busy}
	g.post("34600111222 dog")
	g.fetchNow()
	g.later(fetchGiveUp + time.Hour)
	g.fetchNow()
	g.later(24 * time.Hour)
	g.fetchNow()
	if g.net.opened["dog"] != 2 {
		t.Errorf("a file of last week was asked for %d times", g.net.opened["dog"])
	}
}

// Who is erased leaves no file, neither kept nor to be fetched, and a repetition
// of the network's brings none back; what somebody else sent as well stays.
func TestErasedFilesOfARelayGo(t *testing.T) {
	g := openGallery(t)
	g.net.files["same"] = g.net.files["cat"]
	g.post("34600111222 cat")
	g.post("34600111222 dog")
	g.post("34999888777 same")
	g.fetchNow()
	if g.kept() != 2 {
		t.Fatalf("%d files are kept", g.kept())
	}
	g.net.files["late"] = "a late one"
	g.post("34600111222 late")
	conv := g.log.key.Conversation(provider.ChatKey{Account: "inbox", Chat: "34600111222"})
	made, err := fact("erase", "inbox", conv, "ana", event.Erased{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.log.append(t.Context(), write{entries: []entry{made}}); err != nil {
		t.Fatal(err)
	}
	if err := g.log.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := g.log.scrub(t.Context(), g.forgetFiles); err != nil {
		t.Fatal(err)
	}
	g.post("34600111222 cat")
	g.fetchNow()
	if g.kept() != 1 || g.net.opened["late"] != 0 || g.net.opened["cat"] != 1 {
		t.Errorf("%d files are kept; %v", g.kept(), g.net.opened)
	}
	if text, err := g.read("same"); text != "a cat" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}
