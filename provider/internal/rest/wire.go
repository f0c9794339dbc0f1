package rest

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
)

// progress is how far a request certainly came.
type progress int

const (
	neverConnected progress = iota
	nothingWritten          // connected, and no byte of the request was written
	mayHaveLeft
)

// wire watches one request on its way out.
type wire struct {
	// traced means that the transport tells of a connection before it writes, so
	// that a failure without one proves that nothing left.
	traced bool

	mu    sync.Mutex
	conn  bool
	gauge *gauge // nil where the connection cannot be watched
}

// connected is told of the connection before the first byte of the request is
// written to it; dialling, a proxy's CONNECT and the TLS handshake come before.
func (w *wire) connected(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	w.conn = true
	if w.gauge, _ = conn.(*gauge); w.gauge != nil {
		w.gauge.begin()
	}
}

// came ends the request and says how far it came. Nothing is written after.
func (w *wire) came() progress {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.traced:
		return mayHaveLeft
	case !w.conn:
		return neverConnected
	case w.gauge != nil && w.gauge.seal():
		return nothingWritten
	}
	return mayHaveLeft
}

// gauged makes every connection of a transport one that knows whether it was
// written to.
func gauged(t *http.Transport) {
	dial := t.DialContext
	if dial == nil {
		if t.Dial != nil { //nolint:staticcheck // a caller's own; its connections are not watched
			return
		}
		dial = (&net.Dialer{}).DialContext
	}
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &gauge{Conn: conn}, nil
	}
}

// gauge is a connection that can prove that nothing was written to it.
type gauge struct {
	net.Conn

	mu     sync.Mutex
	wrote  bool
	sealed bool
}

// begin forgets what was written before the request.
func (g *gauge) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wrote = false
}

// seal refuses all further writes, and reports whether there was none.
func (g *gauge) seal() (untouched bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sealed = true
	return !g.wrote
}

// Write implements net.Conn. A write counts from before it begins: only one that
// the system refused with nothing taken is none.
func (g *gauge) Write(b []byte) (int, error) {
	g.mu.Lock()
	if g.sealed {
		g.mu.Unlock()
		return 0, net.ErrClosed
	}
	before := g.wrote
	g.wrote = true
	g.mu.Unlock()
	n, err := g.Conn.Write(b)
	if n == 0 && err != nil && !before {
		g.mu.Lock()
		g.wrote = false
		g.mu.Unlock()
	}
	return n, err
}
