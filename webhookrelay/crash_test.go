package webhookrelay_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// childFolder makes the test binary a relay of its own, which can be killed.
const childFolder = "RELAY_TEST_CHILD"

func TestMain(m *testing.M) {
	if folder := os.Getenv(childFolder); folder != "" {
		serveChild(folder)
		return
	}
	goleak.VerifyTestMain(m)
}

// childOptions are the same for the child and for who opens its log later.
func childOptions(folder string, p provider.Provider) webhookrelay.Options {
	return webhookrelay.Options{
		Path:  folder + "/relay.db",
		Hooks: []webhookrelay.Hook{{ID: relaytest.HookID, Webhook: relaytest.Webhook{}}},
		Accounts: []webhookrelay.Account{{
			Account: p.Account(), Hook: relaytest.HookID, Provider: p,
			Routes: []provider.Route{provider.Route(relaytest.Account), "gated"},
		}},
	}
}

// serveChild serves until it is killed. Its network takes a message, says so
// on standard output, and never answers.
func serveChild(folder string) {
	p := gated()
	p.enter, p.leave = make(chan provider.Outgoing, 64), make(chan struct{})
	relay, err := webhookrelay.Open(context.Background(), childOptions(folder, p))
	if err == nil {
		var token string
		token, err = relay.Tokens().Add(context.Background(), "ana", webhookrelay.RoleAgent)
		l, lerr := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err == nil && lerr == nil {
			go func() {
				for m := range p.enter {
					fmt.Println("wire", m.Op)
				}
			}()
			fmt.Println("serving", "http://"+l.Addr().String(), token)
			err = webhookrelay.NewServer(relay.Handler(), slog.New(slog.DiscardHandler)).Serve(l)
		}
	}
	fmt.Println("failed", err)
}

type child struct {
	url, token string
	cmd        *exec.Cmd
	lines      *bufio.Scanner
}

func startChild(t *testing.T, folder string) *child {
	t.Helper()
	c := &child{cmd: exec.CommandContext(t.Context(), os.Args[0])}
	c.cmd.Env = append(os.Environ(), childFolder+"="+folder)
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.lines = bufio.NewScanner(out)
	if words := c.next(t); words[0] == "serving" {
		c.url, c.token = words[1], words[2]
	} else {
		t.Fatalf("the child said %v", words)
	}
	t.Cleanup(c.kill)
	return c
}

func (c *child) next(t *testing.T) []string {
	t.Helper()
	if !c.lines.Scan() {
		t.Fatal("the child ended")
	}
	return strings.Fields(c.lines.Text())
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// The network took the message and the relay died before it heard so. The next
// relay says that nobody knows, asks nobody to send it again, and a receipt
// resolves it.
func TestKilledBetweenWireAndAppendIsUnsure(t *testing.T) {
	folder := t.TempDir()
	c := startChild(t, folder)
	go func() {
		req, _ := http.NewRequestWithContext(t.Context(), "POST", c.url+"/v1/send", strings.NewReader(
			`{"outgoing":{"op":"op-1","to":{"account":"gated","chat":"34600111222"},"content":{"kind":"text","text":"hello"}}}`))
		req.Header.Set("Authorization", "Bearer "+c.token)
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
		}
	}()
	if words := c.next(t); words[0] != "wire" || words[1] != "op-1" {
		t.Fatalf("the child said %v", words)
	}
	c.kill()

	p := gated()
	options := childOptions(folder, p)
	s := relaytest.New(t, relaytest.With(func(o *webhookrelay.Options) { *o = options }))
	if status, a := send(t, s, c.token, outgoing("op-1")); status != http.StatusConflict || a.Error == nil || !a.Error.Uncertain || a.Error.Text == "" {
		t.Errorf("asked again: status %d, %+v", status, a)
	}
	term := follow(t, s.URL, c.token, 0)
	term.waitFor(event.Seq(events(t, s)))
	term.stop()
	if got := states(t, term, "op-1"); got != "sending unsure" {
		t.Errorf("the log says %q", got)
	}
	s.Stop()
	s.Start() // once more: it is not told twice
	s.Receive(receiptOf("op-1", "wamid.proof"))
	if status, a := send(t, s, c.token, outgoing("op-1")); status != http.StatusOK || a.Message != "wamid.proof" {
		t.Errorf("after the receipt: status %d, %+v", status, a)
	}
	if n := count(t, s, "select count(*) from event where json ->> '$.body.state' = 'unsure'"); n != 1 {
		t.Errorf("unsure was told %d times", n)
	}
	if p.attempts() != 0 {
		t.Errorf("sent again %d times", p.attempts())
	}
}

// A relay is killed again and again while webhooks come in and are repeated
// until they are answered 200, as networks do: every one is in the log once,
// in one dense chain. (That a 200 survives power loss as well is what
// synchronous=FULL is for; a kill cannot show it.)
func TestKillLoopLosesAndDoublesNothing(t *testing.T) {
	folder := t.TempDir()
	const posters, each, kills = 4, 60, 4
	var mu sync.Mutex
	c := startChild(t, folder)
	url := func() string {
		mu.Lock()
		defer mu.Unlock()
		return c.url
	}
	acknowledged := make(chan struct{}, posters*each)
	var posting sync.WaitGroup
	for p := range posters {
		posting.Go(func() {
			for i := range each {
				body := relaytest.Encode(t, message(p*each+i))
				for !postOnce(t, url(), body) {
					if t.Context().Err() != nil {
						return
					}
				}
				acknowledged <- struct{}{}
			}
		})
	}
	for range kills {
		for range posters * each / (kills + 1) {
			<-acknowledged
		}
		mu.Lock()
		c.kill()
		c = startChild(t, folder)
		mu.Unlock()
	}
	posting.Wait()
	c.kill()

	options := childOptions(folder, gated())
	s := relaytest.New(t, relaytest.With(func(o *webhookrelay.Options) { *o = options }))
	term := follow(t, s.URL, s.Token("ben"), 0)
	term.waitFor(event.Seq(events(t, s)))
	term.stop()
	seen := map[string]int{}
	for i, e := range term.events {
		if e.Seq != event.Seq(i+1) {
			t.Fatalf("event %d has sequence %d", i, e.Seq)
		}
		if e.Kind == provider.KindMessage {
			seen[e.ID]++
		}
	}
	if len(seen) != posters*each {
		t.Errorf("%d messages of %d acknowledged ones are in the log", len(seen), posters*each)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s is in the log %d times", id, n)
		}
	}
}

func postOnce(t *testing.T, url string, body []byte) bool {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", url+"/hooks/"+relaytest.HookID, strings.NewReader(string(body)))
	if err != nil {
		return false
	}
	req.Header.Set(relaytest.SignatureHeader, relaytest.Sign(body))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
