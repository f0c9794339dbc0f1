package torture

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// What the relay under test is made of.
const (
	hookSecret = "torture-app-secret"
	hookPhone  = "106540352242922"
	hookWABA   = "102290129340398"
	account    = provider.AccountID("shop")
)

// relayProcess is a real `webhookrelay serve` in a folder of its own. It can be
// killed and started again on the same folder and address.
type relayProcess struct {
	t       *testing.T
	program string
	folder  string
	url     string

	cmd   *exec.Cmd
	ended chan struct{} // closed when the process is gone

	mu   sync.Mutex
	said bytes.Buffer
}

func newRelayProcess(t *testing.T, program string) *relayProcess {
	t.Helper()
	r := &relayProcess{t: t, program: program, folder: t.TempDir(), url: "http://" + faults.Address(t)}
	config := fmt.Sprintf(`listen = %q
data = "data"
[[hook]]
id = "meta"
driver = "cloudapi"
app_secret = "file:secret"
verify_token = "file:secret"
[[account]]
id = %q
hook = "meta"
driver = "cloudapi"
network = "whatsapp"
phone_number_id = %q
waba_id = %q
`, strings.TrimPrefix(r.url, "http://"), account, hookPhone, hookWABA)
	for name, text := range map[string]string{"relay.toml": config, "secret": hookSecret} {
		if err := os.WriteFile(filepath.Join(r.folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(r.folder, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if r.cmd != nil {
			r.kill()
		}
	})
	return r
}

func (r *relayProcess) config() string { return filepath.Join(r.folder, "relay.toml") }

// run runs another verb of the program to its end.
func (r *relayProcess) run(args ...string) (string, error) {
	var errs bytes.Buffer
	cmd := exec.Command(r.program, append(args, "--config", r.config())...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("webhookrelay %s: %w: %s", strings.Join(args, " "), err, errs.String())
	}
	return string(out), nil
}

func (r *relayProcess) token(name string) string {
	r.t.Helper()
	out, err := r.run("token", "add", name)
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.TrimSpace(out)
}

// launch starts the process; serving is closed when it says that it serves.
func (r *relayProcess) launch() (serving <-chan struct{}, err error) {
	cmd := exec.Command(r.program, "serve", "--config", r.config())
	errs, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r.cmd, r.ended = cmd, make(chan struct{})
	ready := make(chan struct{})
	go func(ended chan struct{}) {
		defer close(ended)
		told := false
		lines := bufio.NewReader(errs)
		for {
			line, err := lines.ReadString('\n')
			r.mu.Lock()
			r.said.WriteString(line)
			r.mu.Unlock()
			if !told && strings.Contains(line, "msg=serving") {
				told = true
				close(ready)
			}
			if err != nil {
				break
			}
		}
		_ = cmd.Wait()
	}(r.ended)
	return ready, nil
}

// start returns when the relay serves.
func (r *relayProcess) start() {
	r.t.Helper()
	serving, err := r.launch()
	if err != nil {
		r.t.Fatal(err)
	}
	select {
	case <-serving:
	case <-r.ended:
		r.t.Fatalf("the relay ended:\n%s", r.log())
	case <-time.After(60 * time.Second):
		r.t.Fatalf("the relay does not serve:\n%s", r.log())
	}
}

// kill ends it as a power switch ends a process.
func (r *relayProcess) kill() {
	_ = r.cmd.Process.Kill()
	<-r.ended
}

// log is what all processes of this relay said.
func (r *relayProcess) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.String()
}

// complaints are the lines in which a relay says that something is wrong.
func (r *relayProcess) complaints() []string {
	var bad []string
	for line := range strings.Lines(r.log()) {
		if strings.Contains(line, "level=ERROR") {
			bad = append(bad, strings.TrimSpace(line))
		}
	}
	return bad
}

// logged is the whole log as a terminal is told it.
type logged struct {
	hello  client.Hello
	events []event.Event
}

// read follows the relay from the beginning to its head.
func (r *relayProcess) read(token string) logged {
	r.t.Helper()
	return readLog(r.t, r.url, token)
}

func readLog(t *testing.T, url, token string) logged {
	t.Helper()
	c, err := client.New(client.Options{URL: url, Token: provider.Hide(token), Rand: func() float64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var got logged
	whole := false
	err = c.Follow(ctx, func() event.Seq { return event.Seq(len(got.events)) }, client.Handler{
		Hello: func(_ context.Context, h client.Hello, _ time.Duration) error { got.hello = h; return nil },
		Apply: func(_ context.Context, events []event.Event) error {
			got.events = append(got.events, events...)
			return nil
		},
		Live: func(live bool, _ error) {
			if live {
				whole = true
				cancel()
			}
		},
	})
	if !whole {
		t.Fatalf("the log could not be read: %v", err)
	}
	return got
}

// headOf asks a relay for the newest sequence there is.
func headOf(t *testing.T, url string) event.Seq {
	t.Helper()
	resp, err := http.Get(url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var health struct {
		Head event.Seq `json:"head"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&health); err != nil {
		t.Fatal(err)
	}
	return health.Head
}

// webhook is one customer's message as Meta posts it.
func webhook(id, phone, text string) []byte {
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":%q,"changes":[{"field":"messages","value":{`+
		`"messaging_product":"whatsapp","metadata":{"display_phone_number":"34600111222","phone_number_id":%q},`+
		`"contacts":[{"wa_id":%q,"profile":{"name":"Guest"}}],`+
		`"messages":[{"from":%q,"id":%q,"timestamp":"%d","type":"text","text":{"body":%q}}]}}]}]}`,
		hookWABA, hookPhone, phone, phone, id, time.Now().Unix(), text)
}

// poster posts webhooks as Meta does.
type poster struct {
	url  string
	http *http.Client
}

// newPoster posts through connections of its own.
func newPoster(url string, limit time.Duration) *poster {
	return &poster{url: url + "/hooks/meta", http: &http.Client{Timeout: limit, Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
}

func (p *poster) close() { p.http.CloseIdleConnections() }

// post returns the status; an error means that nobody knows.
func (p *poster) post(ctx context.Context, body []byte) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write(body)
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.http.Do(req)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode, nil
}
