//go:build unix

package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/webhookrelay"
)

// dayPosts is how many webhooks come in on a relay's day.
const dayPosts = 20

// day is the standard scenario of the sweeps: a relay starts on a log that is
// there, takes twenty webhooks, a note of an agent's and a message to be sent,
// and is stopped. root is a folder of its own, made anew for each fault.
type day struct {
	program string
	made    string // the folder every day begins with
	token   string
	network *wire
	folder  relayFolder

	long  bool     // at noon the journal is moved into the log
	acked []string // messages answered 200
	noted bool
	sent  int // the answer to the send, 0 for none
}

// newDays makes the folder that days begin with, and as many places for days
// as are swept at once.
func newDays(t *testing.T, program string, n int) []*day {
	t.Helper()
	network := newWire(t)
	made := newRelayFolder(t, network.url)
	cmd := exec.CommandContext(t.Context(), program, "token", "add", "ana", "--config", made.config())
	cmd.Env = append(os.Environ(), rigEnv()...)
	token, err := cmd.Output()
	if err != nil {
		t.Fatalf("add token: %v", err)
	}
	days := make([]*day, n)
	for i := range days {
		days[i] = &day{
			program: program, made: made.root, token: string(bytes.TrimSpace(token)), network: network,
			folder: relayFolder{memoryFolder(t)},
		}
	}
	return days
}

// begin makes the folder anew and starts the relay with a fault. url is empty
// where it ended before it served.
func (d *day) begin(t *testing.T, f faults.Fault) (relay *faults.Broken, url string, err error) {
	d.acked, d.noted, d.sent = nil, false, 0
	d.network.forget(d.op())
	if err := anew(d.folder.root, d.made); err != nil {
		return nil, "", err
	}
	relay = f.Start(t, d.folder.root, rigEnv(), d.program, "serve", "--config", d.folder.config())
	rest, err := relay.Hear(t.Context(), "msg=serving addr=")
	if errors.Is(err, faults.ErrEnded) {
		return relay, "", nil
	}
	addr, _, _ := strings.Cut(rest, " ")
	return relay, "http://" + addr, err
}

// op is the operation of this place's send.
func (d *day) op() string { return "op-" + filepath.Base(d.folder.root) }

const noteID = "note-of-the-day"

// live does all that happens on a day, and goes on where something is refused.
// It stops where nobody answers any more.
func (d *day) live(ctx context.Context, do doer) error {
	for n := range dayPosts {
		status, err := d.post(ctx, do, n)
		if err != nil || (status != http.StatusOK && status != http.StatusServiceUnavailable) {
			return gone(err, "post", status)
		}
		if d.long && n == dayPosts/2 {
			d.noon()
		}
	}
	status, err := d.note(ctx, do)
	if err != nil || (status != http.StatusOK && status != http.StatusServiceUnavailable) {
		return gone(err, "note", status)
	}
	d.noted = d.noted || status == http.StatusOK
	if status, err = d.send(ctx, do); err != nil {
		return nil
	}
	d.sent = status
	return nil
}

// noon waits until the journal was moved into the log, as it is every other
// second; not for ever, because a fault may keep it from that.
func (d *day) noon() {
	limit := time.NewTimer(4 * time.Second)
	defer limit.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	before, err := os.Stat(d.folder.log())
	for now := before; err == nil && now.ModTime().Equal(before.ModTime()); now, err = os.Stat(d.folder.log()) {
		select {
		case <-tick.C:
		case <-limit.C:
			return
		}
	}
}

// gone is no error where nobody answers: the relay was killed.
func gone(err error, what string, status int) error {
	if err != nil {
		return nil
	}
	return fmt.Errorf("%s is answered %d", what, status)
}

func (d *day) post(ctx context.Context, do doer, n int) (int, error) {
	body := messageBody(n)
	status, err := do(ctx, "/hooks/meta", body, "X-Hub-Signature-256", signBody(body))
	if err == nil && status == http.StatusOK {
		d.acked = append(d.acked, messageID(n))
	}
	return status, err
}

func (d *day) note(ctx context.Context, do doer) (int, error) {
	return do(ctx, "/v1/events", []byte(`{"events":[{"id":"`+noteID+`","account":"`+rigAccount+`","conversation":"c_`+strings.Repeat("a", 26)+
		`","kind":"message.noted","v":1,"body":{"text":"call back"}}]}`), "Authorization", "Bearer "+d.token)
}

func (d *day) send(ctx context.Context, do doer) (int, error) {
	return do(ctx, "/v1/send", []byte(`{"outgoing":{"op":"`+d.op()+`","to":{"account":"`+rigAccount+
		`","chat":"49151000110"},"content":{"kind":"text","text":"on its way"}}}`), "Authorization", "Bearer "+d.token)
}

// doer posts one request and returns its status.
type doer func(ctx context.Context, path string, body []byte, header, value string) (int, error)

// over posts over a connection to a relay.
func over(client *http.Client, url string) doer {
	return func(ctx context.Context, path string, body []byte, header, value string) (int, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+path, bytes.NewReader(body))
		if err != nil {
			return 0, err
		}
		req.Header.Set(header, value)
		resp, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		return resp.StatusCode, err
	}
}

