package fetch

import (
	"context"
	"fmt"
	"net/netip"
	"syscall"
)

// reserved are the blocks that are not somebody's server on the Internet,
// beside those that netip itself names, and those in which another address
// hides (NAT64, 6to4, Teredo, v4-compatible), which would need the same judging
// once more. IANA's registries of special-purpose addresses.
func reserved() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range [...]string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// Public reports whether an address may be one of a server on the Internet.
func Public(a netip.Addr) bool {
	if a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range reserved() {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// refusePrivate is asked by the dialer for every address that a name was
// resolved to, right before the connection: there is no second resolution that
// could answer otherwise.
func refusePrivate(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !Public(at.Addr()) {
		return fmt.Errorf("dial: %w", ErrRefused)
	}
	return nil
}
