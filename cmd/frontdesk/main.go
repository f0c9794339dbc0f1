// Command frontdesk is the team inbox in the terminal. It wires the store, the
// feed, the outbox and the screen together and holds no rule of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // a customer's local time is shown where the machine knows no zones, too

	"frontdesk/cmd/internal/place"
	"frontdesk/tui/safetext"
)

// version is what `frontdesk version` prints.
const version = "0.1.0"

const usage = `frontdesk is a team inbox in the terminal.

  frontdesk                     open the inbox (config.toml, see README)
  frontdesk init                set up: asks for what is needed, tries it, writes config.toml
  frontdesk demo                open a living inbox with pretend customers, no account needed
  frontdesk conversations list  the list, as the screen shows it
  frontdesk messages list ID    one thread
  frontdesk messages save ID M  the file of a message, checked, never opened (--to FILE)
  frontdesk search QUERY        find words, names and numbers; filters: from: label: is: before: …
  frontdesk send                send a text, a file or a template
  frontdesk broadcast           a template to everybody in a table (--dry-run judges each); list, show, pause, resume, cancel, results
  frontdesk worker              a terminal without a screen: sends what is scheduled, does what rules say
  frontdesk rules list          what the team has done by itself; rules set NAME JSON, rules remove NAME
  frontdesk targets list        how soon customers are to be served; set NAME --first 15m --hours H, remove NAME
  frontdesk teams list          who shares a queue; teams add, members, inboxes, remove NAME
  frontdesk stats               figures of a span: volume, times, agents, delivery, ratings, cost
  frontdesk history ID          read back what the network still has of a conversation (--search TEXT, --pages N)
  frontdesk window ID           the network's own word on how long free text may go
  frontdesk accounts list       the inboxes and how they stand; accounts show ID: what one can do
  frontdesk contacts list       the people; show, describe, merge, split, block, unblock, consent, export ID
  frontdesk links list          how the team's other systems address their things; set NAME PATTERN, remove NAME
  frontdesk stop-words show     what customers write to be left alone; set, reset
  frontdesk canned list         the canned responses; canned set CODE --text T, canned remove CODE
  frontdesk macros list         several actions at once; macros add NAME --step S …, macros remove NAME, macros run NAME ID
  frontdesk templates list      the templates, their status and age; show, sync, submit, edit, delete
  frontdesk nudge list          the templates that keep a window open; nudge set TEMPLATE --lang L, nudge remove
  frontdesk keys                which key does what; --profile gmail, vim or chatwoot
  frontdesk contact erase ID    remove a contact from the relay and from every terminal
  frontdesk doctor              look everything over: files, counts, the relay's books (--deep: every fact)
  frontdesk store rebuild       fetch every fact again; drafts and unsent messages stay
  frontdesk store events        give back the relay's latest events, for a relay that lost them
  frontdesk store aside         list the events that could not be applied
  frontdesk resolve ID          resolve; reopen, assign, snooze, label, priority, note ID work alike (--help)
  frontdesk export              conversations and messages as CSV, JSON, Markdown or one HTML page
  frontdesk version

Every verb takes --dir DIR (the folder with config.toml and store.db); --help after a verb
tells its flags.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	env := environment{
		args: os.Args[1:], in: os.Stdin, out: os.Stdout, errs: os.Stderr,
		getenv: os.Getenv, environ: os.Environ(), remote: place.Remote,
	}
	os.Exit(env.main(ctx))
}

// environment is all a verb may know of the process it runs in.
type environment struct {
	args    []string
	in      io.Reader
	out     io.Writer
	errs    io.Writer
	getenv  func(string) string
	environ []string
	// web is what reaches an address of one's own from outside; nil for the usual.
	web *http.Client
	// remote names the network file system a folder is on; nil judges none.
	remote func(dir string) string
}

// main runs the verb and returns the exit code: 0, 1 for what went wrong, 2
// for a command line that was not understood.
func (e environment) main(ctx context.Context) int {
	err := e.run(ctx)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errHelp):
		return 0
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		err = &fault{what: "it was interrupted", todo: "start it again"}
	}
	fmt.Fprintln(e.errs, "frontdesk: "+oneLine(plainly(err)))
	var u *usageError
	if errors.As(err, &u) {
		return 2
	}
	return 1
}

func (e environment) run(ctx context.Context) error {
	if len(e.args) == 1 && (e.args[0] == "--help" || e.args[0] == "-h") {
		e.args = []string{"help"}
	}
	verb, rest := "", e.args
	if len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		verb, rest = rest[0], rest[1:]
	}
	switch verb {
	case "":
		return e.inbox(ctx, rest)
	case "init":
		return e.initVerb(ctx, rest)
	case "demo":
		return e.demo(ctx, rest)
	case "conversations":
		return e.conversations(ctx, rest)
	case "messages":
		return e.messages(ctx, rest)
	case "search":
		return e.search(ctx, rest)
	case "send":
		return e.send(ctx, rest)
	case "broadcast":
		return e.broadcast(ctx, rest)
	case "history":
		return e.history(ctx, rest)
	case "window":
		return e.window(ctx, rest)
	case "worker":
		return e.worker(ctx, rest)
	case "rules":
		return e.rules(ctx, rest)
	case "teams":
		return e.teams(ctx, rest)
	case "resolve", "reopen", "assign", "snooze", "label", "priority", "note":
		return e.triage(ctx, verb, rest)
	case "export":
		return e.export(ctx, rest)
	case "stats":
		return e.stats(ctx, rest)
	case "accounts":
		return e.accounts(ctx, rest)
	case "canned":
		return e.canned(ctx, rest)
	case "targets":
		return e.targets(ctx, rest)
	case "macros":
		return e.macros(ctx, rest)
	case "templates":
		return e.templates(ctx, rest)
	case "nudge":
		return e.nudge(ctx, rest)
	case "keys":
		return e.keys(rest)
	case "contact":
		return e.contact(ctx, rest)
	case "contacts":
		return e.contacts(ctx, rest)
	case "links":
		return e.links(ctx, rest)
	case "stop-words":
		return e.stopWords(ctx, rest)
	case "doctor":
		return e.doctor(ctx, rest)
	case "store":
		return e.storeVerb(ctx, rest)
	case "version":
		_, err := fmt.Fprintln(e.out, "frontdesk "+version)
		return err
	case "help":
		_, err := io.WriteString(e.out, usage)
		return err
	}
	return &usageError{what: fmt.Sprintf("there is no verb %q", verb), todo: "frontdesk help lists the verbs"}
}

// fault is an error a person reads: what happened, and what to do.
type fault struct {
	what, todo string
	err        error
}

func (f *fault) Error() string {
	s := f.what
	if f.err != nil {
		s += ": " + f.err.Error()
	}
	if f.todo != "" {
		s = strings.TrimSuffix(s, ".") + "; " + f.todo
	}
	return s
}

func (f *fault) Unwrap() error { return f.err }

// usageError is a command line that was not understood.
type usageError struct{ what, todo string }

func (u *usageError) Error() string { return u.what + "; " + u.todo }

// oneLine makes an error safe to print: it may quote a file or a customer.
func oneLine(err error) string { return safetext.Line(err.Error()).String() }
