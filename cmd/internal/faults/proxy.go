package faults

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Never is a cut that does not come.
const Never = int64(-1)

// Link is how one connection through a Proxy behaves. Healthy is the one that
// nothing happens to.
type Link struct {
	// CutUp and CutDown end the connection once that many bytes went from the
	// client to the server, or from the server to the client.
	CutUp, CutDown int64
	// Reset makes the cut an RST on both sides, where it would be a FIN.
	Reset bool
	// Swallow makes the cut a half-open connection: from there on nothing passes
	// in either direction, and nobody is told. It lasts until the client hangs
	// up, or Proxy.Sever.
	Swallow bool
	// Delay is added to every piece that passes, in both directions.
	Delay time.Duration
	// Rate is the bytes per second that pass to the client; 0 for as many as come.
	Rate int
	// Hold keeps what the client says until a newer connection has had an answer,
	// and then delivers it, whether or not the client is still there: what was
	// said first arrives last.
	Hold bool
}

// Healthy is a link that nothing happens to.
func Healthy() Link { return Link{CutUp: Never, CutDown: Never} }

// Proxy is a TCP link between clients and one server that breaks as planned.
type Proxy struct {
	listener net.Listener
	running  sync.WaitGroup
	closing  chan struct{}
	done     chan struct{} // holds one while a connection ended that nobody has looked at

	ended, down atomic.Int64

	mu      sync.Mutex
	target  string
	plan    func(n int) Link
	refuse  bool
	count   int
	current map[*link]bool
}

// NewProxy listens on this machine and passes on to target ("127.0.0.1:80").
// plan tells the fate of the n-th connection, from 0; nil keeps all healthy. It
// ends with the test.
func NewProxy(t testing.TB, target string, plan func(n int) Link) *Proxy {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	p := &Proxy{
		listener: l, target: target, plan: plan, current: map[*link]bool{},
		closing: make(chan struct{}), done: make(chan struct{}, 1),
	}
	p.running.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// URL is where clients connect, "http://127.0.0.1:port".
func (p *Proxy) URL() string { return "http://" + p.listener.Addr().String() }

// Plan replaces the fate of connections to come.
func (p *Proxy) Plan(plan func(n int) Link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan = plan
}

// Refuse makes a partition of new connections: each is reset at once.
func (p *Proxy) Refuse(refuse bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = refuse
}

// Sever resets every connection there is.
func (p *Proxy) Sever() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.current {
		l.kill(true)
	}
}

// Count is how many connections were begun, Ended how many are over, Down the
// bytes that went to clients.
func (p *Proxy) Count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// Ended is how many connections are over.
func (p *Proxy) Ended() int64 { return p.ended.Load() }

// Down is how many bytes went to clients.
func (p *Proxy) Down() int64 { return p.down.Load() }

// Over has something after a connection ended; several ends may be one.
func (p *Proxy) Over() <-chan struct{} { return p.done }

func (p *Proxy) close() {
	close(p.closing)
	_ = p.listener.Close()
	p.Sever()
	p.running.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		// Numbered here, not in its goroutine: the n-th to come is the n-th.
		l, ok := p.begin(client)
		if !ok {
			reset(client)
			p.end()
			continue
		}
		p.running.Go(func() {
			defer p.end()
			p.serve(l)
		})
	}
}

func (p *Proxy) end() {
	p.ended.Add(1)
	select {
	case p.done <- struct{}{}:
	default:
	}
}

func (p *Proxy) serve(l *link) {
	dialer := net.Dialer{Timeout: 5 * time.Second}
	server, err := dialer.Dial("tcp", p.address())
	if err != nil {
		l.kill(true)
	} else {
		l.run(server)
	}
	p.mu.Lock()
	delete(p.current, l)
	p.mu.Unlock()
}

func (p *Proxy) begin(client net.Conn) (*link, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.closing: // Sever has been, and would not find this one
		return nil, false
	default:
	}
	n := p.count
	p.count++
	if p.refuse {
		return nil, false
	}
	fate := Healthy()
	if p.plan != nil {
		fate = p.plan(n)
	}
	l := &link{proxy: p, n: n, fate: fate, client: client, dead: make(chan struct{}), pass: make(chan struct{}), said: make(chan struct{})}
	p.current[l] = true
	return l, true
}

