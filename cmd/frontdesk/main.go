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
	// visitor is who sits at a screen elsewhere; nil where it is this process's own terminal.
	visitor *visitor
	// flagged takes a verb's flags, which then does nothing else; nil lets it work.
	flagged func(*flags)
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
	v, err := verbOf(verb)
	if err != nil {
		return err
	}
	return v.run(e, ctx, rest)
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
