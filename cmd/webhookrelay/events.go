package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
)

const eventsVerbs = "events list, events show or events reprocess"

func (e environment) events(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return &usageError{what: "events does what?", todo: eventsVerbs}
	}
	switch verb := args[0]; verb {
	case "list":
		return e.eventsList(ctx, args[1:])
	case "show":
		return e.eventsShow(ctx, args[1:])
	case "reprocess":
		return e.eventsReprocess(ctx, args[1:])
	default:
		return &usageError{what: fmt.Sprintf("there is no verb events %q", verb), todo: eventsVerbs}
	}
}

// selection is what the flags of these verbs choose.
type selection struct {
	config, hook string
	seq          int64
	all, body    bool
}

func selected(name string, args []string, define func(*flag.FlagSet, *selection)) (selection, error) {
	var s selection
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.StringVar(&s.config, "config", "", "")
	define(flags, &s)
	_, err := parse(flags, args, 0)
	if err == nil && s.seq < 0 {
		err = &usageError{what: "--seq is no sequence", todo: "webhookrelay events list shows them"}
	}
	return s, err
}

// openQuarantine works beside a serving relay as well as without one.
func (e environment) openQuarantine(ctx context.Context, path string) (*webhookrelay.Quarantine, error) {
	c, err := e.loadConfig(path)
	if err != nil {
		return nil, err
	}
	hooks, err := c.hooks()
	if err != nil {
		return nil, err
	}
	accounts, err := c.accounts()
	if err != nil {
		return nil, err
	}
	q, err := webhookrelay.OpenQuarantine(ctx, c.log(), hooks, accounts)
	if err != nil {
		return nil, openFault(c, err)
	}
	return q, nil
}

// eventsList never shows a body: what customers wrote is nobody's to read in
// passing.
func (e environment) eventsList(ctx context.Context, args []string) error {
	s, err := selected("events list", args, func(f *flag.FlagSet, s *selection) {
		f.StringVar(&s.hook, "hook", "", "")
		f.BoolVar(&s.all, "all", false, "")
	})
	if err != nil {
		return err
	}
	q, err := e.openQuarantine(ctx, s.config)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	list, err := q.List(ctx, s.hook, s.all)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(e.out, "Nothing is quarantined.")
		return err
	}
	table := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SEQ\tAT\tHOOK\tBYTES\tSETTLED\tWHY")
	for _, one := range list {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", one.Seq, one.At.Format(time.RFC3339), clean(one.Hook), size(one), settled(one), clean(one.Reason))
	}
	return table.Flush()
}

func size(one webhookrelay.Quarantined) string {
	if one.Bytes < 0 {
		return "gone"
	}
	return fmt.Sprint(one.Bytes)
}

func settled(one webhookrelay.Quarantined) string {
	if one.Settled == 0 {
		return "-"
	}
	return fmt.Sprintf("at %d", one.Settled)
}

func (e environment) eventsShow(ctx context.Context, args []string) error {
	s, err := selected("events show", args, func(f *flag.FlagSet, s *selection) {
		f.Int64Var(&s.seq, "seq", 0, "")
		f.BoolVar(&s.body, "body", false, "")
	})
	if err == nil && s.seq == 0 {
		err = &usageError{what: "events show which?", todo: "add --seq N"}
	}
	if err != nil {
		return err
	}
	q, err := e.openQuarantine(ctx, s.config)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	one, body, err := q.Get(ctx, event.Seq(s.seq))
	changed := errors.Is(err, webhookrelay.ErrBodyChanged)
	if err != nil && !changed && !errors.Is(err, webhookrelay.ErrBodyGone) {
		return &fault{what: "it cannot be shown", todo: "nothing was changed", err: err}
	}
	fmt.Fprintf(e.out, "seq      %d\nat       %s\nhook     %s\nbytes    %s\nsettled  %s\nwhy      %s\n",
		one.Seq, one.At.Format(time.RFC3339), clean(one.Hook), size(one), settled(one), clean(one.Reason))
	if changed {
		return &fault{what: "its body is not the one that came: the disk has changed it", todo: "it is not read again; a backup from before may have it whole"}
	}
	if !s.body || err != nil {
		return nil
	}
	_, err = io.WriteString(e.out, "body, with \\xNN for what is not plain ASCII:\n"+escaped(body)+"\n")
	return err
}

// escaped shows bytes as they are where they are plain ASCII; nothing in them
// can act on a terminal.
func escaped(body []byte) string {
	var b strings.Builder
	for _, c := range body {
		switch {
		case c == '\\':
			b.WriteString(`\\`)
		case c == '\n' || (c >= ' ' && c < 0x7f):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	return b.String()
}

func (e environment) eventsReprocess(ctx context.Context, args []string) error {
	s, err := selected("events reprocess", args, func(f *flag.FlagSet, s *selection) {
		f.StringVar(&s.hook, "hook", "", "")
		f.Int64Var(&s.seq, "seq", 0, "")
	})
	if err != nil {
		return err
	}
	q, err := e.openQuarantine(ctx, s.config)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	done, err := q.Reprocess(ctx, s.hook, event.Seq(s.seq))
	for _, one := range done {
		fmt.Fprintln(e.out, became(one))
	}
	if err != nil {
		return &fault{what: "the quarantine was not reprocessed to its end", todo: "what is printed above was done; run it again", err: err}
	}
	if len(done) == 0 {
		_, err = fmt.Fprintln(e.out, "Nothing is open.")
	}
	return err
}

func became(one webhookrelay.Reprocessed) string {
	if one.Err != nil {
		return fmt.Sprintf("%v: left as it is: %s", one.Seqs, clean(one.Err.Error()))
	}
	what := "still open"
	if len(one.Settled) == len(one.Seqs) {
		what = "settled"
	} else if len(one.Settled) > 0 {
		what = fmt.Sprintf("settled %v", one.Settled)
	}
	return fmt.Sprintf("%v: %s: %d events stored, %d were there before, %d not placed", one.Seqs, what, one.Stored, one.Duplicate, one.Quarantined)
}
