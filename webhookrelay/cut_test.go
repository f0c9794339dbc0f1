package webhookrelay

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/webhookrelay/event"
)

// pipes is a listener whose connections are pipes in memory: on a clock of the
// test's own, a connection must not wait for the kernel.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// cuttable is a relay with a long log, and a terminal on a pipe.
type cuttable struct {
	relay *Relay
	conn  *websocket.Conn
	last  event.Seq // that the terminal has read
}

// onPipes runs f in a bubble whose clock moves when everybody waits.
func onPipes(t *testing.T, f func(t *testing.T, c *cuttable)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "relay.db")
	synctest.Test(t, func(t *testing.T) {
		relay, err := Open(t.Context(), Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		for n := range 20 {
			mustAppend(t, relay.log, note(t, fmt.Sprint("n", n), strings.Repeat("x", 300_000)))
		}
		token, err := relay.Tokens().Add(t.Context(), "ana", RoleAgent)
		if err != nil {
			t.Fatal(err)
		}
		listener := &pipes{make(chan net.Conn), make(chan struct{})}
		server := NewServer(relay.Handler(), slog.New(slog.DiscardHandler))
		served := make(chan struct{})
		go func() { defer close(served); _ = server.Serve(listener) }()
		dialer := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			listener.accept <- there
			return here, nil
		}}
		conn, resp, err := dialer.DialContext(t.Context(), "ws://relay/v1/stream?after=0", http.Header{"Authorization": {"Bearer " + token}})
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		f(t, &cuttable{relay: relay, conn: conn})
		_ = conn.Close()
		if err := relay.Close(); err != nil {
			t.Error(err)
		}
		_ = server.Close()
		<-served
	})
}

// read reads a frame and says whether it was the one that says live.
func (c *cuttable) read() (live bool, err error) {
	_, r, err := c.conn.NextReader()
	if err != nil {
		return false, err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return false, err
	}
	var f struct {
		Events []event.Event `json:"events"`
		Live   bool          `json:"live"`
	}
	err = json.Unmarshal(raw, &f)
	for _, e := range f.Events {
		c.last = e.Seq
	}
	return f.Live, err
}

func (c *cuttable) ended() <-chan struct{} {
	ended := make(chan struct{})
	go func() { defer close(ended); c.relay.streams.ended.Wait() }()
	return ended
}

// A revoked token's stream ends within a second although its terminal is in
// the middle of a replay and does not read, and no later frame goes out.
func TestRevokeCutsAStuckReplay(t *testing.T) {
	onPipes(t, func(t *testing.T, c *cuttable) {
		for c.last == 0 {
			if _, err := c.read(); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait() // the next frame is on the wire, and nobody takes it
		ended := c.ended()
		began := time.Now()
		if _, err := c.relay.Tokens().Revoke(t.Context(), "ana"); err != nil {
			t.Fatal(err)
		}
		<-ended
		if took := time.Since(began); took > time.Second {
			t.Errorf("the stream lived on for %v", took)
		}
		had := c.last
		if _, err := c.read(); err == nil || c.last != had {
			t.Errorf("after the cut came %d, %v", c.last, err)
		}
	})
}

// The same where the terminal reads as fast as it can: it is told why, and the
// replay does not go on to its end.
func TestRevokeCutsAReplayThatRuns(t *testing.T) {
	onPipes(t, func(t *testing.T, c *cuttable) {
		for c.last == 0 {
			if _, err := c.read(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.relay.Tokens().Revoke(t.Context(), "ana"); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var err error
		for err == nil {
			time.Sleep(200 * time.Millisecond) // of the bubble's clock: what a frame takes here
			_, err = c.read()
		}
		if !websocket.IsCloseError(err, closeRevoked) {
			t.Errorf("the terminal was told %v", err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the stream lived on for %v", took)
		}
		if head := c.relay.log.position().seq; c.last >= head {
			t.Errorf("all %d events came", head)
		}
	})
}

// A terminal that answers no ping is given up after 20 seconds; one that does
// stays.
func TestDeadTerminalIsCut(t *testing.T) {
	for _, dead := range []bool{true, false} {
		t.Run(fmt.Sprintf("dead=%v", dead), func(t *testing.T) {
			onPipes(t, func(t *testing.T, c *cuttable) {
				patience := defaultTiming().pong
				if dead {
					c.conn.SetPingHandler(func(string) error { return nil })
				}
				began := time.Now()
				for live := false; !live; {
					var err error
					if live, err = c.read(); err != nil {
						t.Fatal(err)
					}
				}
				ended := c.ended()
				go func() { // reading answers the pings
					for {
						if _, err := c.read(); err != nil {
							return
						}
					}
				}()
				select {
				case <-ended:
					if took := time.Since(began); !dead || took < patience || took > patience+time.Second {
						t.Errorf("cut after %v", took)
					}
				case <-time.After(10 * patience):
					if dead {
						t.Error("a terminal that answers nothing was never cut")
					}
				}
			})
		})
	}
}
