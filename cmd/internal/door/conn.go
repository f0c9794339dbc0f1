package door

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// maxTries is how many keys a client may offer; an ssh-agent offers all it holds.
const maxTries = 10

// maxChannels is how many sessions one connection may carry.
const maxChannels = 8

// nameKey is where a connection's permissions say whose key it was.
const nameKey = "agent"

// serverConfig lets keys in and nothing else: there is no password to guess.
func (h *house) serverConfig() *ssh.ServerConfig {
	c := &ssh.ServerConfig{
		MaxAuthTries: maxTries, ServerVersion: "SSH-2.0-frontdesk",
		PublicKeyAuthAlgorithms: []string{
			ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256,
			ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
		},
		PublicKeyCallback: h.whose,
	}
	c.AddHostKey(h.HostKey)
	return c
}

// whose lets a key in or says to its owner what to do. A client that offers several
// keys is told of each that is nobody's; that it was let in by another shows.
func (h *house) whose(meta ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	agent, err := h.Agent(key)
	if err == nil {
		return &ssh.Permissions{Extensions: map[string]string{nameKey: agent}}, nil
	}
	finger := ssh.FingerprintSHA256(key)
	h.Log.Info("key refused", "from", meta.RemoteAddr().String(), "key", finger, "err", err)
	return nil, &ssh.BannerError{
		Err:     err,
		Message: fmt.Sprintf("frontdesk: nobody here has the key %s (%s); give its .pub file to whoever runs this frontdesk\r\n", finger, key.Type()),
	}
}

// conn is one connection of an agent's.
type conn struct {
	*house
	ssh   *ssh.ServerConn
	agent string
	from  string

	mu     sync.Mutex
	open   int
	lonely *time.Timer // ends a connection that carries nothing
}

// receive finds out who it is and serves them until they go.
func (h *house) receive(ctx context.Context, nc net.Conn, from string) {
	sc, channels, requests, err := h.shake(ctx, nc)
	h.known(from)
	if err != nil {
		h.Log.Info("not let in", "from", from, "err", reason(err))
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &conn{house: h, ssh: sc, agent: sc.Permissions.Extensions[nameKey], from: from}
	c.lonely = time.AfterFunc(h.Limits.Handshake, func() { nc.Close() })
	defer c.lonely.Stop()
	stop := context.AfterFunc(ctx, func() { c.dismiss(nc) })
	defer stop()
	go ssh.DiscardRequests(requests) // nothing is forwarded; it ends with the connection
	go c.keepAlive(ctx, nc)
	var sessions sync.WaitGroup
	defer sessions.Wait()
	gone := make(chan struct{})
	defer close(gone) // before the sessions are waited for: their programs end by it
	for asked := range channels {
		if asked.ChannelType() != "session" {
			_ = asked.Reject(ssh.Prohibited, "frontdesk forwards nothing") // who asked may be gone
			continue
		}
		if !c.enter() {
			_ = asked.Reject(ssh.ResourceShortage, "there are too many sessions on this connection")
			continue
		}
		sessions.Go(func() {
			defer c.exit(ctx)
			c.take(ctx, asked, gone)
		})
	}
}

// shake is the handshake, which has its time and no more.
func (h *house) shake(ctx context.Context, nc net.Conn) (*ssh.ServerConn, <-chan ssh.NewChannel, <-chan *ssh.Request, error) {
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	defer stop()
	if err := nc.SetDeadline(time.Now().Add(h.Limits.Handshake)); err != nil {
		return nil, nil, nil, err
	}
	sc, channels, requests, err := ssh.NewServerConn(nc, h.config)
	if err != nil {
		return nil, nil, nil, err
	}
	return sc, channels, requests, nc.SetDeadline(time.Time{})
}

// reason is why a connection was not let in, without what the other side sent.
func reason(err error) string {
	var auth *ssh.ServerAuthError
	var timeout net.Error
	switch {
	case errors.As(err, &auth):
		return "no key of an agent's"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "the handshake took too long"
	}
	return "the handshake failed"
}

// keepAlive ends a connection that no longer answers. OpenSSH and others answer a
// global request nobody knows with a failure, which is an answer: RFC 4254, 4.
func (c *conn) keepAlive(ctx context.Context, nc net.Conn) {
	tick := time.NewTicker(c.Limits.Stall)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		late := time.AfterFunc(c.Limits.Stall, func() { nc.Close() })
		_, _, err := c.ssh.SendRequest("keepalive@openssh.com", true, nil)
		late.Stop()
		if err != nil {
			return
		}
	}
}

func (c *conn) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open >= maxChannels {
		return false
	}
	c.open++
	c.lonely.Stop()
	return true
}

// farewell is how long a client has to read how its last session ended, and to go by
// itself, when the door closes.
const farewell = time.Second

func (c *conn) exit(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wait := c.Limits.Handshake
	if ctx.Err() != nil {
		wait = farewell
	}
	if c.open--; c.open == 0 {
		c.lonely.Reset(wait)
	}
}

// dismiss ends a connection that carries nothing when the door closes; others end
// after their sessions.
func (c *conn) dismiss(nc net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == 0 {
		nc.Close()
	}
}
