package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"frontdesk/store"
	"frontdesk/store/broadcast"
	"frontdesk/tui/safetext"
)

// asideJSON is one recipient that gets nothing.
type asideJSON struct {
	Line   int    `json:"line,omitempty"`
	End    int    `json:"end,omitempty"`
	Number string `json:"number,omitempty"`
	Reason string `json:"reason"`
	What   string `json:"what"`
	Todo   string `json:"todo"`
}

// dryRunJSON is what `broadcast --dry-run --json` prints.
type dryRunJSON struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Account    string         `json:"account"`
	Template   string         `json:"template"`
	Language   string         `json:"language"`
	Category   string         `json:"category,omitempty"`
	Recipients int            `json:"recipients"`
	DailyLimit int            `json:"daily_limit,omitempty"`
	Counts     map[string]int `json:"counts"`
	Aside      []asideJSON    `json:"aside"`
}

// broadcastJSON is a broadcast and how far it has come.
type broadcastJSON struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Account    string    `json:"account"`
	Template   string    `json:"template"`
	Language   string    `json:"language"`
	Category   string    `json:"category,omitempty"`
	Stage      string    `json:"stage"`
	Why        string    `json:"why,omitempty"`
	By         string    `json:"by,omitempty"`
	At         time.Time `json:"at"`
	Recipients int       `json:"recipients"`
	PerMinute  int       `json:"per_minute,omitempty"`

	Scheduled int       `json:"scheduled"`
	Held      int       `json:"held"`
	Queued    int       `json:"queued"`
	Sent      int       `json:"sent"`
	Delivered int       `json:"delivered"`
	Read      int       `json:"read"`
	Failed    int       `json:"failed"`
	Unsure    int       `json:"unsure"`
	Discarded int       `json:"discarded"`
	Next      time.Time `json:"next,omitzero"`
	// History is who let it run, paused or ended it, the oldest first.
	History []stagedJSON `json:"history,omitempty"`
}

// stagedJSON is one change of where a broadcast stands.
type stagedJSON struct {
	State string    `json:"state"`
	Why   string    `json:"why,omitempty"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

func broadcastRow(b *store.Broadcast, t *store.Tally) broadcastJSON {
	row := broadcastJSON{
		ID: string(b.ID), Name: b.Name, Account: string(b.Account), Template: b.Template.Name, Language: b.Template.Language,
		Category: b.Template.Category, Stage: string(b.Stage), Why: b.Why, By: string(b.By), At: b.At.UTC(), Recipients: b.Recipients, PerMinute: b.PerMinute,
		Scheduled: t.Scheduled, Held: t.Held, Queued: t.Queued, Sent: t.Sent, Delivered: t.Delivered, Read: t.Read,
		Failed: t.Failed, Unsure: t.Unsure, Discarded: t.Discarded, Next: t.Next,
	}
	for _, h := range b.History {
		row.History = append(row.History, stagedJSON{string(h.State), h.Why, string(h.By), h.At.UTC()})
	}
	return row
}

func (d *desk) asideRow(p *broadcast.Plan, a *broadcast.Aside) asideJSON {
	status := ""
	if p.Template != nil {
		status = string(p.Template.Status)
	}
	said := d.words.Many.Aside(a, status)
	return asideJSON{a.Line, a.End, a.Number, string(a.Reason), said.Happened, said.Do}
}

// asideCounts are how many are set aside, by reason, in a line.
func (d *desk) asideCounts(p *broadcast.Plan) string {
	counts := p.Counts()
	var parts []string
	for _, r := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[r], r))
	}
	return strings.Join(parts, ", ")
}

// broadcastHead says in lines what goes to how many, and when.
func (d *desk) broadcastHead(p *broadcast.Plan, pace broadcast.Pace) string {
	t := p.Template
	s := fmt.Sprintf("%s: %s (%s, %s) to %d from %s", p.ID, t.Name, t.Language, strings.ToLower(t.Category), len(p.Recipients), p.Account)
	if len(p.Aside) > 0 {
		s += fmt.Sprintf("\nset aside: %s", d.asideCounts(p))
	}
	if pace.Daily > 0 && len(p.Recipients) > pace.Daily {
		said := d.words.Many.Daily(pace.Daily, len(p.Recipients))
		s += "\n" + said.Happened + " " + said.Do
	}
	return oneByOne(s)
}

// oneByOne makes each line safe to print.
func oneByOne(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = safetext.Line(line).String()
	}
	return strings.Join(lines, "\n")
}

// tellDryRun lists everybody who would be set aside, and sends nothing.
func (d *desk) tellDryRun(p *broadcast.Plan, pace broadcast.Pace, asJSON bool) error {
	if asJSON {
		out := dryRunJSON{
			ID: string(p.ID), Name: p.Name, Account: string(p.Account), Template: p.Template.Name, Language: p.Template.Language,
			Category: p.Template.Category, Recipients: len(p.Recipients), DailyLimit: pace.Daily, Counts: map[string]int{}, Aside: []asideJSON{},
		}
		for r, n := range p.Counts() {
			out.Counts[string(r)] = n
		}
		for i := range p.Aside {
			out.Aside = append(out.Aside, d.asideRow(p, &p.Aside[i]))
		}
		return printJSON(d.env.out, out)
	}
	var out columns
	for i := range p.Aside {
		row := d.asideRow(p, &p.Aside[i])
		out.add(safetext.Line("line "+lines(row.Line, row.End)), safetext.Line(row.Number), safetext.Line(row.What+" "+row.Todo))
	}
	if err := out.write(d.env.out); err != nil {
		return err
	}
	_, err := fmt.Fprintf(d.env.out, "%s\nnothing was sent\n", d.broadcastHead(p, pace))
	return err
}

func lines(from, to int) string {
	if from == to {
		return strconv.Itoa(from)
	}
	return fmt.Sprintf("%d–%d", from, to)
}

// asideTable writes those who are set aside, to be mended and sent again.
func (d *desk) asideTable(p *broadcast.Plan) func(io.Writer) error {
	return func(w io.Writer) error {
		t := table{w}
		if err := t.row("line", "number", "reason", "what", "todo"); err != nil {
			return err
		}
		for i := range p.Aside {
			r := d.asideRow(p, &p.Aside[i])
			if err := t.row(lines(r.Line, r.End), r.Number, r.Reason, r.What, r.Todo); err != nil {
				return err
			}
		}
		return nil
	}
}
