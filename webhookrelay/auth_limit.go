package webhookrelay

import (
	"hash/maphash"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

const (
	// maxFailures is how many wrong tokens one id, or one address, may show in
	// failureWindow; further ones are answered 429.
	maxFailures   = 10
	failureWindow = time.Minute
	// failureSlots bounds what is remembered, whatever is tried.
	failureSlots = 4096
)

// failures counts wrong tokens by id and by address. Its memory is of a fixed
// size: two that share a slot share its count, which only turns a 401 into a
// 429. A right token is let in whatever was counted, so that nobody can lock a
// member of the team out, or an office behind one address: the secret has 256
// bits, and guessing faster does not find it.
type failures struct {
	now  func() time.Time
	seed maphash.Seed

	mu        sync.Mutex
	ids       [failureSlots]failureCount
	addresses [failureSlots]failureCount
}

type failureCount struct {
	began time.Time
	n     int
}

func newFailures(now func() time.Time) *failures {
	return &failures{now: now, seed: maphash.MakeSeed()}
}

// count counts one failure, and returns how long to wait where there were too
// many; 0 where there were not. An empty id is that of a token without form.
func (f *failures) count(id string, from netip.Addr) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	wait := f.addresses[f.slot(neighbourhood(from).String())].add(now)
	if id != "" {
		wait = max(wait, f.ids[f.slot(id)].add(now))
	}
	return wait
}

func (f *failures) slot(key string) uint64 { return maphash.String(f.seed, key) % failureSlots }

func (c *failureCount) add(now time.Time) time.Duration {
	if since := now.Sub(c.began); since < 0 || since >= failureWindow {
		*c = failureCount{began: now}
	}
	if c.n < maxFailures {
		c.n++
		return 0
	}
	return c.began.Add(failureWindow).Sub(now)
}

// neighbourhood is what one attacker has many of: an IPv6 address stands for
// its /64.
func neighbourhood(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.Is6() {
		return a
	}
	network, _ := a.Prefix(64) // 64 is a length an IPv6 prefix can have
	return network.Addr()
}

// proxies are the addresses whose word about the sender of a request is taken.
type proxies []netip.Prefix

func (p proxies) trust(a netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(a.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

// sender is where a request comes from: the peer, unless that is a trusted
// proxy. Then it is the last address in X-Forwarded-For that no trusted proxy
// has: what stands before it is anybody's invention.
func (p proxies) sender(r *http.Request) netip.Addr {
	peer := addressOf(r.RemoteAddr)
	if !p.trust(peer) {
		return peer
	}
	list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(list) - 1; i >= 0; i-- {
		a := addressOf(strings.TrimSpace(list[i]))
		if !a.IsValid() {
			return peer
		}
		if peer = a; !p.trust(a) {
			return a
		}
	}
	return peer
}

// addressOf reads an address with or without a port; the zero Addr is none.
func addressOf(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap()
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap()
}
