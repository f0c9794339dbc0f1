package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
)

// contactJSON is a person as `contacts --json` prints them.
type contactJSON struct {
	ID            string            `json:"id"`
	Name          string            `json:"name"`
	Language      string            `json:"language,omitempty"`
	Zone          string            `json:"zone,omitempty"`
	About         string            `json:"about,omitempty"`
	Fields        map[string]string `json:"fields,omitempty"`
	Blocked       bool              `json:"blocked,omitempty"`
	NoMarketing   time.Time         `json:"no_marketing_since,omitzero"`
	NoMessages    time.Time         `json:"no_messages_since,omitzero"`
	Identities    []identityJSON    `json:"identities"`
	Ledger        []ledgerJSON      `json:"ledger,omitempty"`
	Resolutions   []endingJSON      `json:"resolutions,omitempty"`
	PossiblySame  []identityJSON    `json:"possibly_same,omitempty"`
	Conversations []any             `json:"conversations,omitempty"`
	Media         []mediaJSON       `json:"media,omitempty"`
}

type identityJSON struct {
	Conversation   string `json:"conversation"`
	Account        string `json:"account"`
	Network        string `json:"network"`
	Chat           string `json:"chat"`
	Name           string `json:"name,omitempty"`
	Phone          string `json:"phone,omitempty"`
	Username       string `json:"username,omitempty"`
	JoinedWith     string `json:"joined_with,omitempty"`
	Blocked        bool   `json:"blocked,omitempty"`
	NetworkBlocks  bool   `json:"network_blocks,omitempty"`
	Link           string `json:"link,omitempty"`
	LinkURL        string `json:"link_url,omitempty"`
	NotReachable   bool   `json:"not_reachable,omitempty"`
	ReachableWords string `json:"reachable_detail,omitempty"`
}

// ledgerJSON is one word on what may be sent: what, who, when, where from.
type ledgerJSON struct {
	At           time.Time `json:"at"`
	What         string    `json:"what"`
	Allowed      bool      `json:"allowed"`
	Source       string    `json:"source"`
	By           string    `json:"by,omitempty"`
	Detail       string    `json:"detail,omitempty"`
	Conversation string    `json:"conversation"`
}

type endingJSON struct {
	At           time.Time `json:"at"`
	By           string    `json:"by,omitempty"`
	Notes        string    `json:"notes,omitempty"`
	CSAT         int       `json:"csat,omitempty"`
	FollowUp     time.Time `json:"follow_up,omitzero"`
	Conversation string    `json:"conversation"`
}

// contactRow tells a person by their first conversation.
func contactRow(c store.Contact) contactJSON {
	first := c.Identities[0]
	row := contactJSON{
		ID: string(first.ID), Name: first.Name, Language: first.Language, Zone: first.Zone, Blocked: first.Standing.Blocked,
		NoMarketing: first.Standing.NoMarketing, NoMessages: first.Standing.NoMessages,
	}
	row.Fields, row.About = fieldsOf(c.Identities)
	row.Identities, row.PossiblySame = identityRows(c.Identities), identityRows(c.Alike)
	for _, e := range c.Ledger {
		row.Ledger = append(row.Ledger, ledgerJSON{e.At, ledgerWhat(e), e.Allowed, string(e.Source), string(e.By), e.Detail, string(e.Conversation)})
	}
	for _, r := range c.Endings {
		row.Resolutions = append(row.Resolutions, endingJSON{r.At, string(r.By), r.Notes, r.CSAT, r.FollowUp, string(r.Conversation)})
	}
	return row
}

func identityRows(all []store.Conversation) []identityJSON {
	var rows []identityJSON
	for _, c := range all {
		rows = append(rows, identityJSON{
			Conversation: string(c.ID), Account: string(c.Account), Network: string(c.Network), Chat: string(c.Chat), Name: c.Name,
			Phone: c.Phone, Username: c.Username, JoinedWith: string(c.Contact), Blocked: c.Blocked, NetworkBlocks: c.NetworkBlocks,
			Link: c.Link.Ref, LinkURL: c.Link.URL, NotReachable: !c.Standing.Unreachable.IsZero(), ReachableWords: c.Standing.Detail,
		})
	}
	return rows
}

func ledgerWhat(e store.LedgerEntry) string {
	switch {
	case e.Block:
		return "block"
	case e.Category == store.Marketing:
		return store.Marketing
	}
	return "messages"
}

// contactCells is a row of `contacts list`.
func contactCells(look *line.Look, all []store.Conversation) []safetext.Text {
	first := &all[0]
	var where []string
	for i := range all {
		where = append(where, strings.TrimSpace(look.Words.Word.Network(all[i].Network)+" "+line.Phone(line.Number(&all[i]))))
	}
	return []safetext.Text{
		safetext.Line(string(first.ID)), look.Name(first), safetext.Line(strings.Join(where, ", ")),
		safetext.Line(strings.Join(standsAgainst(first.Standing), ", ")),
	}
}

// standsAgainst says what must not be sent, in a word each.
func standsAgainst(s store.Standing) []string {
	var said []string
	if s.Blocked {
		said = append(said, "blocked")
	}
	if !s.NoMessages.IsZero() {
		said = append(said, "no messages since "+s.NoMessages.Local().Format(time.DateOnly))
	}
	if !s.NoMarketing.IsZero() {
		said = append(said, "no marketing since "+s.NoMarketing.Local().Format(time.DateOnly))
	}
	return said
}

// printContact prints all that is known of a person.
func (r *reader) printContact(w io.Writer, c store.Contact) error {
	var out columns
	look := r.plainLook()
	add := func(what string, values ...string) {
		cells := []safetext.Text{safetext.Line(what)}
		for _, v := range values {
			cells = append(cells, safetext.Line(v))
		}
		out.add(cells...)
	}
	for i := range c.Identities {
		one := &c.Identities[i]
		add("identity", string(one.ID), look.Words.Word.Network(one.Network), string(one.Account), look.Name(one).String(), line.Phone(line.Number(one)))
	}
	first := &c.Identities[0]
	if first.Language+first.Zone != "" {
		add("speaks", strings.TrimSpace(first.Language+" "+first.Zone))
	}
	fields, about := fieldsOf(c.Identities)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		add("field", name, fields[name])
	}
	if about != "" {
		add("about", about)
	}
	for _, s := range standsAgainst(first.Standing) {
		add("stands", s)
	}
	for _, e := range c.Ledger {
		add("ledger", e.At.Local().Format(time.DateTime), ledgerWhat(e), allowedWord(e), strings.TrimSpace(string(e.Source)+" "+string(e.By)), e.Detail)
	}
	for _, e := range c.Endings {
		add("resolved", e.At.Local().Format(time.DateTime), string(e.By), starsOf(e.CSAT), e.Notes)
	}
	for i := range c.Alike {
		add("same number", string(c.Alike[i].ID), look.Words.Word.Network(c.Alike[i].Network), string(c.Alike[i].Account), look.Name(&c.Alike[i]).String())
	}
	return out.write(w)
}

func allowedWord(e store.LedgerEntry) string {
	if e.Allowed {
		return "allowed"
	}
	return "refused"
}

func starsOf(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d of 5", n)
}
