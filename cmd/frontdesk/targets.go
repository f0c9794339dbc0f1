package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// targetJSON is a target as `targets list --json` prints it.
type targetJSON struct {
	Name   string          `json:"name"`
	Value  json.RawMessage `json:"value"`
	By     string          `json:"by,omitempty"`
	At     time.Time       `json:"at,omitzero"`
	Shared bool            `json:"shared"`
	// Trouble is why it does nothing.
	Trouble string `json:"trouble,omitempty"`
}

// targetRequest is what the command line of `targets` asks for.
type targetRequest struct {
	dir                     string
	first, next, resolution time.Duration
	hours, accounts, label  string
	json                    bool
	limit                   time.Duration
}

// targets is the verbs about how soon customers are to be served.
func (e environment) targets(ctx context.Context, args []string) error {
	f := e.flags("targets list, targets set NAME --first 15m …, or targets remove NAME")
	var req targetRequest
	f.StringVar(&req.dir, "dir", "", "the folder with config.toml and store.db")
	f.DurationVar(&req.first, "first", 0, "within this a person answers the first message, as in 15m")
	f.DurationVar(&req.next, "next", 0, "within this, each later one")
	f.DurationVar(&req.resolution, "resolution", 0, "within this the conversation is resolved, as in 8h")
	f.StringVar(&req.hours, "hours", "", "the hours of work that count, by name (frontdesk rules list shows them); else all hours")
	f.StringVar(&req.accounts, "accounts", "", "for these inboxes alone, by id, with commas between them")
	f.StringVar(&req.label, "label", "", "for conversations with this label alone")
	f.BoolVar(&req.json, "json", false, "print JSON")
	f.DurationVar(&req.limit, "timeout", time.Minute, "how long to wait until the team has it")
	said, err := f.parse(args, 2)
	if err != nil {
		return err
	}
	switch {
	case len(said) == 0 || len(said) == 1 && said[0] == "list":
		return e.listTargets(ctx, req)
	case len(said) == 2 && said[0] == "set":
		set, err := req.set(said[1])
		if err != nil {
			return err
		}
		return e.changeTarget(ctx, req, set)
	case len(said) == 2 && said[0] == "remove":
		return e.changeTarget(ctx, req, event.Set{What: event.SettingTarget, Name: said[1]})
	}
	return &usageError{what: "targets knows list, set NAME and remove NAME", todo: "frontdesk targets --help tells the flags"}
}

// set is the setting that is asked for.
func (r *targetRequest) set(name string) (event.Set, error) {
	t := event.Target{
		First: event.Span(r.first), Next: event.Span(r.next), Resolution: event.Span(r.resolution), Hours: r.hours, Label: r.label,
	}
	if r.accounts != "" {
		for _, id := range strings.Split(r.accounts, ",") {
			t.Accounts = append(t.Accounts, provider.AccountID(strings.TrimSpace(id)))
		}
	}
	value, err := json.Marshal(t)
	if err != nil {
		return event.Set{}, fmt.Errorf("encode target: %w", err)
	}
	if _, err := event.ReadTarget(value); err != nil || strings.TrimSpace(name) == "" {
		if err == nil {
			err = errors.New("it needs a name")
		}
		return event.Set{}, &usageError{what: fmt.Sprintf("%q is no target: %v", name, err), todo: "frontdesk targets set all --first 15m --next 30m --hours office"}
	}
	return event.Set{What: event.SettingTarget, Name: name, Value: value}, nil
}

func (e environment) listTargets(ctx context.Context, req targetRequest) error {
	r, err := e.openReader(ctx, req.dir)
	if err != nil {
		return err
	}
	defer r.Close()
	list, err := r.store.Settings(ctx, event.SettingTarget)
	if err != nil {
		return err
	}
	rows := []targetJSON{}
	for _, x := range list {
		row := targetJSON{Name: x.Name, Value: x.Value, By: string(x.By), At: x.At.UTC(), Shared: !x.Pending}
		if row.Trouble, err = r.store.TargetTrouble(ctx, x.Value); err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if req.json {
		return printJSON(e.out, rows)
	}
	var out columns
	for _, row := range rows {
		told := "by " + row.By + " " + row.At.Local().Format(time.DateTime)
		if !row.Shared {
			told = "the team does not have it yet"
		}
		if row.Trouble != "" {
			told = "does nothing: " + row.Trouble
		}
		out.add(safetext.Line(row.Name), safetext.Line(string(row.Value)), safetext.Line(told))
	}
	return out.write(e.out)
}

// changeTarget tells the team, and waits until it has it. What names hours or inboxes
// that are not there would do nothing, and nobody would see why.
func (e environment) changeTarget(ctx context.Context, req targetRequest, set event.Set) error {
	d, err := e.openSettings(ctx, req.dir, req.limit)
	if err != nil {
		return err
	}
	defer d.Close()
	if set.Removed() {
		if found, err := d.setting(ctx, set); err != nil || found == nil {
			return orNoTarget(set.Name, err)
		}
	} else if err := d.targetMakesSense(ctx, set); err != nil {
		return err
	}
	shared, err := d.shareSetting(ctx, req.limit, set)
	if err != nil {
		return err
	}
	return e.printShared(set.What, set.Name, shared, req.json)
}

func orNoTarget(name string, err error) error {
	if err != nil {
		return err
	}
	return &fault{what: fmt.Sprintf("there is no target %q", name), todo: "frontdesk targets list shows them"}
}

func (d *desk) targetMakesSense(ctx context.Context, set event.Set) error {
	trouble, err := d.store.TargetTrouble(ctx, set.Value)
	if err != nil {
		return err
	}
	if trouble != "" {
		return &usageError{what: trouble, todo: "frontdesk rules list shows the hours; rules set NAME JSON --hours makes some"}
	}
	t, err := event.ReadTarget(set.Value)
	if err != nil {
		return err
	}
	known, err := d.store.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, id := range t.Accounts {
		if !slices.ContainsFunc(known, func(a provider.Account) bool { return a.ID == id }) {
			return &usageError{what: fmt.Sprintf("there is no inbox %q", id), todo: "frontdesk accounts list names them"}
		}
	}
	return nil
}
