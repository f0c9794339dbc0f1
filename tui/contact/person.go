package contact

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
)

// fewEntries is how many lines of the ledger, and of what was resolved before, are
// shown; the verbs have all of them.
const fewEntries = 5

// others are the person's other conversations.
func (d *drawing) others() []store.Conversation {
	all := d.p.person.Identities
	return all[min(len(all), 1):]
}

func (d *drawing) identities() {
	others := d.others()
	if len(others) == 0 {
		return
	}
	d.head(d.p.look.Words.People.Identities)
	for i := range others[:min(len(others), maxParts)] {
		d.identity(&others[i])
	}
}

// identity is a conversation of the same person: where, and by which name.
func (d *drawing) identity(c *store.Conversation) {
	look := d.p.look
	words := []string{look.Words.Word.Network(c.Network), string(c.Account), look.Name(c).String()}
	if number := line.Phone(line.Number(c)); number != "" && number != words[2] {
		words = append(words, number)
	}
	d.say(look.Theme.Dim, strings.Join(words, " · "))
}

// fields are what the team knows by name, and its note on the person, in whichever
// conversation it was written.
func (d *drawing) fields() {
	look := d.p.look
	fields, notes := maps.Clone(d.p.c.Fields), []string{d.p.c.About}
	if fields == nil {
		fields = map[string]string{}
	}
	for _, c := range d.others() {
		for name, value := range c.Fields {
			if fields[name] == "" {
				fields[name] = value
			}
		}
		notes = append(notes, c.About)
	}
	if len(fields) > 0 {
		d.head(look.Words.People.Fields)
	}
	names := slices.Sorted(maps.Keys(fields))
	for _, name := range names[:min(len(names), maxParts)] {
		d.say(look.Theme.Dim, name+" "+fields[name])
	}
	if strings.Join(notes, "") != "" {
		d.head(look.Words.People.About)
	}
	for _, note := range notes {
		d.say(look.Theme.Note, note)
	}
}

func (d *drawing) ledger() {
	look, all := d.p.look, d.p.person.Ledger
	if len(all) == 0 {
		return
	}
	d.head(look.Words.People.Ledger)
	for _, e := range all[:min(len(all), fewEntries)] {
		d.say(look.Theme.Dim, look.Words.People.Entry(e, look.Words.Time.Moment(e.At, look.Now)))
	}
	d.more(len(all))
}

// endings are how it was resolved before: the last resolution stands above.
func (d *drawing) endings() {
	look, all := d.p.look, d.p.person.Endings
	if len(all) < 2 {
		return
	}
	d.head(look.Words.People.Endings)
	for _, e := range all[1:min(len(all), fewEntries+1)] {
		d.say(look.Theme.Dim, look.Words.People.Ended(e, look.Words.Time.Moment(e.At, look.Now)))
	}
	d.more(len(all) - 1)
}

func (d *drawing) more(n int) {
	if n > fewEntries {
		d.say(d.p.look.Theme.Faint, fmt.Sprintf(d.p.look.Words.People.MoreF, n-fewEntries))
	}
}

// alike are conversations with the same number that nobody joined yet.
func (d *drawing) alike() {
	look, all := d.p.look, d.p.person.Alike
	if len(all) == 0 {
		return
	}
	d.head(look.Words.People.Alike)
	for i := range all {
		c := &all[i]
		d.say(look.Theme.Dim, strings.Join([]string{look.Words.Word.Network(c.Network), string(c.Account), safetext.Name(look.Name(c).String()).String()}, " · "))
	}
	d.say(look.Theme.Faint, look.Words.People.AlikeHint)
}
