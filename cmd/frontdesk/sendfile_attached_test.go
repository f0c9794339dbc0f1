package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"frontdesk/provider"
	bots "frontdesk/provider/telegram"
)

// bot is a pretend Telegram, which takes files with their messages.
type bot struct {
	mu   sync.Mutex
	took []string // method, caption, file's name, its bytes
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if !strings.HasPrefix(method, "send") {
		_, _ = io.WriteString(w, `{"ok":true,"result":{"url":""}}`)
		return
	}
	said := method + " " + r.FormValue("caption")
	if r.MultipartForm != nil {
		f, h, err := r.FormFile("file")
		if err != nil {
			http.Error(w, "no file", http.StatusBadRequest)
			return
		}
		content, _ := io.ReadAll(f)
		said += " " + h.Filename + " " + string(content)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.took = append(b.took, said)
	_, _ = fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d,"date":1795170000,"chat":{"id":50212345678,"type":"private"}}}`, 100+len(b.took))
}

func (b *bot) taken() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.took
}

// Where the network takes a file with its message alone it goes so, by the relay
// without any public address or from here, with the limits of that way; a large one
// says how far it is.
func TestAFileGoesWithItsMessage(t *testing.T) {
	network := &bot{}
	api := httptest.NewServer(network)
	defer api.Close()
	account := provider.Account{ID: "shop", Network: provider.Telegram, Driver: bots.Name}
	direct, err := bots.New(account, bots.Config{BotID: "4100100", Token: provider.Hide("4100100:SECRET"), BaseURL: api.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := counter(t, direct, "")
	path := filepath.Join(dir, "config.toml")
	config, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"gateway", "direct"} {
		text := strings.NewReplacer("cloudapi", "telegram", "whatsapp", "telegram").Replace(string(config))
		if way == "direct" {
			if err := os.WriteFile(filepath.Join(dir, "key"), []byte("4100100:SECRET"), 0o600); err != nil {
				t.Fatal(err)
			}
			text += "mode = \"direct\"\nbase_url = \"" + api.URL + "\"\nbot_token = \"file:key\"\n"
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		network.took = nil
		long := photo + strings.Repeat("x", 6<<20) // more than Telegram fetches from a link
		code, said := sendsFile(t, dir, writeFile(t, "cat.jpg", long), "--file", writeFile(t, "Angebot März.pdf", "%PDF-1.7 offer"), "--caption", "our cat")
		if code != 0 || strings.Count(said, "sent ") != 2 || !strings.Contains(said, "cat.jpg: 25 %") {
			t.Fatalf("%s: %d %s", way, code, said)
		}
		if got := network.taken(); len(got) != 2 || got[0] != "sendPhoto our cat cat.jpg "+long || got[1] != "sendDocument  Angebot März.pdf %PDF-1.7 offer" {
			t.Errorf("%s: %d came: %.80q", way, len(got), got)
		}
		if code, said := sendsFile(t, dir, writeFile(t, "huge.jpg", photo+strings.Repeat("x", 11<<20))); code != 1 || !strings.Contains(said, "not sent") || len(network.taken()) != 2 {
			t.Errorf("%s: a photo of 11 MB: %d %s", way, code, said)
		}
	}
}
