package webhookrelay

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"time"
)

const (
	// writePart is how much of a frame must be taken within the write deadline.
	// A frame may take longer than that: a thin link is slow, not stuck.
	writePart = 32 << 10
	// sendBuffer bounds what the kernel keeps for a terminal that reads nothing
	// (it takes twice as much).
	sendBuffer = 256 << 10
	// A terminal sends a few bytes every ten seconds. The burst is larger than
	// the longest frame it may send, so that a longer one is told as such.
	inboundBurst     = 128 << 10
	inboundPerSecond = 256
	// pingBurst and pingsPerSecond bound the pings that are answered.
	pingBurst      = 60
	pingsPerSecond = 1
)

// errFlood: a terminal says more than any terminal has to say. The websocket
// library counts the bytes of a message only, and a fragment may be empty.
var errFlood = errors.New("the terminal floods its stream")

// allowance is a budget that fills up again with time.
type allowance struct {
	most, perSecond, left float64
	at                    time.Time
}

func newAllowance(most, perSecond float64, now time.Time) allowance {
	return allowance{most: most, perSecond: perSecond, left: most, at: now}
}

// take takes n from the budget, and says whether there was as much.
func (a *allowance) take(n int, now time.Time) bool {
	a.left = min(a.most, a.left+a.perSecond*now.Sub(a.at).Seconds()) - float64(n)
	a.at = now
	return a.left >= 0
}

// streamConn is the connection below a stream: it bounds what a terminal may
// say, and gives a frame the time it needs while parts of it are taken.
type streamConn struct {
	net.Conn
	patience time.Duration
	inbound  allowance
}

// Read implements net.Conn for one reader.
func (c *streamConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err == nil && !c.inbound.take(n, time.Now()) {
		return 0, errFlood
	}
	return n, err
}

// Write implements net.Conn. The deadline set before holds for the first part,
// and anew for each that follows.
func (c *streamConn) Write(b []byte) (int, error) {
	for n := 0; ; {
		taken, err := c.Conn.Write(b[n:min(n+writePart, len(b))])
		n += taken
		if err != nil || n == len(b) {
			return n, err
		}
		_ = c.SetWriteDeadline(time.Now().Add(c.patience))
	}
}

// hijacker puts a streamConn below the upgrade.
type hijacker struct {
	http.ResponseWriter
	patience time.Duration
}

// Hijack implements http.Hijacker.
func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	if tcp, ok := conn.(interface{ SetWriteBuffer(bytes int) error }); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // a limit on memory; without it the stream works as well
	}
	return &streamConn{
		Conn: conn, patience: h.patience,
		inbound: newAllowance(inboundBurst, inboundPerSecond, time.Now()),
	}, buffered, nil
}
