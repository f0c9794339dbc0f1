//go:build unix

package torture

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/cmd/internal/faults"
)

const (
	rigSecret  = "the app secret of the rig"
	rigNumber  = "900800700"
	rigAccount = "shop"
)

// relayFolder is the folder of a real relay: its configuration, and the data
// folder, which the relay makes.
type relayFolder struct{ root string }

// newRelayFolder writes a relay's configuration. With api, the address of a
// pretend network, the relay sends for its terminals.
func newRelayFolder(t testing.TB, api string) relayFolder {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := relayFolder{root}
	f.configure(t, api)
	return f
}

func (f relayFolder) configure(t testing.TB, api string) {
	t.Helper()
	text := `listen = "127.0.0.1:0"
data = "data"
[[hook]]
id = "meta"
driver = "cloudapi"
app_secret = "env:RIG_SECRET"
verify_token = "env:RIG_SECRET"
[[account]]
id = "` + rigAccount + `"
hook = "meta"
driver = "cloudapi"
network = "whatsapp"
phone_number_id = "` + rigNumber + `"
waba_id = "1020304050"
`
	if api != "" {
		text += "base_url = \"" + api + "\"\naccess_token = \"env:RIG_SECRET\"\n"
	}
	if err := os.WriteFile(f.config(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (f relayFolder) config() string { return filepath.Join(f.root, "relay.toml") }
func (f relayFolder) log() string    { return filepath.Join(f.root, "data", "relay.db") }

// rigEnv is what a relay of the rig needs of its environment.
func rigEnv() []string { return []string{"RIG_SECRET=" + rigSecret} }

// tracedRelay is a real relay under strace.
type tracedRelay struct {
	*faults.Process
	url string
}

// serve starts the relay and returns once it serves.
func (f relayFolder) serve(t testing.TB, program string, s faults.Strace) (*tracedRelay, error) {
	t.Helper()
	s.Env = append(s.Env, rigEnv()...)
	p := s.Start(t, program, "serve", "--config", f.config())
	rest, err := p.Hear(t.Context(), "msg=serving addr=")
	addr, _, _ := strings.Cut(rest, " ")
	return &tracedRelay{p, "http://" + addr}, err
}

// messageID is the network's id of the n-th message.
func messageID(n int) string { return fmt.Sprintf("wamid.CRASH%06d", n) }

// messageBody is a webhook with the n-th message, from one of seven customers.
func messageBody(n int) []byte {
	from := fmt.Sprintf("4915100011%d", n%7)
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1020304050","changes":[{"field":"messages","value":{`+
		`"messaging_product":"whatsapp","metadata":{"display_phone_number":"+49 30 111222","phone_number_id":"%s"},`+
		`"contacts":[{"profile":{"name":"Ada Lindqvist"},"wa_id":"%s"}],`+
		`"messages":[{"from":"%s","id":"%s","timestamp":"1790000000","type":"text","text":{"body":"message %d: %s"}}]}}]}]}`,
		rigNumber, from, from, messageID(n), n, strings.Repeat("the kettle is on ", n%40))
}

func signBody(body []byte) string {
	mac := hmac.New(sha256.New, []byte(rigSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// post posts the n-th message and returns the status, or an error where none
// came.
func post(ctx context.Context, client *http.Client, url string, n int) (int, error) {
	body := messageBody(n)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/hooks/meta", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("X-Hub-Signature-256", signBody(body))
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// anew makes a folder the copy of another, for its owner alone.
func anew(folder, from string) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	return filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		to := filepath.Join(folder, name)
		if entry.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		if !entry.Type().IsRegular() {
			return nil // a socket
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o600)
	})
}
