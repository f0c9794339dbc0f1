package rest

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"frontdesk/provider"
)

// dying is a server that answers the first request of each connection and
// hangs up on the second one after reading it: what a connection that is kept
// too long does.
type dying struct {
	url    string
	posts  atomic.Int64
	header atomic.Pointer[http.Header]
}

func newDying(t *testing.T, answered int) *dying {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &dying{url: "http://" + l.Addr().String()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			d.serve(conn, answered)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return d
}

func (d *dying) serve(conn net.Conn, answered int) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for n := 0; ; n++ {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		d.posts.Add(1)
		d.header.Store(&req.Header)
		if n >= answered {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
	}
}

// TestPostIsNeverRepeated: a connection that dies under a message costs its
// answer and never a second message, because no send shares a connection, no
// header makes Go's client believe that a repetition is safe, and there is one
// attempt a call.
func TestPostIsNeverRepeated(t *testing.T) {
	for _, sends := range []bool{true, false} {
		for answered := range 2 {
			d := newDying(t, answered)
			transport := &http.Transport{}
			c := client(t, d.url, &http.Client{Transport: transport})
			r := Request{Op: "send", Method: http.MethodPost, Path: "/", Body: 1, Sends: sends}
			calls := int64(3)
			for range calls {
				_, err := c.Do(t.Context(), r)
				var e *provider.Error
				if answered == 0 && (!errors.As(err, &e) || e.Uncertain != sends) {
					t.Errorf("sends %v: %v", sends, err)
				}
			}
			transport.CloseIdleConnections()
			if got := d.posts.Load(); got != calls {
				t.Errorf("sends %v, %d answered a connection: %d calls made %d requests", sends, answered, calls, got)
			}
			for name := range *d.header.Load() {
				if strings.Contains(strings.ToLower(name), "idempotency") {
					t.Errorf("the request has the header %s", name)
				}
			}
		}
	}
}

// TestGoRepeatsAKeyedPost is the negative control: the header that is never set
// makes two messages of one on the same server.
func TestGoRepeatsAKeyedPost(t *testing.T) {
	d := newDying(t, 1)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	hc := &http.Client{Transport: transport}
	for range 2 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url, strings.NewReader("1"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Idempotency-Key", "op-1")
		res, err := hc.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	if got := d.posts.Load(); got != 3 {
		t.Errorf("%d requests of 2 calls: the control proves nothing any more", got)
	}
}

// gone is a dialler whose connections the other side has reset before they are
// used.
func gone(t *testing.T) *http.Transport {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", l.Addr().String())
		if err != nil {
			return nil, err
		}
		other, err := l.Accept()
		if err != nil {
			return nil, err
		}
		_ = other.(*net.TCPConn).SetLinger(0)
		other.Close()
		_, err = conn.Read(make([]byte, 1)) // until the reset has come
		if err == nil {
			t.Error("the connection is alive")
		}
		return conn, nil
	}}
}

// TestNothingWritten: a connection that took no byte of the request is proof
// that nothing left, and the only one beside never having had a connection.
func TestNothingWritten(t *testing.T) {
	send := Request{Op: "send", Method: http.MethodPost, Path: "/", Body: 1, Sends: true}
	_, err := client(t, "http://127.0.0.1:1", &http.Client{Transport: gone(t)}).Do(t.Context(), send)
	var e *provider.Error
	if !errors.As(err, &e) || e.Reason != provider.Unreachable || e.Uncertain || !errors.Is(err, provider.ErrUnwritten) {
		t.Errorf("reset before the first byte: %v", err)
	}
	_, err = client(t, "http://127.0.0.1:1", nil).Do(t.Context(), send)
	if !errors.As(err, &e) || e.Reason != provider.Unreachable || e.Uncertain || errors.Is(err, provider.ErrUnwritten) {
		t.Errorf("never connected: %v", err)
	}
	d := newDying(t, 0)
	_, err = client(t, d.url, nil).Do(t.Context(), send)
	if !errors.As(err, &e) || !e.Uncertain || errors.Is(err, provider.ErrUnwritten) {
		t.Errorf("read and hung up: %v", err)
	}
}

// TestTLSHandshakeIsNoRequest: the bytes of a handshake are not the message's,
// and those of a message are, however they are wrapped.
func TestTLSHandshakeIsNoRequest(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer s.Close()
	send := Request{Op: "send", Method: http.MethodPost, Path: "/", Body: 1, Sends: true}
	_, err := client(t, s.URL, s.Client()).Do(t.Context(), send)
	var e *provider.Error
	if !errors.As(err, &e) || !e.Uncertain {
		t.Errorf("hung up after the request: %v", err)
	}
	_, err = client(t, s.URL, nil).Do(t.Context(), send)
	if !errors.As(err, &e) || e.Reason != provider.Unreachable || e.Uncertain {
		t.Errorf("a certificate of a stranger: %v", err)
	}
}

type refusing struct {
	net.Conn
	n   int
	err error
}

func (r refusing) Write([]byte) (int, error) { return r.n, r.err }

// TestGauge: only what no system call took is nothing, and after the verdict
// nothing can be written any more.
func TestGauge(t *testing.T) {
	for _, c := range []struct {
		name      string
		conn      refusing
		untouched bool
	}{
		{"refused at once", refusing{nil, 0, io.ErrClosedPipe}, true},
		{"half a packet", refusing{nil, 3, io.ErrClosedPipe}, false},
		{"taken", refusing{nil, 5, nil}, false},
	} {
		g := &gauge{Conn: c.conn}
		g.begin()
		_, _ = g.Write([]byte("hello"))
		if got := g.seal(); got != c.untouched {
			t.Errorf("%s: untouched %v", c.name, got)
		}
		if n, err := g.Write([]byte("late")); n != 0 || !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: wrote %d after the verdict, %v", c.name, n, err)
		}
	}
	g := &gauge{Conn: refusing{nil, 5, nil}}
	_, _ = g.Write([]byte("hello"))
	g.Conn = refusing{nil, 0, io.ErrClosedPipe}
	if _, _ = g.Write([]byte("more")); g.seal() {
		t.Error("a refusal makes an earlier byte unwritten")
	}
}

// TestRetry503: one administrator's word about one account, for an answer
// without a code, of that status alone.
func TestRetry503(t *testing.T) {
	for status := 500; status <= 504; status++ {
		for _, retry := range []bool{false, true} {
			e := Refused(Request{Op: "send", Sends: true, Retry503: retry}, &Answer{Status: status})
			if want := retry && status == http.StatusServiceUnavailable; e.Retryable() != want || e.Uncertain == want {
				t.Errorf("%d, retry %v: %+v", status, retry, e)
			}
		}
	}
}
