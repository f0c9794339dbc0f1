package main

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"frontdesk/cmd/internal/door"
	"frontdesk/provider"
	"frontdesk/tui"
	"frontdesk/tui/action"
	"frontdesk/webhookrelay/event"
)

// rooms are the agents' folders behind a door.
type rooms struct {
	env environment
	dir string

	mu      sync.Mutex
	opening map[string]*sync.Mutex
}

// program is one session: the inbox of the agent's folder. A second one of the same
// agent works beside the first, as a second window does.
func (r *rooms) program(ctx context.Context, s *door.Session) error {
	err := whole("session", func() error { return r.inbox(ctx, s) })
	if err != nil {
		return errors.New(oneLine(plainly(err)))
	}
	return nil
}

func (r *rooms) inbox(ctx context.Context, s *door.Session) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	d, err := r.open(ctx, s)
	if err != nil {
		return err
	}
	defer d.Close()
	// Before the screen is there: what ends this desk may not end the others'.
	d.mu.Lock()
	d.endScreen = end
	d.mu.Unlock()
	if !d.holder {
		d.stand(ctx)
		return d.screen(ctx)
	}
	if err := d.start(ctx); err != nil {
		return err
	}
	return d.screen(ctx)
}

// open opens a folder for one session at a time: the first makes what a folder needs.
func (r *rooms) open(ctx context.Context, s *door.Session) (*desk, error) {
	r.mu.Lock()
	if r.opening == nil {
		r.opening = map[string]*sync.Mutex{}
	}
	one := r.opening[s.Agent]
	if one == nil {
		one = &sync.Mutex{}
		r.opening[s.Agent] = one
	}
	r.mu.Unlock()
	one.Lock()
	defer one.Unlock()
	e := r.env.away(s)
	folder := filepath.Join(r.dir, s.Agent)
	if err := e.mayHoldStore(folder); err != nil {
		return nil, err
	}
	if _, err := e.configOfAgent(folder); err != nil {
		return nil, err
	}
	return e.openDesk(ctx, folder)
}

// configOfAgent reads the configuration of a folder behind a door. The relay is what
// agents share: one that lives as long as a session is none.
func (e environment) configOfAgent(folder string) (*config, error) {
	cfg, err := loadConfig(folder, e.getenv)
	if err != nil {
		return nil, err
	}
	if cfg.Relay == embedded {
		return nil, &fault{what: "the relay is embedded, and agents share one", todo: "run webhookrelay and name it in config.toml of " + folder}
	}
	return cfg, nil
}

// terminalNames are variables that say something of the terminal or of the person at
// it. This process's own are of whoever started it.
func terminalNames() []string {
	return append(door.Names(), "HOME", "USER", "VISUAL", "EDITOR", "TMUX", "KITTY_WINDOW_ID", "WT_SESSION")
}

// away is the environment of a session: the terminal is the agent's, secrets are read
// from this process's.
func (e environment) away(s *door.Session) environment {
	ours, names := e.getenv, terminalNames()
	e.getenv = func(name string) string {
		if slices.Contains(names, name) {
			return s.Env[name]
		}
		return ours(name)
	}
	e.args, e.environ = nil, nil
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		e.environ = append(e.environ, name+"="+s.Env[name])
	}
	e.in, e.out, e.errs, e.visitor = s, s, s, &visitor{s}
	return e
}

// visitor is who sits at a screen that is elsewhere.
type visitor struct{ *door.Session }

// confine leaves the screen what does nothing on this machine for somebody who is not
// at it: no program is started, no file of it is read for them or written.
func (s *visitor) confine(o *tui.Options) {
	o.Away = &tui.Away{Size: s.Size, Resized: s.Resized}
	if zone, err := time.LoadLocation(s.Env["TZ"]); err == nil && s.Env["TZ"] != "" {
		o.Location = zone
	}
	o.Notify.Run = nil
	o.Open = func(context.Context, string) error {
		return &fault{what: "over SSH nothing is opened", todo: "copy the text with y"}
	}
	o.Editor = func(context.Context, string) (tui.Outside, error) {
		return tui.Outside{}, &fault{what: "over SSH there is no editor of yours", todo: "write here"}
	}
	o.OpenTable = nil
	// What the relay keeps for canned responses may go; nothing of this machine's may.
	o.Files.Look, o.Files.Complete = nil, nil
	o.Files.Share = func(context.Context, []string) ([]event.CannedFile, error) { return nil, errNoFiles() }
	o.Export = func(context.Context, event.ConversationID) (string, error) { return "", errNoExport() }
	o.ExportFile = func(context.Context, action.Export) (string, error) { return "", errNoExport() }
	o.ExportBroadcast = func(context.Context, event.BroadcastID) (string, error) { return "", errNoExport() }
	if o.Templates != nil {
		t := *o.Templates
		o.Templates = &t
		confineTemplates(o.Templates)
	}
}

// confineTemplates leaves templates their texts.
func confineTemplates(t *tui.TemplateDesk) {
	put := t.Put
	t.Put = func(ctx context.Context, id provider.AccountID, template provider.Template, sample string) (provider.TemplateStatus, error) {
		if sample != "" {
			return template.Status, errNoFiles()
		}
		return put(ctx, id, template, sample)
	}
	t.File = func(context.Context, provider.ChatKey, provider.ContentKind, string) (*provider.Media, error) {
		return nil, errNoFiles()
	}
}

func errNoFiles() error {
	return &fault{what: "over SSH no file of your machine can be read", todo: "use frontdesk on the machine that has it"}
}

func errNoExport() error {
	return &fault{what: "over SSH no file is written", todo: "use frontdesk on your own machine"}
}
