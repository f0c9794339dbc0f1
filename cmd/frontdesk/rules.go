package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// ruleJSON is one rule, or hours of work, as `rules list --json` prints it.
type ruleJSON struct {
	Name    string          `json:"name"`
	What    string          `json:"what"`
	Value   json.RawMessage `json:"value"`
	By      string          `json:"by,omitempty"`
	At      time.Time       `json:"at,omitzero"`
	Pending bool            `json:"pending,omitempty"`
	// Trouble is why it does nothing.
	Trouble string `json:"trouble,omitempty"`
}

// rules is the verbs about what the team has done by itself.
func (e environment) rules(ctx context.Context, args []string) error {
	f := e.flags("rules list, rules set NAME JSON, or rules remove NAME")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	hours := f.Bool("hours", false, "hours of work, which rules name, and not a rule")
	asJSON := f.Bool("json", false, "print JSON")
	limit := f.Duration("timeout", 15*time.Second, "how long to wait until the team has it")
	words, err := f.parse(args, 3)
	if err != nil {
		return err
	}
	set := event.Set{What: event.SettingRule}
	if *hours {
		set.What = event.SettingHours
	}
	switch {
	case len(words) == 1 && words[0] == "list", len(words) == 0:
		return e.listRules(ctx, *dir, *asJSON)
	case len(words) == 3 && words[0] == "set":
		set.Name, set.Value = words[1], json.RawMessage(words[2])
		if err := checkRule(set); err != nil {
			return &usageError{what: fmt.Sprintf("%s is not as it should be: %v", set.Name, err), todo: "nothing was changed"}
		}
	case len(words) == 2 && words[0] == "remove":
		set.Name = words[1]
	default:
		return &usageError{what: "rules knows list, set NAME JSON and remove NAME", todo: "frontdesk rules --help tells the flags"}
	}
	return e.setRule(ctx, *dir, set, *limit)
}

// checkRule says what is wrong with a rule or with hours.
func checkRule(set event.Set) error {
	var err error
	if set.What == event.SettingHours {
		_, err = event.ReadHours(set.Value)
	} else {
		_, err = event.ReadRule(set.Value)
	}
	return err
}

// ruleTrouble is why a rule, or hours, do nothing, in words; empty where they can. A team
// that was removed after its rule was set is told here.
func ruleTrouble(ctx context.Context, s *store.Store, set event.Set) (string, error) {
	if err := checkRule(set); err != nil {
		return err.Error(), nil
	}
	if set.What != event.SettingRule {
		return "", nil
	}
	r, err := event.ReadRule(set.Value)
	if err != nil || r.Team == "" {
		return "", err
	}
	teams, err := s.Teams(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(teams, func(t store.Team) bool { return t.Name == r.Team })
	switch {
	case i < 0:
		return fmt.Sprintf("there is no team %q; frontdesk teams list shows them", r.Team), nil
	case len(teams[i].Members) == 0:
		return fmt.Sprintf("the team %q has no members; frontdesk teams members adds some", r.Team), nil
	}
	return "", nil
}

func (e environment) listRules(ctx context.Context, dir string, asJSON bool) error {
	r, err := e.openReader(ctx, dir)
	if err != nil {
		return err
	}
	defer r.Close()
	rows := []ruleJSON{}
	for _, what := range []event.Setting{event.SettingHours, event.SettingRule} {
		list, err := r.store.Settings(ctx, what)
		if err != nil {
			return err
		}
		for _, x := range list {
			row := ruleJSON{Name: x.Name, What: string(what), Value: x.Value, By: string(x.By), At: x.At, Pending: x.Pending}
			row.Trouble, err = ruleTrouble(ctx, r.store, event.Set{What: what, Value: x.Value})
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
	}
	if asJSON {
		return printJSON(e.out, rows)
	}
	var out columns
	for _, row := range rows {
		told := "by " + row.By + " " + row.At.Local().Format(time.DateTime)
		if row.Pending {
			told = "the team does not have it yet"
		}
		if row.Trouble != "" {
			told = "does nothing: " + row.Trouble
		}
		out.add(safetext.Line(row.Name), safetext.Line(row.What), safetext.Line(string(row.Value)), safetext.Line(told))
	}
	return out.write(e.out)
}

// setRule tells the team, and waits until it has it.
func (e environment) setRule(ctx context.Context, dir string, set event.Set, limit time.Duration) error {
	d, err := e.openSettings(ctx, dir, limit)
	if err != nil {
		return err
	}
	defer d.Close()
	if set.Removed() {
		if found, err := d.setting(ctx, set); err != nil || found == nil {
			return orMissing(set.Name, err)
		}
	} else if trouble, err := ruleTrouble(ctx, d.store, set); err != nil || trouble != "" {
		return orTrouble(trouble, err)
	}
	shared, err := d.shareSetting(ctx, limit, set)
	if err != nil {
		return err
	}
	if !shared {
		return unshared(limit)
	}
	_, err = fmt.Fprintln(d.env.out, safetext.Line(map[bool]string{true: "removed ", false: "set "}[set.Removed()]+set.Name))
	return err
}

func orTrouble(trouble string, err error) error {
	if err != nil {
		return err
	}
	return &fault{what: "the rule would do nothing: " + trouble, todo: "nothing was changed"}
}

func orMissing(name string, err error) error {
	if err != nil {
		return err
	}
	return &fault{what: "there is no " + name, todo: "frontdesk rules list shows them"}
}

// setting is one setting as this store has it; nil where there is none.
func (d *desk) setting(ctx context.Context, set event.Set) (*store.Setting, error) {
	list, err := d.store.Settings(ctx, set.What)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Name == set.Name {
			return &list[i], nil
		}
	}
	return nil, nil //nolint:nilnil // none is no error
}
