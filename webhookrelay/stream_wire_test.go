package webhookrelay

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// What a link does with the bytes of one direction.
type fate int

const (
	pass   fate = iota
	drop        // takes them, and they are gone
	freeze      // takes none
)

const (
	toRelay = iota
	toTerminal
)

// wire is a connection in memory with a network in between, which keeps some
// bytes on the way, as kernels do.
type wire struct {
	ends [4]net.Conn
	rate int // bytes a second to the terminal; 0 for no limit

	mu     sync.Mutex
	fates  [2]fate
	closed chan struct{}
}

func newWire(rate int) (terminal, relay net.Conn, l *wire) {
	terminal, near := net.Pipe()
	far, relay := net.Pipe()
	l = &wire{ends: [4]net.Conn{terminal, near, far, relay}, rate: rate, closed: make(chan struct{})}
	l.carry(toRelay, near, far)
	l.carry(toTerminal, far, near)
	return terminal, relay, l
}

func (l *wire) set(fates [2]fate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fates = fates
}

func (l *wire) fate(direction int) fate {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fates[direction]
}

// carry moves bytes, with up to 256 KiB on the way. An end is news like any
// other: it does not come through where bytes do not.
func (l *wire) carry(direction int, from io.Reader, to io.WriteCloser) {
	way := make(chan []byte, 64)
	go func() {
		defer close(way)
		for {
			b := make([]byte, 4<<10)
			n, err := from.Read(b)
			if l.fate(direction) == freeze {
				<-l.closed
			}
			if n > 0 && l.fate(direction) == pass {
				select {
				case way <- b[:n]:
				case <-l.closed:
				}
			}
			if err != nil {
				return
			}
		}
	}()
	go func() {
		for b := range way {
			if l.rate > 0 && direction == toTerminal {
				time.Sleep(time.Duration(len(b)) * time.Second / time.Duration(l.rate))
			}
			if _, err := to.Write(b); err != nil {
				break
			}
		}
		for range way { // nobody takes them
		}
		if l.fate(direction) == pass {
			_ = to.Close()
		}
	}()
}

func (l *wire) close() {
	select {
	case <-l.closed:
		return
	default:
		close(l.closed)
	}
	for _, c := range l.ends {
		_ = c.Close()
	}
}

// pipeRelay is a relay that is reached by links.
type pipeRelay struct {
	t        *testing.T
	relay    *Relay
	listener *pipes
	server   *http.Server
	served   chan struct{}
	rate     int

	mu     sync.Mutex
	newest *wire
	links  []*wire
}

func servePipes(t *testing.T, o Options) *pipeRelay {
	t.Helper()
	relay, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	p := &pipeRelay{t: t, relay: relay, listener: &pipes{make(chan net.Conn), make(chan struct{})}, served: make(chan struct{})}
	p.server = NewServer(relay.Handler(), slog.New(slog.DiscardHandler))
	go func() { defer close(p.served); _ = p.server.Serve(p.listener) }()
	return p
}

func (p *pipeRelay) close() {
	for _, l := range p.links {
		l.close()
	}
	if err := p.relay.Close(); err != nil {
		p.t.Error(err)
	}
	_ = p.server.Close()
	<-p.served
	time.Sleep(time.Second) // of the bubble's clock: what is on the way arrives
}

// dial makes a new link.
func (p *pipeRelay) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	terminal, relay, l := newWire(p.rate)
	select {
	case p.listener.accept <- relay:
	case <-ctx.Done():
		l.close()
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.newest = l
	p.links = append(p.links, l)
	return terminal, nil
}

func (p *pipeRelay) link() *wire {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.newest
}

func (p *pipeRelay) token(name string) string {
	p.t.Helper()
	token, err := p.relay.Tokens().Add(context.Background(), name, RoleAgent)
	if err != nil {
		p.t.Fatal(err)
	}
	return token
}

// stream returns the one of an agent, who has read from it.
func (p *pipeRelay) stream(agent event.AgentID) *stream {
	p.t.Helper()
	p.relay.streams.mu.Lock()
	defer p.relay.streams.mu.Unlock()
	for s := range p.relay.streams.open {
		if s.token.Name == agent {
			return s
		}
	}
	p.t.Fatalf("%s has no stream", agent)
	return nil
}

// follower is the real client on a link.
type follower struct {
	t      *testing.T
	live   chan bool
	last   event.Seq // read it after stop only
	bad    string
	ended  chan error
	cancel context.CancelFunc
}

func (p *pipeRelay) follow(token string, after event.Seq, now func() time.Time) *follower {
	p.t.Helper()
	c, err := client.New(client.Options{
		URL: "http://127.0.0.1:1", Token: provider.Hide(token), Now: now, Rand: func() float64 { return 0.5 },
		HTTP: &http.Client{Transport: &http.Transport{DialContext: p.dial}},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	f := &follower{t: p.t, live: make(chan bool, 100), last: after, ended: make(chan error, 1), cancel: cancel}
	go func() {
		f.ended <- c.Follow(ctx, func() event.Seq { return f.last }, client.Handler{
			Apply: func(_ context.Context, events []event.Event) error {
				for _, e := range events {
					if e.Seq != f.last+1 {
						f.bad = "a sequence was missed"
					}
					f.last = e.Seq
				}
				return nil
			},
			Live: func(live bool, _ error) { f.live <- live },
		})
	}()
	return f
}

// until waits for a state of the link and says how long that took. A relay that
// never gets there would be dialled for ever, since virtual time costs nothing.
func (f *follower) until(live bool) time.Duration {
	f.t.Helper()
	began := time.Now()
	for got := range f.live {
		if got == live {
			break
		}
		if time.Since(began) > time.Hour {
			f.cancel()
			f.t.Fatalf("the link was never live=%v", live)
		}
	}
	return time.Since(began)
}

func (f *follower) stop() {
	f.t.Helper()
	f.cancel()
	<-f.ended
	if f.bad != "" {
		f.t.Error(f.bad)
	}
}
