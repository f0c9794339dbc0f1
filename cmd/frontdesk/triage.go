package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/internal/when"
	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// triageVerb is one team action as a verb: its flags, and what it makes of a
// conversation.
type triageVerb struct {
	// usage is what stands after the verb's name.
	usage string
	// words is how many words follow the conversation, at least and at most.
	least, most int
	flags       func(*flag.FlagSet) *triageFlags
}

// triageFlags are the flags of all triage verbs; each has some of them.
type triageFlags struct {
	notes, followUp string
	stars           int
	off             bool
	team            string
}

// triageJSON is what a triage verb prints with --json.
type triageJSON struct {
	Conversation string `json:"conversation"`
	Op           string `json:"op,omitempty"`
	// State is shared, kept (the relay does not have it yet) or unchanged.
	State  string `json:"state"`
	Status string `json:"status"`
}

// stateUnchanged is of an action that would have changed nothing.
const stateUnchanged = "unchanged"

func triageVerbs() map[string]triageVerb {
	none := func(*flag.FlagSet) *triageFlags { return &triageFlags{} }
	return map[string]triageVerb{
		"resolve": {usage: "CONVERSATION", flags: func(f *flag.FlagSet) *triageFlags {
			t := &triageFlags{}
			f.StringVar(&t.notes, "notes", "", "what was done, for the team")
			f.IntVar(&t.stars, "stars", 0, "1 to 5")
			f.StringVar(&t.followUp, "follow-up", "", "look at it again at a time, in words (fri 9am, in 3 days)")
			return t
		}},
		"reopen": {usage: "CONVERSATION", flags: none},
		"assign": {usage: "CONVERSATION AGENT (nobody takes it away), or CONVERSATION --team TEAM", most: 1, flags: func(f *flag.FlagSet) *triageFlags {
			t := &triageFlags{}
			f.StringVar(&t.team, "team", "", "the team whose queue it comes to, or whose it is with AGENT; none takes it out")
			return t
		}},
		"snooze": {usage: "CONVERSATION TIME, in words (fri 9am, in 2h, tomorrow 14:30) or reply", least: 1, most: 8, flags: none},
		"label": {usage: "CONVERSATION LABEL… (--off takes them away)", least: 1, most: store.MaxLabels, flags: func(f *flag.FlagSet) *triageFlags {
			t := &triageFlags{}
			f.BoolVar(&t.off, "off", false, "take the labels away")
			return t
		}},
		"priority": {usage: "CONVERSATION urgent, high, medium, low or none", least: 1, most: 1, flags: none},
		"note":     {usage: "CONVERSATION TEXT", least: 1, most: 1, flags: none},
	}
}

// triage is the verbs resolve, reopen, assign, snooze, label, priority and note.
func (e environment) triage(ctx context.Context, verb string, args []string) error {
	v := triageVerbs()[verb]
	f := e.flags(verb + " " + v.usage)
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	asJSON := f.Bool("json", false, "print JSON")
	limit := f.Duration("timeout", 15*time.Second, "how long to wait until the team has it")
	t := v.flags(f.FlagSet)
	given, err := f.parse(args, 1+v.most)
	if err != nil {
		return err
	}
	if len(given) < 1+v.least {
		return &usageError{what: "something is missing", todo: "frontdesk " + verb + " " + v.usage}
	}
	folder, err := e.folder(*dir)
	if err != nil {
		return err
	}
	d, err := e.openDesk(ctx, folder)
	if err != nil {
		return err
	}
	defer d.Close()
	if d.holder { // what is judged here should be what the team sees
		behind, err := d.catchUp(ctx, *limit)
		if err != nil {
			return err
		}
		if behind != "" { // it is kept, and there is nobody to wait for
			*limit = min(*limit, time.Second)
		}
	}
	out, err := d.act(ctx, verb, given, t, *limit)
	if err != nil {
		return err
	}
	if *asJSON {
		return printJSON(e.out, out)
	}
	_, err = fmt.Fprintln(e.out, safetext.Line(out.State+" "+out.Conversation+" "+out.Status))
	return err
}

// act does it and waits until the team has it, as long as it may take.
func (d *desk) act(ctx context.Context, verb string, given []string, t *triageFlags, limit time.Duration) (triageJSON, error) {
	if err := wake(ctx, d.store); err != nil {
		return triageJSON{}, err
	}
	r := reader{store: d.store, cfg: d.cfg}
	c, err := r.find(ctx, given[0])
	if err != nil {
		return triageJSON{}, err
	}
	body, err := d.body(ctx, verb, &c, given[1:], t)
	out := triageJSON{Conversation: string(c.ID), State: stateUnchanged, Status: string(c.Status)}
	if err != nil || body == nil {
		return out, err
	}
	watch := d.store.Watch()
	defer watch.Close()
	op, err := d.store.Do(ctx, store.Action{Conversation: c.ID, Body: body, Expect: event.AspectOf(body.Kind())})
	if err != nil {
		return out, fmt.Errorf("keep it: %w", err)
	}
	d.wake()
	out.Op = string(op)
	if out.State, err = d.awaitFate(ctx, watch, op, limit); err != nil {
		return out, err
	}
	if now, err := d.store.Conversation(ctx, c.ID); err == nil {
		out.Status = string(now.Status)
	}
	return out, nil
}

