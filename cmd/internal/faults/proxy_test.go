package faults

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo answers each line with itself, and tells every line it got.
func echo(t *testing.T) (address string, got chan string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	got = make(chan string, 64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				for lines := bufio.NewScanner(c); lines.Scan(); {
					got <- lines.Text()
					if _, err := io.WriteString(c, lines.Text()+"\n"); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String(), got
}

func dial(t *testing.T, p *Proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(p.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

func say(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

func one(l Link) func(int) Link {
	return func(n int) Link {
		if n == 0 {
			return l
		}
		return Healthy()
	}
}

// TestCuts: exactly the planned bytes pass, in either direction, and the end is
// the planned one.
func TestCuts(t *testing.T) {
	for _, hard := range []bool{false, true} {
		address, _ := echo(t)
		p := NewProxy(t, address, one(Link{CutUp: Never, CutDown: 7, Reset: hard}))
		c := dial(t, p)
		say(t, c, "hello world\n")
		raw, err := io.ReadAll(c)
		if string(raw) != "hello w" && !hard { // a reset may overtake what came before it
			t.Errorf("%q passed", raw)
		}
		if wasReset := errors.Is(err, syscall.ECONNRESET); wasReset != hard || p.Down() != 7 {
			t.Errorf("reset=%v: %v, %d bytes", hard, err, p.Down())
		}
	}
	address, got := echo(t)
	p := NewProxy(t, address, one(Link{CutUp: 8, CutDown: Never}))
	c := dial(t, p)
	say(t, c, "hello\nworld\n")
	raw, _ := io.ReadAll(c)
	if string(raw) == "hello\nworld\n" {
		t.Error("all of it passed")
	}
	if first := <-got; first != "hello" {
		t.Errorf("the server got %q", first)
	}
	<-p.Over()
}

// TestHalfOpen: nothing passes and nobody is told, until it is severed.
func TestHalfOpen(t *testing.T) {
	address, _ := echo(t)
	p := NewProxy(t, address, one(Link{CutUp: Never, CutDown: 3, Swallow: true}))
	c := dial(t, p)
	say(t, c, "hello\n")
	head := make([]byte, 3)
	if _, err := io.ReadFull(c, head); err != nil {
		t.Fatal(err)
	}
	say(t, c, "more\n")
	_ = c.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
	var timeout net.Error
	if n, err := c.Read(head); n != 0 || !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("%d bytes, %v", n, err)
	}
	p.Sever()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := c.Read(head); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("severed: %v", err)
	}
}

// TestReorder: what the older connection said arrives after what the newer did,
// whether or not it is still there.
func TestReorder(t *testing.T) {
	for _, gone := range []bool{false, true} {
		address, got := echo(t)
		p := NewProxy(t, address, one(Link{CutUp: Never, CutDown: Never, Hold: true}))
		older := dial(t, p)
		say(t, older, "older\n")
		if gone {
			_ = older.Close()
		}
		newer := dial(t, p)
		say(t, newer, "newer\n")
		if a, b := <-got, <-got; a != "newer" || b != "older" {
			t.Errorf("%q came before %q", a, b)
		}
		if !gone {
			line, err := bufio.NewReader(older).ReadString('\n')
			if line != "older\n" {
				t.Errorf("the older one is answered %q, %v", line, err)
			}
		}
	}
}

// TestPartition: new connections are refused and old ones cut, until it heals.
func TestPartition(t *testing.T) {
	address, _ := echo(t)
	p := NewProxy(t, address, nil)
	c := dial(t, p)
	say(t, c, "a\n")
	if _, err := bufio.NewReader(c).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	p.Refuse(true)
	p.Sever()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the old connection lives")
	}
	d, err := net.Dial("tcp", strings.TrimPrefix(p.URL(), "http://"))
	if err == nil { // the reset may come as early as that
		_, err = d.Read(make([]byte, 1))
		_ = d.Close()
	}
	if err == nil {
		t.Error("a new connection lives")
	}
	p.Refuse(false)
	e := dial(t, p)
	say(t, e, "b\n")
	if line, err := bufio.NewReader(e).ReadString('\n'); line != "b\n" {
		t.Errorf("healed: %q, %v", line, err)
	}
}

// TestSlow: a slow link passes no faster than it may.
func TestSlow(t *testing.T) {
	address, _ := echo(t)
	p := NewProxy(t, address, one(Link{CutUp: Never, CutDown: Never, Delay: 2 * time.Millisecond, Rate: 10_000}))
	c := dial(t, p)
	began := time.Now()
	say(t, c, strings.Repeat("x", 999)+"\n")
	line, err := bufio.NewReader(c).ReadString('\n')
	if took := time.Since(began); len(line) != 1000 || took < 90*time.Millisecond {
		t.Errorf("%d bytes in %v, %v", len(line), took, err)
	}
}
