package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// nudge is the verbs `nudge list`, `nudge set` and `nudge remove`.
func (e environment) nudge(ctx context.Context, args []string) error {
	f := e.flags("nudge list, nudge set TEMPLATE [--lang L], or nudge remove [--lang L]")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	lang := f.String("lang", "", "for contacts of that language; without it, for all others")
	limit := f.Duration("timeout", time.Minute, "how long to wait until the team has it")
	asJSON := f.Bool("json", false, "print JSON")
	said, err := f.parse(args, 2)
	if err != nil {
		return err
	}
	set := event.Set{What: event.SettingRule, Name: event.NudgeName(*lang)}
	switch {
	case len(said) == 0 || len(said) == 1 && said[0] == "list":
		return e.listNudges(ctx, *dir, *asJSON)
	case len(said) == 2 && said[0] == "set" && said[1] != "":
		if set.Value, err = json.Marshal(event.Nudge{Template: said[1]}); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
	case len(said) != 1 || said[0] != "remove":
		return &usageError{what: "nudge knows list, set TEMPLATE and remove", todo: "frontdesk nudge --help tells the flags"}
	}
	d, err := e.openSettings(ctx, *dir, *limit)
	if err != nil {
		return err
	}
	defer d.Close()
	shared, err := d.shareSetting(ctx, *limit, set)
	if err != nil {
		return err
	}
	return e.printShared(set.What, set.Name, shared, *asJSON)
}

func (e environment) listNudges(ctx context.Context, dir string, asJSON bool) error {
	r, err := e.openReader(ctx, dir)
	if err != nil {
		return err
	}
	defer r.Close()
	nudges, err := r.store.Nudges(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(e.out, nudges)
	}
	var out columns
	for _, language := range slices.Sorted(maps.Keys(nudges)) {
		shown := language
		if shown == "" {
			shown = "all others"
		}
		out.add(safetext.Line(shown), safetext.Line(nudges[language]))
	}
	return out.write(e.out)
}
