package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"frontdesk/internal/durable"
	"frontdesk/provider"
	"frontdesk/store/outbox"
	"frontdesk/store/worker"
	"frontdesk/tui/safetext"
)

// worker is the verb `worker`: a terminal without a screen that does the team's
// work also while everybody's machine sleeps.
func (e environment) worker(ctx context.Context, args []string) error {
	f := e.flags("worker")
	dir := f.String("dir", "", "the folder with config.toml and store.db; its token names the worker")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	folder, err := e.folder(*dir)
	if err != nil {
		return err
	}
	d, err := e.openDesk(ctx, folder)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.mustHold(); err != nil {
		return err
	}
	d.works = true
	if err := d.start(context.WithoutCancel(ctx)); err != nil { // Close ends its parts in their order
		return err
	}
	if _, err := fmt.Fprintln(e.out, safetext.Line("working on "+folder)); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// newWorker is what every holder of a store runs. Where the relay is its own it does
// the team's work; elsewhere that is the worker's, and it sends what it alone may send
// and what a worker has left.
func (d *desk) newWorker(o *outbox.Outbox, live func() bool) *worker.Worker {
	return worker.New(worker.Options{
		Store: d.store, Terminal: d.cfg.terminal, Always: d.works, Leads: d.cfg.Relay == embedded, CaughtUp: live, Sends: o.Wake, Logger: d.log,
		Capabilities: func(chat provider.ChatKey) (*provider.Capabilities, bool) {
			p, ok := d.provider(chat.Account)
			if !ok {
				return nil, false
			}
			return p.Capabilities(chat), true
		},
	})
}

// work runs the worker until rest.
func (d *desk) work(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	d.mu.Lock()
	w := d.worker
	d.rest = func() {
		cancel()
		<-ended
	}
	d.mu.Unlock()
	d.run("worker", func() error {
		defer close(ended)
		return w.Run(ctx)
	})
}

func (d *desk) wakeWorker() {
	d.mu.Lock()
	w := d.worker
	d.mu.Unlock()
	if w != nil {
		w.Wake()
	}
}

// terminalFile holds the name of a folder's terminal.
const terminalFile = "terminal"

// readTerminal reads the name of this folder's terminal; it has none before the inbox
// was opened.
func (c *config) readTerminal() error {
	kept, err := os.ReadFile(filepath.Join(c.dir, terminalFile))
	c.terminal = strings.TrimSpace(string(kept))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &fault{what: "this terminal's name cannot be read", todo: "check who may read the file " + terminalFile + " in " + c.dir, err: err}
	}
	return nil
}

// nameTerminal reads the name of this folder's terminal, or makes it: it stays when
// the store is rebuilt, so that what this terminal alone may send is still sent.
func (c *config) nameTerminal() error {
	if err := c.readTerminal(); err != nil || c.terminal != "" {
		return err
	}
	path := filepath.Join(c.dir, terminalFile)
	var name [8]byte
	_, _ = rand.Read(name[:]) // it never fails
	c.terminal = hex.EncodeToString(name[:])
	if err := os.WriteFile(path, []byte(c.terminal+"\n"), 0o600); err != nil {
		return &fault{what: "this terminal's name cannot be kept", todo: "check who may write in " + c.dir, err: err}
	}
	if err := errors.Join(durable.SyncFile(path), durable.SyncName(path)); err != nil {
		return &fault{what: "this terminal's name cannot be kept", todo: "check the disk", err: err}
	}
	return nil
}
