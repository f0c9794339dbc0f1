package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/internal/media"
	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// courier is WhatsApp behind a relay: it is sent messages and handed files.
type courier struct {
	mu      sync.Mutex
	fails   error
	refuses string // the name of a file
	files   [][]byte
	uploads []provider.Upload
	sent    []provider.Content
}

func (*courier) Account() provider.Account {
	return provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: "cloudapi"}
}

func (*courier) Capabilities(provider.ChatKey) *provider.Capabilities {
	return all.Capabilities("cloudapi", provider.WhatsApp)
}

func (c *courier) Send(_ context.Context, m provider.Outgoing) (provider.MessageID, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, m.Content)
	return provider.MessageID(fmt.Sprint("wamid.", len(c.sent))), nil
}

func (c *courier) UploadMedia(_ context.Context, u provider.Upload) (provider.MediaID, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails != nil {
		return "", c.fails
	}
	if u.Name == c.refuses {
		return "", &provider.Error{Op: "upload", Reason: provider.MediaRejected, Text: "WhatsApp rejected the file. Send another one."}
	}
	b, err := io.ReadAll(u.Body)
	if err != nil {
		return "", err
	}
	c.files, c.uploads = append(c.files, b), append(c.uploads, u)
	return "4711", nil
}

func (c *courier) refuse(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuses = name
}

