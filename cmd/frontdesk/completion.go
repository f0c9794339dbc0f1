package main

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The scripts hold nothing of ours: they ask the program what may stand next, so that
// they are as old as it is.
var (
	//go:embed completion/frontdesk.bash
	bashCompletion string
	//go:embed completion/frontdesk.zsh
	zshCompletion string
	//go:embed completion/frontdesk.fish
	fishCompletion string
)

// nextWord is the word behind completion with which the scripts ask.
const nextWord = "next"

// completion is the verb `completion`. Behind nextWord stands the command line so far,
// the word that is being typed last.
func (e environment) completion(_ context.Context, args []string) error {
	if len(args) > 0 && args[0] == nextWord && e.flagged == nil {
		return e.printNext(args[1:])
	}
	f := e.flags("completion bash|zsh|fish")
	words, err := f.parse(args, 1)
	if err != nil {
		return err
	}
	scripts := map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
	script, ok := scripts[strings.Join(words, "")]
	if !ok {
		return &usageError{what: "completion knows bash, zsh and fish", todo: "frontdesk completion bash"}
	}
	_, err = io.WriteString(e.out, script)
	return err
}

// candidate is a word that may stand next.
type candidate struct{ word, about string }

// next is what may stand at the end of a command line: words, or paths of this machine.
type next struct {
	words          []candidate
	files, folders bool
}

// printNext prints it a line each, as the scripts read it: "files", "folders", or
// "word" with the word and what it is about behind a tab.
func (e environment) printNext(line []string) error {
	n := nextOf(line)
	out := bufio.NewWriter(e.out)
	if n.files {
		fmt.Fprintln(out, "files")
	}
	if n.folders {
		fmt.Fprintln(out, "folders")
	}
	for _, c := range n.words {
		fmt.Fprintln(out, strings.TrimRight("word\t"+c.word+"\t"+c.about, "\t"))
	}
	return out.Flush()
}

// nextOf judges a command line whose last word is being typed, and may be empty.
func nextOf(line []string) next {
	line = joinEquals(line)
	if len(line) == 0 {
		line = []string{""}
	}
	before, cur := line[:len(line)-1], line[len(line)-1]
	v, at := verb{run: environment.inbox}, 0
	if len(before) > 0 && !strings.HasPrefix(before[0], "-") {
		found, err := verbOf(before[0])
		if err != nil {
			return next{}
		}
		v, at = found, 1
		if len(before) > 1 {
			v = found.line(before[1])
		}
	} else if len(before) == 0 && !strings.HasPrefix(cur, "-") {
		return next{words: starting(verbNames(), "", cur)}
	}
	return v.next(before[at:], cur)
}

// next is what may stand behind a verb and the words after it.
func (v *verb) next(before []string, cur string) next {
	_, options := v.options()
	if name, value, ok := strings.Cut(cur, "="); ok && strings.HasPrefix(name, "-") {
		return valueOf(options, name, name+"=", value)
	}
	said := 0
	for i := 0; i < len(before); i++ {
		o, isFlag, valued := optionOf(options, before[i])
		switch {
		case !isFlag:
			said++
		case o.takes == "" || valued:
		case i == len(before)-1:
			return valueOf(options, before[i], "", cur)
		default:
			i++ // what it takes
		}
	}
	if strings.HasPrefix(cur, "-") {
		return next{words: starting(flagNames(options), "", cur)}
	}
	if said > 0 {
		return next{}
	}
	return next{words: starting(v.firstWords(), "", cur)}
}

// firstWords are what a verb knows as its first word; of man, the verbs.
func (v *verb) firstWords() []candidate {
	if v.name == "man" {
		return verbNames()
	}
	var list []candidate
	for _, line := range verbs() {
		if line.name != v.name {
			continue
		}
		for _, w := range strings.Fields(line.words) {
			list = append(list, candidate{word: w})
		}
	}
	return list
}

// optionOf finds the option of a word; valued where its value is in the same word.
func optionOf(options []option, word string) (o option, isFlag, valued bool) {
	if !strings.HasPrefix(word, "-") || word == "-" {
		return option{}, false, false
	}
	name, _, valued := strings.Cut(strings.TrimLeft(word, "-"), "=")
	if i := slices.IndexFunc(options, func(o option) bool { return o.name == name }); i >= 0 {
		return options[i], true, valued
	}
	return option{}, true, valued
}

// valueOf is what may stand as a flag's value; before stands in front of it in the same
// word.
func valueOf(options []option, flag, before, cur string) next {
	o, _, _ := optionOf(options, flag)
	n := next{files: o.takes == "file", folders: o.takes == "folder"}
	var words []candidate
	for _, c := range o.choices() {
		words = append(words, candidate{word: c})
	}
	n.words = starting(words, before, cur)
	return n
}

// starting are those that start with cur, with before in front of each.
func starting(list []candidate, before, cur string) []candidate {
	var out []candidate
	for _, c := range list {
		if strings.HasPrefix(c.word, cur) {
			out = append(out, candidate{word: before + c.word, about: c.about})
		}
	}
	return out
}

func verbNames() []candidate {
	var list []candidate
	for _, v := range verbs() {
		if v.name == "" || len(list) > 0 && list[len(list)-1].word == v.name {
			continue
		}
		list = append(list, candidate{word: v.name, about: v.about})
	}
	return list
}

func flagNames(options []option) []candidate {
	list := []candidate{}
	for _, o := range options {
		list = append(list, candidate{word: "--" + o.name, about: o.about})
	}
	return append(list, candidate{word: "--help", about: "tells the flags"})
}

// joinEquals puts together what bash takes apart: it gives --dir=x as three words. The
// words stay apart where the value is one of its own, so that only it is completed.
func joinEquals(line []string) []string {
	out := make([]string, 0, len(line))
	for i, w := range line {
		behindFlag := i > 0 && strings.HasPrefix(line[i-1], "--") && !strings.Contains(line[i-1], "=")
		switch {
		case w == "=" && behindFlag && i == len(line)-1:
			out = append(out, "")
		case w == "=" && behindFlag:
		default:
			out = append(out, w)
		}
	}
	return out
}
