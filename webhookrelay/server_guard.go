package webhookrelay

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

const (
	// maxWaiting is how many connections of one address may be open that have
	// not said who they are: no request of theirs has come whole. maxWaitingAll
	// is the same for everybody together, and for proxies, which speak for many.
	maxWaiting    = 64
	maxWaitingAll = 1024
	// maxOpen is how many connections one address may have, streams not
	// counted: those have shown a token.
	maxOpen = 256
)

// guard bounds what costs an attacker nothing: open connections. Where there
// are too many that wait, the oldest gives way: one that is honest has sent
// its request long before 64 others come after it, one that is slow on purpose
// has not.
type guard struct {
	trusted proxies

	mu      sync.Mutex
	held    map[net.Conn]*held
	waiting *list.List // of *held, the oldest first
	by      map[netip.Addr]*tally
}

// held is one connection; place is nil once a request of it has come.
type held struct {
	conn  net.Conn
	from  netip.Addr
	place *list.Element
}

type tally struct{ open, waiting int }

func newGuard(trusted []netip.Prefix) *guard {
	return &guard{trusted: trusted, held: map[net.Conn]*held{}, waiting: list.New(), by: map[netip.Addr]*tally{}}
}

// state is an http.Server's ConnState. Active means that a request's header is
// there.
func (g *guard) state(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if unwanted := g.take(c); unwanted != nil {
			_ = unwanted.Close()
		}
	case http.StateActive:
		g.heard(c)
	case http.StateClosed, http.StateHijacked:
		g.forget(c)
	case http.StateIdle:
	}
}

// take counts a new connection, and returns the one that has to go for it:
// nil, an older one or itself.
func (g *guard) take(c net.Conn) net.Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	peer := addressOf(c.RemoteAddr().String())
	h := &held{conn: c, from: neighbourhood(peer)}
	// A proxy on this machine, or one that is known, brings everybody's.
	many := !peer.IsValid() || peer.IsLoopback() || g.trusted.trust(peer)
	t := g.by[h.from]
	if t == nil {
		t = &tally{}
		g.by[h.from] = t
	}
	if !many && t.open >= maxOpen {
		return c
	}
	var oldest *held
	switch {
	case !many && t.waiting >= maxWaiting:
		oldest = g.oldest(func(o *held) bool { return o.from == h.from })
	case g.waiting.Len() >= maxWaitingAll:
		oldest = g.oldest(func(*held) bool { return true })
	}
	t.open++
	t.waiting++
	h.place = g.waiting.PushBack(h)
	g.held[c] = h
	if oldest == nil {
		return nil
	}
	g.drop(oldest)
	return oldest.conn
}

func (g *guard) oldest(match func(*held) bool) *held {
	for e := g.waiting.Front(); e != nil; e = e.Next() {
		if h := e.Value.(*held); match(h) {
			return h
		}
	}
	return nil
}

func (g *guard) heard(c net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if h := g.held[c]; h != nil {
		g.settle(h)
	}
}

// settle ends the waiting of a connection.
func (g *guard) settle(h *held) {
	if h.place == nil {
		return
	}
	g.waiting.Remove(h.place)
	h.place = nil
	g.by[h.from].waiting--
}

func (g *guard) forget(c net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if h := g.held[c]; h != nil {
		g.drop(h)
	}
}

func (g *guard) drop(h *held) {
	g.settle(h)
	delete(g.held, h.conn)
	t := g.by[h.from]
	if t.open--; t.open == 0 {
		delete(g.by, h.from)
	}
}
