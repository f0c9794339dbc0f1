package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"golang.org/x/crypto/ssh"

	"frontdesk/cmd/internal/door"
)

// sshTeam is a team's door over an office's relay.
type sshTeam struct {
	*office
	root, addr string
	keys       map[string]ssh.Signer
	log        *sharedText
	stop       context.CancelFunc
	done       chan struct{}
}

// sharedText is written by one and read by another.
type sharedText struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *sharedText) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *sharedText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newSSHKey(t *testing.T) ssh.Signer {
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

// openTeam gives each agent a folder with their own token and key, and lets them in.
func openTeam(t *testing.T, agents ...string) *sshTeam {
	t.Helper()
	f := &sshTeam{office: openOffice(t), root: t.TempDir(), keys: map[string]ssh.Signer{}, log: &sharedText{}, done: make(chan struct{})}
	for _, agent := range agents {
		if agent != demoTeammate {
			f.hires(agent)
		}
		f.keys[agent] = newSSHKey(t)
		f.settle(agent)
	}
	limits := door.Usual()
	limits.PerAgent = 2
	e := environment{out: io.Discard, errs: f.log, getenv: func(name string) string {
		return map[string]string{"EDITOR": "vi", "HOME": f.root, "TMUX": "here"}[name]
	}}
	d, err := e.openDoor(f.root, limits)
	if err != nil {
		t.Fatal(err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.addr = l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	go func() {
		defer close(f.done)
		if err := d.Serve(ctx, l); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		stop()
		<-f.done
	})
	return f
}

// settle makes an agent's folder.
func (f *sshTeam) settle(agent string) {
	f.t.Helper()
	dir := filepath.Join(f.root, agent)
	config := fmt.Sprintf("relay = %q\nagent = %q\ntoken = %q\n\n[notify]\ncommand = [\"touch\", %q]\nwhen = \"always\"\nmessages = \"all\"\n\n[[account]]\nid = %q\nnetwork = \"whatsapp\"\ndriver = \"cloudapi\"\n",
		f.backend.url, agent, "file:"+filepath.Join(f.dir, agent+".token"), filepath.Join(dir, "run"), demoAccount)
	if err := os.Mkdir(dir, 0o700); err != nil {
		f.t.Fatal(err)
	}
	for name, text := range map[string]string{"config.toml": config, keysFile: string(ssh.MarshalAuthorizedKey(f.keys[agent].PublicKey()))} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
}

// remote is an agent's own terminal, with what it shows.
type remote struct {
	t       *testing.T
	client  *ssh.Client
	session *ssh.Session
	in      io.Writer

	mu      sync.Mutex
	term    *vt.Emulator
	changed chan struct{}
}

// sits connects an agent from a terminal of w by h.
func (f *sshTeam) sits(agent string, w, h int) *remote {
	f.t.Helper()
	c, err := ssh.Dial("tcp", f.addr, &ssh.ClientConfig{
		User: "me", Auth: []ssh.AuthMethod{ssh.PublicKeys(f.keys[agent])},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), // of this test's own door
	})
	if err != nil {
		f.t.Fatal(err)
	}
	r := &remote{t: f.t, client: c, term: vt.NewEmulator(w, h), changed: make(chan struct{})}
	f.t.Cleanup(func() {
		c.Close()
		r.term.InputPipe().(io.Closer).Close()
	})
	if r.session, err = c.NewSession(); err != nil {
		f.t.Fatal(err)
	}
	r.session.Stdout = r
	r.in, err = r.session.StdinPipe()
	for name, value := range map[string]string{"LANG": "en_US.UTF-8", "COLORTERM": "truecolor"} {
		if err == nil {
			err = r.session.Setenv(name, value)
		}
	}
	if err == nil {
		err = r.session.RequestPty("xterm-256color", h, w, nil)
	}
	if err == nil {
		err = r.session.Shell()
	}
	if err != nil {
		f.t.Fatal(err)
	}
	go func() { _, _ = io.Copy(r.in, r.term) }() // what the terminal answers
	return r
}

// Write draws what the program writes.
func (r *remote) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.changed)
	r.changed = make(chan struct{})
	return r.term.Write(b)
}

func (r *remote) screen() (text string, changed chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.term.String(), r.changed
}

// waits waits until the screen shows all of the texts.
func (r *remote) waits(texts ...string) {
	r.t.Helper()
	r.waitsFor(strings.Join(texts, ", "), func(screen string) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(screen, text) })
	})
}

func (r *remote) waitsFor(what string, ok func(screen string) bool) {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		text, changed := r.screen()
		if ok(text) {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			r.t.Fatalf("never %q:\n%s", what, text)
		}
	}
}

func (r *remote) keys(keys string) {
	r.t.Helper()
	if _, err := io.WriteString(r.in, keys); err != nil {
		r.t.Fatal(err)
	}
}

// finds opens a customer's conversation.
func (r *remote) finds(customer string) {
	r.t.Helper()
	r.keys("/")
	r.waits("Search")
	r.keys(customer)
	r.waits("› "+customer, " hit", "▍ "+customer)
	r.keys("\r")
	r.waitsFor("the conversation with "+customer, func(screen string) bool {
		return strings.Contains(threadHeader(screen), customer) && !strings.Contains(screen, "› "+customer)
	})
}
