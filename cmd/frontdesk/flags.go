package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// errHelp says that help was asked for and printed.
var errHelp = errors.New("help was printed")

// flags is one verb's command line. It prints nothing by itself but help, so
// that a mistake is one line.
type flags struct {
	*flag.FlagSet
	e environment
}

func (e environment) flags(verb string) *flags {
	f := &flags{FlagSet: flag.NewFlagSet("frontdesk "+verb, flag.ContinueOnError), e: e}
	f.SetOutput(io.Discard)
	return f
}

// parse reads flags before and after the words, as people type them, and
// returns the words. It refuses more than most words.
func (f *flags) parse(args []string, most int) ([]string, error) {
	if f.e.flagged != nil {
		f.e.flagged(f)
		return nil, errHelp
	}
	var words []string
	for {
		if err := f.Parse(args); err != nil {
			return nil, f.explain(err)
		}
		if f.NArg() == 0 {
			break
		}
		words = append(words, f.Arg(0))
		args = f.Args()[1:]
	}
	if len(words) > most {
		return nil, &usageError{what: "there is a word too many: " + words[most], todo: f.Name() + " --help tells the flags"}
	}
	return words, nil
}

func (f *flags) explain(err error) error {
	if !errors.Is(err, flag.ErrHelp) {
		return &usageError{what: err.Error(), todo: f.Name() + " --help tells the flags"}
	}
	f.SetOutput(f.e.out)
	fmt.Fprintln(f.e.out, f.Name())
	f.PrintDefaults()
	return errHelp
}

// values collects a flag that may be given several times as key=value.
type values map[string]string

func (v values) String() string { return "" }

func (v values) Set(s string) error {
	key, value, ok := strings.Cut(s, "=")
	if !ok || key == "" {
		return errors.New("want name=value")
	}
	v[key] = value
	return nil
}

// list collects a flag that may be given several times, in its order.
type list []string

func (l *list) String() string { return "" }

func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}
