// Command webhookrelay is the server of a team. It reads the configuration,
// hands drivers to the relay and holds no rule of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode"

	"frontdesk/cmd/internal/place"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	env := environment{out: os.Stdout, errs: os.Stderr, getenv: os.Getenv, remote: place.Remote}
	os.Exit(env.main(ctx, os.Args[1:]))
}

// environment is all a verb may know of the process it runs in.
type environment struct {
	out, errs io.Writer
	getenv    func(string) string
	// remote names the network file system a folder is on; nil judges none.
	remote func(dir string) string
}

// main runs a verb and returns the exit code: 0, 1 for what went wrong, 2 for
// a command line that was not understood.
func (e environment) main(ctx context.Context, args []string) int {
	err := e.run(ctx, args)
	if err == nil {
		return 0
	}
	fmt.Fprintln(e.errs, "webhookrelay: "+oneLine(err))
	var u *usageError
	if errors.As(err, &u) {
		return 2
	}
	return 1
}

func (e environment) run(ctx context.Context, args []string) error {
	name := strings.Join(args[:min(1, len(args))], "")
	if name == "" || name == "--help" || name == "-h" {
		name = "help"
	}
	for _, v := range verbs() {
		if v.name == name {
			return v.run(e, ctx, args[min(1, len(args)):])
		}
	}
	return &usageError{what: fmt.Sprintf("there is no verb %q", name), todo: "webhookrelay help lists the verbs"}
}

// fault is an error an administrator reads: what happened, and what to do.
type fault struct {
	what, todo string
	err        error
}

func (f *fault) Error() string {
	s := f.what
	if f.err != nil {
		s += ": " + f.err.Error()
	}
	return s + "; " + f.todo
}

func (f *fault) Unwrap() error { return f.err }

// usageError is a command line that was not understood.
type usageError struct{ what, todo string }

func (u *usageError) Error() string { return u.what + "; " + u.todo }

// oneLine is an error as it is printed.
func oneLine(err error) string { return clean(err.Error()) }

// clean makes text fit for one line of a terminal, whoever wrote it: controls,
// escapes, line ends, invisible and reversing characters are shown as a mark.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// parse reads flags before and after the words, as people type them, and
// returns the words: exactly as many as wanted.
func parse(flags *flag.FlagSet, args []string, wanted int) ([]string, error) {
	flags.SetOutput(io.Discard)
	var words []string
	for {
		if err := flags.Parse(args); err != nil {
			return nil, &usageError{what: err.Error(), todo: "webhookrelay help shows the command lines"}
		}
		if flags.NArg() == 0 {
			break
		}
		words = append(words, flags.Arg(0))
		args = flags.Args()[1:]
	}
	if len(words) != wanted {
		return nil, &usageError{what: flags.Name() + " was not understood", todo: "webhookrelay help shows the command lines"}
	}
	return words, nil
}
