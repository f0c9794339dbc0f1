package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// inbox is the program without a verb: it opens the inbox of a folder.
func (e environment) inbox(ctx context.Context, args []string) error {
	f := e.flags("")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	look := f.theme()
	asked := f.Bool("plain", false, "no screen: a dialogue in lines, for screen readers and pipes (help lists its commands)")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	folder, err := e.folder(*dir)
	if err != nil {
		return err
	}
	inLines := e.inLines(*asked, folder)
	if _, err := os.Stat(filepath.Join(folder, "config.toml")); !inLines && errors.Is(err, fs.ErrNotExist) {
		return e.first(ctx, folder, look)
	}
	if !inLines {
		if err := e.mustBeTerminal(); err != nil {
			return err
		}
	}
	d, err := e.openDesk(ctx, folder)
	if err != nil {
		return err
	}
	defer d.Close()
	d.cfg.wear(look)
	if !d.holder {
		d.stand(ctx)
		return d.show(ctx, inLines)
	}
	if err := d.start(ctx); err != nil {
		return err
	}
	return d.show(ctx, inLines)
}

// mustHold refuses a second demo on one folder: its pretend network lives in
// the process that holds it.
func (d *desk) mustHold() error {
	if d.holder {
		return nil
	}
	return &fault{
		what: "another frontdesk has " + d.cfg.dir + " open",
		todo: "use that one, or another folder with --dir; conversations, messages and send work beside it",
	}
}
