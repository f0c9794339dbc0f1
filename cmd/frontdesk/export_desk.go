package main

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"frontdesk/provider"
	"frontdesk/tui/line"
	words "frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// exportPage writes one conversation as a page to a new file of the person's: erasing the
// contact removes what the store's folder holds, and not what somebody took out of it.
func (d *desk) exportPage(ctx context.Context, id event.ConversationID) (string, error) {
	folder, err := exportFolder(d.env.getenv("HOME"))
	if err != nil {
		return "", err
	}
	find, done, err := pictures(d.cfg.dir)
	if err != nil {
		return "", err
	}
	defer done() //nolint:errcheck // it was only read
	r := &reader{store: d.store, cfg: d.cfg}
	// The name is our own: a contact's may hold anything.
	path := filepath.Join(folder, "frontdesk-"+string(id)+"-"+d.now().UTC().Format("20060102-150405")+".html")
	look := &line.Look{
		Words: words.English(), Now: d.now().Local(), Me: d.cfg.Agent,
		Caps: func(a provider.AccountID, c provider.ChatID) *provider.Capabilities { return d.chatCapabilities(a, c) },
	}
	return path, writeNew(path, func(w io.Writer) error {
		return r.export(ctx, webPage{document{w: w, look: look, file: find}}, []event.ConversationID{id})
	})
}

// exportFolder is where people look for what a program gave them: Downloads, else
// their home.
func exportFolder(home string) (string, error) {
	if home == "" {
		return "", &fault{what: "nobody's home is known", todo: "set HOME, or take frontdesk export --to FILE"}
	}
	downloads := filepath.Join(home, "Downloads")
	if info, err := os.Stat(downloads); err == nil && info.IsDir() {
		return downloads, nil
	}
	return home, nil
}
