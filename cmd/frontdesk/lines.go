package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"

	"frontdesk/cmd/internal/configfile"
	"frontdesk/store/feed"
	"frontdesk/tui/plain"
)

// screenConfig is [screen] in config.toml.
type screenConfig struct {
	// Plain has the inbox be a dialogue in lines, as --plain does.
	Plain bool `toml:"plain"`
}

// inLines reports whether the inbox is to be a dialogue in lines: by the flag, by
// FRONTDESK_PLAIN, or by the folder's configuration. A configuration that cannot be
// read is told by whoever opens it.
func (e environment) inLines(asked bool, folder string) bool {
	if asked || e.getenv("FRONTDESK_PLAIN") == "1" {
		return true
	}
	text, err := os.ReadFile(filepath.Join(folder, "config.toml"))
	if err != nil {
		return false
	}
	var c struct {
		Screen screenConfig `toml:"screen"`
	}
	_, err = configfile.Decode(text, &c)
	return err == nil && c.Screen.Plain
}

// show shows the inbox until the agent leaves it: on the screen, or in lines.
func (d *desk) show(ctx context.Context, inLines bool) error {
	if inLines {
		return d.dialogue(ctx)
	}
	return d.screen(ctx)
}

// dialogue talks in lines until the agent leaves, the input ends, or a mistake ends it.
func (d *desk) dialogue(ctx context.Context) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	d.mu.Lock()
	d.endScreen = end
	d.mu.Unlock()
	o := d.dialogueOptions()
	manner, restore, err := d.env.manner()
	defer restore()
	if err != nil {
		return err
	}
	o.Manner = manner
	err = whole("dialogue", func() error { return plain.Run(ctx, o, d.env.in, d.env.out) })
	var m *mistake
	if errors.As(err, &m) {
		d.log.Error("a mistake stopped a part", "part", m.part, "stack", m.stack)
		return d.sorry(m)
	}
	if errors.As(context.Cause(ctx), &m) {
		return d.sorry(m)
	}
	return err
}

func (d *desk) dialogueOptions() plain.Options {
	changed := make(chan struct{}, 1)
	d.setOnLink(func(feed.State) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	return plain.Options{
		Store: d.store, Agent: d.cfg.Agent, Now: d.now, Location: time.Local,
		Capabilities: d.chatCapabilities, Live: func() bool { return d.link().Live }, LinkChanged: changed, Wake: d.wake,
		NotUTF8: notUTF8(d.env.getenv),
	}
}

// What has a terminal say where a paste begins and ends; one that does not know it
// shows nothing of it (xterm's ctlseqs, DECSET 2004).
const (
	bracketed   = "\x1b[?2004h"
	unbracketed = "\x1b[?2004l"
)

// manner is how lines come in, and what undoes what was set for it. A terminal that can
// nothing (an editor's, most of all) keeps its lines to itself.
func (e environment) manner() (m plain.Manner, restore func(), err error) {
	restore = func() {}
	in, ok := e.in.(*os.File)
	if !ok || !term.IsTerminal(in.Fd()) {
		return plain.Piped, restore, nil
	}
	out, ok := e.out.(*os.File)
	if !ok || !term.IsTerminal(out.Fd()) || e.getenv("TERM") == "dumb" {
		return plain.Cooked, restore, nil
	}
	state, err := term.MakeRaw(in.Fd())
	if err != nil {
		return m, restore, &fault{what: "the terminal does not give its keys", todo: "set TERM=dumb and start again", err: err}
	}
	_, err = io.WriteString(out, bracketed) // so that a paste is told from keys
	return plain.Keys, func() {             // at the end there is nobody to tell
		_, _ = io.WriteString(out, unbracketed)
		_ = term.Restore(in.Fd(), state)
	}, err
}

// notUTF8 reports a locale that names another encoding; what names none is not judged,
// but for the two that are ASCII by definition.
func notUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		v := strings.ToLower(getenv(name))
		switch _, charset, ok := strings.Cut(v, "."); {
		case v == "":
			continue
		case v == "c", v == "posix":
			return true
		case ok:
			charset, _, _ = strings.Cut(charset, "@")
			return charset != "utf-8" && charset != "utf8"
		}
		return false
	}
	return false
}
