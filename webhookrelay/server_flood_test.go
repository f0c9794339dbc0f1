package webhookrelay_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

var (
	slow   = flag.Int("slow", 300, "slowloris connections in TestSlowlorisAndForgers")
	forged = flag.Int("forged", 300, "forged webhooks a second in TestSlowlorisAndForgers")
	flood  = flag.Duration("flood", 2*time.Second, "how long TestSlowlorisAndForgers takes")
)

// Connections that never finish a header, and webhooks that nobody signed: the
// valid ones are answered all the same, and what all that costs is bounded. The
// p99 is told, not judged: the machine is shared.
func TestSlowlorisAndForgers(t *testing.T) {
	began := time.Now()
	s := relaytest.New(t)
	address := strings.TrimPrefix(s.URL, "http://")
	goroutines := runtime.NumGoroutine()
	ctx, cancel := context.WithTimeout(t.Context(), *flood)
	defer cancel()
	var wg sync.WaitGroup
	var dropped, refused atomic.Int64
	for range *slow {
		wg.Go(func() { slowloris(ctx, address, &dropped) })
	}
	for range 4 {
		wg.Go(func() { forge(ctx, s.URL, *forged/4, &refused) })
	}
	var took []time.Duration
	failures, peak, most := 0, uint64(0), 0
	for n := 0; ctx.Err() == nil; n++ {
		at := time.Now()
		body := relaytest.Encode(t, message(n))
		if status := s.Post(relaytest.HookID, body, relaytest.Sign(body)); status != http.StatusOK {
			failures++
		}
		took = append(took, time.Since(at))
		if n%20 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak, most = max(peak, m.HeapInuse+m.StackInuse), max(most, runtime.NumGoroutine())
		}
	}
	wg.Wait()
	slices.Sort(took)
	if failures > 0 {
		t.Errorf("%d of %d valid webhooks were not answered 200", failures, len(took))
	}
	if refused.Load() == 0 {
		t.Error("no forger was refused: this proved nothing")
	}
	if peak > 256<<20 {
		t.Errorf("it took %d MiB", peak>>20)
	}
	// Each slow connection has one goroutine here and at most two there.
	if bound := goroutines + 3*(*slow) + 100; most > bound {
		t.Errorf("%d goroutines, want at most %d", most, bound)
	}
	t.Logf("%d webhooks, p99 %v; %d forged ones refused, %d slow connections dropped; %d MiB, %d goroutines",
		len(took), took[len(took)*99/100], refused.Load(), dropped.Load(), peak>>20, most)
	t.Logf("figure F26 count=%d failures=%d target=2000 took=%s", *slow, failures, time.Since(began).Round(time.Millisecond))
}

// slowloris sends a header byte by byte, and begins again where it is dropped.
func slowloris(ctx context.Context, address string, dropped *atomic.Int64) {
	for ctx.Err() == nil {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			continue
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		_, _ = io.WriteString(conn, "POST /hooks/test HTTP/1.1\r\nHost: x\r\nX-A: ")
		if _, err := conn.Read(make([]byte, 1)); err != nil && ctx.Err() == nil {
			dropped.Add(1)
		}
		stop()
		_ = conn.Close()
	}
}

func forge(ctx context.Context, url string, perSecond int, refused *atomic.Int64) {
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
	defer c.CloseIdleConnections()
	ticker := time.NewTicker(time.Second / time.Duration(max(1, perSecond)))
	defer ticker.Stop()
	body := strings.Repeat("x", 4<<10)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/hooks/test", strings.NewReader(body))
		if err != nil {
			return
		}
		req.Header.Set(relaytest.SignatureHeader, fmt.Sprintf("%064x", 1))
		resp, err := c.Do(req)
		if err != nil {
			continue
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusUnauthorized {
			refused.Add(1)
		}
	}
}

// A stranger's connections give way to each other and to nobody's: of 200 slow
// ones from one address 64 are left, and one that says who it is is answered
// beside them. Without the guard, as a control, all 200 stay.
func TestSlowConnectionsGiveWay(t *testing.T) {
	const connections = 200
	s := relaytest.New(t)
	for _, guarded := range []bool{true, false} {
		server := webhookrelay.NewServer(s.Relay.Handler(), slog.New(slog.DiscardHandler))
		if !guarded {
			server.ConnState = nil
		}
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go server.Serve(stranger{l})
		dialOne := func() net.Conn {
			c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		ended := make(chan bool, connections)
		var conns []net.Conn
		for range connections {
			c := dialOne()
			conns = append(conns, c)
			go func() { _, err := c.Read(make([]byte, 1)); ended <- err != nil }()
		}
		gone := 0
		for deadline := time.After(10 * time.Second); guarded && gone < connections-64; {
			select {
			case <-ended:
				gone++
			case <-deadline:
				t.Fatalf("%d gave way", gone)
			}
		}
		honest := dialOne()
		_ = honest.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = io.WriteString(honest, "GET /healthz HTTP/1.0\r\n\r\n")
		answer, err := io.ReadAll(honest)
		if err != nil || !strings.Contains(string(answer), "200 OK") {
			t.Errorf("guarded %v: an honest one was answered %.40q, %v", guarded, answer, err)
		}
		// The honest one made one more give way.
		if more := len(ended); (guarded && more > 1) || (!guarded && more > 0) {
			t.Errorf("guarded %v: %d more gave way", guarded, more)
		}
		for _, c := range append(conns, honest) {
			_ = c.Close()
		}
		_ = server.Close()
	}
}

// stranger says that all its connections come from one public address.
type stranger struct{ net.Listener }

func (s stranger) Accept() (net.Conn, error) {
	c, err := s.Listener.Accept()
	return far{c}, err
}

type far struct{ net.Conn }

func (far) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 4711} }
