package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
)

// accounts is the verbs `accounts list` and `accounts show NAME`.
func (e environment) accounts(ctx context.Context, args []string) error {
	f := e.flags("accounts list, or accounts show ID")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	asJSON := f.Bool("json", false, "print JSON")
	said, err := f.parse(args, 2)
	if err != nil {
		return err
	}
	list := len(said) == 0 || len(said) == 1 && said[0] == "list"
	if !list && (len(said) != 2 || said[0] != "show") {
		return &usageError{what: "accounts knows list, and show with an inbox's id or name", todo: "frontdesk accounts list, or frontdesk accounts show ID"}
	}
	r, err := e.openReader(ctx, *dir)
	if err != nil {
		return err
	}
	defer r.Close()
	states, err := r.accountStates(ctx)
	if err != nil {
		return err
	}
	if list {
		return e.listAccounts(states, r.store.Now(), *asJSON)
	}
	for i := range states {
		if string(states[i].ID) == said[1] || states[i].Name == said[1] {
			return e.showAccount(&states[i], r.store.Now(), *asJSON)
		}
	}
	return &fault{what: fmt.Sprintf("there is no inbox %q", said[1]), todo: "frontdesk accounts list names them"}
}

// accountStates are the team's inboxes and those of this configuration that the
// relay has not told of yet.
func (r *reader) accountStates(ctx context.Context) ([]store.AccountState, error) {
	states, err := r.store.AccountStates(ctx)
	if err != nil {
		return nil, &fault{what: "the inboxes cannot be read", todo: "run frontdesk doctor", err: err}
	}
	known := map[provider.AccountID]bool{}
	for _, s := range states {
		known[s.ID] = true
	}
	for _, a := range r.cfg.Accounts {
		if !known[a.ID] {
			states = append(states, store.AccountState{Account: a.Account})
		}
	}
	return states, nil
}

// accountJSON is an inbox as `accounts --json` prints it.
type accountJSON struct {
	provider.Account
	Trouble      *provider.Error        `json:"trouble,omitempty"`
	TroubleAt    time.Time              `json:"trouble_at,omitzero"`
	Health       *provider.Health       `json:"health,omitempty"`
	PausedSince  time.Time              `json:"paused_since,omitzero"`
	PausedFor    *provider.Error        `json:"paused_for,omitempty"`
	LastInbound  time.Time              `json:"last_inbound,omitzero"`
	LastSent     time.Time              `json:"last_sent,omitzero"`
	LastTold     time.Time              `json:"last_told,omitzero"`
	Charges      *chargesJSON           `json:"charges,omitempty"`
	TemplatesAt  time.Time              `json:"templates_at,omitzero"`
	Templates    int                    `json:"templates"`
	Capabilities *provider.Capabilities `json:"capabilities,omitempty"`
	// Kinds are the tables of chats that differ from the usual one.
	Kinds map[provider.ChatKind]*provider.Capabilities `json:"kinds,omitempty"`
}

// chargesJSON is what was delivered in a month (UTC), as far as receipts told.
type chargesJSON struct {
	Month  string         `json:"month"`
	By     map[string]int `json:"by"`
	Untold int            `json:"untold,omitempty"`
}

func accountRow(s *store.AccountState) accountJSON {
	row := accountJSON{
		Account: s.Account, Trouble: s.Trouble, TroubleAt: s.TroubleAt, Health: s.Health, PausedSince: s.PausedSince, PausedFor: s.PausedFor,
		LastInbound: s.Heard, LastSent: s.Sent, LastTold: s.Told, TemplatesAt: s.TemplatesAt, Templates: s.Templates,
	}
	if c := &s.Charges; len(c.By) > 0 {
		row.Charges = &chargesJSON{c.Month.Format("2006-01"), c.By, c.Untold}
	}
	return row
}

func (e environment) listAccounts(states []store.AccountState, now time.Time, asJSON bool) error {
	if asJSON {
		rows := []accountJSON{}
		for i := range states {
			rows = append(rows, accountRow(&states[i]))
		}
		return printJSON(e.out, rows)
	}
	var out columns
	for i := range states {
		s := &states[i]
		out.add(safetext.Name(string(s.ID)), safetext.Name(s.Name), safetext.Line(string(s.Network)+" by "+s.Driver),
			safetext.Line(s.Address), safetext.Line(strings.Join(standingWords(s, now), "; ")))
	}
	return out.write(e.out)
}

