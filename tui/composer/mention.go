package composer

import (
	gostrings "strings"
	"unicode"

	"frontdesk/store"
	"frontdesk/tui/safetext"
)

// SetTeam gives the members of the team, whom a note may call.
func (c *Composer) SetTeam(team []store.Agent) { c.team = team }

// SetSilent says whether the agent may only read.
func (c *Composer) SetSilent(silent bool) { c.silent = silent }

// mostCalled is how many members are offered at once: what is typed next makes them
// fewer.
const mostCalled = 6

// calling returns what is typed of a name behind an @ before the cursor of a note, and
// the members it may mean, whose ids begin with it first.
func (c *Composer) calling() (typed string, who []store.Agent) {
	if c.mode != store.DraftNote {
		return "", nil
	}
	before := c.current().buf.Before()
	at := gostrings.LastIndexByte(before, '@')
	if at < 0 || gostrings.ContainsFunc(before[at:], unicode.IsSpace) {
		return "", nil
	}
	if last := []rune(before[:at]); len(last) > 0 && (unicode.IsLetter(last[len(last)-1]) || unicode.IsDigit(last[len(last)-1])) {
		return "", nil // an address in a mail
	}
	typed = before[at+1:]
	low := gostrings.ToLower(typed)
	var byName []store.Agent
	for _, g := range c.team {
		switch {
		case gostrings.HasPrefix(string(g.ID), low):
			who = append(who, g)
		case gostrings.HasPrefix(gostrings.ToLower(g.Name), low), gostrings.Contains(gostrings.ToLower(g.Name), " "+low):
			byName = append(byName, g)
		}
	}
	who = append(who, byName...)
	return typed, who[:min(len(who), mostCalled)]
}

// complete finishes the name that is being typed with the first member it may mean.
func (c *Composer) complete() {
	typed, who := c.calling()
	if len(who) > 0 {
		c.current().buf.Replace(len(typed), string(who[0].ID)+" ")
	}
}

// offered is the members that Tab may complete to; empty where no name is typed, and
// once one stands there whole.
func (c *Composer) offered() string {
	typed, who := c.calling()
	if len(who) == 0 || len(who) == 1 && typed == string(who[0].ID) {
		return ""
	}
	names := make([]string, len(who))
	for i, g := range who {
		names[i] = "@" + safetext.Name(string(g.ID)).String()
		if name := safetext.Name(g.Name); !name.Blank() && name.String() != string(g.ID) {
			names[i] += " " + name.String()
		}
	}
	return c.cat.Composer.Calls(gostrings.Join(names, " · "))
}
