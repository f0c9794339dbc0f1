package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/provider/simulator"
	"frontdesk/store"
	"frontdesk/webhookrelay"
)

// terminalFolder makes the test binary a terminal without a screen: the same
// desk, in a process that can be killed.
const terminalFolder = "FRONTDESK_TEST_TERMINAL"

// runTerminal runs a desk on the folder. It says "holds" or "waits", does what
// the lines of its input say, and ends with its input:
//
//	send ACCOUNT CHAT TEXT   answered "kept TEXT" once the intent is on disk
//	tidy                     puts aside what is unsure, as an impatient person does
func runTerminal(dir string) int {
	e := environment{in: os.Stdin, out: os.Stdout, errs: os.Stderr, getenv: os.Getenv}
	if err := e.terminal(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (e environment) terminal(ctx context.Context, dir string) error {
	d, err := e.openDesk(ctx, dir)
	if err != nil {
		return err
	}
	defer d.Close()
	role := "waits"
	if d.holder {
		role = "holds"
		if err := d.start(ctx); err != nil {
			return err
		}
	}
	fmt.Fprintln(e.out, role)
	lines := bufio.NewScanner(e.in)
	for lines.Scan() {
		words := strings.SplitN(lines.Text(), " ", 4)
		if words[0] == "tidy" {
			err = tidy(ctx, d)
		} else {
			to := provider.ChatKey{Account: provider.AccountID(words[1]), Chat: provider.ChatID(words[2])}
			_, err = d.store.Send(ctx, provider.Outgoing{Op: newOp(), To: to, Content: provider.TextContent(words[3])})
		}
		if err != nil {
			return err
		}
		if words[0] == "send" {
			fmt.Fprintln(e.out, "kept "+words[3])
		}
		d.wake()
	}
	return lines.Err()
}

func tidy(ctx context.Context, d *desk) error {
	list, err := d.store.Conversations(ctx, store.ViewAll, store.ConversationCursor{}, 1_000_000)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.Unsure == 0 {
			continue
		}
		thread, err := d.store.Messages(ctx, c.ID, store.MessageCursor{}, 1000)
		if err != nil {
			return err
		}
		for _, m := range thread {
			if m.State() == "unsure" {
				// A receipt that comes at this moment makes it a refusal, which is
				// as well.
				_ = d.store.Discard(ctx, m.Key)
			}
		}
	}
	return nil
}

// Two inboxes: for one the terminal calls the network itself, for the other the
// relay does.
const (
	streetGuests = 80
	byGateway    = "front"
	byItself     = "direct"
)

// street is the world outside of a terminal that is killed: the relay and the
// pretend network, in this process.
type street struct {
	t    *testing.T
	sim  *simulator.Sim
	dir  string
	said map[provider.MessageID]provider.ChatID
	url  string // of the relay
	// tokens are the relay's.
	tokens *webhookrelay.Tokens
}

// newStreet opens one whose network answers a send after the latency, and takes
// it half-way.
func newStreet(t *testing.T, latency time.Duration) *street {
	t.Helper()
	s := &street{t: t, dir: t.TempDir(), said: map[provider.MessageID]provider.ChatID{}}
	numbers := []simulator.Number{
		{PhoneNumberID: demoNumber, WABA: demoWABA, Display: demoDisplay},
		{PhoneNumberID: demoNumber + "1", WABA: demoWABA + "1", Display: demoDisplay + "1"},
	}
	var err error
	s.sim, err = simulator.New(simulator.Options{
		Seed: 1, Now: time.Now, AppSecret: provider.Hide(demoAppSecret), VerifyToken: provider.Hide(demoVerifyToken), Token: provider.Hide(demoAccessToken),
		Accounts: numbers, Speed: 1000, Orderly: true, Latency: latency, Throughput: 100_000, Tier: "TIER_UNLIMITED",
	})
	if err != nil {
		t.Fatal(err)
	}
	graph := httptest.NewServer(s.sim.Handler())
	relay, token := s.openRelay(graph.URL)
	s.tokens = relay.Tokens()
	hooks := httptest.NewServer(relay.Handler())
	s.sim.SetWebhook(hooks.URL + "/hooks/" + demoHook)
	s.sim.SetLive(true)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { relay.Run(ctx) })
	running.Go(func() { _ = s.sim.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
		if err := relay.Close(); err != nil {
			t.Error(err)
		}
		hooks.Close()
		graph.Close()
		_ = s.sim.Close()
	})
	s.url = hooks.URL
	s.writeConfig(hooks.URL, graph.URL, token)
	for i := range streetGuests {
		c := simulator.Customer{Phone: fmt.Sprintf("5025550%04d", i), Name: fmt.Sprintf("Guest %d", i), Language: "es", Temper: simulator.Silent, Still: true}
		if i%2 == 1 {
			c.Account = numbers[1].PhoneNumberID
		}
		s.sim.Add(c)
		s.say(c.Chat()) // opens the window
	}
	return s
}

