package webhookrelay_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// porter is a network that takes a file with its message alone.
type porter struct {
	scripted
	table provider.Capabilities
	whole []string
	fails *provider.Error // once
}

func newPorter(id provider.AccountID) *porter {
	p := &porter{scripted: scripted{account: provider.Account{ID: id, Network: provider.Telegram, Driver: "porter"}}}
	p.table.Send = map[provider.ContentKind]provider.Level{provider.Document: provider.Full, provider.Sticker: provider.Full}
	p.table.Attached = map[provider.ContentKind]provider.MediaRule{provider.Document: {Max: 1 << 20, Caption: provider.Full}}
	return p
}

func (p *porter) Capabilities(provider.ChatKey) *provider.Capabilities { return &p.table }

func (p *porter) SendFile(_ context.Context, m provider.Outgoing, f provider.Upload) (provider.MessageID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, err := io.ReadAll(f.Body)
	if fails := p.fails; fails != nil {
		p.fails = nil
		return "", fails
	}
	if err != nil || int64(len(b)) != f.Size || m.Content.Media.ID != "" {
		return "", &provider.Error{Op: "send", Reason: provider.Invalid, Text: "It is not the file. Look at it."}
	}
	p.whole = append(p.whole, m.Content.Text+"/"+f.Name+"/"+f.MIME+"/"+string(b))
	return provider.MessageID(fmt.Sprint("file.", len(p.whole))), nil
}

// A file that goes with its message is kept by the relay until then, through a
// restart and a refusal; it needs no public address, and none leads to it. It goes
// for the account it was given for alone, and for two days.
func TestAFileWaitsForItsMessage(t *testing.T) {
	begun := time.Now()
	var late atomic.Int64 // how far the relay's clock is
	p, other := newPorter("gated"), newPorter("other")
	s := relaytest.New(t, relaytest.WithProvider(p), relaytest.WithProvider(other), relaytest.With(func(o *webhookrelay.Options) {
		o.Media, o.PublicURL, o.Now = filepath.Join(t.TempDir(), "media"), "https://relay.example", func() time.Time { return begun.Add(time.Duration(late.Load())) }
	}))
	token := s.Token("ana")
	document := []string{"X-Media-Kind", "document", "Content-Type", "text/plain", "X-Media-Name", "list.txt", "X-Media-Chat", "5550001"}
	status, a := handIn(t, s, token, "gated", "our list", document...)
	if _, held := provider.MediaID(a.ID).Held(); status != 200 || !held || a.Link != "" {
		t.Fatalf("%d %+v", status, a)
	}
	for _, path := range []string{"/m/" + a.ID, "/m/" + strings.TrimPrefix(a.ID, "held:")} {
		res, err := http.Get(s.URL + path) //nolint:noctx // a test's
		if err != nil {
			t.Fatal(err)
		}
		if res.Body.Close(); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s gives %d", path, res.StatusCode)
		}
	}
	if status, _ := handIn(t, s, token, "gated", strings.Repeat("x", 1<<20+1), document...); status != 422 {
		t.Errorf("too large to go with a message: %d", status)
	}
	if status, a := handIn(t, s, token, "gated", "RIFF....WEBP", "X-Media-Kind", "sticker", "Content-Type", "image/webp"); status != 200 || a.ID != "" || a.Link == "" {
		t.Errorf("what the network fetches: %d %+v", status, a)
	}
	send := func(op string, to provider.AccountID) (int, string) {
		t.Helper()
		return postSend(t, s, token, provider.Outgoing{
			Op: provider.OpID(op), To: provider.ChatKey{Account: to, Chat: "5550001"},
			Content: provider.Content{Kind: provider.Document, Text: "here", Media: &provider.Media{ID: provider.MediaID(a.ID), Name: "list.txt", MIME: "text/plain"}},
		})
	}
	if status, said := send("op-0", "other"); status != 422 || !strings.Contains(said, "no longer has the file") || len(other.whole) != 0 {
		t.Errorf("for another account: %d %s", status, said)
	}
	p.fails = &provider.Error{Op: "send", Reason: provider.Unavailable, Text: "Not now. Wait."}
	if status, said := send("op-1", "gated"); status != 422 || len(p.whole) != 0 {
		t.Errorf("a network that is not ready: %d %s", status, said)
	}
	s.Stop()
	s.Start()
	if status, said := send("op-1", "gated"); status != 200 || len(p.whole) != 1 || p.whole[0] != "here/list.txt/text/plain/our list" {
		t.Errorf("again, after a restart: %d %s, %q", status, said, p.whole)
	}
	if status, _ := send("op-1", "gated"); status != 200 || len(p.whole) != 1 || p.attempts() != 0 {
		t.Errorf("the same operation: %d, %q", status, p.whole)
	}
	late.Store(int64(49 * time.Hour))
	if status, said := send("op-2", "gated"); status != 422 || !strings.Contains(said, "Attach it again") {
		t.Errorf("two days later: %d %s", status, said)
	}
}

func postSend(t *testing.T, s *relaytest.Server, token string, m provider.Outgoing) (int, string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"outgoing": m})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/v1/send", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}
