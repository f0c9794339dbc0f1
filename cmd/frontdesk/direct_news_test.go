package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// mailbox is a pretend Telegram that is asked for updates: it keeps them until they
// are confirmed, and holds a call that it has nothing for.
type mailbox struct {
	mu      sync.Mutex
	updates []string
	asking  int
	most    int           // calls at one time
	news    chan struct{} // closed when there is more
	less    *sync.Cond    // fewer ask
}

func newMailbox() *mailbox {
	m := &mailbox{news: make(chan struct{})}
	m.less = sync.NewCond(&m.mu)
	return m
}

func (m *mailbox) writes(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.updates) + 1
	m.updates = append(m.updates, fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":%d,"text":%q,"chat":{"id":5550001,"type":"private","first_name":"Ana"},`+
		`"from":{"id":5550001,"is_bot":false,"first_name":"Ana"}}}`, n, n, time.Now().Unix(), text))
	close(m.news)
	m.news = make(chan struct{})
}

func (m *mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/getUpdates") {
		_, _ = io.WriteString(w, `{"ok":true,"result":{"url":"","pending_update_count":0}}`)
		return
	}
	var body struct{ Offset int }
	_ = json.NewDecoder(r.Body).Decode(&body)
	m.mu.Lock()
	m.asking++
	m.most = max(m.most, m.asking)
	defer func() {
		m.mu.Lock()
		m.asking--
		m.mu.Unlock()
		m.less.Broadcast()
	}()
	left, news := m.updates[max(0, body.Offset-1):], m.news
	m.mu.Unlock()
	if len(left) == 0 {
		select {
		case <-news:
		case <-r.Context().Done():
		}
	}
	_, _ = io.WriteString(w, `{"ok":true,"result":[`+strings.Join(left, ",")+`]}`)
}

// idle waits until nobody asks.
func (m *mailbox) idle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.asking > 0 {
		m.less.Wait()
	}
}

func (m *mailbox) mostAtOnce() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.most
}

// TestADirectAccountIsAskedForNews: one agent without a relay and without a public
// address. The program asks the network itself, in one process of all that are open on
// the folder, and stops when it ends; the next goes on where it was.
func TestADirectAccountIsAskedForNews(t *testing.T) {
	m := newMailbox()
	api := httptest.NewServer(m)
	defer api.Close()
	dir, addr := soloFolder(t)
	config := fmt.Sprintf(`
relay  = "embedded"
listen = %q
agent  = "ana"

[[account]]
id        = "bot"
network   = "telegram"
driver    = "telegram"
mode      = "direct"
bot_token = "file:bot_token"
base_url  = %q
`, addr, api.URL)
	for name, text := range map[string]string{"config.toml": config, "bot_token": "4100100:SECRET"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m.writes("before anybody looked")
	p := sitDown(t, 120, 40, "--dir", dir)
	p.reads("frontdesk", "live")
	p.types("ga")
	p.reads("Ana", "before anybody looked")
	beside := sitDown(t, 120, 40, "--dir", dir)
	beside.reads("frontdesk", "live")
	beside.types("ga")
	beside.reads("Ana")
	m.writes("to both windows")
	p.reads("to both windows")
	beside.reads("to both windows")
	if most := m.mostAtOnce(); most != 1 {
		t.Errorf("%d asked at one time", most)
	}
	beside.leaves()
	p.leaves()
	m.idle()
	m.writes("while nobody was there")
	p = sitDown(t, 120, 40, "--dir", dir)
	p.reads("frontdesk", "live")
	p.types("ga")
	p.reads("while nobody was there")
	p.leaves()
	rows := listConversations(t, dir, "all")
	if len(rows) != 1 || len(listMessages(t, dir, rows[0].ID)) != 3 {
		t.Errorf("the store has %+v", rows)
	}
	if words, err := frontdesk(t, "accounts", "show", "bot", "--dir", dir); err != nil || !strings.Contains(string(words), "its network is asked for what is new") {
		t.Errorf("the inbox says %s, %v", words, err)
	}
}