// showAccount prints how the inbox stands, and all it can do.
func (e environment) showAccount(s *store.AccountState, now time.Time, asJSON bool) error {
	tables := all.Tables(s.Driver, s.Network)
	caps := tables.Usual
	if asJSON {
		row := accountRow(s)
		row.Capabilities, row.Kinds = caps, tables.Kinds
		return printJSON(e.out, row)
	}
	w := words.English()
	var head, out columns
	name := s.Name
	if name == "" {
		name = string(s.ID)
	}
	head.add(safetext.Name(name), safetext.Line(strings.TrimSpace(w.Word.Network(s.Network)+" by "+s.Driver+"  "+s.Address)))
	for _, line := range standingWords(s, now) {
		head.add(safetext.Text{}, safetext.Line(line))
	}
	if err := head.write(e.out); err != nil {
		return err
	}
	groups := w.Ability.Groups(caps)
	if g := w.Ability.Kinds(tables); len(g.Rows) > 0 {
		groups = append(groups, g)
	}
	if g := w.Ability.Charges(s.Charges.Month, s.Charges.By, s.Charges.Untold); len(g.Rows) > 0 {
		groups = append(groups, g)
	}
	for _, g := range groups {
		out.add(safetext.Text{})
		out.add(safetext.Line(g.Title))
		for _, r := range g.Rows {
			out.add(safetext.Line("  "+r.What), safetext.Line(r.Says))
		}
	}
	return out.write(e.out)
}

// standingWords say how an inbox stands: what is wrong first.
func standingWords(s *store.AccountState, now time.Time) []string {
	t := words.English().Time
	var said []string
	add := func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	switch {
	case s.PausedSince.IsZero():
	case s.PausedFor != nil && s.PausedFor.Text != "":
		add("paused for %s: %s", t.Span(now.Sub(s.PausedSince)), s.PausedFor.Text)
	default:
		add("paused for %s", t.Span(now.Sub(s.PausedSince)))
	}
	if s.Trouble != nil {
		add("told %s: %s", t.Ago(now.Sub(s.TroubleAt)), s.Trouble.Text)
	}
	said = append(said, healthWords(s.Health, now)...)
	switch {
	case s.Heard.IsZero():
		add("no customer has written yet")
	default:
		add("a customer wrote %s", t.Ago(now.Sub(s.Heard)))
	}
	if !s.Sent.IsZero() {
		add("last sent %s", t.Ago(now.Sub(s.Sent)))
	}
	if !s.Told.IsZero() {
		add("its network last told of a message %s", t.Ago(now.Sub(s.Told)))
	}
	if !s.TemplatesAt.IsZero() { // a list that stays the same is not told again
		add("%d templates, last changed %s", s.Templates, t.Ago(now.Sub(s.TemplatesAt)))
	}
	return said
}

func healthWords(h *provider.Health, now time.Time) []string {
	if h == nil {
		return nil
	}
	var said []string
	for _, p := range []struct{ what, word string }{{"quality", h.Quality}, {"status", h.Status}, {"access", h.Access}} {
		if p.word != "" {
			said = append(said, p.what+" "+p.word)
		}
	}
	switch {
	case h.Limit > 0:
		said = append(said, fmt.Sprintf("%d new conversations in 24 h", h.Limit))
	case h.Limit < 0:
		said = append(said, "no limit on new conversations")
	}
	if words := newsWords(h.News); words != "" {
		said = append(said, words)
	}
	if h.Text != "" {
		said = append(said, h.Text)
	}
	if len(said) > 0 && !h.At.IsZero() {
		said[len(said)-1] += " (told " + words.English().Time.Ago(now.Sub(h.At)) + ")"
	}
	return said
}

// newsWords say how an inbox hears of anything.
func newsWords(way provider.NewsWay) string {
	switch way {
	case provider.NewsPosted:
		return "its network posts what is new to the relay's hook"
	case provider.NewsAsked:
		return "its network is asked for what is new"
	case provider.NewsBoth:
		return "its network posts what is new, and is asked for what a post lost"
	case provider.NewsStuck:
		return "nothing new comes in"
	}
	return ""
}
