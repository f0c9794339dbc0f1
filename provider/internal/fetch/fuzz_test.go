package fetch

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"frontdesk/tui/tuitest/hostile"
)

// Whatever an answer points to, what is fetched is https on one of the network's
// hosts, without a port of another's, a user or anything a parser could read in
// two ways.
func FuzzAllowed(f *testing.F) {
	hosts := []string{"lookaside.example.com", "media.example.com"}
	for _, s := range hostile.Seeds(f, 5000, "url") {
		f.Add(s)
	}
	for _, s := range []string{
		"https://media.example.com/x", "https://MEDIA.example.com:443/x?y#z", "https://media.example.com.evil.example/", "https://media.example.com@evil.example/",
		"https:media.example.com", "//media.example.com/", "https://media.example.com:80/", "https://media.example.com./",
	} {
		f.Add(s)
	}
	c := &Client{hosts: hosts, port: "443"}
	f.Fuzz(func(t *testing.T, address string) {
		u, err := c.allowed(address)
		if err != nil {
			if len(address) > 12 && strings.Contains(err.Error(), address) {
				t.Fatalf("the error quotes %q", address)
			}
			return
		}
		again, err := url.Parse(u.String())
		if err != nil || again.Host != u.Host || again.Scheme != "https" || again.User != nil || (again.Port() != "" && again.Port() != "443") ||
			!slices.Contains(hosts, strings.ToLower(again.Hostname())) {
			t.Fatalf("%q is fetched from %q (%v)", address, u, err)
		}
	})
}

// Whatever address a name was resolved to, none of this machine, this network or
// nobody is connected to, however it is written.
func FuzzPublic(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "::1", "10.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "8.8.8.8", "2606:4700::1111", "fe80::1%eth0", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "2002:7f00:1::"} {
		a := netip.MustParseAddr(s)
		f.Add(a.AsSlice())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, ok := netip.AddrFromSlice(raw)
		if !ok {
			return
		}
		if Public(a) != Public(a.Unmap()) || a.Is4() && Public(netip.AddrFrom16(a.As16())) != Public(a) {
			t.Fatalf("%v is judged by how it is written", a)
		}
		if Public(a.WithZone("eth0")) && a.Is6() {
			t.Fatalf("%v of one link is public", a)
		}
		a = a.Unmap()
		if Public(a) && (a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || a.IsInterfaceLocalMulticast()) {
			t.Fatalf("%v is public", a)
		}
		if a.Is6() {
			// In these a v4 address stands at the end, after the prefix, or turned around.
			b := a.As16()
			for _, prefix := range []string{"64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"} {
				if netip.MustParsePrefix(prefix).Contains(a) && Public(a) {
					t.Fatalf("%v hides %v", a, netip.AddrFrom4([4]byte(b[12:])))
				}
			}
		}
	})
}
