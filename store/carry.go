package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// carried is one piece of intent under way from one store to another. It names
// its conversation as every terminal does.
type carried struct {
	What    string               `json:"what"`
	In      event.ConversationID `json:"in,omitempty"`
	Account provider.AccountID   `json:"account,omitempty"`
	Chat    provider.ChatID      `json:"chat,omitempty"`
	// ID is an operation's or a publication's.
	ID string `json:"id,omitempty"`
	At int64  `json:"at,omitempty"`

	// Of a job.
	Send     string             `json:"send,omitempty"`
	State    event.JobState     `json:"state,omitempty"`
	Attempt  int                `json:"attempt,omitempty"`
	NextAt   int64              `json:"next_at,omitempty"`
	Retries  string             `json:"retries,omitempty"`
	Released bool               `json:"released,omitempty"`
	Message  provider.MessageID `json:"message,omitempty"`
	Settled  bool               `json:"settled,omitempty"`
	Error    string             `json:"error,omitempty"`
	// Stale: it was read out of a damaged file, which may have known more.
	Stale bool `json:"stale,omitempty"`

	// Of a publication: its kind and body, and what it expects.
	Kind     string       `json:"kind,omitempty"`
	Body     string       `json:"body,omitempty"`
	Aspect   event.Aspect `json:"aspect,omitempty"`
	Expect   event.Seq    `json:"expect,omitempty"`
	Accepted event.Seq    `json:"accepted,omitempty"`

	// Of a draft, a note that was refused, or a report.
	Mode DraftMode `json:"mode,omitempty"`
	Text string    `json:"text,omitempty"`

	// Of a mark.
	Seq     event.Seq `json:"seq,omitempty"`
	Inbound int       `json:"inbound,omitempty"`

	// Of a template's last use, and of how often a setting was used.
	Uses     int    `json:"uses,omitempty"`
	Name     string `json:"name,omitempty"`
	Language string `json:"language,omitempty"`
}

// What is carried.
const (
	carriedJob         = "job"
	carriedPublication = "publication"
	carriedDraft       = "draft"
	carriedNote        = "note"
	carriedSeen        = "seen"
	carriedTemplate    = "template"
	carriedPause       = "pause"
	carriedUse         = "use"
	carriedToTell      = "resolution"
	carriedReport      = "report"
)

// same is what makes two pieces one.
func (c *carried) same() string {
	return c.What + "\x00" + string(c.In) + "\x00" + c.ID + "\x00" + string(c.Mode) + "\x00" + c.Name + "\x00" + c.Language +
		"\x00" + string(c.Account) + "\x00" + c.use()
}

// use is the kind of setting that was used.
func (c *carried) use() string {
	if c.What == carriedUse {
		return c.Kind
	}
	return ""
}

// question reads one kind of intent out of a store.
type question struct {
	what string
	// by is what the rows are in the order of, so that they can be read from
	// both ends where something between is broken.
	query, by string
	scan      func(c *carried, scan func(...any) error) error
}

const namedQuestion = `coalesce(n.id, (select id from conversation k where k.key = j.conversation), ''),
	coalesce(n.account, (select a.id from conversation k join account a on a.key = k.account where k.key = j.conversation), ''),
	coalesce(n.chat, (select chat from conversation k where k.key = j.conversation), '')`

// namedAlone does without the conversation, which may be broken.
const namedAlone = "coalesce(n.id, ''), coalesce(n.account, ''), coalesce(n.chat, '')"

// schemaUse is the first schema with a table of uses.
const schemaUse = 10

// useQuestion is asked of a store that has the table.
func useQuestion(schema int) []question {
	if schema < schemaUse {
		return nil
	}
	return []question{{
		carriedUse, "select what, name, uses, last_used from intent_use j", "name", func(c *carried, scan func(...any) error) error {
			return scan(&c.Kind, &c.Name, &c.Uses, &c.At)
		},
	}}
}

// schemaToTell is the first schema with a table of resolutions to tell of.
const schemaToTell = 13