// within posts to a relay in this process.
func within(handler http.Handler) doer {
	return func(ctx context.Context, path string, body []byte, header, value string) (int, error) {
		req := httptest.NewRequestWithContext(ctx, http.MethodPost, path, bytes.NewReader(body))
		req.Header.Set(header, value)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		return w.Code, nil
	}
}

// open opens the day's log again, with the same hook and account as the
// program's.
func (d *day) open(ctx context.Context, said *complaints) (*webhookrelay.Relay, error) {
	return openRelay(ctx, d.folder.log(), d.network, said)
}

func openRelay(ctx context.Context, path string, network *wire, said *complaints) (*webhookrelay.Relay, error) {
	hook, err := all.NewWebhook("cloudapi", all.Settings{"app_secret": rigSecret, "verify_token": rigSecret})
	if err != nil {
		return nil, err
	}
	settings := all.Settings{"phone_number_id": rigNumber, "waba_id": "1020304050", "base_url": network.url, "access_token": rigSecret}
	account := provider.Account{ID: rigAccount, Network: provider.WhatsApp, Driver: "cloudapi"}
	sender, err := all.NewProvider(account, settings, nil)
	if err != nil {
		return nil, err
	}
	routes, err := all.Routes("cloudapi", settings)
	if err != nil {
		return nil, err
	}
	return webhookrelay.Open(ctx, webhookrelay.Options{
		Path: path, Logger: slog.New(said),
		Hooks:    []webhookrelay.Hook{{ID: "meta", Driver: "cloudapi", Webhook: hook}},
		Accounts: []webhookrelay.Account{{Account: account, Hook: "meta", Routes: routes, Provider: sender}},
	})
}

// checkNextMorning opens the log after whatever happened: what was acknowledged
// is there. Then everything is done again, as networks and terminals do where
// no answer came, and all of it is there once.
func (d *day) checkNextMorning(ctx context.Context) error {
	var said complaints
	relay, err := d.open(ctx, &said)
	if err != nil {
		return fmt.Errorf("the relay does not open: %w", err)
	}
	err = errors.Join(said.err(), d.checkKept(ctx), d.again(ctx, within(relay.Handler())))
	return errors.Join(err, readRows(ctx, d.folder.log(), d.everything()), relay.Close())
}

func (d *day) checkKept(ctx context.Context) error {
	if err := readRows(ctx, d.folder.log(), d.acked); err != nil {
		return err
	}
	if !d.noted {
		return nil
	}
	return hasEvent(ctx, d.folder.log(), noteID)
}

func (d *day) everything() []string {
	var ids []string
	for n := range dayPosts {
		ids = append(ids, messageID(n))
	}
	return ids
}

// again repeats the day. A send that was answered 200 stays so, and none
// reaches the network twice.
func (d *day) again(ctx context.Context, do doer) error {
	first, reached := d.sent, d.network.count(d.op())
	if first == http.StatusOK && reached != 1 {
		return fmt.Errorf("the send was answered 200 and reached the network %d times", reached)
	}
	for n := range dayPosts {
		if status, _ := d.post(ctx, do, n); status != http.StatusOK {
			return fmt.Errorf("post %d again: status %d", n, status)
		}
	}
	if status, _ := d.note(ctx, do); status != http.StatusOK {
		return fmt.Errorf("the note again: status %d", status)
	}
	status, _ := d.send(ctx, do)
	switch {
	case first == http.StatusOK && status != http.StatusOK:
		return fmt.Errorf("the send was answered 200 and now %d", status)
	case reached == 1 && status != http.StatusOK && status != http.StatusConflict:
		return fmt.Errorf("the network has the send and it is answered %d", status)
	case d.network.count(d.op()) > 1:
		return errors.New("the send reached the network twice")
	case status != http.StatusOK && status != http.StatusConflict && status != http.StatusUnprocessableEntity:
		return fmt.Errorf("the send is in no state that has a name: %d", status)
	}
	return nil
}

// wire is the network's end of sends: it takes every message and counts it by
// the operation id that comes back in receipts, and by what it says.
type wire struct {
	url   string
	mu    sync.Mutex
	sends map[string]int
	texts map[string]int
}

func newWire(t *testing.T) *wire {
	t.Helper()
	w := &wire{sends: map[string]int{}, texts: map[string]int{}}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *wire) ServeHTTP(out http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	out.Header().Set("Content-Type", "application/json")
	if req.Method != http.MethodPost {
		_, _ = io.WriteString(out, `{"data":[]}`)
		return
	}
	var message struct {
		Op   string `json:"biz_opaque_callback_data"`
		Text struct {
			Body string `json:"body"`
		} `json:"text"`
	}
	_ = json.Unmarshal(body, &message)
	w.mu.Lock()
	w.sends[message.Op]++
	w.texts[message.Text.Body]++
	w.mu.Unlock()
	_, _ = fmt.Fprintf(out, `{"messaging_product":"whatsapp","contacts":[{"input":"49151000110","wa_id":"49151000110"}],"messages":[{"id":"wamid.SENT%s"}]}`, message.Op)
}

func (w *wire) count(op string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sends[op]
}

// reached is how often a customer got a text, whatever operation it was.
func (w *wire) reached(text string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.texts[text]
}

func (w *wire) forget(op string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.sends, op)
}
