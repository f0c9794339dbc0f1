package fetch

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"frontdesk/tui/tuitest/hostile"
)

const host = "lookaside.fbsbx.com"

// names answers every question for an IPv4 address with what at returns, as a
// name server does.
func names(t *testing.T, at func() netip.Addr) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = server.WriteTo(answer(buf[:n], at()), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// answer is the least of a DNS message that a resolver takes.
func answer(question []byte, a netip.Addr) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5
	out := append([]byte{}, question[:end]...)
	out[2], out[3] = 0x84, 0
	binary.BigEndian.PutUint16(out[6:], 0)
	binary.BigEndian.PutUint16(out[8:], 0)
	binary.BigEndian.PutUint16(out[10:], 0)
	if binary.BigEndian.Uint16(question[end-4:]) != 1 { // not A
		return out
	}
	binary.BigEndian.PutUint16(out[6:], 1)
	out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
	v4 := a.As4()
	return append(out, v4[:]...)
}

// listening tells of each connection that a real listener on this machine gets.
func listening(t *testing.T) (port string, accepted chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	accepted = make(chan struct{}, 1000)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- struct{}{}
			c.Close()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, accepted
}

// private is a client whose names all lead to this machine, where something
// listens.
func private(t *testing.T) (*Client, *net.Dialer, chan struct{}) {
	t.Helper()
	port, accepted := listening(t)
	c := New([]string{host, "rebind.example"}, "")
	c.port = port
	d := &net.Dialer{Timeout: time.Second, ControlContext: refusePrivate, Resolver: names(t, func() netip.Addr { return netip.MustParseAddr("127.0.0.1") })}
	c.checked = transport(d)
	return c, d, accepted
}

func TestNoConnectionToWhatIsPrivate(t *testing.T) {
	c, _, accepted := private(t)
	for _, e := range hostile.Entries(t, "url") {
		if e.Category != "ssrf" {
			continue
		}
		for _, address := range []string{e.Value, strings.Replace(e.Value, "http:", "https:", 1)} {
			f, err := c.Get(t.Context(), address, "SECRET", 100)
			if err == nil {
				f.Body.Close()
				t.Errorf("%s: %s was fetched", e.ID, address)
				continue
			}
			if !errors.Is(err, ErrRefused) {
				t.Errorf("%s: %v, want a refusal", e.ID, err)
			}
			if strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), address) {
				t.Errorf("%s: the error tells the address or the token: %v", e.ID, err)
			}
		}
	}
	if n := len(accepted); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

// The name is the network's own and leads to this machine: what counts is the
// address that is dialled.
func TestRebindingIsSeen(t *testing.T) {
	c, _, accepted := private(t)
	for _, address := range []string{"https://" + host + "/m", "https://rebind.example/m"} {
		if _, err := c.Get(t.Context(), strings.Replace(address, "/m", ":"+c.port+"/m", 1), "SECRET", 100); !errors.Is(err, ErrRefused) {
			t.Errorf("%v, want a refusal", err)
		}
	}
	if n := len(accepted); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

// Without the check of the dialled address the same fetch does connect: the two
// tests above can fail.
func TestWithoutTheCheckItConnects(t *testing.T) {
	c, d, accepted := private(t)
	d.ControlContext = nil
	if _, err := c.Get(t.Context(), "https://"+host+":"+c.port+"/m", "", 100); errors.Is(err, ErrRefused) {
		t.Errorf("refused for another reason: %v", err)
	}
	select {
	case <-accepted:
	case <-time.After(5 * time.Second):
		t.Error("nothing connected: the listener proves nothing")
	}
}

func TestPublic(t *testing.T) {
	for s, want := range map[string]bool{
		"157.240.0.1": true, "2a03:2880:f12f:83::1": true, "8.8.8.8": true,
		"127.0.0.1": false, "0.0.0.0": false, "10.1.2.3": false, "172.16.0.1": false, "172.32.0.1": true, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "100.128.0.1": true, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:8.8.8.8": true, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false,
		"::127.0.0.1": false, "2002:7f00:1::": false, "2001::1": false, "2001:db8::1": false, "fec0::1": false, "240.0.0.1": false,
	} {
		if got := Public(netip.MustParseAddr(s)); got != want {
			t.Errorf("Public(%s) = %v, want %v", s, got, want)
		}
	}
	if err := refusePrivate(t.Context(), "tcp", "not an address", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
}

// own serves f as the API's own address.
func own(t *testing.T, f http.HandlerFunc) (*Client, string) {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return New([]string{host}, s.URL+"/v26.0"), s.URL
}

func TestRedirectsAreBounded(t *testing.T) {
	hops := 0
	c, base := own(t, func(w http.ResponseWriter, r *http.Request) {
		hops++
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	if _, err := c.Get(t.Context(), base+"/302-loop", "", 100); !errors.Is(err, ErrRefused) || hops != maxRedirects+1 {
		t.Errorf("%d hops, %v", hops, err)
	}
	for _, to := range []string{"http://127.0.0.1:1/", "https://evil.example/", "file:///etc/passwd", "http://" + host + "/", "https://user@" + host + "/"} {
		c, base := own(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		})
		if _, err := c.Get(t.Context(), base+"/", "", 100); !errors.Is(err, ErrRefused) {
			t.Errorf("a redirect to %s: %v", to, err)
		}
	}
}

func TestTokenStaysOnItsHost(t *testing.T) {
	var got []string
	other := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, "other "+r.Header.Get("Authorization")+r.Header.Get("X-Key"))
		_, _ = io.WriteString(w, "file")
	}))
	defer other.Close()
	port := other.URL[strings.LastIndex(other.URL, ":")+1:]
	c, base := own(t, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, "own "+r.Header.Get("Authorization")+r.Header.Get("X-Key"))
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusFound)
			return
		}
		http.Redirect(w, r, "https://"+host+":"+port+"/c", http.StatusFound)
	})
	c.port = port
	c.checked = other.Client().Transport.(*http.Transport).Clone()
	c.checked.TLSClientConfig.ServerName = "example.com"
	c.checked.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, other.Listener.Addr().String())
	}
	f, err := c.Get(t.Context(), base+"/a", "SECRET", 100)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	if want := "own Bearer SECRET, own Bearer SECRET, other "; strings.Join(got, ", ") != want {
		t.Errorf("sent %q, want %q", strings.Join(got, ", "), want)
	}
	got = nil
	f, err = c.GetAs(t.Context(), base+"/a", func(r *http.Request) { r.Header.Set("X-Key", "SECRET") }, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	if want := "own SECRET, own SECRET, other "; strings.Join(got, ", ") != want {
		t.Errorf("sent %q, want %q", strings.Join(got, ", "), want)
	}
}

