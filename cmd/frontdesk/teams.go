package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// teamJSON is a team as `teams list --json` prints it.
type teamJSON struct {
	Name    string   `json:"name"`
	Members []string `json:"members"`
	Inboxes []string `json:"inboxes,omitempty"`
	// Open counts its open conversations, Queue those that belong to nobody.
	Open  int `json:"open"`
	Queue int `json:"queue"`
	// Gone are members who were removed from those who work here.
	Gone    []string  `json:"gone,omitempty"`
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at,omitzero"`
	Pending bool      `json:"pending,omitempty"`
}

// teamsRequest is what the command line of `teams` asks for.
type teamsRequest struct {
	dir       string
	off, json bool
	limit     time.Duration
}

const teamsUsage = "teams list, teams add NAME [AGENT…], teams members NAME AGENT… [--off], teams inboxes NAME INBOX… [--off], or teams remove NAME"

// teams is the verbs about people who share a queue.
func (e environment) teams(ctx context.Context, args []string) error {
	f := e.flags(teamsUsage)
	var req teamsRequest
	f.StringVar(&req.dir, "dir", "", "the folder with config.toml and store.db")
	f.BoolVar(&req.off, "off", false, "take members or inboxes out of the team")
	f.DurationVar(&req.limit, "timeout", 15*time.Second, "how long to wait until the team has it")
	f.BoolVar(&req.json, "json", false, "print JSON")
	said, err := f.parse(args, 64)
	if err != nil {
		return err
	}
	switch {
	case len(said) == 0 || len(said) == 1 && said[0] == "list":
		return e.listTeams(ctx, req)
	case len(said) >= 2 && said[0] == "add", len(said) == 2 && said[0] == "remove",
		len(said) >= 3 && (said[0] == "members" || said[0] == "inboxes"):
		return e.changeTeam(ctx, said[0], said[1], said[2:], req)
	}
	return &usageError{what: "teams knows list, add NAME, members NAME, inboxes NAME and remove NAME", todo: "frontdesk teams --help tells the flags"}
}

func (e environment) listTeams(ctx context.Context, req teamsRequest) error {
	r, err := e.openReader(ctx, req.dir)
	if err != nil {
		return err
	}
	defer r.Close()
	list, err := r.store.Teams(ctx)
	if err != nil {
		return err
	}
	people, err := r.store.Agents(ctx)
	if err != nil {
		return err
	}
	rows := []teamJSON{}
	for _, t := range list {
		row := teamJSON{Name: t.Name, Members: texts(t.Members), Inboxes: texts(t.Inboxes), Open: t.Open, Queue: t.Queue, By: string(t.By), At: t.At.UTC(), Pending: t.Pending}
		for _, g := range people {
			if g.Role == event.RoleGone && t.Has(g.ID) {
				row.Gone = append(row.Gone, string(g.ID))
			}
		}
		rows = append(rows, row)
	}
	if req.json {
		return printJSON(e.out, rows)
	}
	var out columns
	for _, row := range rows {
		who := strings.Join(row.Members, ", ")
		if row.Gone != nil {
			who += " (removed: " + strings.Join(row.Gone, ", ") + ")"
		}
		out.add(safetext.Line(row.Name), safetext.Line(strconv.Itoa(row.Open)+" open, "+strconv.Itoa(row.Queue)+" of nobody"), safetext.Line(who),
			safetext.Line(strings.Join(row.Inboxes, ", ")))
	}
	return out.write(e.out)
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

// changeTeam makes a team, or another one of it, and waits until the team has it.
func (e environment) changeTeam(ctx context.Context, do, name string, who []string, req teamsRequest) error {
	d, err := e.openSettings(ctx, req.dir, req.limit)
	if err != nil {
		return err
	}
	defer d.Close()
	set, err := d.teamChanged(ctx, do, name, who, req.off)
	if err != nil {
		return err
	}
	shared, err := d.shareSetting(ctx, req.limit, set)
	if err != nil {
		return err
	}
	return e.printShared(set.What, set.Name, shared, req.json)
}

// teamChanged is the setting that a verb makes of a team.
func (d *desk) teamChanged(ctx context.Context, do, name string, who []string, off bool) (event.Set, error) {
	t, err := d.team(ctx, name)
	if do == "add" {
		if err == nil {
			return event.Set{}, &fault{what: fmt.Sprintf("there is a team %q already", name), todo: "frontdesk teams members adds to it"}
		}
		if wrong := event.CheckTeamName(name); wrong != nil {
			return event.Set{}, &usageError{what: wrong.Error(), todo: "nothing was changed"}
		}
		off = false
	} else if err != nil {
		return event.Set{}, err
	}
	next := event.Team{Members: t.Members, Inboxes: t.Inboxes}
	switch do {
	case "remove":
		return event.Set{What: event.SettingTeam, Name: name}, nil
	case "inboxes":
		next.Inboxes, err = change(next.Inboxes, who, off, func(id string) (provider.AccountID, error) { return d.inboxNamed(ctx, id) })
	default:
		next.Members, err = change(next.Members, who, off, func(id string) (event.AgentID, error) { return d.memberNamed(ctx, id) })
	}
	if err != nil {
		return event.Set{}, err
	}
	return store.TeamSet(name, next)
}

// change adds names to a list, or takes them out. Who is taken out need not be known any
// more.
func change[T ~string](list []T, names []string, off bool, known func(string) (T, error)) ([]T, error) {
	list = slices.Clone(list)
	for _, name := range names {
		if off {
			list = slices.DeleteFunc(list, func(x T) bool { return string(x) == strings.TrimPrefix(name, "@") })
			continue
		}
		x, err := known(name)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

func (d *desk) memberNamed(ctx context.Context, name string) (event.AgentID, error) {
	agent, err := d.agentNamed(ctx, name)
	if err == nil && agent == "" {
		err = &usageError{what: "nobody is no member", todo: "take an agent's own name"}
	}
	return agent, err
}

func (d *desk) inboxNamed(ctx context.Context, id string) (provider.AccountID, error) {
	list, err := d.store.Accounts(ctx)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(list, func(a provider.Account) bool { return string(a.ID) == id }) {
		return "", &fault{what: fmt.Sprintf("there is no inbox %q", id), todo: "frontdesk accounts list shows them"}
	}
	return provider.AccountID(id), nil
}