func (s *street) openRelay(graph string) (*webhookrelay.Relay, string) {
	s.t.Helper()
	hook, err := all.NewWebhook("cloudapi", map[string]string{"app_secret": demoAppSecret, "verify_token": demoVerifyToken})
	if err != nil {
		s.t.Fatal(err)
	}
	o := webhookrelay.Options{
		Path: filepath.Join(s.t.TempDir(), "relay.db"), Logger: slog.New(slog.DiscardHandler),
		Hooks: []webhookrelay.Hook{{ID: demoHook, Driver: "cloudapi", Webhook: hook}},
	}
	for i, id := range []provider.AccountID{byGateway, byItself} {
		suffix := strings.Repeat("1", i)
		settings := map[string]string{
			"phone_number_id": demoNumber + suffix, "waba_id": demoWABA + suffix, "base_url": graph, "access_token": demoAccessToken,
		}
		a := webhookrelay.Account{Hook: demoHook, Account: provider.Account{ID: id, Network: provider.WhatsApp, Driver: "cloudapi", Name: string(id)}}
		if a.Routes, err = all.Routes("cloudapi", settings); err != nil {
			s.t.Fatal(err)
		}
		if id == byGateway {
			if a.Provider, err = all.NewProvider(a.Account, settings, &http.Client{}); err != nil {
				s.t.Fatal(err)
			}
		}
		o.Accounts = append(o.Accounts, a)
	}
	relay, err := webhookrelay.Open(s.t.Context(), o)
	if err != nil {
		s.t.Fatal(err)
	}
	token, err := relay.Tokens().Add(s.t.Context(), demoAgent, webhookrelay.RoleSupervisor)
	if err != nil {
		s.t.Fatal(err)
	}
	return relay, token
}

func (s *street) writeConfig(relay, graph, token string) {
	s.t.Helper()
	text := fmt.Sprintf(`relay = %q
token = "file:token"
agent = %q
[[account]]
id = %q
network = "whatsapp"
driver = "cloudapi"
mode = "gateway"
[[account]]
id = %q
network = "whatsapp"
driver = "cloudapi"
mode = "direct"
phone_number_id = %q
waba_id = %q
base_url = %q
access_token = "file:api"
`, relay, demoAgent, byGateway, byItself, demoNumber+"1", demoWABA+"1", graph)
	for name, text := range map[string]string{"config.toml": text, "token": token, "api": demoAccessToken} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *street) say(chat provider.ChatID) {
	s.t.Helper()
	id, err := s.sim.Say(chat, provider.TextContent("hello"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.said[id] = chat
}

// someone is a guest and the inbox they write to.
func (s *street) someone(random *rand.Rand) (provider.AccountID, provider.ChatID) {
	i := random.IntN(streetGuests)
	account := provider.AccountID(byGateway)
	if i%2 == 1 {
		account = byItself
	}
	return account, provider.ChatID(fmt.Sprintf("5025550%04d", i))
}

// greeted returns when the relay has what the guests said.
func (s *street) greeted() {
	s.t.Helper()
	s.until("the relay has the guests", func() bool {
		resp, err := http.Get(s.url + "/healthz")
		if err != nil {
			return false
		}
		defer func() { _ = resp.Body.Close() }()
		var health struct {
			Head int `json:"head"`
		}
		return json.NewDecoder(resp.Body).Decode(&health) == nil && health.Head > streetGuests
	})
}

// until looks again and again: neither network nor relay tells.
func (s *street) until(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			s.t.Fatalf("not within 30 s: %s", what)
		}
	}
}

// truth is what the network says happened.
func (s *street) truth() network {
	n := network{accepted: map[provider.OpID][]provider.MessageID{}, said: s.said}
	for _, a := range s.sim.Accepted() {
		n.accepted[a.Op] = append(n.accepted[a.Op], a.WAMID)
	}
	return n
}

// terminalProcess is a running terminal.
type terminalProcess struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	holds bool
	errs  strings.Builder

	kept chan string // what it says it kept; closed at its end
}

func (s *street) open() *terminalProcess {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	p := &terminalProcess{cmd: exec.Command(self), kept: make(chan string, 1024)}
	p.cmd.Env = append(os.Environ(), terminalFolder+"="+s.dir)
	p.cmd.Stderr = &p.errs
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		s.t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		p.kill()
		s.t.Fatalf("the terminal did not start:\n%s", p.errs.String())
	}
	p.holds = lines.Text() == "holds"
	go func() {
		defer close(p.kept)
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "kept "); ok {
				p.kept <- text
			}
		}
	}()
	return p
}

func (p *terminalProcess) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func (p *terminalProcess) close() error {
	_ = p.in.Close()
	for range p.kept {
	}
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("the terminal ended: %w\n%s", err, p.errs.String())
	}
	return nil
}
