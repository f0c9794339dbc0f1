package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// cannedJSON is a canned response as `canned list --json` prints it.
type cannedJSON struct {
	Code  string `json:"code"`
	Owner string `json:"owner,omitempty"`
	Text  string `json:"text"`
	// Files go with it.
	Files  []event.CannedFile `json:"files,omitempty"`
	By     string             `json:"by,omitempty"`
	At     time.Time          `json:"at"`
	Shared bool               `json:"shared"`
	Uses   int                `json:"uses"`
}

// cannedRequest is what the command line of `canned` asks for.
type cannedRequest struct {
	dir, text  string
	files      list
	mine, json bool
	limit      time.Duration
}

// canned is the verbs `canned list`, `canned set` and `canned remove`.
func (e environment) canned(ctx context.Context, args []string) error {
	f := e.flags("canned list, canned set CODE --text TEXT [--file FILE], or canned remove CODE")
	var req cannedRequest
	f.StringVar(&req.dir, "dir", "", "the folder with config.toml and store.db")
	f.StringVar(&req.text, "text", "", "the text; {first name} and other variables are filled in when it is used")
	f.Var(&req.files, "file", "a file that goes with it; repeat it for up to three")
	f.BoolVar(&req.mine, "mine", false, "your own, which is offered to you alone")
	f.DurationVar(&req.limit, "timeout", time.Minute, "how long to wait until the team has it")
	f.BoolVar(&req.json, "json", false, "print JSON")
	said, err := f.parse(args, 2)
	if err != nil {
		return err
	}
	switch {
	case len(said) == 0 || len(said) == 1 && said[0] == "list":
		return e.listCanned(ctx, req)
	case len(said) == 2 && (said[0] == "set" || said[0] == "remove"):
		return e.changeCanned(ctx, said[0] == "remove", said[1], req)
	}
	return &usageError{what: "canned knows list, set CODE and remove CODE", todo: "frontdesk canned --help tells the flags"}
}

func (e environment) listCanned(ctx context.Context, req cannedRequest) error {
	r, err := e.openReader(ctx, req.dir)
	if err != nil {
		return err
	}
	defer r.Close()
	list, err := r.store.Canned(ctx)
	if err != nil {
		return err
	}
	if req.json {
		rows := []cannedJSON{}
		for _, c := range list {
			rows = append(rows, cannedJSON{c.Code, string(c.Owner), c.Text, c.Files, string(c.By), c.At.UTC(), !c.Pending, c.Uses})
		}
		return printJSON(e.out, rows)
	}
	w := r.plainLook().Words
	var out columns
	for _, c := range list {
		whose := ""
		if c.Owner != "" {
			whose = w.Canned.Own
		}
		out.add(safetext.Line("/"+c.Code), safetext.Line(whose), safetext.Line(w.Canned.Count(c.Uses)), safetext.Line(c.Text+w.Attach.Names(c.Files)))
	}
	return out.write(e.out)
}

func (e environment) changeCanned(ctx context.Context, remove bool, code string, req cannedRequest) error {
	folder, err := e.folder(req.dir)
	if err != nil {
		return err
	}
	d, err := e.openDesk(ctx, folder)
	if err != nil {
		return err
	}
	defer d.Close()
	c := store.Canned{Code: code, Text: req.text}
	if req.mine {
		c.Owner = d.cfg.Agent
	}
	set := event.Set{What: event.SettingCanned, Name: c.Name()}
	if remove {
		err = d.hasCanned(ctx, c.Name())
	} else {
		set, err = c.Set()
	}
	if errors.Is(err, store.ErrCannedEmpty) && len(req.files) > 0 {
		err = nil // its files are to come
	}
	switch {
	case errors.Is(err, store.ErrCode), errors.Is(err, store.ErrCannedEmpty):
		return &usageError{what: err.Error(), todo: "frontdesk canned set hours --text \"We are open from 9 to 18.\""}
	case err != nil:
		return err
	}
	if err := d.hear(ctx, req.limit); err != nil {
		return err
	}
	if len(req.files) > 0 && !remove {
		if c.Files, err = d.shareFiles(ctx, req.files); err != nil {
			return err
		}
		if set, err = c.Set(); err != nil {
			return err
		}
	}
	shared, err := d.shareSetting(ctx, req.limit, set)
	if err != nil {
		return err
	}
	return e.printShared(set.What, set.Name, shared, req.json)
}

// hasCanned is an error where there is nothing to remove.
func (d *desk) hasCanned(ctx context.Context, name string) error {
	list, err := d.store.Canned(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].Name() == name {
			return nil
		}
	}
	return &fault{what: fmt.Sprintf("there is no canned response %q", name), todo: "frontdesk canned list shows them; --mine is for your own"}
}