// toTellQuestion is asked of a store that has the table. What was due is due at once:
// what was on the wire (Released) is unsure.
func toTellQuestion(schema int) []question {
	if schema < schemaToTell {
		return nil
	}
	return []question{{
		carriedToTell, "select seq, conversation, due, telling, tries, cast(seq as text) from intent_resolution j", "seq", func(c *carried, scan func(...any) error) error {
			return scan(&c.Seq, &c.In, &c.At, &c.Released, &c.Attempt, &c.ID)
		},
	}}
}

// questions are asked of a store of ours. Stores from before schema 3 have no
// table of names.
func questions(schema int) []question {
	names := " left join intent_conversation n on n.conversation = j.conversation"
	if schema < 3 {
		names = " left join (select null as conversation, null as id, null as account, null as chat) n on 0"
	}
	return []question{
		{
			carriedDraft, "select " + namedQuestion + ", j.mode, j.text, j.at from intent_draft j" + names, "j.conversation",
			func(c *carried, scan func(...any) error) error {
				return scan(&c.In, &c.Account, &c.Chat, &c.Mode, &c.Text, &c.At)
			},
		},
		{
			carriedDraft, "select " + namedAlone + ", j.mode, j.text, j.at from intent_draft j" + names, "j.conversation",
			func(c *carried, scan func(...any) error) error {
				return scan(&c.In, &c.Account, &c.Chat, &c.Mode, &c.Text, &c.At)
			},
		},
		{
			carriedJob, `select j.op, j.account, j.send, j.state, j.attempt, j.queued_at, j.next_at, j.retries, j.released,
			coalesce(m.network_id, ''), coalesce(m.settled, 0), coalesce(m.error, '')
			from intent_job j left join message m on m.key = j.message`, "j.key",
			func(c *carried, scan func(...any) error) error {
				return scan(&c.ID, &c.Account, &c.Send, &c.State, &c.Attempt, &c.At, &c.NextAt, &c.Retries, &c.Released,
					&c.Message, &c.Settled, &c.Error)
			},
		},
		{carriedJob, `select j.op, j.account, j.send, j.state, j.attempt, j.queued_at, j.next_at, j.retries, j.released
			from intent_job j`, "j.key", func(c *carried, scan func(...any) error) error {
			return scan(&c.ID, &c.Account, &c.Send, &c.State, &c.Attempt, &c.At, &c.NextAt, &c.Retries, &c.Released)
		}},
		{
			carriedPublication, "select " + namedQuestion + ", j.id, j.kind, j.body, j.at, j.aspect, j.expect, j.accepted from intent_publication j" + names, "j.key",
			func(c *carried, scan func(...any) error) error {
				return scan(&c.In, &c.Account, &c.Chat, &c.ID, &c.Kind, &c.Body, &c.At, &c.Aspect, &c.Expect, &c.Accepted)
			},
		},
		{
			carriedSeen, "select " + namedQuestion + ", j.seq, j.inbound from intent_seen j" + names, "j.conversation",
			func(c *carried, scan func(...any) error) error {
				return scan(&c.In, &c.Account, &c.Chat, &c.Seq, &c.Inbound)
			},
		},
		{carriedNote, "select " + namedQuestion + `, j.op, j.text, j.at, coalesce(j.error, '') from message j` + names +
			" where j.kind = 'note' and j.job = 'failed' and j.seq = 0", "j.key", func(c *carried, scan func(...any) error) error {
			return scan(&c.In, &c.Account, &c.Chat, &c.ID, &c.Text, &c.At, &c.Error)
		}},
		{
			carriedTemplate, "select account, name, language, last_used, field_values from intent_template j", "name",
			func(c *carried, scan func(...any) error) error {
				return scan(&c.Account, &c.Name, &c.Language, &c.At, &c.Body)
			},
		},
		{carriedPause, "select account, error, since from intent_pause j", "account", func(c *carried, scan func(...any) error) error {
			return scan(&c.Account, &c.Error, &c.At)
		}},
	}
}

// haul is what was read out of a store.
type haul struct {
	items []carried
	seen  map[string]bool
	// failed is what could not be read to the end.
	failed map[string]bool
}

