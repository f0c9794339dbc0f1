package webhookrelay

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"
	"unsafe"
)

func TestFailuresAreCounted(t *testing.T) {
	now := time.Now()
	f := newFailures(func() time.Time { return now })
	here, there := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for n := range maxFailures {
		if wait := f.count("", here); wait != 0 {
			t.Fatalf("failure %d must wait %v", n+1, wait)
		}
		now = now.Add(time.Second)
	}
	if wait := f.count("", here); wait != failureWindow-maxFailures*time.Second {
		t.Errorf("the address must wait %v", wait)
	}
	if wait := f.count("", there); wait != 0 {
		t.Errorf("another address must wait %v", wait)
	}
	now = now.Add(failureWindow - maxFailures*time.Second - 1)
	if wait := f.count("", here); wait != 1 {
		t.Errorf("just before the minute is over it must wait %v", wait)
	}
	now = now.Add(1)
	if wait := f.count("", here); wait != 0 {
		t.Errorf("after a minute it must wait %v", wait)
	}
	// One id, tried from everywhere.
	for n := range maxFailures + 1 {
		wait := f.count("aaaa", netip.AddrFrom4([4]byte{10, 0, 1, byte(n)}))
		if (wait > 0) != (n == maxFailures) {
			t.Errorf("failure %d for one id must wait %v", n+1, wait)
		}
	}
	now = now.Add(-24 * time.Hour)
	if wait := f.count("aaaa", there); wait != 0 {
		t.Errorf("a clock that was set back makes it wait %v", wait)
	}
}

// Whatever is tried, what is remembered is of one size.
func TestFailuresAreBounded(t *testing.T) {
	f := newFailures(time.Now)
	if size := unsafe.Sizeof(*f); size > 512<<10 {
		t.Errorf("it takes %d bytes", size)
	}
	n := 0
	allocs := testing.AllocsPerRun(2000, func() {
		n++
		f.count(fmt.Sprint("id", n), netip.AddrFrom16([16]byte{0x20, 1, byte(n >> 8), byte(n)}))
	})
	if allocs > 5 { // those of the texts, which nobody keeps
		t.Errorf("%v allocations for a failure", allocs)
	}
}

func TestNeighbourhood(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.1":          "192.0.2.1",
		"::ffff:192.0.2.1":   "192.0.2.1",
		"2001:db8:1:2:3::4":  "2001:db8:1:2::",
		"2001:db8:1:2:9::9":  "2001:db8:1:2::",
		"fe80::1%eth0":       "fe80::",
		"2001:db8:1:3::1234": "2001:db8:1:3::",
	} {
		if got := neighbourhood(netip.MustParseAddr(text)); got.String() != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if neighbourhood(netip.Addr{}).IsValid() {
		t.Error("no address has a neighbourhood")
	}
}

// What a stranger says of himself is not believed; what a trusted proxy says
// is, as far as proxies said it.
func TestSenderOfARequest(t *testing.T) {
	trusted := proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:5000", "", "192.0.2.1"},
		{"192.0.2.1:5000", "127.0.0.1", "192.0.2.1"},
		{"192.0.2.1:5000", "10.0.0.1, 10.0.0.2", "192.0.2.1"},
		{"10.0.0.1:5000", "", "10.0.0.1"},
		{"10.0.0.1:5000", "192.0.2.7", "192.0.2.7"},
		{"[::1]:5000", "2001:db8::1", "2001:db8::1"},
		{"10.0.0.1:5000", "127.0.0.1, 192.0.2.7", "192.0.2.7"},
		{"10.0.0.1:5000", "127.0.0.1, 192.0.2.7, 10.0.0.9", "192.0.2.7"},
		{"10.0.0.1:5000", "192.0.2.7:4711", "192.0.2.7"},
		{"10.0.0.1:5000", "[2001:db8::1]:80", "2001:db8::1"},
		{"10.0.0.1:5000", "192.0.2.7, unknown", "10.0.0.1"},
		{"10.0.0.1:5000", "192.0.2.7, unknown, 10.0.0.9", "10.0.0.9"},
		{"10.0.0.1:5000", "10.0.0.3, 10.0.0.9", "10.0.0.3"},
		{"10.0.0.1:5000", "::ffff:192.0.2.7", "192.0.2.7"},
		{"pipe", "192.0.2.7", "invalid IP"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := trusted.sender(r); got.String() != c.want {
			t.Errorf("%s said by %s: %s, want %s", c.forwarded, c.peer, got, c.want)
		}
	}
	split := &http.Request{RemoteAddr: "10.0.0.1:1", Header: http.Header{"X-Forwarded-For": {"127.0.0.1", "192.0.2.7"}}}
	if got := trusted.sender(split); got.String() != "192.0.2.7" {
		t.Errorf("in two headers: %s", got)
	}
}

