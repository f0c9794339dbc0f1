package main

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"frontdesk/provider"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	words "frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// exportFile writes a conversation or a view to a new file of the person's: erasing the
// contact removes what the store's folder holds, and not what somebody took out of it.
func (d *desk) exportFile(ctx context.Context, what action.Export) (string, error) {
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
	ids, name := []event.ConversationID{what.Conversation}, string(what.Conversation)
	if what.View != "" {
		if ids, err = r.exported(ctx, "", what.View); err != nil {
			return "", err
		}
		name = "view"
	}
	// The name is our own: a contact's or a label's may hold anything.
	path := filepath.Join(folder, "frontdesk-"+name+"-"+d.now().UTC().Format("20060102-150405")+"."+what.Format)
	look := &line.Look{
		Words: words.English(), Now: d.now().Local(), Me: d.cfg.Agent,
		Caps: func(a provider.AccountID, c provider.ChatID) *provider.Capabilities { return d.chatCapabilities(a, c) },
	}
	return path, writeNew(path, func(w io.Writer) error {
		return r.export(ctx, exporterOf(document{w: w, look: look, file: find}, what.Format), ids)
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