func (p *Proxy) address() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.target
}

// answered lets go what older connections hold.
func (p *Proxy) answered(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.current {
		if l.n < n && l.fate.Hold {
			l.release.Do(func() { close(l.pass) })
		}
	}
}

func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

// link is one connection.
type link struct {
	proxy   *Proxy
	n       int
	fate    Link
	client  net.Conn
	dead    chan struct{} // closed by kill
	pass    chan struct{} // closed when held bytes may go on
	said    chan struct{} // closed when the server has said something
	once    sync.Once
	release sync.Once
	first   sync.Once
	mute    atomic.Bool // half open
	hard    bool        // set before dead is closed
}

// kill ends both sides.
func (l *link) kill(hard bool) {
	l.once.Do(func() {
		l.hard = hard
		close(l.dead)
	})
}

func (l *link) run(server net.Conn) {
	var both sync.WaitGroup
	both.Go(func() { l.up(server) })
	both.Go(func() { l.copy(l.client, server, l.fate.CutDown, l.fate.Rate, true) })
	<-l.dead
	if l.hard {
		reset(l.client)
		reset(server)
	} else {
		_ = l.client.Close()
		_ = server.Close()
	}
	both.Wait()
}

func (l *link) up(server net.Conn) {
	if l.fate.Hold {
		l.held(server)
		return
	}
	l.copy(server, l.client, l.fate.CutUp, 0, false)
}

// held takes what the client says into memory, so that the client may go, and
// says it to the server once a newer connection was answered.
func (l *link) held(server net.Conn) {
	var waiting sync.WaitGroup
	waiting.Go(func() {
		select {
		case <-l.pass:
		case <-l.dead:
		}
		_ = l.client.SetReadDeadline(time.Unix(1, 0))
	})
	kept, err := io.ReadAll(l.client) // until it hangs up, or until the deadline
	waiting.Wait()
	select {
	case <-l.dead:
		return
	default:
	}
	_ = l.client.SetReadDeadline(time.Time{})
	if _, err := server.Write(kept); err != nil {
		l.kill(l.fate.Reset)
		return
	}
	if errors.Is(err, os.ErrDeadlineExceeded) { // the client is still there
		l.copy(server, l.client, Never, 0, false)
		return
	}
	// A server that learns that the client has gone may drop what it just read;
	// its answer ends the connection.
	select {
	case <-l.dead:
	case <-l.said:
		l.kill(false)
	}
}

// copy passes bytes on until the cut, or until a side ends.
func (l *link) copy(to io.Writer, from io.Reader, cut int64, rate int, down bool) {
	buf := make([]byte, 16<<10)
	if rate > 0 {
		buf = buf[:max(1, min(len(buf), rate/50))]
	}
	for passed := int64(0); cut != passed; {
		piece := buf
		if cut >= 0 && int64(len(piece)) > cut-passed {
			piece = piece[:cut-passed]
		}
		n, err := from.Read(piece)
		if n > 0 && !l.mute.Load() && l.pause(n, rate) {
			if _, werr := to.Write(piece[:n]); werr != nil {
				err = werr
			}
			passed += int64(n)
			if down {
				l.heard(n)
			}
		}
		if err != nil {
			l.kill(false)
			return
		}
		select {
		case <-l.dead:
			return
		default:
		}
	}
	if l.fate.Swallow {
		l.mute.Store(true)
		_, _ = io.Copy(io.Discard, from)
	}
	l.kill(l.fate.Reset)
}

// heard notes that the server has said something.
func (l *link) heard(n int) {
	l.proxy.down.Add(int64(n))
	l.first.Do(func() {
		close(l.said)
		l.proxy.answered(l.n)
	})
}

// pause is false when the connection ended meanwhile.
func (l *link) pause(n, rate int) bool {
	wait := l.fate.Delay
	if rate > 0 {
		wait += time.Duration(n) * time.Second / time.Duration(rate)
	}
	if wait == 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.dead:
		return false
	}
}
