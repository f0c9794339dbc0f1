package webhookrelay_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/relaytest"
)

const (
	bombSize = 60 << 20
	// inboundLimit and frameLimit are the protocol's, in bytes.
	inboundLimit = 64 << 10
	frameLimit   = 1 << 20
)

// bomb is a message of 60 MiB in 60 KiB, as permessage-deflate sends it.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, io.LimitReader(zeros{}, bombSize)); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff})
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

// wsFrame is one frame as it is on the wire; clients mask.
func wsFrame(first byte, payload []byte, masked bool) []byte {
	bit := byte(0)
	if masked {
		bit = 0x80
	}
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, bit|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, bit|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, bit|127), uint64(n))
	}
	if masked {
		b = append(b, 0, 0, 0, 0) // the mask that changes nothing
	}
	return append(b, payload...)
}

const compressedText = 0xC1 // FIN, RSV1, text

// took is how much of a bomb a reader was given.
func took(conn *websocket.Conn) (int64, error) {
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, r, err := conn.NextReader()
	if err != nil {
		return 0, err
	}
	return io.Copy(io.Discard, r)
}

// The read limit of the websocket library counts compressed bytes: with
// compression on, either side takes a bomb. Ours refuse it, and never agree to
// compression in the first place. The mutants are the negative control.
func TestCompressionBombs(t *testing.T) {
	payload := bomb(t)
	if len(payload) > inboundLimit {
		t.Fatalf("the bomb has %d bytes", len(payload))
	}
	t.Run("a relay that compresses", func(t *testing.T) {
		got := make(chan int64, 1)
		url := upgrading(t, websocket.Upgrader{EnableCompression: true}, func(conn *websocket.Conn) {
			conn.SetReadLimit(inboundLimit)
			n, _ := took(conn)
			got <- n
		})
		d := websocket.Dialer{EnableCompression: true}
		conn, resp, err := d.DialContext(t.Context(), url, nil)
		if err != nil || !strings.Contains(resp.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate") {
			t.Fatalf("the mutant does not compress: %v", err)
		}
		defer conn.Close()
		if _, err := conn.NetConn().Write(wsFrame(compressedText, payload, true)); err != nil {
			t.Fatal(err)
		}
		if n := <-got; n != bombSize {
			t.Errorf("the mutant took %d bytes: the bomb proves nothing", n)
		}
	})
	t.Run("the relay", func(t *testing.T) {
		s := relaytest.New(t)
		d := websocket.Dialer{EnableCompression: true} // it is asked for, and must be refused
		conn, resp, err := d.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http")+"/v1/stream?after=0",
			http.Header{"Authorization": {"Bearer " + s.Token("ana")}})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if x := resp.Header.Get("Sec-WebSocket-Extensions"); x != "" {
			t.Errorf("the relay agreed to %s", x)
		}
		if _, err := conn.NetConn().Write(wsFrame(compressedText, payload, true)); err != nil {
			t.Fatal(err)
		}
		if err := readToEnd(conn); !websocket.IsCloseError(err, websocket.CloseProtocolError) {
			t.Errorf("it ended with %v", err)
		}
	})
	t.Run("a client that compresses", func(t *testing.T) {
		url := upgrading(t, websocket.Upgrader{EnableCompression: true}, func(conn *websocket.Conn) {
			_, _ = conn.NetConn().Write(wsFrame(compressedText, payload, false))
			_ = readToEnd(conn)
		})
		conn, _, err := (&websocket.Dialer{EnableCompression: true}).DialContext(t.Context(), url, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetReadLimit(frameLimit)
		if n, err := took(conn); n != bombSize {
			t.Errorf("the mutant took %d bytes, %v: the bomb proves nothing", n, err)
		}
	})
	t.Run("the client", func(t *testing.T) {
		asked := make(chan string, 10)
		url := upgrading(t, websocket.Upgrader{EnableCompression: true}, func(conn *websocket.Conn) {
			_, _ = conn.NetConn().Write(wsFrame(compressedText, payload, false))
			_ = readToEnd(conn)
		}, asked)
		err := follow(t, "http"+strings.TrimPrefix(url, "ws"), "fd_a_b", 0).lost()
		var ce *client.Error
		if !errors.As(err, &ce) {
			t.Errorf("the link ended with %v", err)
		}
		if x := <-asked; x != "" {
			t.Errorf("the client asked for %s", x)
		}
	})
}

// A frame larger than the protocol's is refused by the client, in words.
func TestClientRefusesALongFrame(t *testing.T) {
	for size, refused := range map[int]bool{frameLimit: false, frameLimit + 1: true} {
		url := upgrading(t, websocket.Upgrader{}, func(conn *websocket.Conn) {
			_ = conn.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte{' '}, size))
			_ = readToEnd(conn)
		})
		err := follow(t, "http"+strings.TrimPrefix(url, "ws"), "fd_a_b", 0).lost()
		var ce *client.Error
		if tooLarge := errors.As(err, &ce) && ce.Code == "too_large" && strings.Count(ce.Text, ".") == 2; tooLarge != refused {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func readToEnd(conn *websocket.Conn) error {
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return err
		}
	}
}

// lost waits until the link is lost and says why.
func (term *terminal) lost() error {
	select {
	case err := <-term.errs:
		return err
	case <-time.After(20 * time.Second):
		return errors.New("the link was not lost")
	}
}

// upgrading serves websockets, and tells which extensions were asked for.
func upgrading(t *testing.T, up websocket.Upgrader, serve func(*websocket.Conn), asked ...chan string) (url string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, c := range asked {
			select {
			case c <- r.Header.Get("Sec-WebSocket-Extensions"):
			default:
			}
		}
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		serve(conn)
	})}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return "ws://" + l.Addr().String()
}
