package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// macroJSON is a macro as `macros list --json` prints it.
type macroJSON struct {
	Name   string    `json:"name"`
	Owner  string    `json:"owner,omitempty"`
	Key    string    `json:"key,omitempty"`
	Steps  []string  `json:"steps"`
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at"`
	Shared bool      `json:"shared"`
	Uses   int       `json:"uses"`
}

// macrosRequest is what the command line of `macros` asks for.
type macrosRequest struct {
	dir, key   string
	steps      list
	mine, json bool
	limit      time.Duration
}

// macros is the verbs `macros list`, `add`, `remove` and `run`.
func (e environment) macros(ctx context.Context, args []string) error {
	f := e.flags("macros list, macros add NAME --step STEP …, macros remove NAME, or macros run NAME CONVERSATION …")
	var req macrosRequest
	f.StringVar(&req.dir, "dir", "", "the folder with config.toml and store.db")
	f.StringVar(&req.key, "key", "", "the key that runs it in the inbox, after ;")
	f.Var(&req.steps, "step", "one step: \"reply /hours\", \"label +vip -new\", \"assign me\", \"snooze fri 9am\", \"resolve\"; repeated, in their order")
	f.BoolVar(&req.mine, "mine", false, "your own, which is offered to you alone")
	f.DurationVar(&req.limit, "timeout", time.Minute, "how long to wait until it is done")
	f.BoolVar(&req.json, "json", false, "print JSON")
	said, err := f.parse(args, 2+store.MaxMacroMany)
	if err != nil {
		return err
	}
	switch {
	case len(said) == 0 || len(said) == 1 && said[0] == "list":
		return e.listMacros(ctx, req)
	case len(said) == 2 && said[0] == "add":
		return e.addMacro(ctx, said[1], req)
	case len(said) == 2 && said[0] == "remove":
		return e.removeMacro(ctx, said[1], req)
	case len(said) > 2 && said[0] == "run":
		return e.runMacro(ctx, said[1], said[2:], req)
	}
	return &usageError{what: "macros knows list, add NAME, remove NAME and run NAME CONVERSATION", todo: "frontdesk macros --help tells the flags"}
}

func (e environment) listMacros(ctx context.Context, req macrosRequest) error {
	r, err := e.openReader(ctx, req.dir)
	if err != nil {
		return err
	}
	defer r.Close()
	list, err := r.store.Macros(ctx)
	if err != nil {
		return err
	}
	rows := []macroJSON{}
	var out columns
	w := r.plainLook().Words
	for _, m := range list {
		row := macroJSON{m.Title, string(m.Owner), m.Key, nil, string(m.By), m.At.UTC(), !m.Pending, m.Uses}
		for _, s := range m.Steps {
			row.Steps = append(row.Steps, s.String())
		}
		rows = append(rows, row)
		whose := ""
		if m.Owner != "" {
			whose = w.Canned.Own
		}
		out.add(safetext.Line(";"+m.Key), safetext.Line(m.Title), safetext.Line(whose), safetext.Line(w.Canned.Count(m.Uses)), safetext.Line(strings.Join(row.Steps, " · ")))
	}
	if req.json {
		return printJSON(e.out, rows)
	}
	return out.write(e.out)
}

func (e environment) addMacro(ctx context.Context, name string, req macrosRequest) error {
	d, err := e.openSettings(ctx, req.dir, req.limit)
	if err != nil {
		return err
	}
	defer d.Close()
	m := store.Macro{Title: name, Macro: event.Macro{Key: req.key}}
	for _, line := range req.steps {
		m.Steps = append(m.Steps, event.ParseStep(line))
	}
	if req.mine {
		m.Owner = d.cfg.Agent
	}
	set, err := m.Set()
	if err != nil {
		return d.notAMacro(err)
	}
	shared, err := d.shareSetting(ctx, req.limit, set)
	if err != nil {
		return err
	}
	return e.printShared(set.What, set.Name, shared, req.json)
}

// notAMacro words what is wrong with one, as the form on the screen does.
func (d *desk) notAMacro(err error) error {
	var label *store.LabelError
	var bad *event.MacroError
	switch {
	case errors.As(err, &label):
		return notUnderstood(d.words.Triage.NotALabel(label.Reason))
	case errors.Is(err, store.ErrMacroName):
		return notUnderstood(d.words.Macros.Slash)
	case errors.As(err, &bad):
		return notUnderstood(d.words.Macros.Fault(bad.Fault, bad.Step))
	}
	return err
}

func (e environment) removeMacro(ctx context.Context, name string, req macrosRequest) error {
	d, err := e.openSettings(ctx, req.dir, req.limit)
	if err != nil {
		return err
	}
	defer d.Close()
	m, err := d.macro(ctx, name, req.mine)
	if err != nil {
		return err
	}
	set := event.Set{What: event.SettingMacro, Name: m.Name()}
	shared, err := d.shareSetting(ctx, req.limit, set)
	if err != nil {
		return err
	}
	return e.printShared(set.What, set.Name, shared, req.json)
}

// macro is one by its name: the team's, or this agent's own.
func (d *desk) macro(ctx context.Context, name string, mine bool) (store.Macro, error) {
	list, err := d.store.Macros(ctx)
	if err != nil {
		return store.Macro{}, err
	}
	for _, m := range list {
		if m.Title == name && (m.Owner != "") == mine {
			return m, nil
		}
	}
	return store.Macro{}, &fault{what: fmt.Sprintf("there is no macro %q", name), todo: "frontdesk macros list shows them; --mine is for your own"}
}
