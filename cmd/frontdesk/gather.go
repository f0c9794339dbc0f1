package main

import (
	"context"
	"flag"
	"io"
	"strings"
)

// option is a flag of a verb, as completion and the manual pages know it.
type option struct {
	name, about string
	// takes is what stands behind it, in a word: file and folder are paths of this
	// machine, words with | between them are all there are. Empty for one that takes
	// nothing.
	takes string
	// usual is what it is where it is not given; empty for nothing.
	usual string
}

// choices are all that an option can be; none where they are not known.
func (o *option) choices() []string {
	if !strings.Contains(o.takes, "|") {
		return nil
	}
	return strings.Split(o.takes, "|")
}

// options are the flags of a verb, and how it is called. The verb runs up to where it
// would read its command line, and no further: in an environment that has nothing.
func (v *verb) options() (call string, list []option) {
	e := environment{
		in: strings.NewReader(""), out: io.Discard, errs: io.Discard,
		getenv:  func(string) string { return "" },
		flagged: func(f *flags) { call, list = f.Name(), f.options() },
	}
	var args []string
	if word, _, _ := strings.Cut(v.words, " "); word != "" {
		args = []string{word}
	}
	_ = v.run(e, context.Background(), args) // that help was printed, or for the two without flags nothing
	return call, list
}

func (f *flags) options() []option {
	var list []option
	f.VisitAll(func(f *flag.Flag) {
		takes, about := flag.UnquoteUsage(f)
		if f.Name == "dir" {
			takes = "folder"
		}
		o := option{name: f.Name, about: about, takes: takes}
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" && f.DefValue != "0s" {
			o.usual = f.DefValue
		}
		list = append(list, o)
	})
	return list
}