// from is a connection from an address that notes that it was closed.
type from struct {
	net.Conn
	address string
	closed  bool
}

func (f *from) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(f.address))
}
func (f *from) Close() error { f.closed = true; return nil }

// The oldest that waits gives way, within one address first, and then of all;
// what has sent its request is left alone.
func TestGuardDropsTheOldest(t *testing.T) {
	g := newGuard(nil)
	open := func(address string) *from {
		c := &from{address: address}
		g.state(c, http.StateNew)
		return c
	}
	first := open("192.0.2.1:1000")
	second := open("192.0.2.1:1001")
	g.state(first, http.StateActive)
	for n := range maxWaiting - 1 {
		open(fmt.Sprint("192.0.2.1:", 2000+n))
	}
	if first.closed || second.closed {
		t.Fatal("dropped before there were too many")
	}
	other := open("192.0.2.2:1")
	last := open("192.0.2.1:3000")
	if first.closed || !second.closed || other.closed || last.closed {
		t.Errorf("dropped: answered %v, oldest %v, another's %v, newest %v", first.closed, second.closed, other.closed, last.closed)
	}
	g.state(second, http.StateClosed) // the server notices later; it is counted once
	if n := g.by[neighbourhood(netip.MustParseAddr("192.0.2.1"))]; n.waiting != maxWaiting || n.open != maxWaiting+1 {
		t.Errorf("counted %+v", *n)
	}
}

func TestGuardBoundsConnections(t *testing.T) {
	g := newGuard([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	for _, c := range []struct {
		address string
		bound   bool
	}{{"192.0.2.1", true}, {"[2001:db8::1]", true}, {"127.0.0.1", false}, {"[::1]", false}, {"10.0.0.1", false}} {
		var conns []*from
		closed := 0
		for n := range maxOpen + 10 {
			f := &from{address: fmt.Sprintf("%s:%d", c.address, 1000+n)}
			conns = append(conns, f)
			g.state(f, http.StateNew)
			g.state(f, http.StateActive)
			g.state(f, http.StateIdle)
			if f.closed {
				closed++
			}
		}
		if want := map[bool]int{true: 10}[c.bound]; closed != want {
			t.Errorf("%s: %d were closed, want %d", c.address, closed, want)
		}
		for _, f := range conns[:maxOpen] {
			g.state(f, http.StateHijacked)
		}
		again := &from{address: c.address + ":9"}
		if g.state(again, http.StateNew); again.closed {
			t.Errorf("%s: streams are counted", c.address)
		}
		for _, f := range append(conns, again) {
			g.state(f, http.StateClosed)
		}
	}
	if len(g.held) != 0 || len(g.by) != 0 || g.waiting.Len() != 0 {
		t.Errorf("%d held, %d addresses, %d waiting after all are gone", len(g.held), len(g.by), g.waiting.Len())
	}
}

// Everybody together, and a proxy, is bound too.
func TestGuardBoundsAllThatWait(t *testing.T) {
	g := newGuard(nil)
	var conns []*from
	for n := range maxWaitingAll + 100 {
		f := &from{address: fmt.Sprintf("127.0.0.1:%d", 1000+n)}
		conns = append(conns, f)
		g.state(f, http.StateNew)
	}
	for n, f := range conns {
		if f.closed != (n < 100) {
			t.Fatalf("connection %d: closed %v", n, f.closed)
		}
	}
	if g.waiting.Len() != maxWaitingAll || len(g.held) != maxWaitingAll {
		t.Errorf("%d wait, %d held", g.waiting.Len(), len(g.held))
	}
}
