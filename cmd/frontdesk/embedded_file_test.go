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
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
)

const clinicSecret = "a-long-random-secret-0123456789"

// clinicFolder is one agent's inbox on a channel whose network only fetches files.
// What the network is asked to send comes by asked.
func clinicFolder(t *testing.T) (dir, addr string, asked chan string) {
	t.Helper()
	dir, addr, asked = t.TempDir(), faults.Address(t), make(chan string, 8)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ MediaURL string }
		raw, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/v1/messages/telegram/sendmedia" && json.Unmarshal(raw, &body) == nil {
			asked <- body.MediaURL
		}
		_, _ = io.WriteString(w, `{"success": true}`)
	}))
	t.Cleanup(api.Close)
	config := fmt.Sprintf(`
relay  = "embedded"
listen = %q
agent  = "ana"
public_url = "https://inbox.example.com"

[[hook]]
id          = "wa"
driver      = "whautomate"
location_id = "loc_1"
secret      = "file:secret"

[[account]]
id          = "clinic"
hook        = "wa"
network     = "telegram"
driver      = "whautomate"
channel     = "telegram"
location_id = "loc_1"
api_key     = "file:key"
base_url    = %q
`, addr, api.URL)
	for name, text := range map[string]string{"config.toml": config, "secret": clinicSecret, "key": "key"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, addr, asked
}

// clinicHears posts a customer's message as Whautomate does.
func clinicHears(t *testing.T, addr string) {
	t.Helper()
	const body = `{"event":{"id":"ev_1","type":"incoming_telegram_message","timeStamp":"2026-11-20T10:00:05.000Z"},"message":{"id":"ms_1",` +
		`"contact":{"id":"ct_1","channel":"telegram"},"channel":"telegram","isIncoming":"true","type":"text","from":"Ana Diaz",` +
		`"timestamp":"2026-11-20T10:00:00.000Z","text":"hola"}}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/hooks/wa", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Frontdesk-Secret", clinicSecret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the webhook was answered %d", resp.StatusCode)
	}
}

// An agent without a team sends a file to a network that fetches it: from the relay
// in the open inbox. A command that would be that relay itself, and end, says so,
// and so does one whose relay has no public address; neither sends anything.
func TestEmbeddedRelayOffersAFile(t *testing.T) {
	dir, addr, asked := clinicFolder(t)
	p := sitDown(t, 120, 40, "--dir", dir)
	p.reads("frontdesk", "live")
	p.types("ga")
	clinicHears(t, addr)
	p.reads("Ana Diaz")
	rows := listConversations(t, dir, "all")
	if len(rows) != 1 {
		t.Fatalf("%+v", rows)
	}
	cat := writeFile(t, "cat.jpg", photo)
	send := []string{"send", "--dir", dir, "--conversation", rows[0].ID, "--file", cat}
	if out, err := frontdesk(t, send...); err != nil {
		t.Fatalf("%s %v", out, err)
	}
	var link string
	select {
	case link = <-asked:
	case <-time.After(patience):
		t.Fatal("the network was not asked")
	}
	path, ours := strings.CutPrefix(link, "https://inbox.example.com")
	resp, err := http.Get("http://" + addr + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || !ours || string(got) != photo {
		t.Errorf("%s gives %d and %d bytes, %v", link, resp.StatusCode, len(got), err)
	}
	p.reads("✓ accepted")
	p.leaves()

	if out, err := frontdesk(t, send...); err == nil || !strings.Contains(err.Error(), "this command would end before it has; open the inbox") {
		t.Errorf("alone: %s %v", out, err)
	}
	config := filepath.Join(dir, "config.toml")
	text, err := os.ReadFile(config)
	if err == nil {
		err = os.WriteFile(config, []byte(strings.Replace(string(text), `public_url = "https://inbox.example.com"`, "", 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := frontdesk(t, send...); err == nil || !strings.Contains(err.Error(), "from a public address, and the relay has none") || !strings.Contains(err.Error(), "public_url") {
		t.Errorf("without an address: %s %v", out, err)
	}
	if len(asked) > 0 {
		t.Errorf("the network was asked for %s", <-asked)
	}
}
