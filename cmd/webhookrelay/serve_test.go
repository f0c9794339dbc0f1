package main

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

var restarts = flag.Int("restarts", 2, "how often TestTermDrainsUnderLoad ends a relay under load")

// TestMain is the real program where the environment says so: what is ended
// here by a signal is a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("WEBHOOKRELAY_AS_PROGRAM") != "" {
		main()
		return
	}
	flag.Parse()
	os.Exit(m.Run())
}

// load posts signed webhooks until the relay is gone, and keeps the ids of
// those that were answered 200.
type load struct {
	address string
	next    atomic.Int64
	mu      sync.Mutex
	kept    map[string]bool
}

func (l *load) post(ctx context.Context) {
	c := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
	defer c.CloseIdleConnections()
	for ctx.Err() == nil {
		id := fmt.Sprint("wamid.", l.next.Add(1))
		body := fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp",`+
			`"metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Lu"},"wa_id":"16505551234"}],`+
			`"messages":[{"from":"16505551234","id":"%s","timestamp":"1790000000","text":{"body":"hi"},"type":"text"}]},"field":"messages"}]}]}`, id)
		mac := hmac.New(sha256.New, []byte("app secret"))
		mac.Write([]byte(body))
		req, err := http.NewRequestWithContext(ctx, "POST", "http://"+l.address+"/hooks/meta", strings.NewReader(body))
		if err != nil {
			return
		}
		req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		resp, err := c.Do(req)
		if err != nil {
			return // it ended
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			l.mu.Lock()
			l.kept[id] = true
			l.mu.Unlock()
		}
	}
}

// stuckStream opens a stream and reads nothing of it but that it stands.
func stuckStream(t *testing.T, address, token string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /v1/stream?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", token)
	status, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(status, "101") {
		t.Fatalf("%q, %v", status, err)
	}
	return conn
}

// A relay that is asked to end while webhooks pour in, while terminals are
// stuck, and while somebody is in the middle of a request, ends within 5 s with
// code 0, and every webhook it answered 200 is in the log.
func TestTermDrainsUnderLoad(t *testing.T) {
	c := newCLI(t, goodConfig)
	if code := c.run(t, "token", "add", "ana", "--role", "agent", "--config", c.config); code != 0 {
		t.Fatalf("add: %s", c.errs)
	}
	token := strings.TrimSpace(c.out.String())
	l := &load{kept: map[string]bool{}}
	var worst time.Duration
	for range *restarts {
		worst = max(worst, l.endOnce(t, c, token))
	}
	if worst > 5*time.Second {
		t.Errorf("ending took %v", worst)
	}
	inLog := logged(t, filepath.Join(c.folder, "data", "relay.db"), token)
	lost := 0
	for id := range l.kept {
		if !inLog[id] {
			lost++
		}
	}
	if lost > 0 || len(l.kept) == 0 {
		t.Errorf("%d of %d webhooks that were answered 200 are not in the log", lost, len(l.kept))
	}
	t.Logf("%d webhooks kept, the slowest end took %v", len(l.kept), worst)
	t.Logf("figure P27 count=%d failures=%d target=1000 took=%s", *restarts, lost, worst.Round(time.Millisecond))
}

// endOnce starts the program, loads it, sends SIGTERM and says how long the
// end took.
func (l *load) endOnce(t *testing.T, c *cli, token string) time.Duration {
	t.Helper()
	said := &buffer{more: make(chan struct{}, 1)}
	program := exec.CommandContext(t.Context(), os.Args[0], "serve", "--config", c.config)
	program.Env = []string{"WEBHOOKRELAY_AS_PROGRAM=1", "APP_SECRET=app secret"}
	program.Stderr = said
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	l.address = waitFor(t, said, regexp.MustCompile(`msg=serving addr=(\S+)`))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l.mu.Lock()
	before := len(l.kept)
	l.mu.Unlock()
	var posting sync.WaitGroup
	for range 8 {
		posting.Go(func() { l.post(ctx) })
	}
	for range 5 {
		defer stuckStream(t, l.address, token).Close()
	}
	half, err := (&net.Dialer{}).DialContext(ctx, "tcp", l.address)
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	fmt.Fprint(half, "POST /hooks/meta HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
	for enough := false; !enough; { // under load
		l.mu.Lock()
		enough = len(l.kept) >= before+50
		l.mu.Unlock()
		select {
		case <-time.After(time.Millisecond):
		case <-t.Context().Done():
			t.Fatal("no load")
		}
	}
	began := time.Now()
	if err := program.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := program.Wait(); err != nil {
		t.Errorf("it ended with %v: %s", err, said)
	}
	took := time.Since(began)
	cancel()
	posting.Wait()
	return took
}

// logged returns the ids of the messages in the log, as a terminal gets them.
func logged(t *testing.T, path, token string) map[string]bool {
	t.Helper()
	relay, err := webhookrelay.Open(t.Context(), webhookrelay.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	server := httptest.NewServer(relay.Handler())
	defer server.Close()
	c, err := client.New(client.Options{URL: server.URL, Token: provider.Hide(token)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	found := map[string]bool{}
	_ = c.Follow(ctx, func() event.Seq { return 0 }, client.Handler{
		Apply: func(_ context.Context, events []event.Event) error {
			for _, e := range events {
				found[strings.TrimPrefix(e.ID, "m:")] = true
			}
			return nil
		},
		Live: func(bool, error) { cancel() },
	})
	return found
}