func TestSizeIsCapped(t *testing.T) {
	endless := func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	}
	long := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "101")
		w.WriteHeader(http.StatusOK)
	}
	for name, serve := range map[string]http.HandlerFunc{"endless": endless, "declared": long} {
		c, base := own(t, serve)
		f, err := c.Get(t.Context(), base+"/", "", 100)
		if err == nil {
			var n int64
			n, err = io.Copy(io.Discard, f.Body)
			f.Body.Close()
			if n > 100 {
				t.Errorf("%s: %d bytes were given", name, n)
			}
		}
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	exact := bytes.Repeat([]byte("x"), 100)
	c, base := own(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(exact) })
	f, err := c.Get(t.Context(), base+"/", "", 100)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	if got, err := io.ReadAll(f.Body); err != nil || !bytes.Equal(got, exact) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestWhatIsNoFile(t *testing.T) {
	for status, want := range map[int]error{404: ErrGone, 410: ErrGone} {
		c, base := own(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		if _, err := c.Get(t.Context(), base+"/", "", 100); !errors.Is(err, want) {
			t.Errorf("%d: %v", status, err)
		}
	}
	c, base := own(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) })
	var s *StatusError
	if _, err := c.Get(t.Context(), base+"/", "", 100); !errors.As(err, &s) || s.Status != 401 {
		t.Errorf("%v", err)
	}
}

func TestStallEnds(t *testing.T) {
	c, base := own(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("begun"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	c.stall = 30 * time.Millisecond
	f, err := c.Get(t.Context(), base+"/", "", 100)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	if _, err := io.ReadAll(f.Body); !errors.Is(err, ErrStalled) {
		t.Errorf("%v", err)
	}
}

func TestShortFileIsAnError(t *testing.T) {
	c, base := own(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "50")
		_, _ = w.Write([]byte("half"))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	f, err := c.Get(t.Context(), base+"/", "", 100)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	if _, err := io.ReadAll(f.Body); err == nil {
		t.Error("half a file is whole")
	}
}

// A domain stands for every name below it, and for no other that ends alike.
func TestDomains(t *testing.T) {
	c := New([]string{".fbcdn.net"}, "")
	for address, want := range map[string]bool{
		"https://scontent-fra5-1.xx.fbcdn.net/v/a.jpg": true,
		"https://SCONTENT.xx.FBCDN.net/v/a.jpg":        true,
		"https://fbcdn.net/a":                          false,
		"https://evilfbcdn.net/a":                      false,
		"https://fbcdn.net.evil.example/a":             false,
		"https://evil.example/.fbcdn.net":              false,
		"http://scontent.xx.fbcdn.net/a":               false,
		"https://scontent.xx.fbcdn.net:8443/a":         false,
	} {
		if _, err := c.allowed(address); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}
