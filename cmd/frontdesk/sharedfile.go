package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"

	"frontdesk/internal/media"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// fileClient is the relay without a limit on how long an answer takes: a file takes as
// long as its way is.
func (d *desk) fileClient(ctx context.Context) (*client.Client, error) {
	relay, token, err := d.reach(ctx)
	if err != nil {
		return nil, err
	}
	c, err := client.New(client.Options{URL: relay, Token: token, HTTP: &http.Client{}, Now: d.clock, Logger: d.log})
	if err != nil {
		return nil, &fault{what: "the relay cannot be used", todo: "check relay and token in config.toml", err: err}
	}
	return c, nil
}

// shareFiles hands files of this machine to the relay, for a canned response. Every one
// is looked at before the first leaves.
func (d *desk) shareFiles(ctx context.Context, paths []string) ([]event.CannedFile, error) {
	if len(paths) > event.MaxCannedFiles {
		return nil, &usageError{what: fmt.Sprintf("these are %d files, and a canned response goes with %d", len(paths), event.MaxCannedFiles), todo: "leave some out"}
	}
	var files []*attached
	defer func() { closeAll(files) }()
	var all []event.CannedFile
	for _, path := range paths {
		a, err := attach(path)
		if err != nil {
			return nil, err
		}
		files = append(files, a)
		all = append(all, event.CannedFile{Name: a.Name, MIME: a.MIME, Size: a.Size, SHA256: a.SHA256})
		if a.Size > event.MaxCannedFile {
			return nil, &fault{what: fmt.Sprintf("%s is larger than the %d MB that a canned response takes", a.Name, event.MaxCannedFile>>20), todo: "make it smaller, or send it by itself"}
		}
	}
	c, err := d.fileClient(ctx)
	if err != nil {
		return nil, err
	}
	for i, a := range files {
		if err := c.PutFile(ctx, a.SHA256, a.Size, media.NewWhole(a.file, a.Size, a.SHA256)); err != nil {
			return nil, fileFault(all[i].Name+" was not taken by the relay", err)
		}
	}
	return all, nil
}

// fileFault says in a person's words what the relay said of a file.
func fileFault(what string, err error) error {
	var e *client.Error
	switch {
	case errors.As(err, &e) && e.Unreachable:
		return &fault{what: what + ": it cannot be reached", todo: "try again when it can"}
	case errors.As(err, &e) && e.Text != "":
		said := words.Apart(e.Text)
		return &fault{what: what + ": " + clause(said.Happened), todo: clause(said.Do)}
	}
	return &fault{what: what, todo: "try again", err: err}
}

// openShared opens a file of a canned response: the copy that is kept here, or the
// relay's, of which a copy is kept. It is the one that was attached, byte by byte.
func (d *desk) openShared(ctx context.Context, f *event.CannedFile) (*attached, error) {
	vault, err := media.Open(d.mediaDir())
	if err != nil {
		return nil, &fault{what: "not sent: the folder of files cannot be opened", todo: "check the disk", err: err}
	}
	defer vault.Close() //nolint:errcheck // nothing is written through it afterwards
	kept, err := vault.Find(f.SHA256)
	if errors.Is(err, fs.ErrNotExist) {
		kept, err = d.fetchShared(ctx, vault, f)
	}
	if err != nil {
		return nil, fileFault(safetext.Name(f.Name).String()+" is not to be had from the relay", err)
	}
	body, err := vault.Open(kept)
	if err != nil {
		return nil, unreadable(err)
	}
	file, ok := body.(io.ReadSeekCloser)
	if !ok {
		return nil, errors.Join(unreadable(errors.ErrUnsupported), body.Close())
	}
	a := &attached{file: file}
	a.Name = fileName(f.Name)
	if err := a.look(); err != nil || a.SHA256 != f.SHA256 {
		closeAll([]*attached{a})
		if err == nil {
			err = unreadable(media.ErrCorrupt)
		}
		return nil, err
	}
	return a, nil
}

func (d *desk) fetchShared(ctx context.Context, vault *media.Vault, f *event.CannedFile) (media.File, error) {
	c, err := d.fileClient(ctx)
	if err != nil {
		return media.File{}, err
	}
	body, err := c.GetFile(ctx, f.SHA256)
	if err != nil {
		return media.File{}, err
	}
	defer body.Close() //nolint:errcheck // it was only read
	return vault.Keep(body, f.SHA256, event.MaxCannedFile)
}
