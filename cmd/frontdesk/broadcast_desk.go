package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// openTable opens a table of recipients by the path that a person typed on the screen; a
// ~ is their home.
func (d *desk) openTable(path string) (io.ReadCloser, error) {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		path = filepath.Join(d.env.getenv("HOME"), rest)
	}
	return openTable(path)
}

// openTable opens a file that is one: what is none may never end, or never begin.
func openTable(path string) (io.ReadCloser, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, tableUnreadable(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, &fault{what: path + " is no file", todo: "name the table itself"}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, tableUnreadable(path, err)
	}
	return f, nil
}

// exportBroadcast writes what became of a broadcast's recipients to a new file of the
// person's.
func (d *desk) exportBroadcast(ctx context.Context, id event.BroadcastID) (string, error) {
	folder, err := exportFolder(d.env.getenv("HOME"))
	if err != nil {
		return "", err
	}
	r := &reader{store: d.store, cfg: d.cfg}
	name := "frontdesk-" + safetext.Line(string(id)).String() + "-" + d.now().UTC().Format("20060102-150405") + ".csv"
	path := filepath.Join(folder, filepath.Base(name))
	return path, writeNew(path, func(w io.Writer) error { return r.results(ctx, w, id, "csv") })
}
