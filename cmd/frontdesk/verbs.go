package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// verb is a line of the usage text, and what runs. A verb with several lines is named
// in each of them and run by the first.
type verb struct {
	// name is empty for the program without a verb.
	name string
	// example is what may stand behind the name, about what it does. One without about
	// is told by another's line.
	example, about string
	// words are those it knows as its first word, with blanks between them.
	words string
	run   func(environment, context.Context, []string) error
}

// verbs is the table of all of them, in the order of the usage text. Completion and the
// manual pages are made from it, too.
func verbs() []verb {
	return []verb{
		{"", "", "open the inbox (config.toml, see README); --plain talks in lines, without a screen", "", environment.inbox},
		{"init", "", "set up: asks for what is needed, tries it, writes config.toml", "", environment.initVerb},
		{"demo", "", "open a living inbox with pretend customers, no account needed", "", environment.demo},
		{"conversations", "list", "the list, as the screen shows it", "list", environment.conversations},
		{"messages", "list ID", "one thread", "list", environment.messages},
		{"messages", "save ID M", "the file of a message, checked, never opened (--to FILE)", "save", environment.messages},
		{"search", "QUERY", "find words, names and numbers; filters: from: label: is: before: …", "", environment.search},
		{"send", "", "send a text, a file or a template", "", environment.send},
		{"broadcast", "", "a template to everybody in a table (--dry-run judges each); list, show, pause, resume, cancel, results", "list show pause resume cancel results", environment.broadcast},
		{"batch", "send", "a text to many, handed over in one call where the network takes that; list, show ID", "send list show", environment.batch},
		{"worker", "", "a terminal without a screen: sends what is scheduled, does what rules say", "", environment.worker},
		{"ssh", "--listen ADDR", "the inbox for a team, over SSH: who may come, and as whom, says each agent's folder", "", environment.serveSSH},
		{"rules", "list", "what the team has done by itself; rules set NAME JSON, rules remove NAME", "list set remove", environment.rules},
		{"targets", "list", "how soon customers are to be served; set NAME --first 15m --hours H, remove NAME", "list set remove", environment.targets},
		{"teams", "list", "who shares a queue; teams add, members, inboxes, remove NAME", "list add members inboxes remove", environment.teams},
		{"stats", "", "figures of a span: volume, times, agents, delivery, ratings, cost", "", environment.stats},
		{"history", "ID", "read back what the network still has of a conversation (--search TEXT, --pages N)", "", environment.history},
		{"window", "ID", "the network's own word on how long free text may go", "", environment.window},
		{"accounts", "list", "the inboxes and how they stand; accounts show ID: what one can do", "list show", environment.accounts},
		{"contacts", "list", "the people; show, describe, merge, split, block, unblock, consent, export ID", "list show describe merge split block unblock consent export", environment.contacts},
		{"links", "list", "how the team's other systems address their things; set NAME PATTERN, remove NAME", "list set remove", environment.links},
		{"stop-words", "show", "what customers write to be left alone; set, reset", "show set reset", environment.stopWords},
		{"canned", "list", "the canned responses; canned set CODE --text T [--file F], canned remove CODE", "list set remove", environment.canned},
		{"macros", "list", "several actions at once; macros add NAME --step S …, macros remove NAME, macros run NAME ID", "list add remove run", environment.macros},
		{"templates", "list", "the templates, their status and age; show, sync, submit, edit, delete", "list show sync submit edit delete", environment.templates},
		{"nudge", "list", "the templates that keep a window open; nudge set TEMPLATE --lang L, nudge remove", "list set remove", environment.nudge},
		{"keys", "", "which key does what; --profile gmail, vim or chatwoot", "", func(e environment, _ context.Context, args []string) error { return e.keys(args) }},
		{"contact", "erase ID", "remove a contact from the relay and from every terminal", "erase", environment.contact},
		{"doctor", "", "look everything over: files, counts, the relay's books (--deep: every fact)", "", environment.doctor},
		{"store", "rebuild", "fetch every fact again; drafts and unsent messages stay", "rebuild", environment.storeVerb},
		{"store", "events", "give back the relay's latest events, for a relay that lost them", "events", environment.storeVerb},
		{"store", "aside", "list the events that could not be applied", "aside", environment.storeVerb},
		{"resolve", "ID", "resolve; reopen, assign, snooze, label, priority, note ID work alike (--help)", "", triageOf("resolve")},
		{"reopen", "ID", "", "", triageOf("reopen")},
		{"assign", "ID", "", "", triageOf("assign")},
		{"snooze", "ID", "", "", triageOf("snooze")},
		{"label", "ID", "", "", triageOf("label")},
		{"priority", "ID", "", "", triageOf("priority")},
		{"note", "ID", "", "", triageOf("note")},
		{"export", "", "conversations and messages as CSV, JSON, Markdown or one HTML page", "", environment.export},
		{"completion", "SHELL", "what bash, zsh or fish needs to complete verbs, flags and files", "bash zsh fish", environment.completion},
		{"man", "[VERB]", "the manual page, of all or of one verb (frontdesk man | man -l -)", "", environment.man},
		{"version", "", "", "", environment.version},
		{"help", "", "", "", environment.help},
	}
}

func triageOf(name string) func(environment, context.Context, []string) error {
	return func(e environment, ctx context.Context, args []string) error { return e.triage(ctx, name, args) }
}

// line is the verb's line for a word that follows it: its flags may be its own.
func (v *verb) line(word string) verb {
	for _, l := range verbs() {
		if l.name == v.name && slices.Contains(strings.Fields(l.words), word) {
			return l
		}
	}
	return *v
}

// verbOf finds a verb by its name.
func verbOf(name string) (verb, error) {
	all := verbs()
	i := slices.IndexFunc(all, func(v verb) bool { return v.name == name })
	if i < 0 {
		return verb{}, &usageError{what: fmt.Sprintf("there is no verb %q", name), todo: "frontdesk help lists the verbs"}
	}
	return all[i], nil
}

// spoken reports that the usage text has a line for the verb.
func (v *verb) spoken() bool { return v.about != "" || v.name == "version" }

// usageWidth is how much room the verbs have in the usage text.
const usageWidth = 20

func usage() string {
	var b strings.Builder
	b.WriteString("frontdesk is a team inbox in the terminal.\n\n")
	for _, v := range verbs() {
		if !v.spoken() {
			continue
		}
		command := strings.TrimSpace(v.name + " " + v.example)
		gap := strings.Repeat(" ", max(usageWidth-utf8.RuneCountInString(command), 2))
		b.WriteString(strings.TrimRight("  frontdesk "+command+gap+v.about, " ") + "\n")
	}
	b.WriteString("\nEvery verb with an inbox takes --dir DIR (the folder with config.toml and store.db); --help\nafter a verb tells its flags.\n")
	return b.String()
}

func (e environment) version(context.Context, []string) error {
	_, err := fmt.Fprintln(e.out, "frontdesk "+version)
	return err
}

func (e environment) help(context.Context, []string) error {
	_, err := io.WriteString(e.out, usage())
	return err
}