// awaitFate waits until the team has an action, or will not. What is neither when
// the time is over is kept, and goes out with the next frontdesk that runs here.
func (d *desk) awaitFate(ctx context.Context, watch *store.Watch, op provider.OpID, limit time.Duration) (string, error) {
	patience := time.NewTimer(limit)
	defer patience.Stop()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	why := "somebody was first"
	for {
		fate, err := d.store.Fate(ctx, op)
		if err != nil {
			return "", err
		}
		for _, n := range watch.Take().Notices {
			if n.Op == op && n.Text != "" {
				why = n.Text
			}
		}
		switch fate {
		case store.FateShared:
			return string(fate), nil
		case store.FateRefused:
			return "", &fault{what: "refused: " + strings.TrimSuffix(why, "."), todo: "look at it again, then decide"}
		}
		select {
		case <-tick.C:
		case <-patience.C:
			return string(fate), nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// body is the fact that a verb makes of a conversation; nil where it would change
// nothing.
func (d *desk) body(ctx context.Context, verb string, c *store.Conversation, rest []string, t *triageFlags) (event.Body, error) {
	switch verb {
	case "resolve":
		return d.resolution(c, t)
	case "reopen":
		if c.Status != store.StatusResolved && c.Status != store.StatusSnoozed {
			return nil, nil
		}
		return event.Reopened{}, nil
	case "assign":
		return d.assignment(ctx, c, rest, t.team)
	case "snooze":
		return d.snooze(c, strings.Join(rest, " "))
	case "label":
		return labels(c, rest, t.off)
	case "priority":
		return priority(c, rest[0])
	}
	if strings.TrimSpace(rest[0]) == "" {
		return nil, &usageError{what: "the note is empty", todo: "write something"}
	}
	return event.Noted{Text: rest[0]}, nil
}

func (d *desk) resolution(c *store.Conversation, t *triageFlags) (event.Body, error) {
	r := event.Resolution{Notes: t.notes, CSAT: t.stars}
	if t.stars < 0 || t.stars > 5 {
		return nil, &usageError{what: "there are 1 to 5 stars", todo: "give --stars 1 to 5, or none"}
	}
	if t.followUp != "" {
		at, err := d.time(t.followUp)
		if err != nil {
			return nil, err
		}
		r.FollowUp = at
	}
	switch {
	case c.Status != store.StatusResolved:
		return event.Resolved{Resolution: r}, nil
	case r != (event.Resolution{}):
		return event.Described{Resolution: r}, nil
	}
	return nil, nil
}

// time reads a time in words, in this machine's zone and by the relay's clock.
func (d *desk) time(text string) (time.Time, error) {
	now := d.now().In(time.Local)
	at, err := when.Parse(text, now)
	var p *when.Problem
	if errors.As(err, &p) {
		return at, notUnderstood(words.English().Later.NotATime(p, now))
	}
	return at, err
}

func (d *desk) snooze(c *store.Conversation, text string) (event.Body, error) {
	if c.Status == store.StatusResolved {
		return nil, &fault{what: "it is resolved", todo: "reopen it first"}
	}
	if text == "reply" {
		return event.Snoozed{}, nil
	}
	at, err := d.time(text)
	if err != nil {
		return nil, err
	}
	return event.Snoozed{Until: at}, nil
}

func labels(c *store.Conversation, given []string, off bool) (event.Body, error) {
	for i := range given {
		name, err := store.Label(given[i])
		if err != nil {
			return nil, notALabel(err)
		}
		given[i] = name
	}
	add, remove := given, []string(nil)
	if off {
		add, remove = nil, given
	}
	out, err := store.Relabel(c.Labels, add, remove)
	if err != nil {
		return nil, notALabel(err)
	}
	if slices.Equal(out, c.Labels) {
		return nil, nil
	}
	return event.Labeled{Labels: out}, nil
}

func notALabel(err error) error {
	var l *store.LabelError
	if !errors.As(err, &l) {
		return err
	}
	return notUnderstood(words.English().Triage.NotALabel(l.Reason))
}

func priority(c *store.Conversation, name string) (event.Body, error) {
	for p := event.NoPriority; p <= event.UrgentPriority; p++ {
		is := words.English().Triage.Priority(p)
		if is != name && (p != event.NoPriority || name != "none") {
			continue
		}
		if p == c.Priority {
			return nil, nil
		}
		return event.Prioritized{Priority: p}, nil
	}
	return nil, &usageError{what: fmt.Sprintf("there is no priority %q", name), todo: "take urgent, high, medium, low or none"}
}
