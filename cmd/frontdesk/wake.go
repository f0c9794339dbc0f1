package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"path/filepath"
	"time"
)

// wakePath is the socket in the store's folder on which its holder is told
// that another process wrote intent.
func (d *desk) wakePath() string {
	path := filepath.Join(d.cfg.dir, "wake.sock")
	if len(path) <= maxSocketPath {
		return path
	}
	sum := sha256.Sum256([]byte(d.cfg.dir))
	return filepath.Join(os.TempDir(), "frontdesk-"+hex.EncodeToString(sum[:8])+".sock")
}

// maxSocketPath is the longest name every Unix takes for a socket.
const maxSocketPath = 100

// listenForWakes serves the wake socket. A connection is the whole message,
// except for one that asks how the link stands.
func (d *desk) listenForWakes(ctx context.Context) error {
	path := d.wakePath()
	// This process holds the store's lock, so a socket that is there is a dead
	// one's.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return &fault{what: "the socket " + path + " is in the way", todo: "remove it", err: err}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		// Without it other processes still write intent; it waits for the
		// holder's next look at the queue.
		d.log.Warn("no wake socket", "err", err)
		return nil
	}
	context.AfterFunc(ctx, func() { l.Close() })
	d.run("wake socket", func() error {
		for {
			conn, err := l.Accept()
			if err != nil {
				return ctx.Err()
			}
			var word [1]byte
			_ = conn.SetDeadline(time.Now().Add(time.Second)) // a socket takes one
			if n, _ := conn.Read(word[:]); n == 1 && word[0] == ask {
				d.answerState(conn)
				conn.Close()
				continue
			}
			conn.Close()
			d.store.Changed(ctx)
			d.outbox.Wake()
		}
	})
	return nil
}

// wake tells whoever carries out this store's intent that there is some: our
// own outbox, or the process that holds the store.
func (d *desk) wake() {
	if o := d.carrier(); o != nil {
		o.Wake()
		return
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(context.Background(), "unix", d.wakePath())
	if err != nil {
		d.log.Warn("the holder of the store could not be woken", "err", err)
		return
	}
	conn.Close()
}
