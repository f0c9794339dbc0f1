package client

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"frontdesk/webhookrelay/internal/tcp"
)

// wire is the connection below a stream. It lives as long as bytes come, so
// that a frame which is long on a thin link is no silence, and it knows when it
// was last written to.
type wire struct {
	net.Conn
	dead time.Duration
	// follows is set once the websocket stands: until then the deadline of the
	// dial holds.
	follows atomic.Bool
	wrote   atomic.Pointer[time.Time]
}

// Read implements net.Conn.
func (w *wire) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	if n > 0 && w.follows.Load() {
		_ = w.SetReadDeadline(time.Now().Add(w.dead))
	}
	return n, err
}

// Write implements net.Conn.
func (w *wire) Write(b []byte) (int, error) {
	now := time.Now()
	w.wrote.Store(&now)
	return w.Conn.Write(b)
}

// sinceWrite is how long ago something was last written, or the wire was made.
func (w *wire) sinceWrite() time.Duration { return time.Since(*w.wrote.Load()) }

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// dialWire dials with base, or plainly where there is none, and tells the
// caller the wire.
func dialWire(base dialFunc, dead time.Duration, made **wire) dialFunc {
	if base == nil {
		base = (&net.Dialer{}).DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := base(ctx, network, address)
		if err != nil {
			return nil, err
		}
		tcp.GiveUpAfter(conn, dead)
		w := &wire{Conn: conn, dead: dead}
		now := time.Now()
		w.wrote.Store(&now)
		*made = w
		return w, nil
	}
}