func newHaul() *haul { return &haul{seen: map[string]bool{}, failed: map[string]bool{}} }

// add takes a piece, unless it is there; the one read first knows most.
func (h *haul) add(c carried) {
	if c.What == carriedJob {
		var out provider.Outgoing
		if json.Unmarshal([]byte(c.Send), &out) != nil || out.To.Chat == "" {
			h.failed[c.What] = true
			return
		}
	}
	if c.What == carriedDraft && c.In == "" {
		h.failed[c.What] = true
		return
	}
	if h.seen[c.same()] {
		return
	}
	h.seen[c.same()] = true
	h.items = append(h.items, c)
}

// read takes everything that can be read through SQLite: each kind from its
// beginning, and where that stops, from its end.
func (h *haul) read(ctx context.Context, path string, foreign bool) (err error) {
	open := readOnly
	if foreign { // without the journal that lies beside it
		open = func(path string) (*sql.DB, error) {
			return sql.Open("sqlite", dsn(path, "query_only(1)")+"&immutable=1")
		}
	}
	db, err := open(path)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	var schema int
	if err := db.QueryRowContext(ctx, "pragma user_version").Scan(&schema); err != nil {
		return err
	}
	var carriedBefore []carried
	for _, q := range slices.Concat(questions(schema), useQuestion(schema), toTellQuestion(schema)) {
		whole := h.ask(ctx, db, q, "")
		if !whole {
			h.ask(ctx, db, q, " desc")
		}
		h.failed[q.what] = h.failed[q.what] || !whole
	}
	if schema >= 3 {
		carriedBefore, err = stillCarried(ctx, db)
		for _, c := range carriedBefore {
			h.add(c)
		}
		h.failed["carried"] = err != nil
	}
	return nil
}

func (h *haul) ask(ctx context.Context, db *sql.DB, q question, order string) (whole bool) {
	rows, err := db.QueryContext(ctx, q.query+" order by "+q.by+order)
	if err != nil {
		return false
	}
	err = eachRow(rows, func(scan func(...any) error) error {
		c := carried{What: q.what}
		if err := q.scan(&c, scan); err != nil {
			return err
		}
		h.add(c)
		return nil
	})
	return err == nil
}

// stillCarried is what was carried into a store and has not found its place.
func stillCarried(ctx context.Context, db *sql.DB) (items []carried, err error) {
	rows, err := db.QueryContext(ctx, "select item from intent_carried order by key")
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func(scan func(...any) error) error {
		var raw []byte
		var c carried
		if err := scan(&raw); err != nil {
			return err
		}
		if err := decode(raw, &c); err != nil {
			return err
		}
		if c.What != carriedReport {
			items = append(items, c)
		}
		return nil
	})
	return items, err
}

// lost names what could not be read to the end.
func (h *haul) lost() (kinds []string) {
	for what, failed := range h.failed {
		if failed {
			kinds = append(kinds, what)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// Saved is what was saved out of a store.
type Saved struct {
	Drafts, Unsent, Actions, Notes int
	// Lost names the kinds of which something could not be read.
	Lost []string
}

func (h *haul) saved() Saved {
	s := Saved{Lost: h.lost()}
	for i := range h.items {
		switch c := &h.items[i]; {
		case c.What == carriedDraft:
			s.Drafts++
		case c.What == carriedJob && c.State != event.JobSent && c.State != event.JobDiscarded:
			s.Unsent++
		case c.What == carriedPublication && c.Kind != event.KindSend:
			s.Actions++
		case c.What == carriedNote:
			s.Notes++
		}
	}
	return s
}

// String says it to a person.
func (s Saved) String() string {
	text := fmt.Sprintf("saved: %d drafts, %d unsent messages, %d notes and actions the team does not have yet",
		s.Drafts, s.Unsent, s.Actions+s.Notes)
	if len(s.Lost) > 0 {
		text += fmt.Sprintf("; of these something could not be read: %v", s.Lost)
	}
	return text
}
