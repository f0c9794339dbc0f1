package door

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// building is a door with people at it.
type building struct {
	t    *testing.T
	addr string
	log  *buffer
	stop context.CancelFunc
	done chan error
	ana  ssh.Signer
}

// buffer is written and read by several.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newKey(t *testing.T) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// echo tells what it is given; a q leaves.
func echo(ctx context.Context, s *Session) error {
	fmt.Fprintf(s, "%s %v %v\n", s.Agent, s.Size, s.Env)
	keys := make(chan byte)
	go func() {
		var b [1]byte
		for {
			if _, err := s.Read(b[:]); err != nil {
				return
			}
			select {
			case keys <- b[0]:
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case size := <-s.Resized:
			fmt.Fprintf(s, "now %v\n", size)
		case k := <-keys:
			if k == 'q' {
				return nil
			}
			fmt.Fprintf(s, "key %c\n", k)
		}
	}
}

func build(t *testing.T, program func(context.Context, *Session) error, change func(*Limits)) *building {
	t.Helper()
	b := &building{t: t, log: &buffer{}, done: make(chan error, 1), ana: newKey(t)}
	limits := Usual()
	if change != nil {
		change(&limits)
	}
	d := &Door{
		HostKey: newKey(t), Program: program, Limits: limits, Log: slog.New(slog.NewTextHandler(b.log, nil)),
		Agent: func(key ssh.PublicKey) (string, error) {
			if bytes.Equal(key.Marshal(), b.ana.PublicKey().Marshal()) {
				return "ana", nil
			}
			return "", errors.New("nobody's")
		},
	}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.addr = l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	go func() {
		b.done <- d.Serve(ctx, l)
		close(b.done)
	}()
	t.Cleanup(func() {
		stop()
		<-b.done
	})
	return b
}

func (b *building) dial(auth ...ssh.AuthMethod) (*ssh.Client, string, error) {
	var banner strings.Builder
	c, err := ssh.Dial("tcp", b.addr, &ssh.ClientConfig{
		User: "anybody", Auth: auth, HostKeyCallback: ssh.InsecureIgnoreHostKey(), // of this test's own door
		BannerCallback: func(text string) error {
			banner.WriteString(text)
			return nil
		},
	})
	if err == nil {
		b.t.Cleanup(func() { c.Close() })
	}
	return c, banner.String(), err
}

func (b *building) client() *ssh.Client {
	b.t.Helper()
	c, _, err := b.dial(ssh.PublicKeys(b.ana))
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// desk is a session with a terminal that has begun.
type desk struct {
	*ssh.Session
	in  io.Writer
	out *buffer
}

func (b *building) desk(c *ssh.Client) *desk {
	b.t.Helper()
	s, err := c.NewSession()
	if err != nil {
		b.t.Fatal(err)
	}
	d := &desk{Session: s, out: &buffer{}}
	s.Stdout, s.Stderr = d.out, d.out
	d.in, err = s.StdinPipe()
	if err == nil {
		err = s.RequestPty("xterm-256color", 30, 100, ssh.TerminalModes{})
	}
	if err == nil {
		err = s.Shell()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

func (b *building) shows(what fmt.Stringer, text string) {
	b.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(what.String(), text); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("never %q in: %s", text, what)
		}
	}
}

// ended waits for the session's end with a refusal that says text.
func (b *building) ended(d *desk, text string) {
	b.t.Helper()
	var exit *ssh.ExitError
	if err := d.Wait(); !errors.As(err, &exit) || exit.ExitStatus() != 1 {
		b.t.Errorf("it ended with %v", err)
	}
	if !strings.Contains(d.out.String(), text) {
		b.t.Errorf("it says %q, want %q", d.out, text)
	}
}

// TestKeysAlone: only a key that is somebody's is let in, and who has another is told
// which and what to do.
func TestKeysAlone(t *testing.T) {
	b := build(t, echo, nil)
	other := newKey(t)
	_, banner, err := b.dial(ssh.PublicKeys(other))
	if err == nil || !strings.Contains(banner, ssh.FingerprintSHA256(other.PublicKey())) || !strings.Contains(banner, "give its .pub file to") {
		t.Errorf("a stranger: %v, told %q", err, banner)
	}
	if _, _, err := b.dial(ssh.Password("secret")); err == nil {
		t.Error("a password lets in")
	}
	if _, _, err := b.dial(ssh.PublicKeys(other, b.ana)); err != nil {
		t.Errorf("the second of two keys: %v", err)
	}
	many := make([]ssh.Signer, maxTries+1)
	for i := range many {
		many[i] = other
		if i > 0 {
			many[i] = newKey(t)
		}
	}
	if _, _, err := b.dial(ssh.PublicKeys(append(many, b.ana)...)); err == nil {
		t.Error("keys can be tried for ever")
	}
	b.shows(b.log, "no key of an agent's")
}

// TestNothingElse: what is no terminal at the program is refused, in words where
// somebody reads them.
func TestNothingElse(t *testing.T) {
	b := build(t, echo, nil)
	c := b.client()
	for what, begin := range map[string]func(*ssh.Session) error{
		"no command is run here": func(s *ssh.Session) error { return s.Start("rm -rf /") },
		"no files to be had":     func(s *ssh.Session) error { return s.RequestSubsystem("sftp") },
		"needs a terminal":       func(s *ssh.Session) error { return s.Shell() },
	} {
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.StdoutPipe()
		if err == nil {
			err = begin(s)
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := io.ReadAll(out); !strings.Contains(string(text), what) || strings.Contains(string(text), "rm -rf") {
			t.Errorf("%s: it says %q", what, text)
		}
	}
	if conn, err := c.Dial("tcp", b.addr); err == nil {
		conn.Close()
		t.Error("a port is forwarded")
	}
	if l, err := c.Listen("tcp", "127.0.0.1:0"); err == nil {
		l.Close()
		t.Error("a port is listened at")
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	for _, request := range []string{"auth-agent-req@openssh.com", "x11-req"} {
		if ok, err := s.SendRequest(request, true, nil); ok || err != nil {
			t.Errorf("%s: %v, %v", request, ok, err)
		}
	}
	if strings.Contains(b.log.String(), "rm -rf") {
		t.Error("the log has what was asked for")
	}
}

// TestTerminal: size and variables are what the client says, as far as they may be.
func TestTerminal(t *testing.T) {
	b := build(t, echo, nil)
	s, err := b.client().NewSession()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"LANG": true, "TZ": true, "LD_PRELOAD": false, "EDITOR": false, "LC_ALL": false, "HOME": false} {
		value := map[string]string{"LANG": "en_GB.UTF-8", "TZ": "Europe/Paris", "LC_ALL": "\x1b]0;x\a"}[name]
		if err := s.Setenv(name, value+"x"[:map[bool]int{true: 1}[value == ""]]); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	out, in := &buffer{}, io.Writer(nil)
	s.Stdout = out
	if in, err = s.StdinPipe(); err == nil {
		err = s.RequestPty("xterm\x1b[2J", 1<<30, 1<<31-1, nil)
	}
	if err == nil {
		err = s.Shell()
	}
	if err != nil {
		t.Fatal(err)
	}
	b.shows(out, "ana {1000 400} map[LANG:en_GB.UTF-8 TZ:Europe/Paris]\r\n")
	for i := range 50 {
		_ = s.WindowChange(10+i, 20+i)
	}
	b.shows(out, "now {69 59}\r\n")
	if err := s.Setenv("LANG", "C"); err == nil {
		t.Error("the environment changes under a program")
	}
	if s.Shell() == nil {
		t.Error("one session begins twice")
	}
	fmt.Fprint(in, "q")
	if err := s.Wait(); err != nil {
		t.Errorf("who leaves: %v", err)
	}
}

// TestHowMany: there are places for so many, and one that is left is free.
func TestHowMany(t *testing.T) {
	b := build(t, echo, func(l *Limits) { l.PerAgent = 2 })
	first := b.desk(b.client())
	b.shows(first.out, "ana")
	second := b.desk(b.client())
	b.shows(second.out, "ana")
	b.ended(b.desk(b.client()), "you have 2 sessions open")
	fmt.Fprint(first.in, "q")
	if err := first.Wait(); err != nil {
		t.Fatal(err)
	}
	b.shows(b.desk(b.client()).out, "ana")

	b = build(t, echo, func(l *Limits) { l.Sessions = 1 })
	b.shows(b.desk(b.client()).out, "ana")
	b.ended(b.desk(b.client()), "all 1 sessions are taken")
}

// TestTime: nothing holds a place for ever: no silence, no half a handshake, no
// terminal that takes nothing, no connection without a session.
func TestTime(t *testing.T) {
	t.Run("idle", func(t *testing.T) {
		b := build(t, echo, func(l *Limits) { l.Idle = 200 * time.Millisecond })
		b.ended(b.desk(b.client()), "nothing was typed for 200ms")
		b.shows(b.log, "went")
	})
	t.Run("handshake", func(t *testing.T) {
		b := build(t, echo, func(l *Limits) { l.Handshake = 100 * time.Millisecond })
		var d net.Dialer
		c, err := d.DialContext(t.Context(), "tcp", b.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.ReadAll(c); err != nil && !errors.Is(err, io.EOF) {
			t.Logf("cut off: %v", err)
		}
		b.shows(b.log, "the handshake took too long")
		if err := b.client().Wait(); err == nil { // one that asks for nothing
			t.Error("it left by itself")
		}
	})
	t.Run("takes nothing", func(t *testing.T) {
		flood := func(ctx context.Context, s *Session) error {
			for ctx.Err() == nil {
				if _, err := s.Write(make([]byte, 1<<16)); err != nil {
					return err
				}
			}
			return ctx.Err()
		}
		b := build(t, flood, func(l *Limits) { l.Stall = 200 * time.Millisecond })
		s, err := b.client().NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.StdoutPipe(); err == nil { // and nobody reads it
			err = s.RequestPty("xterm", 24, 80, nil)
		}
		if err == nil {
			err = s.Shell()
		}
		if err != nil {
			t.Fatal(err)
		}
		b.shows(b.log, "went")
	})
}

// TestEnd: when the door closes everybody is told, and it waits for them; a client
// that is gone leaves nothing behind.
func TestEnd(t *testing.T) {
	b := build(t, echo, nil)
	c := b.client()
	d := b.desk(c)
	b.shows(d.out, "ana")
	other := b.client()
	killed := b.desk(other)
	b.shows(killed.out, "ana")
	other.Close()
	b.shows(b.log, errGone.Error())
	b.stop()
	b.ended(d, "was stopped here")
	select {
	case err := <-b.done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it does not end")
	}
}
