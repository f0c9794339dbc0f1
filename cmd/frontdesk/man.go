package main

import (
	"context"
	"io"
	"strings"

	"frontdesk/cmd/internal/roff"
)

// man is the verb `man`: the manual page of the program, or of one verb.
func (e environment) man(_ context.Context, args []string) error {
	f := e.flags("man [VERB]")
	words, err := f.parse(args, 1)
	if err != nil {
		return err
	}
	page := wholePage
	if len(words) == 1 {
		v, err := verbOf(words[0])
		if err != nil {
			return err
		}
		page = v.page
	}
	_, err = io.WriteString(e.out, page())
	return err
}

// wholePage is frontdesk(1): every verb with its flags.
func wholePage() string {
	p := roff.New("frontdesk", "frontdesk "+version, "a team inbox in the terminal")
	p.Section("SYNOPSIS")
	p.Lines("frontdesk [--dir DIR] [--theme NAME]", "frontdesk VERB [WORD ...] [--FLAG ...]")
	p.Section("DESCRIPTION")
	p.Para("Support staff chat with customers, see who waits and whose window is about to close, resolve with a keystroke, and send an approved template when free text may no longer go. Without a verb the inbox is opened; ? shows its keys.")
	p.Para("The verbs work beside a running inbox: it carries out what they write. Flags may stand before and behind the words.")
	p.Section("VERBS")
	said := ""
	for _, v := range verbs() {
		if v.name != "" && v.spoken() && v.about != "" {
			p.Item(strings.TrimSpace(v.name+" "+v.example), "", v.about)
		}
	}
	p.Section("FLAGS")
	for _, v := range verbs() {
		call, list := v.options()
		// Verbs with one name and one call are one; store has a call for each of its words.
		if len(list) == 0 || call == said {
			continue
		}
		said = call
		p.Subsection(strings.TrimSpace(call))
		flagItems(p, list)
	}
	foot(p)
	return p.String()
}

// page is the page of one verb.
func (v *verb) page() string {
	p := roff.New("frontdesk-"+v.name, "frontdesk "+version, v.summary())
	var calls []string
	var lists [][]option
	for _, line := range verbs() {
		call, list := line.options()
		if line.name == v.name && (len(calls) == 0 || calls[len(calls)-1] != call) {
			calls, lists = append(calls, call), append(lists, list)
		}
	}
	p.Section("SYNOPSIS")
	if calls[0] == "" { // one without flags
		calls[0] = "frontdesk " + v.name
	}
	p.Lines(calls...)
	for i, list := range lists {
		if len(list) == 0 {
			continue
		}
		if i == 0 {
			p.Section("FLAGS")
		}
		if len(lists) > 1 {
			p.Subsection(calls[i])
		}
		flagItems(p, list)
	}
	foot(p)
	return p.String()
}

// summary is what a verb is about; one without a line of its own is told by another's.
func (v *verb) summary() string {
	if v.about != "" {
		return v.about
	}
	return v.name + ", a verb of frontdesk"
}

func flagItems(p *roff.Page, list []option) {
	for _, o := range list {
		about := o.about
		if o.usual != "" {
			about += " (usually " + o.usual + ")"
		}
		p.Item("--"+o.name, o.takes, about)
	}
}

func foot(p *roff.Page) {
	p.Section("FILES")
	p.Item("config.toml", "", "the configuration, in --dir, else $FRONTDESK_DIR, else $XDG_CONFIG_HOME/frontdesk, else ~/.config/frontdesk; frontdesk init writes it")
	p.Item("store.db", "", "this terminal's copy of the conversations, in the same folder")
	p.Section("ENVIRONMENT")
	p.Item("FRONTDESK_DIR", "", "the folder, where --dir is not given")
	p.Item("NO_COLOR", "", "set to anything: no colours")
	p.Section("EXIT STATUS")
	p.Para("0 where it was done, 1 where something went wrong, 2 where the command line was not understood.")
	p.Section("SEE ALSO")
	p.Para("webhookrelay(1)")
}
