package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"frontdesk/cmd/internal/roff"
)

// verb is a line of the usage text, and what runs. One with several lines is run by the
// first.
type verb struct {
	name string
	// call is what stands behind the name, about what it does. help alone has no line.
	call, about string
	run         func(environment, context.Context, []string) error
}

// verbs is the table of all of them. The usage text and the manual page are made from it.
func verbs() []verb {
	return []verb{
		{"serve", "--config FILE", "", environment.serve},
		{"token", "add NAME [--role R] --config FILE", "prints the token, once; R: agent, supervisor, admin, read-only, integration", environment.token},
		{"token", "list --config FILE", "", nil},
		{"token", "revoke ID|NAME --config FILE", "", nil},
		{"hook", "set ACCOUNT [--url U] --config FILE", "tells the account's network where to post, where its API takes that", environment.hook},
		{"check", "--config FILE", "verifies the log and the books", environment.check},
		{"events", "list [--hook ID] [--all] --config FILE", "what was signed and could not be placed", environment.events},
		{"events", "show --seq N [--body] --config FILE", "", nil},
		{"events", "reprocess [--hook ID] [--seq N] --config FILE", "", nil},
		{"backup", "--to FILE --config FILE", "copies the log, beside a serving relay too", environment.backup},
		{"recover", "--from FILE [--events FILE] --config FILE", "makes the log anew from a backup or what is whole", environment.recover},
		{"man", "", "prints the manual page: webhookrelay man | man -l -", environment.man},
		{"help", "", "", environment.help},
	}
}

const about = "takes webhooks, keeps a team's log and streams it to terminals"

// usageWidth is how much room the calls have in the usage text.
const usageWidth = 45

func usage() string {
	var b strings.Builder
	b.WriteString("webhookrelay " + about + ".\n\n")
	for _, v := range verbs() {
		if v.name == "help" {
			continue
		}
		call := strings.TrimSpace(v.name + " " + v.call)
		line := "  webhookrelay " + call + strings.Repeat(" ", max(usageWidth-len(call), 2)) + v.about
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

func (e environment) help(context.Context, []string) error {
	_, err := io.WriteString(e.out, usage())
	return err
}

// man is the verb `man`: webhookrelay(1).
func (e environment) man(_ context.Context, args []string) error {
	if len(args) > 0 {
		return &usageError{what: fmt.Sprintf("man takes no %q", args[0]), todo: "webhookrelay man | man -l -"}
	}
	p := roff.New("webhookrelay", "webhookrelay", about)
	p.Section("SYNOPSIS")
	for _, v := range verbs() {
		if v.name != "help" {
			p.Lines(strings.TrimSpace("webhookrelay " + v.name + " " + v.call))
		}
	}
	p.Section("VERBS")
	for _, v := range verbs() {
		if v.about != "" {
			p.Item(strings.TrimSpace(v.name+" "+strings.TrimSuffix(v.call, "--config FILE")), "", v.about)
		}
	}
	p.Item("serve", "", "takes webhooks and serves terminals until it is told to end")
	p.Section("EXIT STATUS")
	p.Para("0 where it was done, 1 where something went wrong, 2 where the command line was not understood.")
	p.Section("SEE ALSO")
	p.Para("frontdesk(1)")
	_, err := io.WriteString(e.out, p.String())
	return err
}