// counter is an inbox whose relay stands before a network, to which a customer
// wrote just now.
func counter(t *testing.T, network provider.Provider, public string) (dir string, s *relaytest.Server) {
	t.Helper()
	s = relaytest.New(t, relaytest.WithProvider(network), relaytest.With(func(o *webhookrelay.Options) {
		o.Media, o.PublicURL = filepath.Join(filepath.Dir(o.Path), "media"), public
	}))
	s.Receive(provider.Event{ID: "m:wamid.1", Route: "shop", Chat: "50212345678", Body: provider.MessageReceived{
		Message: "wamid.1", From: provider.Sender{User: "50212345678", Phone: "50212345678", Name: "Juan"},
		SentAt: time.Now(), Content: provider.TextContent("hola"),
	}})
	dir = t.TempDir()
	config := strings.Replace(teamConfig, "https://relay.example.org", s.URL, 1)
	for name, text := range map[string]string{"config.toml": config, "token": s.Token("ana")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, s
}

// sendsFile runs `send --file` to the customer.
func sendsFile(t *testing.T, dir, path string, args ...string) (code int, said string) {
	t.Helper()
	var out, errs bytes.Buffer
	args = append([]string{"send", "--dir", dir, "--to", "+50212345678", "--file", path}, args...)
	code = environment{args: args, out: &out, errs: &errs, getenv: os.Getenv}.main(t.Context())
	return code, out.String() + errs.String()
}

func writeFile(t *testing.T, name, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var photo = "\xff\xd8\xff" + strings.Repeat(" a picture ", 30_000)

// TestSendAFile: the file goes to the network as what its bytes are, then the
// message that names it.
func TestSendAFile(t *testing.T) {
	network := &courier{}
	dir, _ := counter(t, network, "")
	code, said := sendsFile(t, dir, writeFile(t, "cat.JPG", photo), "--caption", "our cat")
	if code != 0 || !strings.HasPrefix(said, "sent ") {
		t.Fatalf("%d %s", code, said)
	}
	got, u := network.sent[0], network.uploads[0]
	if got.Kind != provider.Image || got.Text != "our cat" || got.Media.ID != "4711" || got.Media.Name != "cat.JPG" || got.Media.Size != int64(len(photo)) || got.Media.SHA256 == "" {
		t.Errorf("the message is %+v %+v", got, got.Media)
	}
	if string(network.files[0]) != photo || u.Kind != provider.Image || u.MIME != "image/jpeg" || u.Chat != "50212345678" {
		t.Errorf("%d bytes came, %+v", len(network.files[0]), u)
	}
	code, said = sendsFile(t, dir, writeFile(t, "offer.docx", "PK\x03\x04 an offer"))
	if got := network.sent[len(network.sent)-1]; code != 0 || got.Kind != provider.Document || got.Media.MIME != "application/vnd.openxmlformats-officedocument.wordprocessingml.document" {
		t.Errorf("%d %s: %+v", code, said, got)
	}
}

// Where the network only fetches, it gets an address of the relay's with the very
// file behind it.
func TestSendAFileByLink(t *testing.T) {
	network := &courier{}
	dir, s := counter(t, struct{ provider.Provider }{network}, "https://relay.example")
	if code, said := sendsFile(t, dir, writeFile(t, "cat.jpg", photo)); code != 0 {
		t.Fatalf("%d %s", code, said)
	}
	m := network.sent[0].Media
	path, ok := strings.CutPrefix(m.Link, "https://relay.example/m/")
	res, err := http.Get(s.URL + "/m/" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); !ok || m.ID != "" || err != nil || string(b) != photo {
		t.Errorf("%+v leads to %d and %d bytes, %v", m, res.StatusCode, len(b), err)
	}
}

// What cannot go is refused in words, with nothing handed over, sent or kept.
func TestFilesThatAreNotSent(t *testing.T) {
	network := &courier{}
	dir, _ := counter(t, network, "")
	large := writeFile(t, "large.jpg", photo)
	if err := os.Truncate(large, 6<<20); err != nil {
		t.Fatal(err)
	}
	huge := writeFile(t, "huge.pdf", "%PDF-")
	if err := os.Truncate(huge, media.MaxSize+1); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		args []string
		says []string
	}{
		"is not there":           {filepath.Join(dir, "none"), nil, []string{"there is no file", "check its name"}},
		"is a folder":            {dir, nil, []string{"is no file", "name one"}},
		"is empty":               {writeFile(t, "a.txt", ""), nil, []string{"is empty", "another"}},
		"too large":              {large, nil, []string{"not sent: This image is 6", "the most is 5", "make it smaller"}},
		"too large for all":      {huge, nil, []string{"larger than the 100 MB", "smaller"}},
		"a program by its bytes": {writeFile(t, "cat.jpg", "MZ\x90\x00\x03"), nil, []string{"not sent: The network does not take this type of document", "another type"}},
		"a picture of no type":   {writeFile(t, "cat.gif", "GIF89a"), nil, []string{"does not take this type of image"}},
		"as what it is not":      {writeFile(t, "cat.jpg", photo), []string{"--as", "audio"}, []string{"does not take this type of audio"}},
		"no caption to a sound":  {writeFile(t, "a.mp3", "ID3 music"), []string{"--caption", "listen"}, []string{"takes no caption"}},
	} {
		code, said := sendsFile(t, dir, c.path, c.args...)
		for _, want := range c.says {
			if code != 1 || !strings.Contains(said, want) {
				t.Errorf("%s: %d %s", name, code, said)
			}
		}
	}
	network.fails = &provider.Error{Op: "upload", Reason: provider.MediaRejected, Text: "WhatsApp rejected the file. Send another one."}
	if code, said := sendsFile(t, dir, writeFile(t, "cat.jpg", photo)); code != 1 || !strings.Contains(said, "not sent: WhatsApp rejected the file; send another one") {
		t.Errorf("%d %s", code, said)
	}
	for _, usage := range [][]string{{"--as", "letter"}, {"--template", "t"}, {"--text", "t"}, {"--caption", "a", "--caption", "b"}, slices.Repeat([]string{"--file", large}, maxFiles)} {
		if code, said := sendsFile(t, dir, large, usage...); code != 2 {
			t.Errorf("%v: %d %s", usage, code, said)
		}
	}
	if len(network.files) > 0 || len(network.sent) > 0 {
		t.Errorf("%d files and %d messages left", len(network.files), len(network.sent))
	}
	nothingIsQueued(t, dir)
}

// Several files go in their order, each with the caption that is its own; where one
// of them cannot go, none does, and it is named.
func TestSendSeveralFiles(t *testing.T) {
	network := &courier{}
	dir, _ := counter(t, network, "")
	first, second := writeFile(t, "first.jpg", photo), writeFile(t, "second.pdf", "%PDF-1.7 an offer")
	code, said := sendsFile(t, dir, first, "--file", second, "--caption", "before", "--caption", "after", "--json")
	var rows []messageJSON
	for dec := json.NewDecoder(strings.NewReader(said)); dec.More(); {
		var m messageJSON
		if err := dec.Decode(&m); err != nil {
			t.Fatal(err, said)
		}
		rows = append(rows, m)
	}
	if code != 0 || len(rows) != 2 || rows[0].State != "sent" || rows[1].State != "sent" || rows[0].Op == rows[1].Op {
		t.Errorf("%d %s", code, said)
	}
	if len(network.sent) != 2 || network.sent[0].Text != "before" || network.sent[0].Kind != provider.Image || network.sent[1].Text != "after" || network.sent[1].Kind != provider.Document {
		t.Errorf("%+v", network.sent)
	}
	if len(network.files) != 2 || string(network.files[1]) != "%PDF-1.7 an offer" {
		t.Errorf("%d files", len(network.files))
	}
	for name, c := range map[string]struct{ path, says string }{
		"is empty":     {writeFile(t, "empty.txt", ""), "nothing was sent, because of empty.txt: the file is empty"},
		"is not taken": {writeFile(t, "cat.gif", "GIF89a"), "nothing was sent, because of cat.gif: The network does not take this type"},
		"is not there": {filepath.Join(dir, "none"), "nothing was sent, because of none: there is no file"},
	} {
		if code, said := sendsFile(t, dir, first, "--file", c.path); code != 1 || !strings.Contains(said, c.says) {
			t.Errorf("%s: %d %s", name, code, said)
		}
	}
	network.refuse("second.pdf")
	if code, said := sendsFile(t, dir, first, "--file", second); code != 1 || !strings.Contains(said, "because of second.pdf: WhatsApp rejected the file") {
		t.Errorf("%d %s", code, said)
	}
	if len(network.sent) != 2 {
		t.Errorf("%d messages left", len(network.sent))
	}
	nothingIsQueued(t, dir)
}

func nothingIsQueued(t *testing.T, dir string) {
	t.Helper()
	cfg, err := loadConfig(dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openStore(t.Context(), filepath.Join(dir, "store.db"), cfg, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if job, ok, err := s.Claim(t.Context(), time.Now().Add(time.Hour), func(store.Job) bool { return false }); ok || err != nil {
		t.Errorf("%+v is queued, %v", job, err)
	}
}

// A relay without a public address says what its administrator has to do.
func TestFileWithoutAPublicAddress(t *testing.T) {
	dir, _ := counter(t, struct{ provider.Provider }{&courier{}}, "")
	code, said := sendsFile(t, dir, writeFile(t, "cat.jpg", photo))
	if code != 1 || !strings.Contains(said, "not sent: This network fetches files from a public address, and the relay has none") || !strings.Contains(said, "set public_url") {
		t.Errorf("%d %s", code, said)
	}
}

// Beside a process that holds the store the verb hands the file over itself, and
// leaves the message to that one.
func TestSendAFileBesideTheInbox(t *testing.T) {
	network := &courier{}
	dir, _ := counter(t, network, "")
	if code, said := sendsFile(t, dir, writeFile(t, "first.jpg", photo)); code != 0 { // the store knows the customer
		t.Fatalf("%d %s", code, said)
	}
	release, held, err := store.Lock(filepath.Join(dir, "store.db"))
	if err != nil || held {
		t.Fatal(held, err)
	}
	defer release()
	code, said := sendsFile(t, dir, writeFile(t, "second.jpg", photo))
	if code != 0 || !strings.HasPrefix(said, "queued ") || len(network.files) != 2 || len(network.sent) != 1 {
		t.Errorf("%d %s; %d files, %d messages", code, said, len(network.files), len(network.sent))
	}
}

// What a file is called stands on a customer's screen: it is a name, and short
// enough for every network.
func TestFileNames(t *testing.T) {
	for path, want := range map[string]string{
		"/a/b/cat.jpg": "cat.jpg", "cat\n\x1b.jpg": "cat.jpg", "a\\b.jpg": "ab.jpg", ".bashrc": "bashrc", "..": "file", "a\xffb": "ab",
		"Angebot März.pdf": "Angebot März.pdf", strings.Repeat("ä", 200) + ".pdf": strings.Repeat("ä", 98) + ".pdf",
	} {
		if got := fileName(path); got != want {
			t.Errorf("%q is called %q, want %q", path, got, want)
		}
	}
}
