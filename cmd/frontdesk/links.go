package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// links is the verb `links`: how the team's other systems address their things.
func (e environment) links(ctx context.Context, args []string) error {
	f := e.flags("links list|set NAME PATTERN|remove NAME")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	asJSON := f.Bool("json", false, "print JSON")
	limit := f.Duration("timeout", time.Minute, "how long to wait until the team has it")
	words, err := f.parse(args, 3)
	if err != nil {
		return err
	}
	switch {
	case len(words) == 0 || len(words) == 1 && words[0] == "list":
		return e.listLinks(ctx, *dir, *asJSON)
	case len(words) == 3 && words[0] == "set":
		p := store.LinkPattern{Name: words[1], Pattern: words[2]}
		if !p.Valid() {
			return &usageError{what: "this is no pattern of an address", todo: "write it with https:// and {ref}, once, where the number stands: https://jobs.example.org/{ref}"}
		}
		value, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		return e.set(ctx, *dir, *limit, event.Set{What: event.SettingLink, Name: p.Name, Value: value})
	case len(words) == 2 && words[0] == "remove":
		return e.set(ctx, *dir, *limit, event.Set{What: event.SettingLink, Name: words[1]})
	}
	return &usageError{what: "links knows list, set NAME PATTERN and remove NAME", todo: "frontdesk links --help tells the flags"}
}

func (e environment) listLinks(ctx context.Context, dir string, asJSON bool) error {
	r, err := e.openReader(ctx, dir)
	if err != nil {
		return err
	}
	defer r.Close()
	patterns, err := r.store.LinkPatterns(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		rows := []map[string]string{}
		for _, p := range patterns {
			rows = append(rows, map[string]string{"name": p.Name, "pattern": p.Pattern})
		}
		return printJSON(e.out, rows)
	}
	var out columns
	for _, p := range patterns {
		out.add(safetext.Name(p.Name), safetext.Line(p.Pattern))
	}
	return out.write(e.out)
}

// stopWords is the verb `stop-words`: what customers write to be left alone.
func (e environment) stopWords(ctx context.Context, args []string) error {
	f := e.flags("stop-words show|set|reset")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	stop := f.String("stop", "", "set: the words that end everything, with commas between them")
	marketing := f.String("marketing", "", "set: the words that end marketing alone")
	start := f.String("start", "", "set: the words that take it back")
	asJSON := f.Bool("json", false, "print JSON")
	limit := f.Duration("timeout", time.Minute, "how long to wait until the team has it")
	words, err := f.parse(args, 1)
	if err != nil {
		return err
	}
	switch {
	case len(words) == 0 || words[0] == "show":
		return e.showStopWords(ctx, *dir, *asJSON)
	case words[0] == "reset":
		return e.set(ctx, *dir, *limit, event.Set{What: event.SettingStop, Name: event.StopWordsName})
	case words[0] == "set" && *stop != "" && *start != "":
		value, err := json.Marshal(event.StopWords{Stop: commas(*stop), StopMarketing: commas(*marketing), Start: commas(*start)})
		if err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		return e.set(ctx, *dir, *limit, event.Set{What: event.SettingStop, Name: event.StopWordsName, Value: value})
	}
	return &usageError{what: "stop-words knows show, reset, and set with --stop and --start", todo: "frontdesk stop-words set --stop stop,baja --start start,alta"}
}

func (e environment) showStopWords(ctx context.Context, dir string, asJSON bool) error {
	r, err := e.openReader(ctx, dir)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := r.store.StopWords(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(e.out, w)
	}
	var out columns
	for _, one := range []struct {
		what  string
		words []string
	}{{"stop", w.Stop}, {"marketing", w.StopMarketing}, {"start", w.Start}} {
		out.add(safetext.Line(one.what), safetext.Line(strings.Join(one.words, ", ")))
	}
	return out.write(e.out)
}

func commas(s string) []string {
	var out []string
	for word := range strings.SplitSeq(s, ",") {
		if word = strings.TrimSpace(word); word != "" {
			out = append(out, word)
		}
	}
	return out
}
